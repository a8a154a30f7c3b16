"""Hours of a project: recording them in one line, and all of them (A8)."""

from typing import Any, Final
from uuid import UUID

from flask import flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis import clock
from chassis.rpc import client, side_by_side
from contracts.access import Permission
from contracts.base import ById, Page
from contracts.contacts import ContactsApi
from contracts.contacts.projects import DeleteHours, ListHours, Project, RecordHours, WorkedTime
from contracts.errors import Conflict, Invalid
from gateway.asked import asked, list_state
from gateway.form_state import FormState
from gateway.i18n import local_date
from gateway.pages.colleagues import choices, names_of, own_account
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.submitted import amount, day, form_command, needed, read, state, typed
from gateway.undo import undo

contacts = client(ContactsApi)
pages = Pages("project_hours", __name__)
LIST: Final = "/office/projects"
FIELDS: Final = ("worker", "worked_on", "hours", "note")
SHOWN_AS: Final = {"account_id": "worker", "person_id": "worker"}


def hours_section(project: Project, hours: Page[WorkedTime]) -> dict[str, Any]:
    """What a page needs to show hours and to take new ones."""
    return {
        "hours": hours,
        "hours_form": FormState({"worker": f"account:{own_account()}", "worked_on": local_date(clock.today())}),
        "workers": _workers(project),
        "names": names_of(each.account_id for each in hours.data),
    }


def _workers(project: Project) -> list[tuple[str, str]]:
    """Who may have worked: the colleagues, oneself first, and the persons who take part."""
    persons = [(f"person:{each.person_id}", each.name) for each in project.members if each.person_id]
    return [*((f"account:{account}", name) for account, name in choices()), *persons]


@pages.get(f"{LIST}/<uuid:project_id>/hours", may=Permission.ACTIVITIES_READ)
def list_hours(project_id: UUID) -> str:
    """All hours of a project, the latest day first."""
    return _page(project_id)


def _page(project_id: UUID, f: FormState | None = None) -> str:
    parts: list[Any] = side_by_side(
        lambda: contacts.get_project(ById(id=project_id)), lambda: contacts.list_hours(asked(ListHours, id=project_id))
    )
    project, hours = parts
    section = hours_section(project, hours)
    g.page_path = LIST
    return render_template(
        "projects/hours.html",
        project=project,
        address=f"{LIST}/{project_id}",
        state=list_state(),
        may_write=may(Permission.ACTIVITIES_WRITE),
        **(section | {"hours_form": f} if f else section),
    )


@pages.post(f"{LIST}/<uuid:project_id>/hours", may=Permission.ACTIVITIES_WRITE)
def record_hours(project_id: UUID) -> ResponseReturnValue:
    """Write down work."""
    values = typed(*FIELDS)
    try:
        with form_command():
            contacts.record_hours(_given(project_id, values))
    except (Invalid, Conflict) as error:
        return _page(project_id, state(values, error, SHOWN_AS)), 422
    flash(_("The hours are recorded."), "good")
    return redirect(f"{LIST}/{project_id}#worked")


def _given(project_id: UUID, values: dict[str, str]) -> RecordHours:
    given: dict[str, Any] = dict(values)
    needed(given, "worker", "worked_on", "hours")
    day(given, "worked_on")
    amount(given, "hours")
    kind, _colon, who = given.pop("worker").partition(":")
    side = "person_id" if kind == "person" else "account_id"
    return read(RecordHours, {**given, "id": project_id, side: who})


@pages.post(f"{LIST}/<uuid:project_id>/hours/<uuid:hours_id>/delete", may=Permission.ACTIVITIES_WRITE)
def delete_hours(project_id: UUID, hours_id: UUID) -> ResponseReturnValue:
    """Take an entry away; the next page offers to undo it."""
    contacts.delete_hours(DeleteHours(id=project_id, hours_id=hours_id))
    card = f"{LIST}/{project_id}#worked"
    flash(_("The hours are deleted."), undo(f"{LIST}/{project_id}/hours/{hours_id}/restore", card))
    return redirect(card)


@pages.post(f"{LIST}/<uuid:project_id>/hours/<uuid:hours_id>/restore", may=Permission.ACTIVITIES_WRITE)
def restore_hours(project_id: UUID, hours_id: UUID) -> ResponseReturnValue:
    """Bring a deleted entry back."""
    contacts.restore_hours(DeleteHours(id=project_id, hours_id=hours_id))
    flash(_("The hours are back."), "good")
    return redirect(f"{LIST}/{project_id}#worked")
