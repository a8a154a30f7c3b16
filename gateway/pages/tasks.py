"""One's own tasks and those of others: what is late, due today, coming and done; done with one click (A3)."""

from itertools import groupby
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, lazy_pgettext

from chassis.rpc import client, side_by_side
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.tasks import DeleteTask, ListTasks, Task, TaskDue, TaskState
from gateway.asked import asked, list_state
from gateway.listing import Filter, Option
from gateway.pages.colleagues import colleagues, names_of, own_account
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.pages.task_rows import DONE, DUE, TaskRow, due_text, rows_of
from gateway.submitted import form_command, read
from gateway.undo import our_page, undo

contacts = client(ContactsApi)
pages = Pages("tasks", __name__)
LIST: Final = "/office/tasks"
AT_ONCE: Final = 100
DONE_SHOWN: Final = 10
EVERYBODY: Final = "all"
HEADINGS: Final = {
    TaskDue.OVERDUE: lazy_pgettext("tasks", "Late"),
    TaskDue.TODAY: lazy_gettext("Due today"),
    TaskDue.COMING: lazy_gettext("Coming"),
}


@pages.get(LIST, may=Permission.ACTIVITIES_READ)
def list_tasks() -> str:
    """The open tasks of whom the address names, by default one's own, and what was done lately."""
    whose = _whose()
    open_tasks = asked(ListTasks, "due", state=TaskState.OPEN, limit=AT_ONCE, **whose)
    done_tasks = ListTasks(state=TaskState.DONE, sort="-done_at", limit=DONE_SHOWN, **whose)
    parts: list[Any] = side_by_side(
        lambda: contacts.list_tasks(open_tasks), lambda: contacts.list_tasks(done_tasks), colleagues
    )
    found, done, people = parts
    return render_template(
        "tasks/list.html",
        state=list_state(),
        filters=_filters([(str(each.id), each.name) for each in people if each.id != own_account()]),
        found=found,
        groups=_groups(found.data),
        done=[] if request.args.get("due") or request.args.get("cursor") else rows_of(done.data),
        late=sum(each.due is TaskDue.OVERDUE for each in found.data),
        may_write=may(Permission.ACTIVITIES_WRITE),
    )


def _whose() -> dict[str, Any]:
    given = request.args.get("who", "")
    if given == EVERYBODY:
        return {}
    return {"assignee_id": given or own_account()}


def _filters(people: list[tuple[str, str]]) -> tuple[Filter, ...]:
    everybody = Option(EVERYBODY, lazy_gettext("Everybody’s"))
    return (
        Filter("who", lazy_gettext("Whose"), [everybody, *(Option(value, name) for value, name in people)]),
        Filter("due", lazy_gettext("When"), [Option(each.value, label) for each, label in HEADINGS.items()]),
    )


def _groups(tasks: list[Task]) -> list[tuple[str, Any, list[TaskRow]]]:
    """Name, heading and rows of each part of the list, in the order in which things have to be done."""
    rows = dict(zip([each.id for each in tasks], rows_of(tasks), strict=True))
    order = list(HEADINGS)
    by_due = sorted(tasks, key=lambda each: order.index(each.due or TaskDue.COMING))
    return [
        (due.value, HEADINGS[due], [rows[each.id] for each in part])
        for due, part in groupby(by_due, key=lambda each: each.due or TaskDue.COMING)
    ]


@pages.get(f"{LIST}/<uuid:task_id>", may=Permission.ACTIVITIES_READ)
def task_card(task_id: UUID) -> str:
    """One task."""
    task = contacts.get_task(ById(id=task_id))
    return render_template(
        "tasks/card.html",
        task=task,
        due=due_text(task),
        state=DUE[task.due] if task.due else DONE,
        names=names_of([task.assignee_id]),
        may_write=may(Permission.ACTIVITIES_WRITE),
    )


@pages.post(f"{LIST}/<uuid:task_id>/done", may=Permission.ACTIVITIES_WRITE)
def complete_task(task_id: UUID) -> ResponseReturnValue:
    """The task is done; the next page offers to undo it."""
    back = our_page(request.values.get("back", ""), LIST)
    task = contacts.complete_task(ById(id=task_id))
    flash(_("Done: %(title)s", title=task.title), undo(f"{LIST}/{task_id}/reopen", back))
    return redirect(back)


@pages.post(f"{LIST}/<uuid:task_id>/reopen", may=Permission.ACTIVITIES_WRITE)
def reopen_task(task_id: UUID) -> ResponseReturnValue:
    """The task has to be done after all."""
    contacts.reopen_task(ById(id=task_id))
    flash(_("The task is open again."), "good")
    return redirect(our_page(request.values.get("back", ""), LIST))


@pages.post(f"{LIST}/<uuid:task_id>/delete", may=Permission.ACTIVITIES_WRITE)
def delete_task(task_id: UUID) -> ResponseReturnValue:
    """Take a task away; the next page offers to undo it."""
    back = our_page(request.form.get("back", ""), LIST)
    with form_command():
        contacts.delete_task(read(DeleteTask, {"id": task_id, "version": request.form.get("version", "")}))
    flash(_("The task is deleted."), undo(f"{LIST}/{task_id}/restore", back))
    return redirect(back)


@pages.post(f"{LIST}/<uuid:task_id>/restore", may=Permission.ACTIVITIES_WRITE)
def restore_task(task_id: UUID) -> ResponseReturnValue:
    """Bring a deleted task back."""
    contacts.restore_task(ById(id=task_id))
    flash(_("The task is back."), "good")
    return redirect(our_page(request.args.get("back", ""), LIST))
