"""How erased persons are named, and texts that name one besides others left without the name (C17, ADR 8).

What somebody else in the register bears too (a namesake, the telephone of a family) is struck only in what is linked to
the erased person.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, or_, select
from sqlalchemy.orm import Session

from chassis import sealing, striking
from chassis.mentions import Mentions, key
from chassis.name_forms import beginning
from chassis.striking import Wanted
from contracts.contacts.persons import PersonState
from contracts.errors import NotFound
from contracts.personal_data import Named, Sought
from services.contacts import models
from services.contacts.commands.written import SHARED
from services.contacts.rules import names

EARLIER = ("given_name", "family_name", "email", "phone", "affiliation.email", "affiliation.phone")
SEALED_FOR = "sought"
Reader = Connection | Session


def strike(session: Session, ids: Sequence[UUID]) -> Mentions:
    """Strike whatever names one of these persons, who have not been emptied yet, in what is linked to them or found by
    an index of words; what names nobody else. The worker looks through all texts later."""
    found = of(session, ids)
    wanted = Wanted(ids, found, _of_nobody_else(session, ids, found))
    session.flush()
    for each in SHARED:
        striking.strike(session, each, [wanted], linked_alone=each.words is None)
    return wanted.free


def keep_sought(session: Session, person_id: UUID, ids: Sequence[UUID]) -> None:
    """Keep how these persons are named, sealed, until all services have looked for it."""
    sealed = sealing.seal(SEALED_FOR, of(session, ids).as_named().model_dump_json())
    session.add(models.Sought(person_id=person_id, sealed=sealed))


def sought(reader: Reader, person_id: UUID) -> Sought:
    """What services look for; raises NotFound when all have done so."""
    sealed = reader.scalar(select(models.Sought.sealed).where(models.Sought.person_id == person_id))
    try:
        named = Named.model_validate_json(sealing.open_sealed(SEALED_FOR, sealed or b""))
    except sealing.Unreadable:
        raise NotFound(f"Nobody has to look for {person_id}.", id=person_id) from None
    everything = Mentions.read(named)
    free = _of_nobody_else(reader, [person_id], everything)
    return Sought(person_id=person_id, everything=named, free=free.as_named())


def forget_sought(session: Session, person_id: UUID) -> None:
    """All services have looked for the person for the last time."""
    session.execute(delete(models.Sought).where(models.Sought.person_id == person_id))


def of(session: Session, ids: Sequence[UUID]) -> Mentions:
    """How these persons may be named: as they are, as they were, and at their work."""
    persons: Sequence[Any] = session.scalars(select(models.Person).where(models.Person.id.in_(ids))).all()
    works: Sequence[Any] = session.scalars(
        select(models.Affiliation).where(models.Affiliation.person_id.in_(ids))
    ).all()
    were = _earlier(session, ids)
    given = {each.given_name for each in persons} | were["given_name"]
    family = {each.family_name for each in persons} | were["family_name"]
    return Mentions.of(
        ((first, last) for first in given for last in family),
        [
            *(each.email for each in (*persons, *works)),
            *(each["address"] for person in persons for each in person.other_emails),
            *were["email"], *were["affiliation.email"],
        ],
        [
            *(each.phone for each in (*persons, *works)),
            *(each["number"] for person in persons for each in person.other_phones),
            *were["phone"], *were["affiliation.phone"],
        ],
    )  # fmt: skip


def _earlier(session: Session, ids: Sequence[UUID]) -> dict[str, set[str]]:
    change = models.Change
    rows = session.execute(
        select(change.field, change.old).where(change.subject_id.in_(ids), change.field.in_(EARLIER))
    )
    found: dict[str, set[str]] = {field: set() for field in EARLIER}
    for row in rows:
        if isinstance(row.old, str):
            found[row.field].add(row.old)
    return found


def _of_nobody_else(reader: Reader, ids: Sequence[UUID], found: Mentions) -> Mentions:
    """Without what another contact of the register has as well."""
    taken_names = _taken_names(reader, ids, found)
    return found.without(taken_names, _taken_emails(reader, ids, found), _taken_phones(reader, ids, found))


def _taken_names(reader: Reader, ids: Sequence[UUID], found: Mentions) -> Iterator[str]:
    """Namesakes; somebody of several given names is called by the first one."""
    person = models.Person
    others = person.id.not_in(ids) & (person.state == PersonState.ACTIVE)
    keys = [names.sort_key(family, given) for given, family in found.names]
    same = or_(person.sort_key.in_(keys), *(person.sort_key.startswith(f"{each}!", autoescape=True) for each in keys))
    for row in reader.execute(select(person.given_name, person.family_name).where(others, same)):
        yield key((row.given_name, row.family_name))
        yield key((row.given_name.partition(" ")[0], row.family_name))


def _taken_emails(reader: Reader, ids: Sequence[UUID], found: Mentions) -> Iterator[str]:
    person, organisation, work = models.Person, models.Organisation, models.Affiliation
    others = person.id.not_in(ids) & (person.state == PersonState.ACTIVE)
    for each in found.emails:
        ways = [
            select(work.id).where(work.person_id.not_in(ids), work.email.ilike(_escaped(each), escape="/")),
            select(person.id).where(others, _reached_by(person, each)),
            select(organisation.id).where(_reached_by(organisation, each)),
        ]
        if any(reader.execute(way.limit(1)).first() for way in ways):
            yield each


def _reached_by(model: Any, email: str) -> ColumnElement[bool]:
    return or_(model.email_key == email, models.has_other_email(model, email))


def _escaped(text: str) -> str:
    return re.sub(r"[%_/]", r"/\g<0>", text)


def _taken_phones(reader: Reader, ids: Sequence[UUID], found: Mentions) -> list[str]:
    person, organisation, work = models.Person, models.Organisation, models.Affiliation
    others = person.id.not_in(ids) & (person.state == PersonState.ACTIVE)
    ways = [
        select(person.phone).where(others, person.phone.in_(found.phones)),
        select(organisation.phone).where(organisation.phone.in_(found.phones)),
        select(work.phone).where(work.person_id.not_in(ids), work.phone.in_(found.phones)),
    ]
    return [each for way in ways for each in reader.scalars(way) if each]


def in_replies(session: Session, ids: Sequence[UUID]) -> list[str]:
    """Names in lower case by which stored replies are found; too much is better than too little there."""
    free = _of_nobody_else(session, ids, of(session, ids))
    full = [name for name in free.names if len(name[0]) > 1]
    ways = ((first, last) for given, family in full for first, last in ((given, family), (family, given)))
    return sorted({f"{first.lower()} {beginning(last)}" for first, last in ways})
