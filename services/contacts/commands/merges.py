"""Merging two contacts that are one, and undoing it (C13).

The merged card stays as it was, with its history, and leads to the survivor, which takes from it what was chosen.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.base import Language
from contracts.contacts.basics import CustomerStatus, DeliveryMethod, Gender, PaymentMethod
from contracts.contacts.duplicates import DuplicateState
from contracts.contacts.merges import MergeTwo
from contracts.errors import Conflict, FieldError, Invalid, NotFound
from services.contacts import models
from services.contacts.commands import (
    details,
    duplicates,
    history,
    merged_places,
    merged_sources,
    provenance,
    redirecting,
)
from services.contacts.commands.history import Author
from services.contacts.commands.merged_kinds import KINDS, STATES, MergedKind
from services.contacts.rules import merging

MERGE = models.Merge
TYPES: dict[str, Callable[[str], Any]] = {
    "birth_date": date.fromisoformat,
    "gender": Gender,
    "language": Language,
    "customer_status": CustomerStatus,
    "payment_method": PaymentMethod,
    "delivery_method": DeliveryMethod,
    "credit_limit": Decimal,
}
"""Columns that JSON knows as texts alone."""


def merge(session: Session, of: MergedKind, request: MergeTwo, author: Author) -> UUID:
    """Make one contact of two; the id of the merge. Raises NotFound, Stale, Invalid, Conflict."""
    merged_places.begin(session, of.kind)
    survivor, merged = _two(session, of, request)
    for contact, known in ((survivor, request.survivor_version), (merged, request.merged_version)):
        if known is not None:
            details.refuse_stale(contact.version, known)
    own, other = columns_of(of, survivor), columns_of(of, merged)
    _refuse_unknown(of, request, own, other)
    held = merged_sources.held(session, of.kind, survivor, merged, request)
    mine, theirs = merged_places.place(session, survivor, merged, request, own, other)
    wanted = merging.keep(mine, merging.merge(of.kind, mine, theirs, request.choices), held)
    before, after = merging.changed(own, wanted)
    row = MERGE(
        id=new_id(),
        kind=of.kind,
        survivor_id=survivor.id,
        merged_id=merged.id,
        choices=dict(request.choices),
        before=before,
        after=after,
        sources=merged_sources.moved(session, survivor.id, merged.id, before, after),
        merged_at=author.at,
        merged_by=author.label,
    )
    history.record(session, merged.id, author, {"state": STATES})
    history.record(session, survivor.id, author, {"merged": (None, _told(of, row, merged))})
    merged_places.move(session, survivor, after, author)
    least_version = merged.version
    row.relinked = [str(each) for each in redirecting.lead(session, of.leading, merged.id, survivor.id, author.at)]
    session.add(row)
    _store(session, of, survivor, after, least_version, author)
    merged_sources.follow(session, row)
    duplicates.judge(session, survivor.id, merged.id, DuplicateState.MERGED, author)
    of.tell(session, merged.id)
    session.flush()
    return row.id


def _two(session: Session, of: MergedKind, request: MergeTwo) -> tuple[Any, Any]:
    """Survivor and merged contact, locked, both in the register."""
    survivor_id = of.resolve(session, request.survivor_id)
    if request.merged_id in {survivor_id, request.survivor_id}:
        message = f"Both ids lead to the same {of.kind.value}; choose another."
        raise Invalid.field("/merged_id", f"same_{of.kind.value}", message)
    found = _locked(session, of, survivor_id, request.merged_id)
    for contact_id in (survivor_id, request.merged_id):
        of.refuse_unregistered(found.get(contact_id), contact_id)
    return found[survivor_id], found[request.merged_id]


def _locked(session: Session, of: MergedKind, *ids: UUID) -> dict[UUID, Any]:
    """The contacts under these very ids, locked in one order, whoever asks."""
    query = select(of.model).where(of.model.id.in_(ids)).order_by(of.model.id).with_for_update()
    return {each.id: each for each in session.scalars(query.execution_options(populate_existing=True))}


def _refuse_unknown(of: MergedKind, request: MergeTwo, own: merging.Values, other: merging.Values) -> None:
    details.refuse(
        [
            FieldError(pointer=f"/choices/{name}", code="unknown_field", message=f"Neither of the two has {name}.")
            for name in merging.unknown_choices(of.kind, request.choices, own, other)
        ]
    )


def columns_of(of: MergedKind, contact: Any) -> merging.Values:
    """The columns that a merge decides about, in JSON."""
    names = merging.MERGED_COLUMNS[of.kind]
    values = {name: _plain(getattr(contact, name)) for name in names}
    return values | ({merged_places.PARENT: merged_places.own_parent(contact)} if merged_places.PARENT in names else {})


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, date | Decimal | StrEnum) else value


def _store(
    session: Session, of: MergedKind, contact: Any, values: merging.Values, least_version: int, author: Author
) -> None:
    """Give the contact these columns and a version above all that anybody has read under one of the two ids."""
    contact.version = max(contact.version, least_version)
    own = merged_places.settled(values)
    stored = {name: TYPES[name](value) if name in TYPES and value else value for name, value in own.items()}
    version = contact.version
    of.change(session, contact, stored, author)
    if contact.version == version:
        contact.version += 1
        contact.updated_at = author.at
        session.flush()
        of.tell(session, contact.id)


def _told(of: MergedKind, row: models.Merge, merged: Any) -> dict[str, str]:
    return {"merge_id": str(row.id), f"{of.kind.value}_id": str(merged.id), "name": merged.shown_name}


def undo(session: Session, merge_id: UUID, author: Author) -> None:
    """Make two contacts of one again; what was added since stays with the survivor. Raises NotFound, Conflict."""
    known = session.get(MERGE, merge_id)
    if known is None:
        raise NotFound(f"There is no merge {merge_id}.", id=merge_id)
    of = KINDS[known.kind]
    merged_places.begin(session, of.kind)
    found = _locked(session, of, known.survivor_id, known.merged_id)
    row = session.get_one(MERGE, merge_id, with_for_update=True, populate_existing=True)
    survivor, merged = found[row.survivor_id], found[row.merged_id]
    _refuse_undoing(row, survivor, merged)
    now = columns_of(of, survivor)
    history.record(session, survivor.id, author, {"unmerged": (_told(of, row, merged), None)})
    returned = merged_sources.returned(session, row)
    _store(session, of, survivor, merging.changed(now, merging.restored(now, row.before, row.after))[1], 0, author)
    _stand_alone(session, of, merged, survivor.version, author)
    for each in row.relinked:
        redirecting.point(session, of.leading, UUID(each), merged.id, author.at)
    merged_places.place_again(session, row, survivor, merged, author)
    provenance.restore(session, survivor.id, returned)
    _forget_in_later_ones(session, row)
    row.undone_at, row.undone_by = author.at, author.label
    duplicates.judge(session, survivor.id, merged.id, DuplicateState.OPEN, author)
    session.flush()


def _refuse_undoing(row: models.Merge, survivor: Any, merged: Any) -> None:
    if row.undone_at is not None:
        raise Conflict("This merge was undone already.", code="already_undone")
    if survivor.is_gone or merged.is_gone:
        raise Conflict("The contact was deleted; nothing of the two is left.", code="contact_erased")
    if survivor.linked_to is not None:
        raise Conflict("The contact was merged with another one since; undo that first.", code="merged_since")


def _stand_alone(session: Session, of: MergedKind, merged: Any, survivor_version: int, author: Author) -> None:
    for name, value in of.stands.items():
        setattr(merged, name, value)
    merged.version, merged.updated_at = max(merged.version, survivor_version) + 1, author.at
    with details.unique_numbers():
        session.flush()
    history.record(session, merged.id, author, {"state": STATES[::-1]})
    redirecting.release(session, of.leading, merged, author.at)
    of.tell(session, merged.id)


def _forget_in_later_ones(session: Session, undone: models.Merge) -> None:
    """What later merges into the same survivor remember must not bring back what this one had brought."""
    later = select(MERGE).where(merged_sources.later_than(undone))
    for each in session.scalars(later.with_for_update()):
        for name in ("before", "after"):
            told = getattr(each, name)
            both = {column: value for column, value in told.items() if column in undone.before}
            restored = merging.restored(both, undone.before, undone.after)
            setattr(each, name, {**told, **restored})
        each.sources = merged_sources.without(each.sources, undone.sources)
