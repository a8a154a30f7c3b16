"""Agreeing on a task and changing it: until when, by whom, about whom, and when to be reminded by e-mail (A3, A4)."""

from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client, side_by_side
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.tasks import CreateTask, Task, UpdateTask
from contracts.errors import Invalid
from gateway.form_state import FormState
from gateway.i18n import clock_time, local_date
from gateway.local_today import zone
from gateway.moments import typed_moment
from gateway.pages import contact_choice
from gateway.pages.colleagues import choices, own_account
from gateway.pages.door import Pages
from gateway.pages.project_names import project_choices
from gateway.submitted import day, form_command, needed, read, state, time_of_day, typed, without_empty
from gateway.undo import our_page

contacts = client(ContactsApi)
pages = Pages("task_forms", __name__)
LIST: Final = "/office/tasks"
FIELDS: Final = (
    *("title", "text", "project_id", "starts_on", "due_on", "due_time", "assignee_id"),
    *("remind_day", "remind_time"),
)
CLEARABLE: Final = ("text", "project_id", "starts_on", "due_on", "due_time", "assignee_id", "remind_at")
SHOWN_AS: Final = {"remind_at": "remind_day", "person_ids": "contact", "organisation_ids": "contact"}
MORNING: Final = "9.00"
Chosen = list[tuple[str, UUID]]


@pages.form(f"{LIST}/new", may=Permission.ACTIVITIES_WRITE)
def new_task() -> ResponseReturnValue:
    """A new task, one's own unless another is chosen."""
    back = our_page(request.values.get("back", ""), LIST)
    if request.method == "GET":
        start = FormState({**_started(), "assignee_id": own_account()})
        return _form(start, contact_choice.named_in_address(), back)
    values, chosen = typed(*FIELDS), contact_choice.ticked()
    if contact_choice.is_searching():
        return _form(FormState(values), chosen, back)
    try:
        with form_command():
            contacts.create_task(read(CreateTask, without_empty(_given(values, chosen))))
    except Invalid as error:
        return _form(state({**values, "contact": ""}, error, SHOWN_AS), chosen, back), 422
    flash(_("The task is noted."), "good")
    return redirect(back)


def _started() -> dict[str, Any]:
    """What a new form shows: the project of the address, and when people like to be reminded."""
    return {"project_id": request.args.get("project", ""), "remind_time": MORNING}


def _given(values: dict[str, Any], chosen: Chosen) -> dict[str, Any]:
    """The contract's values of what was typed; raises Invalid for days and times nobody understands."""
    given: dict[str, Any] = dict(values)
    needed(given, "title")
    day(given, "starts_on")
    day(given, "due_on")
    time_of_day(given, "due_time")
    given["remind_at"] = typed_moment(values, "remind_day", "remind_time")
    given["person_ids"] = contact_choice.ids(chosen, "person")
    given["organisation_ids"] = contact_choice.ids(chosen, "organisation")
    return {name: value for name, value in given.items() if name not in {"remind_day", "remind_time"}}


def _form(f: FormState, chosen: Chosen, back: str, task: Task | None = None, version: str = "") -> str:
    found: list[Any] = side_by_side(
        partial(choices, task.assignee_id if task else None),
        partial(contact_choice.choices, chosen),
        partial(project_choices, task),
    )
    return render_template(
        "tasks/form.html",
        f=f,
        task=task,
        version=version or (task.version if task else ""),
        colleagues=found[0],
        contacts=found[1],
        projects=found[2],
        back=back,
    )


@pages.form(f"{LIST}/<uuid:task_id>/edit", may=Permission.ACTIVITIES_WRITE)
def edit_task(task_id: UUID) -> ResponseReturnValue:
    """Change a task."""
    back = our_page(request.values.get("back", ""), f"{LIST}/{task_id}")
    task = contacts.get_task(ById(id=task_id))
    if request.method == "GET":
        return _form(FormState(_shown(task)), contact_choice.of_reply(task.contacts), back, task)
    values, chosen, version = typed(*FIELDS), contact_choice.ticked(), request.form.get("version", "")
    if contact_choice.is_searching():
        return _form(FormState(values), chosen, back, task, version)
    try:
        with form_command():
            contacts.update_task(_update(task, values, chosen, version))
    except Invalid as error:
        return _form(state({**values, "contact": ""}, error, SHOWN_AS), chosen, back, task, version), 422
    flash(_("Saved."), "good")
    return redirect(back)


def _shown(task: Task) -> dict[str, Any]:
    due = datetime.combine(task.due_on, task.due_time, zone()) if task.due_on and task.due_time else None
    return {
        "title": task.title,
        "text": task.text,
        "project_id": task.project_id,
        "starts_on": local_date(task.starts_on),
        "due_on": local_date(task.due_on),
        "due_time": clock_time(due),
        "assignee_id": task.assignee_id,
        "remind_day": local_date(task.remind_at),
        "remind_time": clock_time(task.remind_at) or MORNING,
    }


def _update(task: Task, values: dict[str, Any], chosen: Chosen, version: str) -> UpdateTask:
    """What has to change. A reminder that the form shows as it was stays as it is, even when its time has passed."""
    given, shown = _given(values, chosen), _shown(task)
    if task.remind_at and all(values[name] == shown[name] for name in ("remind_day", "remind_time")):
        given["remind_at"] = task.remind_at
    empty = [name for name in CLEARABLE if given[name] in (None, "")]
    kept = {name: value for name, value in given.items() if name not in empty}
    return read(UpdateTask, {**kept, "id": task.id, "version": version, "clear": empty})
