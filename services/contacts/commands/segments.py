"""Saving segments (C10)."""

from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.contacts.segments import CreateSegment
from services.contacts import models
from services.contacts.commands.history import Author


def create(session: Session, request: CreateSegment, author: Author) -> models.Segment:
    """Save a filter that was checked."""
    segment = models.Segment(
        id=new_id(),
        name=request.name,
        filter=request.filter.model_dump(mode="json", exclude_none=True),
        version=1,
        created_at=author.at,
        created_by=author.label,
    )
    session.add(segment)
    session.flush()
    return segment
