"""Affiliations: a person joins an organisation, from either card, and leaves it again."""

import contextlib
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis import clock
from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.affiliations import Affiliation, CreateAffiliation, EndAffiliation, UpdateAffiliation
from contracts.contacts.fields import FieldDefinition
from contracts.contacts.organisations import ListOrganisations
from contracts.contacts.persons import ListPersons
from contracts.errors import Invalid, Stale
from gateway.field_definitions import definitions
from gateway.form_state import FormState
from gateway.i18n import local_date
from gateway.pages.door import Pages
from gateway.pages.field_inputs import given_fields, groups, shown_fields, typed_fields
from gateway.submitted import day, form_command, needed, read, state, typed, without_empty

contacts = client(ContactsApi)
pages = Pages("affiliations", __name__)
SIDES: Final = ("person_id", "organisation_id")
DETAILS: Final = ("title", "role", "email", "phone", "starts_on", "decision_maker")
CLEARABLE: Final = ("title", "role", "email", "phone", "starts_on", "ends_on")
HITS: Final = 10


@pages.form("/office/affiliations/new", may=Permission.CONTACTS_WRITE)
def new_affiliation() -> ResponseReturnValue:
    """Choose the other side by a search, then say what the person does there."""
    if request.method == "GET":
        sides = {"person_id": request.args.get("person", ""), "organisation_id": request.args.get("organisation", "")}
        return _form(FormState({**sides, "starts_on": _given_day()}))
    fields = definitions("affiliation")
    values: dict[str, Any] = {**typed(*SIDES, *DETAILS), **typed_fields(fields)}
    try:
        needed(values, "person_id", "organisation_id")
        wanted = _given(values, DETAILS, fields) | {name: values[name] for name in SIDES}
        with form_command():
            made = contacts.create_affiliation(read(CreateAffiliation, without_empty(wanted)))
    except Invalid as error:
        return _form(state(values, error)), 422
    flash(
        _("%(person)s belongs to %(organisation)s now.", person=made.person_name, organisation=made.organisation_name)
    )
    return redirect(_card_of(values))


def _given_day() -> str:
    """The day in the address, for the form; nothing when it is none."""
    with contextlib.suppress(ValueError):
        return local_date(date.fromisoformat(request.args.get("starts_on", "")))
    return ""


def _given(values: dict[str, Any], names: tuple[str, ...], fields: Sequence[FieldDefinition]) -> dict[str, Any]:
    """The contract's values of what was typed about an affiliation. Raises Invalid."""
    wanted = {name: values[name] for name in names}
    for name in ("starts_on", "ends_on"):
        if name in wanted:
            day(wanted, name)
    return wanted | {"decision_maker": values["decision_maker"] == "yes", "fields": given_fields(values, fields)}


def _form(f: FormState) -> str:
    """The page of the side that is known, with what the search for the other side found."""
    from_person = request.values.get("from", "person" if f.value("person_id") else "organisation") == "person"
    known = _known(f, from_person=from_person)
    q = request.values.get("q", "").strip()[:100]
    return render_template(
        "organisations/affiliation.html",
        f=f,
        q=q,
        known=known,
        from_person=from_person,
        starts_on=request.args.get("starts_on", "")[:10],
        hits=_hits(q, from_person=from_person) if q else None,
        groups=groups(definitions("affiliation"), f.values),
        back=_card_of({"from": "person" if from_person else "", **dict(f.values)}),
    )


def _known(f: FormState, *, from_person: bool) -> Any:
    if from_person:
        return contacts.get_person(read(ById, {"id": f.value("person_id")}))
    return contacts.get_organisation(read(ById, {"id": f.value("organisation_id")}))


def _hits(q: str, *, from_person: bool) -> list[Any]:
    if from_person:
        return contacts.list_organisations(ListOrganisations(q=q, limit=HITS)).data
    return contacts.list_persons(ListPersons(q=q, limit=HITS)).data


def _card_of(values: dict[str, Any]) -> str:
    if request.values.get("from", values.get("from", "")) == "person":
        return f"/office/contacts/{UUID(values['person_id'])}#affiliations"
    return f"/office/organisations/{UUID(values['organisation_id'])}#people"


@pages.form("/office/affiliations/<uuid:affiliation_id>/edit", may=Permission.CONTACTS_WRITE)
def edit_affiliation(affiliation_id: UUID) -> ResponseReturnValue:
    """Change what the person does there."""
    back, fields = _own_card(request.values.get("back", "")), definitions("affiliation")
    found = contacts.get_affiliation(ById(id=affiliation_id))
    if request.method == "GET":
        return _edit_form(FormState(_shown(found, fields)), found, fields, back)
    values: dict[str, Any] = {**typed(*DETAILS, "ends_on", "version"), **typed_fields(fields)}
    try:
        wanted = _given(values, (*DETAILS, "ends_on"), fields)
        emptied = [name for name in CLEARABLE if wanted[name] in (None, "")]
        kept = {name: value for name, value in wanted.items() if name not in emptied}
        named = {"id": affiliation_id, "version": values["version"], "clear": emptied}
        with form_command():
            contacts.update_affiliation(read(UpdateAffiliation, kept | named))
    except (Invalid, Stale) as error:
        return _edit_form(state(values, error), found, fields, back), 422
    flash(_("Saved."), "good")
    return redirect(back)


def _shown(found: Affiliation, fields: Sequence[FieldDefinition]) -> dict[str, Any]:
    """The form that shows an affiliation."""
    values: dict[str, Any] = {name: getattr(found, name) or "" for name in ("title", "role", "email", "phone")}
    values |= {name: local_date(getattr(found, name)) for name in ("starts_on", "ends_on")}
    values |= {"decision_maker": "yes" if found.decision_maker else "", "version": found.version}
    return values | shown_fields(found.fields, fields)


def _edit_form(f: FormState, found: Affiliation, fields: Sequence[FieldDefinition], back: str) -> str:
    shown = {"f": f, "found": found, "groups": groups(fields, f.values), "back": back}
    return render_template("organisations/edit_affiliation.html", **shown)


@pages.form("/office/affiliations/<uuid:affiliation_id>/end", may=Permission.CONTACTS_WRITE)
def end_affiliation(affiliation_id: UUID) -> ResponseReturnValue:
    """Say on which day the person leaves, and perhaps go on to where the person moves."""
    back = _own_card(request.values.get("back", ""))
    name = request.values.get("name", "")[:200]
    values: dict[str, Any] = {"ends_on": request.form.get("ends_on", local_date(clock.today())), **typed("moves")}
    if request.method == "GET":
        return render_template("organisations/end.html", f=FormState(values), back=back, name=name)
    try:
        needed(values, "ends_on")
        wanted = {"ends_on": values["ends_on"]}
        day(wanted, "ends_on")
        with form_command():
            ended = contacts.end_affiliation(read(EndAffiliation, {"id": affiliation_id, **wanted}))
    except Invalid as error:
        return render_template("organisations/end.html", f=state(values, error), back=back, name=name), 422
    flash(_("Saved."), "good")
    return redirect(_next_organisation(ended) if values["moves"] else back)


def _next_organisation(ended: Affiliation) -> str:
    """The form of the affiliation that follows this one, from the day after."""
    starts_on = ended.ends_on + timedelta(days=1) if ended.ends_on else None
    return f"/office/affiliations/new?person={ended.person_id}&starts_on={starts_on or ''}"


def _own_card(path: str) -> str:
    """Where to go on: a card of ours, whatever the address says."""
    ours = path.startswith(("/office/contacts/", "/office/organisations/")) and path.isprintable() and "\\" not in path
    return path if ours else "/office/contacts"
