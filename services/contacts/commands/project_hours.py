"""Hours that go into a project: recorded, taken away and restored (A8)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.contacts.projects import DeleteHours, RecordHours
from contracts.errors import Invalid, NotFound
from services.contacts import models
from services.contacts.commands import contact_links, deletions, projects
from services.contacts.commands.history import Author


def record(session: Session, request: RecordHours, account_id: UUID | None, author: Author, today: date) -> UUID:
    """Write down work of an account or a person; raises NotFound, Conflict when the project is closed, and Invalid."""
    if request.worked_on > today:
        raise Invalid.field("/worked_on", "in_the_future", "Work that is still to be done has no hours yet.")
    project = deletions.locked(session, models.Project, request.id)
    projects.refuse_closed(project)
    person_id = request.person_id
    if person_id:
        person_id = contact_links.known_persons(session, [("/person_id", person_id)])[0]
    hours = models.ProjectHours(
        id=new_id(),
        project_id=project.id,
        account_id=account_id,
        person_id=person_id,
        worked_on=request.worked_on,
        hours=request.hours,
        note=request.note,
        recorded_at=author.at,
        recorded_by=author.label,
    )
    session.add(hours)
    session.flush()
    return hours.id


def delete(session: Session, request: DeleteHours, author: Author) -> None:
    """Take an entry away; raises NotFound."""
    _locked(session, request).deleted_at = author.at


def restore(session: Session, request: DeleteHours) -> UUID:
    """Bring a deleted entry back; one that is there stays as it is. Raises NotFound when it is gone for good."""
    entry = _locked(session, request, deleted=True)
    entry.deleted_at = None
    session.flush()
    return entry.id


def _locked(session: Session, request: DeleteHours, *, deleted: bool = False) -> models.ProjectHours:
    found = session.get(models.ProjectHours, request.hours_id, with_for_update=True)
    if found is None or found.project_id != request.id or (found.deleted_at is not None and not deleted):
        raise NotFound(f"There is no such entry of hours: {request.hours_id}.", id=request.hours_id)
    return found


def forget_deleted(session: Session, now: datetime, limit: int) -> int:
    """Remove what was taken away long ago, at most `limit`; how many."""
    return deletions.forget(session, models.ProjectHours, now, limit)
