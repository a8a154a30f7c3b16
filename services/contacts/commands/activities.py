"""Activities: recorded, changed, taken away and restored (A1, A2)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.contacts.activities import ActivityKind, DeleteActivity, RecordActivity, UpdateActivity
from contracts.errors import Invalid, NotAllowed
from services.contacts import models
from services.contacts.commands import contact_links, deletions, details, history, projects
from services.contacts.commands.history import Author
from services.contacts.rules.activities import is_still_to_come

CHANGED = {"kind", "text", "happened_at", "responsible_id", "project_id", "private"}
CLEARED = {"responsible_id": None, "project_id": None}


def record(session: Session, request: RecordActivity, responsible_id: UUID | None, author: Author) -> UUID:
    """Write down what was done; raises Invalid for unknown contacts, none at all, and what is still to come."""
    happened_at = request.happened_at or author.at
    _refuse_future(happened_at, author)
    persons, organisations = contact_links.known(session, request)
    projects.refuse_unknown(session, request.project_id)
    _refuse_about_nobody(request.kind, [*persons, *organisations, request.project_id])
    activity = models.Activity(
        id=new_id(),
        kind=request.kind,
        text=request.text,
        happened_at=happened_at,
        responsible_id=responsible_id,
        project_id=request.project_id,
        private=request.private,
        recorded_at=author.at,
        recorded_by=author.label,
        version=1,
    )
    session.add(activity)
    session.flush()
    contact_links.name(session, models.ActivityContact, {"activity_id": activity.id}, persons, organisations)
    return activity.id


def _refuse_future(happened_at: datetime, author: Author) -> None:
    if is_still_to_come(happened_at, author.at):
        message = "This time has not come yet; make a task of what is still to be done."
        raise Invalid.field("/happened_at", "not_done_yet", message)


def _refuse_about_nobody(kind: ActivityKind, about: list[Any]) -> None:
    if not any(about) and kind is not ActivityKind.NOTE:
        message = "Name a person, an organisation or a project; only a note may be about nobody."
        raise Invalid.field("/person_ids", "contact_missing", message)


def change(session: Session, request: UpdateActivity, author: Author) -> UUID:
    """Change what is given; raises NotFound, Stale, Invalid, and NotAllowed for making another's activity private."""
    activity = deletions.locked(session, models.Activity, request.id, author=author)
    details.refuse_stale(activity.version, request.version)
    if request.private not in (None, activity.private) and activity.recorded_by != author.label:
        raise NotAllowed("Only who recorded it can make it private or public.", code="not_the_author")
    if request.happened_at:
        _refuse_future(request.happened_at, author)
    projects.refuse_unknown(session, request.project_id)
    wanted = request.model_dump(exclude_none=True, include=CHANGED) | details.cleared(request.clear, CLEARED)
    changed = history.assign(activity, wanted)
    if contact_links.rename(session, models.ActivityContact, {"activity_id": activity.id}, request) or changed:
        activity.version += 1
    session.flush()
    about = select(exists().where(models.ActivityContact.activity_id == activity.id))
    _refuse_about_nobody(activity.kind, [activity.project_id, session.scalar(about)])
    return activity.id


def delete(session: Session, request: DeleteActivity, author: Author) -> None:
    """Take it away; raises NotFound and Stale."""
    activity = deletions.locked(session, models.Activity, request.id, author=author)
    details.refuse_stale(activity.version, request.version)
    deletions.take_away(activity, author)


def restore(session: Session, activity_id: UUID, author: Author) -> UUID:
    """Bring a deleted one back; one that is there stays as it is. Raises NotFound when it is gone for good."""
    activity = deletions.locked(session, models.Activity, activity_id, deleted=True, author=author)
    deletions.bring_back(session, activity)
    return activity.id


def forget_deleted(session: Session, now: datetime, limit: int) -> int:
    """Remove what was taken away long ago, at most `limit`; how many."""
    return deletions.forget(session, models.Activity, now, limit)
