"""Tasks: one's own, a contact's, those that are due (A3)."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from chassis import clock
from contracts.base import Page
from contracts.contacts.about import ContactKind, NamedContact
from contracts.contacts.tasks import ListTasks, Task, TaskDue, TaskState
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries import contact_names
from services.contacts.queries.belonging import belongs, same_person
from services.contacts.queries.pages import moment, page_of, position
from services.contacts.queries.project_names import project_names
from services.contacts.rules.tasks import END_OF_DAY, NO_DAY, due

ROWS = models.Task.__table__.c
LINKS = models.TaskContact.__table__.c
DAY = func.coalesce(ROWS.due_on, NO_DAY)
TIME = func.coalesce(ROWS.due_time, END_OF_DAY)


def get(connection: Any, task_id: UUID, now: datetime) -> Task:
    """One task; raises NotFound."""
    query = select(models.Task.__table__).where(ROWS.id == task_id, ROWS.deleted_at.is_(None))
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(f"There is no task {task_id}.", id=task_id)
    return _replies(connection, [row], now)[0]


def list_page(reader: Connection, request: ListTasks, now: datetime) -> Page[Task]:
    """Tasks in the order that is asked for."""
    done_last = request.sort == "-done_at"
    query = select(models.Task.__table__).where(ROWS.deleted_at.is_(None), *_asked(request, now))
    query = _by_done(query, request) if done_last else _by_due(query, request)
    rows = reader.execute(query.limit(request.limit + 1)).all()
    shown = {each.id: each for each in _replies(reader, rows[: request.limit], now)}
    return page_of(rows, request.limit, _done_key if done_last else _due_key, lambda row: shown[row.id])


def _by_due(query: Any, request: ListTasks) -> Any:
    after = position(request.cursor, date.fromisoformat, time.fromisoformat, UUID)
    if after:
        query = query.where(tuple_(DAY, TIME, ROWS.id) > tuple_(*after))
    return query.order_by(DAY, TIME, ROWS.id)


def _due_key(row: Any) -> list[Any]:
    return [row.due_on or NO_DAY, row.due_time or END_OF_DAY, row.id]


def _by_done(query: Any, request: ListTasks) -> Any:
    after = position(request.cursor, moment, UUID)
    if after:
        query = query.where(tuple_(ROWS.done_at, ROWS.id) < tuple_(*after))
    return query.where(ROWS.done_at.is_not(None)).order_by(ROWS.done_at.desc(), ROWS.id.desc())


def _done_key(row: Any) -> list[Any]:
    return [row.done_at, row.id]


def _asked(request: ListTasks, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if request.assignee_id:
        conditions.append(ROWS.assignee_id == request.assignee_id)
    if request.person_id:
        of_person = select(LINKS.task_id).where(LINKS.person_id.in_(same_person(request.person_id)))
        conditions.append(ROWS.id.in_(of_person))
    if request.organisation_id:
        conditions.append(ROWS.id.in_(_of_organisation(request.organisation_id, clock.local_date(now))))
    if request.project_id:
        conditions.append(ROWS.project_id == request.project_id)
    if request.state:
        conditions.append(ROWS.done_at.is_(None) if request.state is TaskState.OPEN else ROWS.done_at.is_not(None))
    if request.from_on:
        conditions.append(ROWS.due_on >= request.from_on)
    if request.to_on:
        conditions.append(ROWS.due_on <= request.to_on)
    if request.due:
        conditions += [ROWS.done_at.is_(None), _due(request.due, clock.local_time(now))]
    return conditions


def _due(wanted: TaskDue, local_now: datetime) -> ColumnElement[bool]:
    """The same as `rules.tasks.due`, for many rows."""
    late = tuple_(DAY, TIME) < tuple_(local_now.date(), local_now.time())
    today: ColumnElement[bool] = ROWS.due_on == local_now.date()
    if wanted is TaskDue.OVERDUE:
        return late
    return today & ~late if wanted is TaskDue.TODAY else ROWS.due_on.is_(None) | (ROWS.due_on > local_now.date())


def _of_organisation(organisation_id: UUID, today: date) -> Any:
    """Its own tasks, and those about the persons who belong to it today."""
    persons = select(LINKS.task_id).join(models.Affiliation, belongs(LINKS.person_id, organisation_id, today))
    return select(LINKS.task_id).where(LINKS.organisation_id == func.known_as(organisation_id)).union(persons)


def _replies(connection: Any, rows: Sequence[Any], now: datetime) -> list[Task]:
    """The rows with the names of those they are about."""
    links = models.TaskContact
    names = contact_names.of_things(connection, links, links.task_id, [row.id for row in rows])
    projects = project_names(connection, [row.project_id for row in rows])
    local_now = clock.local_time(now)
    return [_reply(row, names.get(row.id, []), projects.get(row.project_id, ""), local_now) for row in rows]


def _reply(row: Any, contacts: list[NamedContact], project: str, local_now: datetime) -> Task:
    return Task(
        id=row.id,
        title=row.title,
        text=row.text,
        state=TaskState.OPEN if row.done_at is None else TaskState.DONE,
        project_id=row.project_id,
        project_name=project,
        starts_on=row.starts_on,
        due_on=row.due_on,
        due_time=row.due_time,
        due=due(row.due_on, row.due_time, local_now) if row.done_at is None else None,
        assignee_id=row.assignee_id,
        remind_at=row.remind_at,
        reminded_at=row.reminded_at,
        person_ids=contact_names.ids_of(contacts, ContactKind.PERSON),
        organisation_ids=contact_names.ids_of(contacts, ContactKind.ORGANISATION),
        contacts=contacts,
        done_at=row.done_at,
        done_by=row.done_by,
        created_at=row.created_at,
        created_by=row.created_by,
        version=row.version,
    )
