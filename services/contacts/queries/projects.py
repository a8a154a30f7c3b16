"""Projects with how far they are, who takes part, and hours (A8)."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from chassis import clock
from contracts.base import Page
from contracts.contacts.projects import (
    ListHours,
    ListProjects,
    Project,
    ProjectMember,
    ProjectState,
    ProjectSummary,
    WorkedTime,
)
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries import contact_names
from services.contacts.queries.belonging import same_person
from services.contacts.queries.pages import page_of, position
from services.contacts.rules.tasks import END_OF_DAY, NO_DAY

ROWS = models.Project.__table__.c
MEMBERS = models.ProjectMember.__table__.c
WORKED = models.ProjectHours.__table__.c
TASKS = models.Task.__table__.c


def get(connection: Any, project_id: UUID, now: datetime) -> Project:
    """One project with its members; raises NotFound."""
    query = select(models.Project.__table__).where(ROWS.id == project_id, ROWS.deleted_at.is_(None))
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(f"There is no project {project_id}.", id=project_id)
    summary = _summaries(connection, [row], now)[0]
    return Project(**dict(summary), members=_members(connection, project_id))


def list_page(reader: Connection, request: ListProjects, now: datetime) -> Page[ProjectSummary]:
    """Projects, newest first."""
    query = select(models.Project.__table__).where(ROWS.deleted_at.is_(None), *_asked(request))
    after = position(request.cursor, UUID)
    if after:
        query = query.where(ROWS.id < after[0])
    rows = reader.execute(query.order_by(ROWS.id.desc()).limit(request.limit + 1)).all()
    shown = {each.id: each for each in _summaries(reader, rows[: request.limit], now)}
    return page_of(rows, request.limit, lambda row: [row.id], lambda row: shown[row.id])


def _asked(request: ListProjects) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if request.state:
        conditions.append(
            ROWS.closed_at.is_(None) if request.state is ProjectState.OPEN else ROWS.closed_at.is_not(None)
        )
    if request.account_id:
        conditions.append(_with(MEMBERS.account_id == request.account_id))
    if request.person_id:
        conditions.append(_with(MEMBERS.person_id.in_(same_person(request.person_id))))
    if request.organisation_id:
        conditions.append(_with(MEMBERS.organisation_id == func.known_as(request.organisation_id)))
    return conditions


def _with(member: ColumnElement[bool]) -> ColumnElement[bool]:
    return ROWS.id.in_(select(MEMBERS.project_id).where(member))


def _summaries(connection: Any, rows: Sequence[Any], now: datetime) -> list[ProjectSummary]:
    ids = [row.id for row in rows]
    tasks = _counted(connection, ids, clock.local_time(now))
    used = _sums(connection, WORKED.project_id, ids)
    return [_summary(row, tasks.get(row.id), used.get(row.id, Decimal(0))) for row in rows]


def _sums(connection: Any, key: ColumnElement[Any], project_ids: Sequence[UUID]) -> dict[UUID | None, Decimal]:
    """Hours of the projects by some key."""
    if not project_ids:
        return {}
    query = select(key.label("key"), func.sum(WORKED.hours).label("total")).where(_kept(project_ids)).group_by(key)
    return {row.key: row.total for row in connection.execute(query)}


def _kept(ids: Sequence[UUID]) -> ColumnElement[bool]:
    return WORKED.project_id.in_(ids) & WORKED.deleted_at.is_(None)


def _counted(connection: Any, ids: Sequence[UUID], local_now: datetime) -> dict[UUID, Any]:
    """All, done and late tasks by project."""
    if not ids:
        return {}
    due = tuple_(func.coalesce(TASKS.due_on, NO_DAY), func.coalesce(TASKS.due_time, END_OF_DAY))
    is_open = TASKS.done_at.is_(None)
    late = is_open & (due < tuple_(local_now.date(), local_now.time()))
    query = (
        select(
            TASKS.project_id,
            func.count().label("all"),
            func.count().filter(~is_open).label("done"),
            func.count().filter(late).label("late"),
        )
        .where(TASKS.project_id.in_(ids), TASKS.deleted_at.is_(None))
        .group_by(TASKS.project_id)
    )
    return {row.project_id: row for row in connection.execute(query)}


def _summary(row: Any, tasks: Any, hours: Decimal) -> ProjectSummary:
    return ProjectSummary(
        id=row.id,
        name=row.name,
        text=row.text,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        hours_planned=row.hours_planned,
        state=ProjectState.OPEN if row.closed_at is None else ProjectState.CLOSED,
        closed_at=row.closed_at,
        tasks=tasks.all if tasks else 0,
        tasks_done=tasks.done if tasks else 0,
        tasks_late=tasks.late if tasks else 0,
        hours_used=hours,
        created_at=row.created_at,
        created_by=row.created_by,
        version=row.version,
    )


def _members(connection: Any, project_id: UUID) -> list[ProjectMember]:
    """Who takes part, in the order in which they came, with the hours they have used and the tasks they have."""
    rows = connection.execute(
        select(models.ProjectMember.__table__).where(MEMBERS.project_id == project_id).order_by(MEMBERS.id)
    ).all()
    member = models.ProjectMember
    names = contact_names.of_things(connection, member, member.id, [row.id for row in rows])
    used = _sums(connection, func.coalesce(WORKED.account_id, WORKED.person_id), [project_id])
    tasks = _open_tasks_by_account(connection, project_id)
    return [
        ProjectMember(
            id=row.id,
            account_id=row.account_id,
            person_id=row.person_id,
            organisation_id=row.organisation_id,
            role=row.role,
            hours_planned=row.hours_planned,
            name=next((each.name for each in names.get(row.id, [])), ""),
            hours_used=used.get(row.account_id or row.person_id, Decimal(0)),
            tasks_open=tasks.get(row.account_id, 0),
        )
        for row in rows
    ]


def _open_tasks_by_account(connection: Any, project_id: UUID) -> dict[UUID | None, int]:
    query = (
        select(TASKS.assignee_id, func.count().label("open"))
        .where(TASKS.project_id == project_id, TASKS.done_at.is_(None), TASKS.deleted_at.is_(None))
        .group_by(TASKS.assignee_id)
    )
    return {row.assignee_id: row.open for row in connection.execute(query)}


def get_hours(connection: Any, hours_id: UUID) -> WorkedTime:
    """One entry of hours that is there."""
    row = connection.execute(select(models.ProjectHours.__table__).where(WORKED.id == hours_id)).one()
    return _worked(connection, [row])[0]


def list_hours(reader: Connection, request: ListHours) -> Page[WorkedTime]:
    """Hours of a project, the latest day first; raises NotFound when there is no such project."""
    known = select(ROWS.id).where(ROWS.id == request.id, ROWS.deleted_at.is_(None))
    if reader.execute(known).first() is None:
        raise NotFound(f"There is no project {request.id}.", id=request.id)
    query = select(models.ProjectHours.__table__).where(_kept([request.id]))
    after = position(request.cursor, date.fromisoformat, UUID)
    if after:
        query = query.where(tuple_(WORKED.worked_on, WORKED.id) < tuple_(*after))
    rows = reader.execute(query.order_by(WORKED.worked_on.desc(), WORKED.id.desc()).limit(request.limit + 1)).all()
    shown = {each.id: each for each in _worked(reader, rows[: request.limit])}
    return page_of(rows, request.limit, lambda row: [row.worked_on, row.id], lambda row: shown[row.id])


def _worked(connection: Any, rows: Sequence[Any]) -> list[WorkedTime]:
    names = contact_names.of_persons(connection, {row.person_id for row in rows if row.person_id})
    return [
        WorkedTime(
            id=row.id,
            project_id=row.project_id,
            account_id=row.account_id,
            person_id=row.person_id,
            person_name=names.get(row.person_id, ""),
            worked_on=row.worked_on,
            hours=row.hours,
            note=row.note,
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
        )
        for row in rows
    ]
