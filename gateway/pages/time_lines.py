"""The time line of a person, an organisation or a project, and recording on it in two fields (A1, A2, A5)."""

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.activities import ListActivities, RecordActivity
from contracts.errors import Invalid
from gateway.asked import asked
from gateway.form_state import FormState
from gateway.pages.activity_words import KIND, kinds
from gateway.pages.colleagues import names_of
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.submitted import form_command, needed, read, state, typed

contacts = client(ContactsApi)
pages = Pages("time_lines", __name__)
AT_ONCE = 20


@pages.get("/office/contacts/<uuid:person_id>/activities", may=Permission.ACTIVITIES_READ)
def of_person(person_id: UUID) -> ResponseReturnValue:
    """What was done with a person, the latest first."""
    person = contacts.get_person(ById(id=person_id))
    if person.id != person_id:
        return redirect(f"/office/contacts/{person.id}/activities")
    return _time_line(f"/office/contacts/{person_id}", person.name, FormState({"kind": "call"}), person_id=person_id)


@pages.get("/office/projects/<uuid:project_id>/activities", may=Permission.ACTIVITIES_READ)
def of_project(project_id: UUID) -> str:
    """What was done for a project."""
    name = contacts.get_project(ById(id=project_id)).name
    return _time_line(f"/office/projects/{project_id}", name, FormState({"kind": "meeting"}), project_id=project_id)


@pages.get("/office/organisations/<uuid:organisation_id>/activities", may=Permission.ACTIVITIES_READ)
def of_organisation(organisation_id: UUID) -> str:
    """What was done with an organisation and with its persons while they were there."""
    name = contacts.get_organisation(ById(id=organisation_id)).name
    card = f"/office/organisations/{organisation_id}"
    return _time_line(card, name, FormState({"kind": "call"}), organisation_id=organisation_id)


def _time_line(card: str, name: str, f: FormState, **side: UUID) -> str:
    found = contacts.list_activities(asked(ListActivities, limit=AT_ONCE, **side))
    g.page_path = card.rpartition("/")[0]
    return render_template(
        "activities/time_line.html",
        card=card,
        name=name,
        f=f,
        found=found,
        names=names_of(each.responsible_id for each in found.data),
        words=KIND,
        kinds=kinds(),
        may_write=may(Permission.ACTIVITIES_WRITE),
    )


@pages.post("/office/contacts/<uuid:person_id>/activities", may=Permission.ACTIVITIES_WRITE)
def record_with_person(person_id: UUID) -> ResponseReturnValue:
    """Write down a call or a note about a person."""
    card = f"/office/contacts/{person_id}"
    try:
        _record({"person_id": person_id})
    except Invalid as error:
        name = contacts.get_person(ById(id=person_id)).name
        return _time_line(card, name, _typed_again(error), person_id=person_id), 422
    return redirect(f"{card}#activities")


@pages.post("/office/organisations/<uuid:organisation_id>/activities", may=Permission.ACTIVITIES_WRITE)
def record_with_organisation(organisation_id: UUID) -> ResponseReturnValue:
    """Write down a call or a note about an organisation."""
    card = f"/office/organisations/{organisation_id}"
    try:
        _record({"organisation_id": organisation_id})
    except Invalid as error:
        name = contacts.get_organisation(ById(id=organisation_id)).name
        return _time_line(card, name, _typed_again(error), organisation_id=organisation_id), 422
    return redirect(f"{card}#activities")


@pages.post("/office/projects/<uuid:project_id>/activities", may=Permission.ACTIVITIES_WRITE)
def record_for_project(project_id: UUID) -> ResponseReturnValue:
    """Write down a meeting or a note about a project."""
    card = f"/office/projects/{project_id}"
    try:
        _record({"project_id": project_id})
    except Invalid as error:
        name = contacts.get_project(ById(id=project_id)).name
        return _time_line(card, name, _typed_again(error), project_id=project_id), 422
    return redirect(f"{card}#activities")


def _record(side: dict[str, Any]) -> None:
    values = typed("kind", "text")
    needed(values, "text")
    with form_command():
        contacts.record_activity(read(RecordActivity, {**values, **side}))
    flash(_("Recorded."), "good")


def _typed_again(error: Invalid) -> FormState:
    return state(typed("kind", "text"), error)
