"""Projects: made, changed, closed, taken away; who takes part (A5, A8)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete as delete_rows
from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.contacts.projects import (
    AssignToProject,
    CreateProject,
    DeleteProject,
    ProjectDetails,
    ProjectState,
    RemoveFromProject,
    UpdateProject,
)
from contracts.errors import Conflict, Invalid, NotFound
from services.contacts import models
from services.contacts.commands import contact_links, deletions, details, history
from services.contacts.commands.history import Author

MOST_MEMBERS = 200
CLEARED: dict[str, Any] = {"text": "", "starts_on": None, "ends_on": None, "hours_planned": None}


def create(session: Session, request: CreateProject, author: Author) -> UUID:
    """A new project; raises Invalid when it ends before it starts."""
    wanted = {name: getattr(request, name) for name in ProjectDetails.model_fields}
    project = models.Project(id=new_id(), created_at=author.at, created_by=author.label, version=1, **wanted)
    _refuse_end_before_start(project)
    session.add(project)
    session.flush()
    return project.id


def _refuse_end_before_start(project: models.Project) -> None:
    if project.starts_on and project.ends_on and project.ends_on < project.starts_on:
        raise Invalid.field("/ends_on", "ends_before_start", "The last day lies before the first.")


def change(session: Session, request: UpdateProject, author: Author) -> UUID:
    """Change what is given; raises NotFound, Stale and Invalid."""
    project = deletions.locked(session, models.Project, request.id)
    details.refuse_stale(project.version, request.version)
    given = {name: getattr(request, name) for name in ProjectDetails.model_fields}
    wanted = {name: value for name, value in given.items() if value is not None}
    changed = history.assign(project, wanted | details.cleared(request.clear, CLEARED))
    _refuse_end_before_start(project)
    if request.state is not None and (request.state is ProjectState.CLOSED) != (project.closed_at is not None):
        project.closed_at = author.at if request.state is ProjectState.CLOSED else None
        changed["state"] = (None, request.state)
    if changed:
        project.version += 1
    session.flush()
    return project.id


def delete(session: Session, request: DeleteProject, author: Author) -> None:
    """Take it away; raises NotFound, Stale, and Conflict when hours are recorded on it."""
    project = deletions.locked(session, models.Project, request.id)
    details.refuse_stale(project.version, request.version)
    hours = models.ProjectHours
    if session.scalar(select(exists().where(hours.project_id == project.id, hours.deleted_at.is_(None)))):
        raise Conflict("Hours are recorded on this project; close it instead.", code="has_hours")
    deletions.take_away(project, author)


def restore(session: Session, project_id: UUID) -> UUID:
    """Bring a deleted one back; one that is there stays as it is. Raises NotFound when it is gone for good."""
    project = deletions.locked(session, models.Project, project_id, deleted=True)
    deletions.bring_back(session, project)
    return project.id


def refuse_closed(project: models.Project) -> None:
    """Raise Conflict when the project takes nothing more."""
    if project.closed_at is not None:
        raise Conflict("This project is closed; open it again first.", code="project_closed")


def refuse_unknown(session: Session, project_id: UUID | None) -> None:
    """Raise Invalid when something cannot be put into this project."""
    if project_id is None:
        return
    row = models.Project
    query = select(row.closed_at).where(row.id == project_id, row.deleted_at.is_(None)).with_for_update(read=True)
    found = session.execute(query).first()
    if found is None:
        raise Invalid.field("/project_id", "no_such_project", f"There is no project {project_id}.")
    if found.closed_at is not None:
        raise Invalid.field("/project_id", "project_closed", "This project is closed; open it again first.")


def assign(session: Session, request: AssignToProject) -> UUID:
    """Let somebody take part, or change their role; raises NotFound, and Invalid for unknown contacts."""
    project = deletions.locked(session, models.Project, request.id)
    member = {"account_id": request.account_id, "person_id": None, "organisation_id": None}
    if request.person_id:
        member["person_id"] = contact_links.known_persons(session, [("/person_id", request.person_id)])[0]
    if request.organisation_id:
        named = [("/organisation_id", request.organisation_id)]
        member["organisation_id"] = contact_links.known_organisations(session, named)[0]
    part = {"role": request.role, "hours_planned": request.hours_planned}
    (side,) = (name for name, value in member.items() if value)
    row = models.ProjectMember
    known = update(row).where(row.project_id == project.id, getattr(row, side) == member[side])
    if session.execute(known.values(**part).returning(row.id)).first() is None:
        session.execute(insert(row).values(id=new_id(), project_id=project.id, **member, **part))
    members = select(func.count()).where(models.ProjectMember.project_id == project.id)
    if (session.scalar(members) or 0) > MOST_MEMBERS:
        raise Conflict(f"At most {MOST_MEMBERS} take part in a project.", code="too_many_members", most=MOST_MEMBERS)
    project.version += 1
    session.flush()
    return project.id


def refuse_other_than_one(*members: UUID | None) -> None:
    """Raise Invalid unless exactly one account or contact is named."""
    if sum(each is not None for each in members) != 1:
        raise Invalid.field("/account_id", "one_member", "Name one account, one person or one organisation.")


def remove(session: Session, request: RemoveFromProject) -> UUID:
    """Somebody takes part no more; raises NotFound."""
    project = deletions.locked(session, models.Project, request.id)
    row = models.ProjectMember
    gone = session.execute(
        delete_rows(row).where(row.id == request.member_id, row.project_id == project.id).returning(row.id)
    ).first()
    if gone is None:
        raise NotFound(f"There is no member {request.member_id} of this project.", id=request.member_id)
    project.version += 1
    session.flush()
    return project.id


def forget_deleted(session: Session, now: datetime, limit: int) -> int:
    """Remove what was taken away long ago, at most `limit`; how many. Tasks and activities stay without a project."""
    hours = models.ProjectHours
    unused = ~exists().where(hours.project_id == models.Project.id)
    return deletions.forget(session, models.Project, now, limit, unused)
