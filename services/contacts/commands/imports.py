"""Imports (C11): started by a request, worked off in chunks by services.contacts.worker.

A file is first staged, then decided about as a whole, then applied: organisations, then persons with their
affiliations. A dry run does all but the applying.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis import files, jobs
from contracts.base import Job
from contracts.contacts.imports import ImportProfile, StartImport
from contracts.errors import Invalid
from services.contacts import models
from services.contacts.commands import import_matching, persons
from services.contacts.commands.history import Author
from services.contacts.commands.import_affiliations import Affiliations
from services.contacts.commands.import_contacts import ORGANISATIONS, PERSONS
from services.contacts.commands.import_staging import stage
from services.contacts.rules.import_rows import RowReader
from services.contacts.spreadsheets import Table, read
from services.contacts.spreadsheets.limits import MAX_ROWS

JOB_KIND = "import_contacts"
MAX_FILE_BYTES = 50_000_000
OWN_FILES = "contacts/"
"""Files of other services, such as invoices, are none of an importer's business."""
KEEP_FILES = timedelta(days=30)
"""A file holds people who may be deleted from the register meanwhile."""
FORGOTTEN_AT_ONCE = 100
STATES = ("created", "updated", "unchanged", "rejected", "duplicate")
OLDER_ONE_OPEN = text(
    """
    SELECT EXISTS (SELECT FROM imports i JOIN jobs j ON j.id = i.job_id
                   WHERE i.id < :id AND NOT i.dry_run AND j.state IN ('queued', 'running'))
    """
)
NEXT_ROWS = text(
    """
    SELECT min(number) AS first, max(number) AS last, count(*) AS count
    FROM (SELECT number FROM import_rows WHERE import_id = :import_id AND number > :after
          ORDER BY number LIMIT :size) n
    """
)
TELL_ORGANISATION_CHANGES = text(
    """
    UPDATE import_rows SET organisation_change = CASE WHEN number = ANY(:new) THEN 'created' ELSE 'updated' END
    WHERE import_id = :import_id AND number = ANY(:touched)
    """
)
TELL_STATES = text(
    f"""
    UPDATE import_rows r SET state = d.state,
        code = CASE WHEN d.state = 'duplicate' THEN 'same_as' ELSE '' END,
        reason = CASE WHEN d.state = 'duplicate' THEN 'The same as row ' || r.same_as || '.' ELSE '' END,
        params = CASE WHEN d.state = 'duplicate' THEN jsonb_build_object('row', r.same_as::text) ELSE '{{}}' END
    FROM (SELECT number, CASE
            WHEN person IS NULL AND leads THEN coalesce(nullif(organisation_change, ''), 'unchanged')
            WHEN person IS NULL THEN 'duplicate'
            WHEN number = ANY(:new) THEN 'created'
            WHEN number = ANY(:touched) OR organisation_change <> '' THEN 'updated'
            WHEN same_as IS NOT NULL AND affiliation IS NULL THEN 'duplicate'
            ELSE 'unchanged' END AS state
          FROM import_rows r WHERE {import_matching.CHUNK}) d
    WHERE r.import_id = :import_id AND r.number = d.number
    """  # noqa: S608  (a constant)
)
COUNT_STATES = text(
    """
    SELECT state, count(*) AS rows FROM import_rows
    WHERE import_id = :import_id AND number BETWEEN :first AND :last GROUP BY state
    """
)


def start(session: Session, request: StartImport, author: Author) -> Job:
    """Queue the import of a stored file; raises NotFound without the file, Invalid when it cannot be taken.

    The import has the same UUID as its job.
    """
    if request.profile is not ImportProfile.CONTACTS:
        message = f"The profile {request.profile.value} comes later; import with the profile contacts."
        raise Invalid.field("/profile", "profile_not_offered", message)
    if not request.file_key.startswith(OWN_FILES):
        raise Invalid.field("/file_key", "bad_key", "This is not a file for contacts; upload it for an import.")
    size = files.path_of(request.file_key).stat().st_size
    if size > MAX_FILE_BYTES:
        message = f"The file has {size} bytes; at most {MAX_FILE_BYTES} are taken. Split it."
        raise Invalid.field("/file_key", "file_too_large", message)
    if size == 0:
        raise Invalid.field("/file_key", "file_empty", "The file is empty.")
    job_id = jobs.start(session, "contacts", JOB_KIND, {})
    session.add(
        models.Import(
            id=id_of(job_id),
            job_id=job_id,
            file_key=request.file_key,
            file_name=request.file_name,
            profile=request.profile,
            dry_run=request.dry_run,
            started_at=author.at,
            started_by=author.label,
            counts=dict.fromkeys(STATES, 0),
        )
    )
    session.flush()
    return jobs.as_contract(jobs.get(session, job_id))


