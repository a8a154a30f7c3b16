"""Texts and filters that name an erased person besides others are left without the name (C17, ADR 8).

Candidates come from the links of the person and from the index of words; a text itself decides. What somebody else in
the register bears too (a namesake, the telephone of a family) is struck only in what is linked to the erased person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, cast, false, func, literal_column, or_, select, text
from sqlalchemy.orm import Session

from chassis import searching
from contracts.contacts.persons import PersonState
from services.contacts import models
from services.contacts.rules import names
from services.contacts.rules.mentions import Mentions, key, struck, struck_filter

EARLIER = ("given_name", "family_name", "email", "phone", "affiliation.email", "affiliation.phone")


@dataclass(frozen=True)
class Written:
    """A table of texts: which columns, and ids of rows that are linked to these persons."""

    model: Any
    columns: tuple[str, ...]
    linked: Any = None


def _links(link: Any, owner: str) -> Any:
    return lambda ids: select(getattr(link, owner)).where(link.person_id.in_(ids))


def _of_their_places(ids: Sequence[UUID]) -> Select[Any]:
    belonging = models.Affiliation
    places = select(belonging.organisation_id).where(belonging.person_id.in_(ids))
    return select(models.Document.id).where(models.Document.organisation_id.in_(places))


WRITTEN = (
    Written(models.Activity, ("text",), _links(models.ActivityContact, "activity_id")),
    Written(models.Task, ("title", "text"), _links(models.TaskContact, "task_id")),
    Written(models.Document, ("title", "file_name", "author"), _of_their_places),
    Written(models.Project, ("name", "text"), _links(models.ProjectMember, "project_id")),
    Written(models.CalendarEvent, ("title", "text", "place")),
    Written(models.Segment, ("name",)),
)


def strike(session: Session, ids: Sequence[UUID]) -> Mentions:
    """Strike whatever names one of these persons, who have not been emptied yet; what names nobody else as well."""
    found = of(session, ids)
    free = _of_nobody_else(session, ids, found)
    for each in WRITTEN:
        _strike_texts(session, each, ids, found, free)
    _strike_filters(session, free)
    _strike_without_index(session, models.SurveyAnswer, "answers", free)
    _strike_without_index(session, models.Import, "file_name", free)
    return free


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


def _of_nobody_else(session: Session, ids: Sequence[UUID], found: Mentions) -> Mentions:
    """Without what another contact of the register has as well."""
    person, place = models.Person, models.Organisation
    others = person.id.not_in(ids) & (person.state == PersonState.ACTIVE)
    keys = [names.sort_key(family, given) for given, family in found.names]
    namesakes = session.execute(select(person.given_name, person.family_name).where(others, person.sort_key.in_(keys)))
    taken_names = {key((row.given_name, row.family_name)) for row in namesakes}
    emails = [
        *session.scalars(select(person.email_key).where(others, person.email_key.in_(found.emails))),
        *session.scalars(select(place.email_key).where(place.email_key.in_(found.emails))),
    ]
    phones = [
        *session.scalars(select(person.phone).where(others, person.phone.in_(found.phones))),
        *session.scalars(select(place.phone).where(place.phone.in_(found.phones))),
    ]
    return found.without(taken_names, [each for each in emails if each], [each for each in phones if each])


def _strike_texts(session: Session, written: Written, ids: Sequence[UUID], found: Mentions, free: Mentions) -> None:
    model, everything, own = written.model, found.pattern, free.pattern
    linked = set(session.scalars(written.linked(ids))) if written.linked else set()
    wanted = [model.id.in_(linked)] if linked else []
    if (query := query_of(free)) is not None:
        wanted.append(literal_column(searching.words(model)).op("@@")(query))
    for row in session.scalars(select(model).where(or_(*wanted)).with_for_update()) if wanted else ():
        _assign(row, written.columns, everything if row.id in linked else own)


def _assign(row: Any, columns: Iterable[str], pattern: Any) -> None:
    changed = {name: struck(getattr(row, name), pattern) for name in columns}
    if any(getattr(row, name) != value for name, value in changed.items()):
        row.version += 1
    for name, value in changed.items():
        setattr(row, name, value)


def query_of(mentions: Mentions) -> ColumnElement[Any] | None:
    """What the index of words is asked; None when there is nothing to ask."""
    asked = [
        *(func.to_tsquery(text("'simple'"), each) for each in mentions.queries),
        *(func.plainto_tsquery(text("'simple'"), each) for each in mentions.phrases),
    ]
    found: ColumnElement[Any] | None = None
    for each in asked:
        found = each if found is None else found.op("||")(each)
    return found


def _strike_filters(session: Session, mentions: Mentions) -> None:
    """Segments: they are few, so all are read."""
    segments = select(models.Segment).where(naming(models.Segment.filter, mentions))
    for segment in session.scalars(segments.with_for_update()):
        if (changed := struck_filter(segment.filter, mentions)) != segment.filter:
            segment.filter, segment.version = changed, segment.version + 1


def _strike_without_index(session: Session, model: Any, column: str, mentions: Mentions) -> None:
    """What others answered, names of files: all are looked through, for names and addresses alone.

    Whoever only stores something below a row, as an import at work does, is not waited for.
    """
    of_words = replace(mentions, phones=frozenset())
    found = select(model).where(naming(getattr(model, column), of_words)).with_for_update(key_share=True)
    for row in session.scalars(found):
        setattr(row, column, struck(getattr(row, column), mentions.pattern))


def in_replies(session: Session, ids: Sequence[UUID]) -> list[str]:
    """Names in lower case by which stored replies are found; too much is better than too little there."""
    free = _of_nobody_else(session, ids, of(session, ids))
    found = {way for given, stem in free.parts for way in (f"{given} {stem}", f"{stem} {given}") if len(given) > 1}
    return sorted(found | {f"{family} {given}".lower() for given, family in free.names if len(given) > 1})


def naming(column: Any, mentions: Mentions) -> ColumnElement[bool]:
    """Whether JSON may name the person; what it says has to be looked at."""
    said = func.lower(cast(column, Text))
    digits = func.regexp_replace(said, "[^0-9]", "", "g")
    return or_(
        false(),
        *(said.contains(each, autoescape=True) for each in sorted(mentions.emails)),
        *(and_(*(said.contains(part, autoescape=True) for part in parts)) for parts in mentions.parts),
        *(digits.contains(each, autoescape=True) for each in mentions.numbers),
    )
