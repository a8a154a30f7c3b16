"""Affiliations: a person joins an organisation, from either card, and leaves it again."""

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
from contracts.contacts.affiliations import CreateAffiliation, EndAffiliation
from contracts.contacts.organisations import ListOrganisations
from contracts.contacts.persons import ListPersons
from contracts.errors import Invalid
from gateway.form_state import FormState
from gateway.i18n import local_date
from gateway.pages.door import Pages
from gateway.submitted import day, form_command, needed, read, state, typed, without_empty

contacts = client(ContactsApi)
pages = Pages("affiliations", __name__)
FIELDS: Final = ("person_id", "organisation_id", "title", "role", "email", "phone", "starts_on", "decision_maker")
HITS: Final = 10


@pages.form("/office/affiliations/new", may=Permission.CONTACTS_WRITE)
def new_affiliation() -> ResponseReturnValue:
    """Choose the other side by a search, then say what the person does there."""
    if request.method == "GET":
        sides = {"person_id": request.args.get("person", ""), "organisation_id": request.args.get("organisation", "")}
        return _form(FormState(sides))
    values = typed(*FIELDS)
    try:
        needed(values, "person_id", "organisation_id")
        wanted: dict[str, Any] = dict(values)
        day(wanted, "starts_on")
        wanted["decision_maker"] = values["decision_maker"] == "yes"
        with form_command():
            made = contacts.create_affiliation(read(CreateAffiliation, without_empty(wanted)))
    except Invalid as error:
        return _form(state(values, error)), 422
    flash(
        _("%(person)s belongs to %(organisation)s now.", person=made.person_name, organisation=made.organisation_name)
    )
    return redirect(_card_of(values))


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
        hits=_hits(q, from_person=from_person) if q else None,
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


@pages.form("/office/affiliations/<uuid:affiliation_id>/end", may=Permission.CONTACTS_WRITE)
def end_affiliation(affiliation_id: UUID) -> ResponseReturnValue:
    """Say on which day the person leaves."""
    back = _own_card(request.values.get("back", ""))
    name = request.values.get("name", "")[:200]
    values: dict[str, Any] = {"ends_on": request.form.get("ends_on", local_date(clock.today()))}
    if request.method == "GET":
        return render_template("organisations/end.html", f=FormState(values), back=back, name=name)
    try:
        needed(values, "ends_on")
        wanted = dict(values)
        day(wanted, "ends_on")
        with form_command():
            contacts.end_affiliation(read(EndAffiliation, {"id": affiliation_id, **wanted}))
    except Invalid as error:
        return render_template("organisations/end.html", f=state(values, error), back=back, name=name), 422
    flash(_("Saved."), "good")
    return redirect(back)


def _own_card(path: str) -> str:
    """Where to go on: a card of ours, whatever the address says."""
    ours = path.startswith(("/office/contacts/", "/office/organisations/")) and path.isprintable() and "\\" not in path
    return path if ours else "/office/contacts"
