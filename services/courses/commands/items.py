"""The items of a session, kept by the office, and what enrolments choose of them (K2, K4)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.courses import SessionItemWanted
from contracts.errors import Invalid
from services.courses.models import EnrolmentItem, SessionItem
from services.courses.rules.items import check_items


def keep_items(session: Session, session_id: UUID, wanted: Sequence[SessionItemWanted]) -> bool:
    """Make the session's items those wanted, in their order; whether anything changed. Raises Invalid."""
    check_items(wanted)
    known = {item.id: item for item in session.scalars(_items(session_id))}
    kept: set[UUID] = set()
    changed = False
    for position, each in enumerate(wanted):
        item = _known(known, each.id, kept, position) if each.id else None
        changed |= _keep(session, session_id, item, _values(each, position))
    for item_id in known.keys() - kept:
        known[item_id].removed, changed = True, True
    session.flush()
    return changed


def change_product(session: Session, session_id: UUID, product_id: UUID) -> bool:
    """Another product for the first item; whether it is another."""
    first = session.scalars(_items(session_id)).first()
    if first is None or first.product_id == product_id:
        return False
    first.product_id = product_id
    session.flush()
    return True


def choose_items(session: Session, enrolment_id: UUID, item_ids: Sequence[UUID]) -> None:
    """Keep what an enrolment has chosen."""
    chosen = [{"enrolment_id": enrolment_id, "item_id": item_id} for item_id in item_ids]
    session.execute(insert(EnrolmentItem), chosen)


def _items(session_id: UUID) -> Any:
    items = select(SessionItem).where(SessionItem.session_id == session_id, SessionItem.removed.is_(False))
    return items.order_by(SessionItem.position)


def _known(known: dict[UUID, SessionItem], item_id: UUID, kept: set[UUID], position: int) -> SessionItem:
    if item_id not in known:
        message = f"There is no item {item_id} in this session."
        raise Invalid.field(f"/items/{position}/id", "no_such_item", message)
    if item_id in kept:
        raise Invalid.field(f"/items/{position}/id", "repeated_item", f"The item {item_id} is named twice.")
    kept.add(item_id)
    return known[item_id]


def _keep(session: Session, session_id: UUID, item: SessionItem | None, values: dict[str, Any]) -> bool:
    if item is None:
        session.add(SessionItem(id=new_id(), session_id=session_id, **values))
        return True
    changes = {name: value for name, value in values.items() if value != getattr(item, name)}
    for name, value in changes.items():
        setattr(item, name, value)
    return bool(changes)


def _values(wanted: SessionItemWanted, position: int) -> dict[str, Any]:
    return wanted.model_dump(exclude={"id"}) | {"position": position}
