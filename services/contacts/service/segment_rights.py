"""Who may count, list and save filters about what other services know (C10): those who may read it there."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import refusal
from contracts.access import Permission, Principal, PrincipalKind
from contracts.contacts.segments import SegmentFilter, SegmentKind
from services.contacts.queries import segments
from services.contacts.rules.segment_fields import RELATIONS
from services.contacts.rules.segments import relations


def refuse_unreadable(principal: Principal, session: Session, of: SegmentKind, tree: SegmentFilter) -> None:
    """Refuse a filter that is wrong, or about what the caller may not read in the service that knows it."""
    for name, right in _missing(principal, session, of, tree):
        raise refusal([right], f"To filter by {name}")


def refuse_unreadable_segment(principal: Principal, session: Session, segment_id: UUID) -> None:
    """The same for a saved one; raises NotFound."""
    stored = segments.row(session, segment_id)
    refuse_unreadable(principal, session, stored.of, SegmentFilter.model_validate(stored.filter))


def may_read(principal: Principal, session: Session, stored: Any) -> bool:
    """Whether the caller may know whom a saved segment finds."""
    return not any(_missing(principal, session, stored.of, SegmentFilter.model_validate(stored.filter)))


def needed(session: Session, stored: Any) -> list[Permission]:
    """Which rights it takes, besides to read contacts, to know whom a saved segment finds."""
    taken = _taken(session, stored.of, SegmentFilter.model_validate(stored.filter))
    return sorted({right for _name, right in taken} - {Permission.CONTACTS_READ})


def _taken(session: Session, of: SegmentKind, tree: SegmentFilter) -> Iterator[tuple[str, Permission]]:
    for name in sorted(relations(segments.parsed(session, of, tree))):
        yield name, RELATIONS[name].right


def _missing(
    principal: Principal, session: Session, of: SegmentKind, tree: SegmentFilter
) -> Iterator[tuple[str, Permission]]:
    for name, right in _taken(session, of, tree):
        if principal.kind is not PrincipalKind.SYSTEM and not principal.has(right):
            yield name, right
