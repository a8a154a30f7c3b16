"""Affiliations of an import: made where the person has none in the organisation today, changed where it differs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contacts import mastership
from services.contacts.commands import history, import_contests, provenance
from services.contacts.commands.history import Author
from services.contacts.commands.import_confirming import REMEMBERED
from services.contacts.commands.import_matching import CHUNK
from services.contacts.rules.masters import EVERYTHING, STRENGTH, Claim, Outcome, is_told, judge, why

FIND = text(
    f"""
    SELECT r.number, (SELECT t.id FROM affiliations t
                      WHERE t.person_id = r.person_id AND t.organisation_id = r.organisation_id
                        AND (t.ends_on IS NULL OR t.ends_on >= :today) LIMIT 1) IS NULL AS is_new
    FROM import_rows r WHERE {CHUNK} AND r.affiliation IS NOT NULL
    """  # noqa: S608  (constants of this module)
)
"""Which rows say anything of an affiliation, and whether the person has one there. Asked with NOT EXISTS, the planner
reads all affiliations."""
CREATE = text(
    """
    WITH made AS (
        INSERT INTO affiliations (id, person_id, organisation_id, title, role, decision_maker)
        SELECT p.id, r.person_id, r.organisation_id, coalesce(p.title, ''), coalesce(p.role, ''),
            coalesce(p.decision_maker, false)
        FROM import_rows r CROSS JOIN LATERAL jsonb_populate_record(NULL::affiliations, r.affiliation) p
        WHERE r.import_id = :import_id AND r.number = ANY(:new) ORDER BY r.number
        RETURNING id, person_id, organisation_id, title
    ), begun AS (
        INSERT INTO value_sources (subject_id, field, source, observed_at, rule)
        SELECT id, '*', :source, :observed_at, 'first' FROM made
    )
    INSERT INTO changes (subject_id, changed_at, changed_by, channel, field, new, import_id)
    SELECT side, :at, :label, :channel, 'affiliation.started',
        jsonb_build_object('person_id', person_id, 'organisation_id', organisation_id, 'title', title), :import_id
    FROM made CROSS JOIN LATERAL unnest(ARRAY[person_id, organisation_id]) side
    """
)
FIND_CHANGED = text(
    """
    SELECT DISTINCT ON (t.id) r.number, t.id, t.person_id, r.affiliation - 'id' AS given, to_jsonb(t) AS stored
    FROM import_rows r JOIN affiliations t ON t.person_id = r.person_id AND t.organisation_id = r.organisation_id
    WHERE r.import_id = :import_id AND r.number = ANY(:known) AND (t.ends_on IS NULL OR t.ends_on >= :today)
      AND NOT EXISTS (
        SELECT FROM affiliations s WHERE s.person_id = t.person_id AND s.organisation_id = t.organisation_id
        AND (s.ends_on IS NULL OR s.ends_on >= :today) AND (s.id < t.id OR to_jsonb(s) @> (r.affiliation - 'id')))
    ORDER BY t.id
    """
)
"""When a person has several in one organisation, none is changed if one fits; else the oldest."""
CHANGE = text(
    """
    UPDATE affiliations t SET version = t.version + 1, title = p.title, role = p.role,
        decision_maker = p.decision_maker
    FROM jsonb_populate_recordset(NULL::affiliations, CAST(:rows AS jsonb)) p WHERE t.id = p.id
    """
)


CONFIRM = REMEMBERED.format(
    alias="v",
    confirming=f"""
    INSERT INTO value_sources AS v (subject_id, field, source, observed_at, rule)
    SELECT t.id, e.key, :source, :observed_at,
        CASE WHEN coalesce(o.rule, w.rule) = 'first' THEN 'first' ELSE 'latest' END
    FROM import_rows r JOIN affiliations t ON t.person_id = r.person_id AND t.organisation_id = r.organisation_id
    CROSS JOIN LATERAL jsonb_each(r.affiliation - 'id') e
    LEFT JOIN LATERAL (SELECT * FROM value_sources s WHERE s.subject_id = t.id AND s.field = e.key OFFSET 0) o ON true
    LEFT JOIN LATERAL (SELECT * FROM value_sources s WHERE s.subject_id = t.id AND s.field = '*' OFFSET 0) w ON true
    WHERE {CHUNK} AND r.affiliation IS NOT NULL AND (t.ends_on IS NULL OR t.ends_on >= :today)
      AND to_jsonb(t) @> jsonb_build_object(e.key, e.value)
      AND (coalesce(o.source, w.source) IS NULL
           OR (coalesce(o.observed_at, w.observed_at), array_position(:strength, coalesce(o.source, w.source)::text))
              < (:observed_at, array_position(:strength, CAST(:source AS text))))
    ON CONFLICT (subject_id, field) DO UPDATE
    SET source = excluded.source, observed_at = excluded.observed_at, rule = excluded.rule
    """,  # noqa: S608
)


@dataclass(frozen=True)
class Changed:
    """An affiliation of which a row says something else: what is taken, and what counts less than what stands."""

    number: int
    id: UUID
    person_id: UUID
    stored: Mapping[str, Any]
    new: Mapping[str, Any]
    standing: Mapping[str, Any]

    @property
    def contested(self) -> list[tuple[UUID, str, Any]]:
        """Values that count more than what the row says, with who stands for them."""
        return [(self.id, field, stands) for field, stands in self.standing.items() if field not in self.new]


@dataclass(frozen=True)
class Affiliations:
    """What the rows of a chunk mean for affiliations: which make one, which are about one, and what these change."""

    new: list[int]
    known: list[int]
    judged: list[Changed]

    @classmethod
    def of(cls, session: Session, chunk: dict[str, Any], today: date, author: Author) -> "Affiliations":
        """Compare the chunk with the register."""
        rows = session.execute(FIND, {**chunk, "today": today}).all()
        new, known = [row.number for row in rows if row.is_new], [row.number for row in rows if not row.is_new]
        if not known:
            return cls(new, known, [])
        asked = {"import_id": chunk["import_id"], "known": known, "today": today}
        found = session.execute(FIND_CHANGED, asked).all()
        origins = mastership.origins(session, [row.id for row in found])
        return cls(new, known, [_judged(row, origins, author) for row in found])

    @property
    def changed(self) -> list[Changed]:
        """Those that say something that counts."""
        return [each for each in self.judged if each.new]

    @property
    def numbers(self) -> list[int]:
        """Rows that say something new."""
        return [*self.new, *(each.number for each in self.changed)]

    def apply(self, session: Session, chunk: dict[str, Any], today: date, author: Author) -> None:
        """Store it, with the history of both sides and where the values come from."""
        by = {"at": author.at, "label": author.label, "channel": author.channel, "import_id": author.import_id}
        said = {**chunk, "today": today, "source": author.source.value, "observed_at": author.observed_at}
        if self.new:
            session.execute(CREATE, {**said, **by, "new": self.new})
        if self.changed:
            rows = [{**each.stored, **each.new} for each in self.changed]
            session.execute(CHANGE, {"rows": orjson.dumps(rows).decode()})
            told = [(each.id, each.person_id, _differences(each)) for each in self.changed]
            history.record_of_affiliations(session, author, told, _origins_before(session, self.changed))
        if noted := [row for each in self.judged for row in _noted(each, author)]:
            provenance.put(session, noted)
        import_contests.contest(session, author.import_id, [said for each in self.judged for said in each.contested])
        if self.known:
            session.execute(text(CONFIRM), {**said, "strength": [*STRENGTH]})


def _judged(row: Any, origins: Mapping[tuple[UUID, str], Any], author: Author) -> Changed:
    """Nobody is master here: the later counts."""
    different = {name: value for name, value in row.given.items() if row.stored[name] != value}
    standing = {}
    for name in different:
        whole = origins.get((row.id, EVERYTHING)) if is_told(name, row.stored[name]) else None
        if found := origins.get((row.id, name), whole):
            standing[name] = found
    new = {
        name: value
        for name, value in different.items()
        if judge(Claim(author.source, author.observed_at, value), _claim(standing.get(name), row.stored[name]), None)
        is Outcome.TAKEN
    }
    return Changed(row.number, row.id, row.person_id, row.stored, new, standing)


def _claim(stands: Any, value: Any) -> Claim | None:
    return Claim(stands.source, stands.observed_at, value) if stands else None


def _differences(changed: Changed) -> history.Differences:
    return {f"affiliation.{name}": (changed.stored[name], value) for name, value in changed.new.items()}


def _origins_before(session: Session, changed: list[Changed]) -> dict[tuple[UUID, str], Any]:
    """Where the values came from until now that have a row of their own."""
    known = mastership.origins(session, [each.id for each in changed])
    return {(contact, f"affiliation.{field}"): provenance.plain(row) for (contact, field), row in known.items()}


def _noted(changed: Changed, author: Author) -> Iterator[dict[str, Any]]:
    said = {"subject_id": changed.id, "source": author.source, "observed_at": author.observed_at}
    for field in changed.new:
        first = changed.stored[field] in (None, "", False)
        yield {**said, "field": field, "rule": why(author.source, None, first=first)}
