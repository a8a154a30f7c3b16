"""Whom activities and their like are about: checked against the register and stored."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session, aliased

from contracts.contacts.about import AboutContacts
from contracts.contacts.activities import UpdateActivity
from contracts.contacts.persons import PersonState
from contracts.contacts.tasks import UpdateTask
from contracts.errors import FieldError
from services.contacts import models
from services.contacts.commands import details

Named = list[tuple[str, UUID]]
"""Ids, each with the JSON pointer at which it was given."""


def known(session: Session, about: AboutContacts) -> tuple[list[UUID], list[UUID]]:
    """The persons and organisations of a request under the ids they are known by now; raises Invalid."""
    persons = [*listed("/person_ids", about.person_ids), *_single("/person_id", about.person_id)]
    organisations = [
        *listed("/organisation_ids", about.organisation_ids),
        *_single("/organisation_id", about.organisation_id),
    ]
    return known_persons(session, persons), known_organisations(session, organisations)


def listed(pointer: str, ids: Sequence[UUID]) -> Named:
    """The ids of a list with their pointers."""
    return [(f"{pointer}/{place}", each) for place, each in enumerate(ids)]


def _single(pointer: str, one: UUID | None) -> Named:
    return [(pointer, one)] if one else []


def known_persons(session: Session, named: Named) -> list[UUID]:
    """The persons, locked against erasure until the end of the transaction; linked ids as whom they are linked to."""
    row = models.Person
    found = session.execute(
        select(row.id, row.linked_to)
        .where(row.id.in_([each for _pointer, each in named]), row.state != PersonState.ERASED)
        .order_by(row.id)
        .with_for_update(read=True)
    )
    by_id = {each.id: each.linked_to or each.id for each in found}
    _refuse_missing(named, by_id, "no_such_person", "There is no person")
    return list(dict.fromkeys(by_id[each] for _pointer, each in named))


def known_organisations(session: Session, named: Named) -> list[UUID]:
    """The organisations that are not deleted, each once; merged ones as what they were merged into."""
    row, known = models.Organisation, aliased(models.Organisation)
    wanted = (
        select(row.id, known.id.label("known_as"))
        .join(known, known.id == func.coalesce(row.linked_to, row.id))
        .where(row.id.in_([each for _pointer, each in named]), known.deleted_at.is_(None))
        .order_by(row.id)
    )
    by_id = {each.id: each.known_as for each in session.execute(wanted)}
    _refuse_missing(named, by_id, "no_such_organisation", "There is no organisation")
    return list(dict.fromkeys(by_id.values()))


def _refuse_missing(named: Named, by_id: dict[UUID, UUID], code: str, told: str) -> None:
    details.refuse(
        [
            FieldError(pointer=pointer, code=code, message=f"{told} {each}.")
            for pointer, each in named
            if each not in by_id
        ]
    )


def name(
    session: Session,
    link: Any,
    owner: dict[str, UUID],
    persons: Sequence[UUID] | None,
    organisations: Sequence[UUID] | None,
) -> None:
    """Store whom the thing is about; None leaves a side as it is. `owner` is the column that names it, with its id."""
    if persons is not None:
        _replace(session, link, owner, "person_id", persons)
    if organisations is not None:
        _replace(session, link, owner, "organisation_id", organisations)


def rename(session: Session, link: Any, owner: dict[str, UUID], request: UpdateActivity | UpdateTask) -> bool:
    """Whether a request names others; a side that it does not name stays. Raises Invalid."""
    persons, organisations = request.person_ids, request.organisation_ids
    if persons is not None:
        persons = known_persons(session, listed("/person_ids", persons))
    if organisations is not None:
        organisations = known_organisations(session, listed("/organisation_ids", organisations))
    name(session, link, owner, persons, organisations)
    return persons is not None or organisations is not None


def _replace(session: Session, link: Any, owner: dict[str, UUID], side: str, ids: Sequence[UUID]) -> None:
    session.execute(delete(link).filter_by(**owner).where(getattr(link, side).is_not(None)))
    if ids:
        session.execute(insert(link), [{**owner, side: each} for each in ids])