def forget_files(session: Session, before: datetime) -> int:
    """Remove the stored files of some imports started before then; the reports of their rows stay. How many."""
    old = select(models.Import).where(models.Import.started_at < before, models.Import.file_key != "")
    rows = session.scalars(old.limit(FORGOTTEN_AT_ONCE).with_for_update(skip_locked=True)).all()
    for row in rows:
        files.delete(row.file_key)
        row.file_key = ""
    return len(rows)


def id_of(job_id: str) -> UUID:
    """The import of a job."""
    return UUID(job_id.partition("-")[2])


@dataclass(frozen=True)
class Running:
    """An import at work."""

    session: Session
    row: models.Import
    author: Author
    today: date
    number_column: str = ""
    """The header of the column of customer numbers or business ids."""

    def stage(self, table: Table, reader: RowReader) -> tuple[int, int]:
        """Store the rows of the file; how many there are, how many are rejected. Raises Unreadable."""
        return stage(self.session, self.row.id, table, reader)

    def open_file(self) -> tuple[Table, RowReader]:
        """The file's table and the reader of its rows; raises NotFound, Unreadable."""
        table = read(files.path_of(self.row.file_key))
        fields = select(models.Field).where(models.Field.applies_to == "person").order_by(models.Field.position)
        return table, RowReader(table.header, self.session.scalars(fields).all(), self.today)

    def must_wait(self) -> bool:
        """Whether an older import is not through; it may bring persons of this one."""
        return bool(self.session.scalar(OLDER_ONE_OPEN, {"id": self.row.id}))

    def rows_after(self, number: int, size: int) -> dict[str, Any] | None:
        """The next chunk of at most `size` rows: parameters of the statements on it; None at the end."""
        found = self.session.execute(NEXT_ROWS, {"import_id": self.row.id, "after": number, "size": size}).one()
        if found.last is None:
            return None
        chunk = {"import_id": self.row.id, "first": found.first, "last": found.last, "count": found.count}
        return chunk | {"number_column": self.number_column}

    def match(self, chunk: dict[str, Any]) -> None:
        """Find the contacts that the chunk's rows are."""
        import_matching.match(self.session, chunk)

    def settle(self) -> bool:
        """Decide for the whole file who is who; whether there are organisations in it."""
        everything = self.rows_after(0, MAX_ROWS)
        return everything is not None and import_matching.settle(self.session, everything)

    def take_organisations(self, chunk: dict[str, Any]) -> None:
        """Make or change the organisations that the chunk's rows lead."""
        session = self.session
        if not self.row.dry_run:
            import_matching.refuse(session, chunk)
        new = ORGANISATIONS.find_new(session, chunk)
        changed = ORGANISATIONS.find_changed(session, chunk)
        if new and not self.row.dry_run:
            ORGANISATIONS.create(session, chunk, self.author)
        if changed and not self.row.dry_run:
            ORGANISATIONS.change(session, changed, self.author)
        touched = [*new, *(each.number for each in changed)]
        if touched:
            session.execute(TELL_ORGANISATION_CHANGES, {"import_id": self.row.id, "new": new, "touched": touched})

    def take_persons(self, chunk: dict[str, Any]) -> None:
        """Make or change the chunk's persons and affiliations; say and count what became of each row."""
        session = self.session
        if not self.row.dry_run:
            import_matching.refuse(session, chunk)
        new = PERSONS.find_new(session, chunk)
        changed = PERSONS.find_changed(session, chunk)
        if not self.row.dry_run:
            self._store_persons(chunk, has_new=bool(new), changed=changed)
        affiliations = Affiliations.of(session, chunk, self.today)
        if not self.row.dry_run:
            affiliations.apply(session, chunk, self.today, self.author)
        touched = [*(each.number for each in changed), *affiliations.numbers]
        session.execute(TELL_STATES, {**chunk, "new": new, "touched": touched})
        self._count(chunk)

    def _store_persons(self, chunk: dict[str, Any], *, has_new: bool, changed: list[Any]) -> None:
        ids = PERSONS.create(self.session, chunk, self.author) if has_new else []
        if changed:
            PERSONS.change(self.session, changed, self.author)
        ids += [each.id for each in changed]
        if ids:
            persons.tell(self.session, *ids)

    def _count(self, chunk: dict[str, Any]) -> None:
        counts = Counter(self.row.counts)
        for row in self.session.execute(COUNT_STATES, chunk):
            counts[row.state] += row.rows
        self.row.counts = dict(counts)
