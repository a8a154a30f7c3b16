"""An import at work: one phase, one chunk of rows after another (C11)."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import files
from contracts.contacts.imports import ImportProfile
from services.contacts import models
from services.contacts.commands import (
    import_deliveries,
    import_matching,
    import_remarks,
    import_settling,
    persons,
)
from services.contacts.commands.history import Author
from services.contacts.commands.import_affiliations import Affiliations
from services.contacts.commands.import_changed import Changed
from services.contacts.commands.import_claims import Claims
from services.contacts.commands.import_contacts import ORGANISATIONS, PERSONS, Kind
from services.contacts.commands.import_staging import BE_PATIENT, stage
from services.contacts.commands.imports import fields_of
from services.contacts.rules.fields import PlainField
from services.contacts.spreadsheets.limits import MAX_ROWS
from services.contacts.staging import Asked, Heading, opened

OLDER_ONE_OPEN = text(
    """
    SELECT EXISTS (SELECT FROM imports i JOIN jobs j ON j.id = i.job_id
                   WHERE i.id < :id AND NOT i.dry_run AND j.state IN ('queued', 'running'))
    """
)
NEXT_ROWS = text(
    """
    SELECT min(number) AS first, max(number) AS last, count(*) AS size
    FROM (SELECT number FROM import_rows WHERE import_id = :import_id AND number > :after AND (leads OR NOT :leaders)
          ORDER BY number LIMIT :size) n
    """
)
REPEATS = text(
    """
    SELECT EXISTS (SELECT FROM import_rows WHERE import_id = :import_id AND number BETWEEN :first AND :last
                   AND same_as BETWEEN :first_before AND :last_before)
    """
)
TELL_ORGANISATION_CHANGES = text(
    """
    UPDATE import_rows SET organisation_change = CASE WHEN number = ANY(:new) THEN 'created' ELSE 'updated' END
    WHERE import_id = :import_id AND number = ANY(:touched)
    """
)
TELL = f"""
    UPDATE import_rows r SET state = d.state{{more}},
        code = CASE d.state WHEN 'duplicate' THEN 'same_as' WHEN 'rejected' THEN 'contact_gone' ELSE '' END,
        reason = CASE d.state WHEN 'duplicate' THEN 'The same as row ' || r.same_as || '.'
            WHEN 'rejected' THEN '{import_settling.IT_WENT}' ELSE '' END,
        params = CASE WHEN d.state = 'duplicate' THEN jsonb_build_object('row', r.same_as::text) ELSE '{{{{}}}}' END
    FROM (SELECT number, CASE
            WHEN person IS NULL AND organisation IS NULL THEN 'rejected'
            WHEN person IS NULL AND leads THEN coalesce(nullif(organisation_change, ''), 'unchanged')
            WHEN person IS NULL THEN 'duplicate'
            WHEN number = ANY(:new) THEN 'created'
            WHEN number = ANY(:touched) OR organisation_change <> '' THEN 'updated'
            WHEN same_as IS NOT NULL AND affiliation IS NULL THEN 'duplicate'
            ELSE 'unchanged' END AS state
          FROM import_rows r WHERE {import_matching.CHUNK}) d
    WHERE r.import_id = :import_id AND r.number = d.number
    """  # noqa: S608  (a constant)
"""A row may be emptied by an erasure while its chunk is worked on."""
TELL_STATES = text(TELL.format(more=""))
SOMEBODY = "(SELECT t.id FROM persons t WHERE t.id = r.person_id)"
FORESEE_STATES = text(TELL.format(more=f", person_id = {SOMEBODY}"))
"""Whom a dry run would have made is nobody; an erasure has to find the row by what it says."""
LEAD_NOWHERE = text(
    f"""
    UPDATE import_rows r SET person_id = NULL
    WHERE r.import_id = :import_id AND r.number BETWEEN :first AND :last AND r.person_id IS NOT NULL
      AND r.state <> 'staged' AND {SOMEBODY} IS NULL
    """  # noqa: S608  (a constant)
)
"""The same of rows that are rejected."""
COUNT_STATES = text(
    """
    SELECT state, count(*) AS rows, count(*) FILTER (WHERE remarks @? '$[*].master') AS mastered,
        count(*) FILTER (WHERE remarks @? '$[*].values') AS "full" FROM import_rows
    WHERE import_id = :import_id AND number BETWEEN :first AND :last AND state <> 'staged' GROUP BY state
    """
)


FORGET_ERASED = text(
    """
    UPDATE import_rows r SET raw = '{}', params = '{}', person = NULL, organisation = NULL, affiliation = NULL,
        fingerprint = NULL, remarks = '[]'
    WHERE r.import_id = :import_id AND r.number BETWEEN :first AND :last AND r.number <> ALL(:new) AND r.raw <> '{}'
      AND (SELECT t.state FROM persons t WHERE t.id = r.person_id) = 'erased'
    """
)
"""An erasure that began before the file was staged does not see its rows. Whoever is new was not erased yet."""
REMARKED = ("mastered", "full")
"""Count rows of which a master keeps something, and of which something found no room."""
Chunk = dict[str, Any]
"""Parameters of the statements on some rows of an import."""


@dataclass(frozen=True)
class Running:
    """An import at work."""

    session: Session
    row: models.Import
    author: Author
    today: date
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headings of the file by what their columns mean."""

    def stage(self, then: Callable[["Running", Chunk], None]) -> tuple[Heading, int, int]:
        """Store the rows of the file, and do `then` with each part of them.

        What its heading says, how many rows there are, how many are rejected. Raises NotFound, Unreadable.
        """
        self.session.execute(BE_PATIENT)
        with files.local(self.row.file_key) as path, opened(self._asked(path)) as (heading, parts):
            knowing = replace(self, headers=heading.headers)
            count, rejected = stage(
                self.session, parts,
                lambda part: then(knowing, knowing.chunk(part.first, part.last, part.count)),
                grow=not self.row.dry_run,
            )  # fmt: skip
            self.row.columns = [dict(each) for each in heading.columns]
            return heading, count, rejected

    def _asked(self, path: Path) -> Asked:
        fields = [PlainField.of(each) for each in self.session.scalars(fields_of(self.row.profile))]
        return Asked(
            path, str(self.row.id), self.row.profile, self.today, self.row.mapping or {}, self.row.by_heading, fields
        )

    def must_wait(self) -> bool:
        """Whether an older import is not through; it may bring persons of this one."""
        return bool(self.session.scalar(OLDER_ONE_OPEN, {"id": self.row.id}))

    def rows_after(self, number: int, size: int, *, leaders: bool = False) -> dict[str, Any] | None:
        """The next chunk of at most `size` rows, or of rows that lead an organisation: parameters of the statements
        on it; None at the end."""
        asked = {"import_id": self.row.id, "after": number, "size": size, "leaders": leaders}
        found = self.session.execute(NEXT_ROWS, asked).one()
        return None if found.last is None else self.chunk(found.first, found.last, found.size)

    def chunk(self, first: int, last: int, count: int) -> Chunk:
        """Parameters of the statements on these rows."""
        of_number = import_remarks.header_of("customer_number", self.headers)
        headings = {"number_column": of_number, **import_deliveries.columns_of(self.headers)}
        return {"import_id": self.row.id, "first": first, "last": last, "count": count, **headings}

    def repeats(self, chunk: dict[str, Any], before: dict[str, Any]) -> bool:
        """Whether rows of the chunk are the same persons as rows of the chunk before, so that they have to wait."""
        asked = {**chunk, "first_before": before["first"], "last_before": before["last"]}
        return bool(self.session.scalar(REPEATS, asked))

    def match(self, chunk: dict[str, Any]) -> None:
        """Find the contacts that the chunk's rows are, or whose purchases they tell of."""
        if self.tells_of_purchases:
            import_deliveries.match(self.session, chunk)
        else:
            import_matching.match(self.session, chunk, self.row.profile)

    def settle(self) -> bool:
        """Decide for the whole file who is who; whether there are organisations in it."""
        everything = self.rows_after(0, MAX_ROWS)
        return everything is not None and import_settling.settle(self.session, everything)

    @property
    def tells_of_purchases(self) -> bool:
        """Whether the rows are delivered products, which go to commerce."""
        return self.row.profile is ImportProfile.PURCHASES

    def settle_purchases(self) -> None:
        """Decide which rows repeat or contradict others."""
        everything = self.rows_after(0, MAX_ROWS)
        if everything is not None:
            import_deliveries.settle(self.session, everything)

    def take_purchases(self, handed: import_deliveries.Handed) -> None:
        """Say and count what became of rows that commerce has taken."""
        assert handed.chunk is not None
        import_deliveries.tell(self.session, handed)
        self.count(handed.chunk)

    def take_organisations(self, chunk: dict[str, Any]) -> bool:
        """Make or change the organisations that the chunk's rows lead; False when other rows lead some of them now."""
        session = self.session
        if not self.row.dry_run and import_settling.refuse(session, chunk, leaders=True):
            import_settling.lead_anew(session, chunk)
            return False
        chunk = ORGANISATIONS.tell_apart(session, chunk)
        claims, judged = self._claims(ORGANISATIONS, chunk)
        changed = [each for each in judged if each.new]
        if chunk["new"] and not self.row.dry_run:
            ORGANISATIONS.create(session, chunk, self.author)
        if changed and not self.row.dry_run:
            ORGANISATIONS.change(session, changed, self.author)
        if not self.row.dry_run:
            claims.note(judged)
            claims.confirm(ORGANISATIONS, chunk)
        touched = [*chunk["new"], *(each.number for each in changed)]
        if touched:
            session.execute(TELL_ORGANISATION_CHANGES, {**chunk, "touched": touched})
        return True

    def take_persons(self, chunk: dict[str, Any]) -> None:
        """Make or change the chunk's persons and affiliations; say what became of each row."""
        session = self.session
        if not self.row.dry_run:
            import_settling.refuse(session, chunk, all_made=True)
        chunk = PERSONS.tell_apart(session, chunk)
        claims, judged = self._claims(PERSONS, chunk)
        changed = [each for each in judged if each.new]
        if not self.row.dry_run:
            self._store_persons(chunk, changed)
            claims.note(judged)
            claims.confirm(PERSONS, chunk)
        affiliations = Affiliations.of(session, chunk, self.today, self.author)
        if not self.row.dry_run:
            affiliations.apply(session, chunk, self.today, self.author)
        touched = [*(each.number for each in changed), *affiliations.numbers]
        if self.row.dry_run:
            session.execute(LEAD_NOWHERE, chunk)
        states = FORESEE_STATES if self.row.dry_run else TELL_STATES
        session.execute(states, {**chunk, "touched": touched})
        session.execute(FORGET_ERASED, chunk)

    def _claims(self, kind: Kind, chunk: dict[str, Any]) -> tuple[Claims, list[Changed]]:
        """What the chunk's rows say otherwise than the register has it; they say what a master keeps."""
        claims = Claims.of(self.session, kind.row, self.author)
        if not chunk["known"]:
            return claims, []
        judged = kind.find_changed(self.session, chunk, claims)
        import_remarks.remark(self.session, chunk, judged, self.headers)
        return claims, judged

    def _store_persons(self, chunk: dict[str, Any], changed: list[Any]) -> None:
        ids = PERSONS.create(self.session, chunk, self.author) if chunk["new"] else []
        if changed:
            PERSONS.change(self.session, changed, self.author)
        ids += [each.id for each in changed]
        if ids:
            persons.tell(self.session, *ids)

    def count(self, chunk: Chunk) -> None:
        """Add up what became of the chunk's rows."""
        self._add_up(Counter(self.row.counts), chunk)

    def recount(self) -> None:
        """Count what became of all rows; those still waiting are none."""
        everything = self.rows_after(0, MAX_ROWS)
        if everything is not None:
            self._add_up(Counter(dict.fromkeys(self.row.counts, 0)), everything)

    def _add_up(self, counts: Counter[str], chunk: Chunk) -> None:
        for row in self.session.execute(COUNT_STATES, chunk):
            counts[row.state] += row.rows
            counts.update({name: remarked for name in REMARKED if (remarked := getattr(row, name))})
        self.row.counts = dict(counts)
