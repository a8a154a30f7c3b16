"""Organisations: list, card with its people, entering, changing and deleting."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.affiliations import ListAffiliations
from contracts.contacts.fields import FieldDefinition
from contracts.contacts.history import History
from contracts.contacts.organisations import CreateOrganisation, ListOrganisations, Organisation, UpdateOrganisation
from contracts.contacts.persons import DeleteContact
from contracts.errors import Conflict, Invalid, ServiceError, Stale
from gateway.field_definitions import all_definitions, definitions
from gateway.form_state import FormState
from gateway.i18n import LANGUAGES
from gateway.listing import Column, ListState
from gateway.pages import contact_facts, contact_words, field_inputs, form_rows, history_words
from gateway.pages.activity_words import activity_section
from gateway.pages.contact_input import (
    ORGANISATION,
    countries,
    given,
    shown,
    typed_contact,
)
from gateway.pages.door import Pages
from gateway.pages.lost_updates import merge
from gateway.pages.person_names import may
from gateway.pages.task_rows import open_tasks
from gateway.submitted import form_command, read, state, without_empty

contacts = client(ContactsApi)
pages = Pages("organisations", __name__)
COLUMNS: Final = (
    Column("name", lazy_gettext("Name"), "main"),
    Column("business_id", lazy_gettext("Business id")),
    Column("city", lazy_gettext("Town")),
    Column("email", lazy_gettext("E-mail"), "long"),
    Column("tags", lazy_gettext("Tags")),
)
TAKEN: Final = {"customer_number_taken": "/customer_number", "business_id_taken": "/business_id"}
SHOWN: Final = 50


@pages.get("/office/organisations", may=Permission.CONTACTS_READ)
def list_organisations() -> str:
    """Organisations by name, or the most alike to the words searched for."""
    query = request.args.to_dict()
    wanted = {"q": query.get("q", "").strip()[:100], "cursor": query.get("cursor")}
    found = contacts.list_organisations(read(ListOrganisations, without_empty(wanted)))
    return render_template(
        "organisations/list.html", state=ListState(request.path, query), columns=COLUMNS, found=found
    )


@pages.get("/office/organisations/<uuid:organisation_id>", may=Permission.CONTACTS_READ)
def organisation_card(organisation_id: UUID) -> str:
    """An organisation with the people in it."""
    organisation = contacts.get_organisation(ById(id=organisation_id))
    known = all_definitions()
    asked: list[Any] = [
        partial(contacts.list_affiliations, ListAffiliations(organisation_id=organisation_id, limit=SHOWN)),
        partial(contacts.list_history, History(id=organisation_id, limit=10)),
        partial(open_tasks, organisation_id=organisation_id) if may(Permission.ACTIVITIES_READ) else list,
    ]
    if organisation.parent_id:
        asked.append(partial(contacts.get_organisation, ById(id=organisation.parent_id)))
    people, history, tasks, *parent = side_by_side(*(partial(or_nothing, each) for each in asked))
    return render_template(
        "organisations/card.html",
        organisation=organisation,
        more_about=partial(contact_facts.about_affiliation, known),
        facts=[
            (label, value)
            for _key, label, value in contact_facts.of_organisation(organisation, parent[0] if parent else None, known)
        ],
        people=people,
        tasks=tasks,
        history=history_words.entries(history.data, known, "organisation") if history else [],
        may_write=may(Permission.CONTACTS_WRITE),
        **activity_section(),
    )


@pages.form("/office/organisations/new", may=Permission.CONTACTS_WRITE)
def new_organisation() -> ResponseReturnValue:
    """Enter an organisation."""
    fields = definitions("organisation")
    if request.method == "GET":
        return _form(FormState({"language": "fi", "addresses_0_street": "", "addresses_0_country": "FI"}), fields)
    values = typed_contact(ORGANISATION, fields)
    try:
        wanted = read(CreateOrganisation, without_empty(given(values, ORGANISATION, fields)))
        with form_command():
            organisation = contacts.create_organisation(wanted)
    except (Invalid, Conflict) as error:
        return _form(_wrong(values, error), fields), 422
    flash(_("%(name)s is in the register now.", name=organisation.name), "good")
    return redirect(f"/office/organisations/{organisation.id}")


@pages.form("/office/organisations/<uuid:organisation_id>/edit", may=Permission.CONTACTS_WRITE)
def edit_organisation(organisation_id: UUID) -> ResponseReturnValue:
    """Change an organisation; what somebody else changed meanwhile is shown and not lost."""
    fields = definitions("organisation")
    organisation = contacts.get_organisation(ById(id=organisation_id))
    if request.method == "GET":
        return _form(FormState(shown(organisation, ORGANISATION, fields)), fields, organisation)
    values = typed_contact(ORGANISATION, fields)
    try:
        wanted = _update(organisation_id, values, fields)
        with form_command():
            contacts.update_organisation(wanted)
    except Stale:
        merged, told = merge(organisation, wanted.version, values, ORGANISATION, fields)
        return _form(FormState(merged), fields, organisation, told=told), 422
    except (Invalid, Conflict) as error:
        return _form(_wrong(values, error), fields, organisation, version=request.form.get("version")), 422
    flash(_("Saved."), "good")
    return redirect(f"/office/organisations/{organisation_id}")


def _update(organisation_id: UUID, values: dict[str, Any], fields: Sequence[FieldDefinition]) -> UpdateOrganisation:
    wanted = given(values, ORGANISATION, fields)
    empty = [name for name in ORGANISATION if wanted[name] is None and name not in {"name", "language"}]
    kept = {name: value for name, value in wanted.items() if value is not None} | {"name": values["name"]}
    version = request.form.get("version", "")
    return read(UpdateOrganisation, {**kept, "id": organisation_id, "version": version, "clear": empty})


def _wrong(values: dict[str, Any], error: ServiceError) -> FormState:
    """The form with what is wrong; a number that is taken stands at its field."""
    if error.error_code in TAKEN:
        error = Invalid.field(TAKEN[error.error_code], error.error_code, error.message)
    return state(values, error, form_rows.names_in_form(values))


def _form(
    f: FormState, fields: Sequence[FieldDefinition], organisation: Organisation | None = None, **more: Any
) -> str:
    return render_template(
        "organisations/form.html",
        f=f,
        groups=field_inputs.groups(fields, f.values),
        organisation=organisation,
        places=form_rows.places(f.values),
        choices=contact_words.options(),
        countries=countries(),
        languages_known=list(LANGUAGES.items()),
        **more,
    )


@pages.post("/office/organisations/<uuid:organisation_id>/delete", may=Permission.CONTACTS_WRITE)
def delete_organisation(organisation_id: UUID) -> ResponseReturnValue:
    """Take an organisation out of the register, once that is confirmed."""
    wanted = read(DeleteContact, {"id": organisation_id, "version": request.form.get("version", "")})
    organisation = contacts.get_organisation(ById(id=organisation_id))
    if not request.form.get("confirmed"):
        return render_template(
            "layout/confirm.html",
            title=_("Delete %(name)s?", name=organisation.name),
            text=_("Its people stay in the register; that they belong to it ends today."),
            label=_("Delete"),
            action=request.path,
            back=f"/office/organisations/{organisation_id}",
            fields=[("version", wanted.version)],
        )
    try:
        with form_command():
            contacts.delete_organisation(wanted)
    except Conflict as error:
        if error.error_code != "has_parts":
            raise
        flash(_("Other organisations belong to this one; move or delete them first."), "bad")
        return redirect(f"/office/organisations/{organisation_id}")
    flash(_("%(name)s is deleted.", name=organisation.name), "good")
    return redirect("/office/organisations")
