"""Saving, changing and taking away segments (C10)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.contacts.segments import CreateSegment, DeleteSegment, SegmentFilter, UpdateSegment
from services.contacts import models
from services.contacts.commands import deletions, details
from services.contacts.commands.history import Author


def create(session: Session, request: CreateSegment, author: Author) -> UUID:
    """Save a filter that was checked; the segment's id."""
    segment = models.Segment(
        id=new_id(),
        name=request.name,
        of=request.of,
        filter=_plain(request.filter),
        version=1,
        created_at=author.at,
        created_by=author.label,
    )
    session.add(segment)
    session.flush()
    return segment.id


def _plain(tree: SegmentFilter) -> dict[str, Any]:
    return tree.model_dump(mode="json", exclude_none=True)


def change(session: Session, request: UpdateSegment) -> None:
    """Give it another name or another filter, which was checked. Raises NotFound, Stale."""
    segment = locked(session, request.id, request.version)
    if request.name is not None:
        segment.name = request.name
    if request.filter is not None:
        segment.filter = _plain(request.filter)
    segment.version += 1
    session.flush()


def delete(session: Session, request: DeleteSegment, author: Author) -> None:
    """Take it away. Raises NotFound, Stale."""
    deletions.take_away(locked(session, request.id, request.version), author)


def restore(session: Session, segment_id: UUID) -> None:
    """Bring a deleted one back; one that is there stays as it is. Raises NotFound when it is gone for good."""
    deletions.bring_back(session, deletions.locked(session, models.Segment, segment_id, deleted=True))


def forget_deleted(session: Session, now: datetime, limit: int) -> int:
    """Remove what was taken away long ago, at most `limit`; how many."""
    return deletions.forget(session, models.Segment, now, limit)


def locked(session: Session, segment_id: UUID, version: int) -> models.Segment:
    """The segment as the caller has read it; raises NotFound, Stale."""
    segment = deletions.locked(session, models.Segment, segment_id)
    details.refuse_stale(segment.version, version)
    return segment
