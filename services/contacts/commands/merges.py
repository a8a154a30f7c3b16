"""Merging two persons who are one, and undoing it (C13).

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
from contracts.contacts.merges import MergePersons
from contracts.contacts.persons import PersonState
from contracts.errors import Conflict, FieldError, Invalid, NotFound
from services.contacts import models
from services.contacts.commands import details, duplicates, history, merged_sources, persons, provenance, redirecting
from services.contacts.commands.history import Author
from services.contacts.rules import merging

PERSON, MERGE = models.Person, models.Merge
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


def merge(session: Session, request: MergePersons, author: Author) -> UUID:
    """Make one person of two; the id of the merge. Raises NotFound, Stale, Invalid, Conflict."""
    survivor, merged = _two(session, request)
    for person, known in ((survivor, request.survivor_version), (merged, request.merged_version)):
        if known is not None:
            details.refuse_stale(person.version, known)
    own, other = columns_of(survivor), columns_of(merged)
    _refuse_unknown(request, own, other)
    held = merged_sources.held(session, survivor, merged, request)
    wanted = merging.keep(own, merging.merge(own, other, request.choices), held)
    before, after = merging.changed(own, wanted)
    row = MERGE(
        id=new_id(),
        survivor_id=survivor.id,
        merged_id=merged.id,
        choices=dict(request.choices),
        before=before,
        after=after,
        sources=merged_sources.moved(session, survivor.id, merged.id, before, after),
        merged_at=author.at,
        merged_by=author.label,
    )
    history.record(session, merged.id, author, {"state": (merged.state.value, PersonState.LINKED.value)})
    history.record(session, survivor.id, author, {"merged": (None, _told(row, merged))})
    least_version = merged.version
    row.relinked = [str(each) for each in redirecting.lead(session, merged.id, survivor.id, author.at)]
    session.add(row)
    _store(session, survivor, after, least_version, author)
    merged_sources.follow(session, row)
    duplicates.judge(session, survivor.id, merged.id, DuplicateState.MERGED, author)
    persons.tell(session, merged.id)
    session.flush()
    return row.id


def _two(session: Session, request: MergePersons) -> tuple[models.Person, models.Person]:
    """Survivor and merged person, locked, both in the register."""
    survivor_id = persons.resolve(session, request.survivor_id)
    if request.merged_id in {survivor_id, request.survivor_id}:
        raise Invalid.field("/merged_id", "same_person", "Both ids lead to the same person; choose another.")
    found = _locked(session, survivor_id, request.merged_id)
    for person_id in (survivor_id, request.merged_id):
        _refuse_unregistered(found.get(person_id), person_id)
    return found[survivor_id], found[request.merged_id]


def _locked(session: Session, *ids: UUID) -> dict[UUID, models.Person]:
    """The persons under these very ids, locked in one order, whoever asks."""
    query = select(PERSON).where(PERSON.id.in_(ids)).order_by(PERSON.id).with_for_update()
    return {each.id: each for each in session.scalars(query.execution_options(populate_existing=True))}


def _refuse_unregistered(person: models.Person | None, person_id: UUID) -> None:
    if person is None or person.state is PersonState.ERASED:
        raise NotFound(f"There is no person {person_id}.", id=person_id)
    if person.state is PersonState.LINKED:
        raise Conflict("This person was merged with another one already.", code="already_merged")
    if person.state is PersonState.PROPOSED:
        raise Conflict("This person is not in the register yet; accept it first.", code="not_accepted")


def _refuse_unknown(request: MergePersons, own: merging.Values, other: merging.Values) -> None:
    details.refuse(
        [
            FieldError(pointer=f"/choices/{name}", code="unknown_field", message=f"Neither of the two has {name}.")
            for name in merging.unknown_choices(request.choices, own, other)
        ]
    )


def columns_of(person: models.Person) -> merging.Values:
    """The columns that a merge decides about, in JSON."""
    return {name: _plain(getattr(person, name)) for name in merging.MERGED_COLUMNS}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, date | Decimal | StrEnum) else value


def _store(session: Session, person: models.Person, values: merging.Values, least_version: int, author: Author) -> None:
    """Give the person these columns and a version above all that anybody has read under one of the two ids."""
    person.version = max(person.version, least_version)
    stored = {name: TYPES[name](value) if name in TYPES and value else value for name, value in values.items()}
    version = person.version
    persons.change(session, person, stored, author)
    if person.version == version:
        person.version += 1
        person.updated_at = author.at
        session.flush()
        persons.tell(session, person.id)


def _told(row: models.Merge, merged: models.Person) -> dict[str, str]:
    name = f"{merged.given_name} {merged.family_name}".strip()
    return {"merge_id": str(row.id), "person_id": str(merged.id), "name": name}


def undo(session: Session, merge_id: UUID, author: Author) -> None:
    """Make two persons of one again; what was added since stays with the survivor. Raises NotFound, Conflict."""
    known = session.get(MERGE, merge_id)
    if known is None:
        raise NotFound(f"There is no merge {merge_id}.", id=merge_id)
    found = _locked(session, known.survivor_id, known.merged_id)
    row = session.get_one(MERGE, merge_id, with_for_update=True, populate_existing=True)
    survivor, merged = found[row.survivor_id], found[row.merged_id]
    _refuse_undoing(row, survivor, merged)
    now = columns_of(survivor)
    history.record(session, survivor.id, author, {"unmerged": (_told(row, merged), None)})
    returned = merged_sources.returned(session, row)
    _store(session, survivor, merging.changed(now, merging.restored(now, row.before, row.after))[1], 0, author)
    provenance.restore(session, survivor.id, returned)
    _stand_alone(session, merged, survivor.version, author)
    for each in row.relinked:
        redirecting.point(session, UUID(each), merged.id, author.at)
    _forget_in_later_ones(session, row)
    row.undone_at, row.undone_by = author.at, author.label
    duplicates.judge(session, survivor.id, merged.id, DuplicateState.OPEN, author)
    session.flush()


def _refuse_undoing(row: models.Merge, survivor: models.Person, merged: models.Person) -> None:
    if row.undone_at is not None:
        raise Conflict("This merge was undone already.", code="already_undone")
    if PersonState.ERASED in {survivor.state, merged.state}:
        raise Conflict("The contact was deleted; nothing of the two is left.", code="contact_erased")
    if survivor.state is PersonState.LINKED:
        raise Conflict("The contact was merged with another one since; undo that first.", code="merged_since")


def _stand_alone(session: Session, merged: models.Person, survivor_version: int, author: Author) -> None:
    merged.state, merged.linked_to = PersonState.ACTIVE, None
    merged.version, merged.updated_at = max(merged.version, survivor_version) + 1, author.at
    with details.unique_numbers():
        session.flush()
    history.record(session, merged.id, author, {"state": (PersonState.LINKED.value, PersonState.ACTIVE.value)})
    redirecting.release(session, merged, author.at)
    persons.tell(session, merged.id)


def _forget_in_later_ones(session: Session, undone: models.Merge) -> None:
    """What later merges into the same survivor remember must not bring back what this one had brought."""
    later = select(MERGE).where(
        MERGE.survivor_id == undone.survivor_id, MERGE.id > undone.id, MERGE.undone_at.is_(None)
    )
    for each in session.scalars(later.with_for_update()):
        for name in ("before", "after"):
            told = getattr(each, name)
            both = {column: value for column, value in told.items() if column in undone.before}
            restored = merging.restored(both, undone.before, undone.after)
            setattr(each, name, {**told, **restored})
        each.sources = merged_sources.without(each.sources, undone.sources)
