"""Affiliations of an import: made where the person has none in the organisation today, changed where it differs."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contacts.commands import history
from services.contacts.commands.history import Author
from services.contacts.commands.import_matching import CHUNK

NEW = f"""
    {CHUNK} AND r.affiliation IS NOT NULL AND NOT EXISTS (
        SELECT FROM affiliations t WHERE t.person_id = r.person_id AND t.organisation_id = r.organisation_id
        AND (t.ends_on IS NULL OR t.ends_on >= :today))
    """
ANY_GIVEN = text(f"SELECT EXISTS (SELECT FROM import_rows r WHERE {CHUNK} AND r.affiliation IS NOT NULL)")  # noqa: S608
FIND_NEW = text(f"SELECT r.number FROM import_rows r WHERE {NEW}")  # noqa: S608
CREATE = text(
    f"""
    WITH made AS (
        INSERT INTO affiliations (id, person_id, organisation_id, title, role, decision_maker)
        SELECT p.id, r.person_id, r.organisation_id, coalesce(p.title, ''), coalesce(p.role, ''),
            coalesce(p.decision_maker, false)
        FROM import_rows r CROSS JOIN LATERAL jsonb_populate_record(NULL::affiliations, r.affiliation) p
        WHERE {NEW} ORDER BY r.number RETURNING person_id, organisation_id, title
    )
    INSERT INTO changes (subject_id, changed_at, changed_by, channel, field, new, import_id)
    SELECT side, :at, :label, :channel, 'affiliation.started',
        jsonb_build_object('person_id', person_id, 'organisation_id', organisation_id, 'title', title), :import_id
    FROM made CROSS JOIN LATERAL unnest(ARRAY[person_id, organisation_id]) side
    """  # noqa: S608
)
FIND_CHANGED = text(
    f"""
    SELECT DISTINCT ON (t.id) r.number, t.id, t.person_id, r.affiliation - 'id' AS given, to_jsonb(t) AS stored
    FROM import_rows r JOIN affiliations t ON t.person_id = r.person_id AND t.organisation_id = r.organisation_id
    WHERE {CHUNK} AND r.affiliation IS NOT NULL AND (t.ends_on IS NULL OR t.ends_on >= :today)
      AND NOT EXISTS (
        SELECT FROM affiliations s WHERE s.person_id = t.person_id AND s.organisation_id = t.organisation_id
        AND (s.ends_on IS NULL OR s.ends_on >= :today) AND (s.id < t.id OR to_jsonb(s) @> (r.affiliation - 'id')))
    ORDER BY t.id
    """  # noqa: S608
)
"""When a person has several in one organisation, none is changed if one fits; else the oldest."""
CHANGE = text(
    """
    UPDATE affiliations t SET version = t.version + 1, title = p.title, role = p.role,
        decision_maker = p.decision_maker
    FROM jsonb_populate_recordset(NULL::affiliations, CAST(:rows AS jsonb)) p WHERE t.id = p.id
    """
)


@dataclass(frozen=True)
class Affiliations:
    """What the rows of a chunk mean for affiliations: numbers of rows that make one, and those that change."""

    new: list[int]
    changed: list[Any]

    @classmethod
    def of(cls, session: Session, chunk: dict[str, Any], today: date) -> "Affiliations":
        """Compare the chunk with the register."""
        asked = {**chunk, "today": today}
        if not session.scalar(ANY_GIVEN, chunk):
            return cls([], [])
        return cls(list(session.scalars(FIND_NEW, asked)), list(session.execute(FIND_CHANGED, asked)))

    @property
    def numbers(self) -> list[int]:
        """Rows that say something new."""
        return [*self.new, *(row.number for row in self.changed)]

    def apply(self, session: Session, chunk: dict[str, Any], today: date, author: Author) -> None:
        """Store it, with the history of both sides."""
        if self.new:
            by = {"at": author.at, "label": author.label, "channel": author.channel, "import_id": author.import_id}
            session.execute(CREATE, {**chunk, **by, "today": today})
        if self.changed:
            rows = [row.stored | row.given for row in self.changed]
            session.execute(CHANGE, {"rows": orjson.dumps(rows).decode()})
            told = [(row.id, row.person_id, _differences(row)) for row in self.changed]
            history.record_of_affiliations(session, author, told)


def _differences(row: Any) -> history.Differences:
    return {
        f"affiliation.{name}": (row.stored[name], value)
        for name, value in row.given.items()
        if row.stored[name] != value
    }
