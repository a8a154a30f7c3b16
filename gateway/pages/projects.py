"""Projects: the list, and the card with schedule, tasks, people, hours and activities (A5, A8)."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel import lazy_pgettext as _p

from chassis import clock
from chassis.rpc import client, side_by_side
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.projects import (
    DeleteProject,
    ListHours,
    ListProjects,
    Project,
    ProjectState,
    RemoveFromProject,
    UpdateProject,
)
from contracts.contacts.tasks import ListTasks
from contracts.errors import Conflict
from gateway.asked import asked, list_state
from gateway.listing import Column, Filter, Option
from gateway.pages.activity_words import activity_section
from gateway.pages.colleagues import names_of, own_account
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.pages.project_hours import hours_section
from gateway.pages.task_rows import rows_of
from gateway.schedules import schedule_of
from gateway.submitted import form_command, read
from gateway.undo import undo

contacts = client(ContactsApi)
pages = Pages("projects", __name__)
LIST: Final = "/office/projects"
TASKS: Final = 200
HOURS: Final = 10
STATE: Final = {
    ProjectState.OPEN: (_p("project", "Open"), "good"),
    ProjectState.CLOSED: (_p("project", "Closed"), ""),
}
COLUMNS: Final = (
    Column("name", lazy_gettext("Name"), "main"),
    Column("state", lazy_gettext("State")),
    Column("period", _p("project", "Time"), "date"),
    Column("tasks", _p("project", "Tasks done"), "number"),
    Column("hours", _p("project", "Hours used"), "number"),
)
MINE: Final = "mine"


@pages.get(LIST, may=Permission.ACTIVITIES_READ)
def list_projects() -> str:
    """Projects, newest first; the open ones unless others are chosen."""
    state = {"all": None, "closed": ProjectState.CLOSED}.get(request.args.get("state", ""), ProjectState.OPEN)
    account = own_account() if request.args.get("who") == MINE else None
    found = contacts.list_projects(asked(ListProjects, state=state, account_id=account))
    return render_template(
        "projects/list.html",
        state=list_state(),
        columns=COLUMNS,
        filters=(
            Filter("state", lazy_gettext("State"), [Option("closed", STATE[ProjectState.CLOSED][0]),
                                                    Option("all", _p("projects", "All"))]),
            Filter("who", lazy_gettext("Whose"), [Option(MINE, lazy_gettext("Mine"))]),
        ),
        found=found,
        words=STATE,
        may_write=may(Permission.ACTIVITIES_WRITE),
    )  # fmt: skip


@pages.get(f"{LIST}/<uuid:project_id>", may=Permission.ACTIVITIES_READ)
def project_card(project_id: UUID) -> str:
    """A project with all that belongs to it."""
    parts: list[Any] = side_by_side(
        partial(contacts.get_project, ById(id=project_id)),
        partial(contacts.list_tasks, ListTasks(project_id=project_id, limit=TASKS)),
        partial(contacts.list_hours, ListHours(id=project_id, limit=HOURS)),
    )
    project, tasks, hours = parts
    return render_template(
        "projects/card.html",
        project=project,
        address=f"{LIST}/{project_id}",
        words=STATE,
        members=_members(project),
        schedule=schedule_of(project, tasks.data, clock.today()),
        tasks=rows_of(tasks.data),
        may_write=may(Permission.ACTIVITIES_WRITE),
        **hours_section(project, hours),
        **activity_section(),
    )


def _members(project: Project) -> list[tuple[Any, str, str]]:
    """Each member with name and the address of its card, empty for colleagues."""
    accounts = names_of(each.account_id for each in project.members)
    return [
        (each, accounts.get(each.account_id, "") if each.account_id else each.name, _address(each))
        for each in project.members
    ]


def _address(member: Any) -> str:
    if member.person_id:
        return f"/office/contacts/{member.person_id}"
    return f"/office/organisations/{member.organisation_id}" if member.organisation_id else ""


@pages.post(f"{LIST}/<uuid:project_id>/members/<uuid:member_id>/remove", may=Permission.ACTIVITIES_WRITE)
def remove_member(project_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Somebody takes part no more; tasks and hours stay."""
    contacts.remove_from_project(RemoveFromProject(id=project_id, member_id=member_id))
    flash(_("Does not take part any more. Tasks and hours stay."), "good")
    return redirect(f"{LIST}/{project_id}#people")


@pages.post(f"{LIST}/<uuid:project_id>/state", may=Permission.ACTIVITIES_WRITE)
def change_state(project_id: UUID) -> ResponseReturnValue:
    """Close a project, or open it again."""
    wanted = {"id": project_id, "version": request.form.get("version", ""), "state": request.form.get("state", "")}
    with form_command():
        project = contacts.update_project(read(UpdateProject, wanted))
    closed = project.state is ProjectState.CLOSED
    flash(_("The project is closed.") if closed else _("The project is open again."), "good")
    return redirect(f"{LIST}/{project_id}")


@pages.post(f"{LIST}/<uuid:project_id>/delete", may=Permission.ACTIVITIES_WRITE)
def delete_project(project_id: UUID) -> ResponseReturnValue:
    """Take a project away; the next page offers to undo it."""
    wanted = read(DeleteProject, {"id": project_id, "version": request.form.get("version", "")})
    try:
        with form_command():
            contacts.delete_project(wanted)
    except Conflict as error:
        if error.error_code != "has_hours":
            raise
        flash(_("Hours are recorded on this project. Close it instead."), "bad")
        return redirect(f"{LIST}/{project_id}")
    flash(_("The project is deleted."), undo(f"{LIST}/{project_id}/restore", LIST))
    return redirect(LIST)


@pages.post(f"{LIST}/<uuid:project_id>/restore", may=Permission.ACTIVITIES_WRITE)
def restore_project(project_id: UUID) -> ResponseReturnValue:
    """Bring a deleted project back."""
    contacts.restore_project(ById(id=project_id))
    flash(_("The project is back."), "good")
    return redirect(f"{LIST}/{project_id}")
