"""Imports (C11): started by a request, worked off in chunks by services.contacts.jobs.

A file is first staged, then decided about as a whole, then applied: organisations, then persons with their
affiliations. A dry run does all but the applying.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, false, select, text
from sqlalchemy.orm import Session

from chassis import files, jobs
from contracts.base import Job
from contracts.contacts.imports import ImportProfile, StartImport
from contracts.errors import Conflict, Invalid
from services.contacts import mastership, models
from services.contacts.commands import details
from services.contacts.commands.history import Author
from services.contacts.rules.import_profiles import PROFILES
from services.contacts.rules.import_proposals import known_targets, wrong_meanings

JOB_KIND = "import_contacts"
MAX_FILE_BYTES = 50_000_000
OWN_FILES = "contacts/"
"""Files of other services, such as invoices, are none of an importer's business."""
KEEP_FILES = timedelta(days=30)
"""A file holds people who may be deleted from the register meanwhile."""
FORGOTTEN_AT_ONCE = 100
ROWS_FORGOTTEN_AT_ONCE = 5_000
AT_REST = text(
    "NOT EXISTS (SELECT FROM jobs j WHERE j.id IN (imports.job_id, imports.undo_job_id)"
    " AND j.state IN ('queued', 'running'))"
)
FORGET_STOPPED = text(
    """
    UPDATE import_rows r SET raw = '{}', params = '{}', remarks = '[]', person = NULL, organisation = NULL,
        affiliation = NULL
    FROM (SELECT s.import_id, s.number FROM import_rows s JOIN imports i ON i.id = s.import_id
          JOIN jobs j ON j.id = i.job_id AND j.state IN ('failed', 'cancelled')
          WHERE i.kept_from = 0 AND s.state = 'staged' AND s.raw <> '{}'::jsonb AND s.purchase IS NULL
            AND NOT EXISTS (SELECT FROM persons t WHERE t.id = s.person_id)
          LIMIT :size) n
    WHERE r.import_id = n.import_id AND r.number = n.number
    """
)
"""Rows of stopped imports that are nobody of the register; no page shows them."""
FORGET_ROWS = text(
    """
    WITH chunk AS (
        SELECT number FROM import_rows WHERE import_id = :id AND number > :after ORDER BY number LIMIT :size
    ), gone AS (
        UPDATE import_rows r SET raw = '{}',
            params = CASE WHEN r.state = 'rejected' THEN '{}' ELSE r.params END,
            reason = CASE WHEN r.state = 'rejected' THEN '' ELSE r.reason END,
            remarks = CASE WHEN r.remarks @? '$[*].values' THEN (
                SELECT jsonb_agg(CASE WHEN said ? 'values' THEN said || '{"values": []}' ELSE said END ORDER BY place)
                FROM jsonb_array_elements(r.remarks) WITH ORDINALITY AS remark(said, place)) ELSE r.remarks END,
            person = CASE WHEN r.state <> 'rejected' AND r.person IS NOT NULL THEN '{}'::jsonb END,
            organisation = CASE WHEN r.state <> 'rejected' AND r.organisation IS NOT NULL THEN '{}'::jsonb END,
            affiliation = CASE WHEN r.state <> 'rejected' THEN r.affiliation END,
            purchase = CASE WHEN r.state <> 'rejected' AND r.purchase IS NOT NULL THEN '{}'::jsonb END
        FROM chunk WHERE r.import_id = :id AND r.number = chunk.number)
    SELECT max(number) FROM chunk
    """
)
"""What an undoing needs of rows that were taken stays: who they are, by ids, what they told of, and the affiliation.
Which lists had no room stays too, without the values that found none."""
CHANNELS = {
    ImportProfile.CONTACTS: "import",
    ImportProfile.ACCOUNTING_CUSTOMERS: "accounting",
    ImportProfile.ADDRESS_PROVIDER: "address_provider",
    ImportProfile.PURCHASES: "accounting",
}
"""Through which channel the rows of a file come, for the history and for where values come from."""
STATES = ("created", "updated", "unchanged", "rejected", "duplicate")


def start(session: Session, request: StartImport, author: Author, saved: dict[str, str] | None = None) -> Job:
    """Queue the import of a stored file, with the columns of a `saved` mapping if one was named.

    Raises NotFound without the file, Invalid and Conflict when it cannot be taken. The import has the same UUID as its
    job.
    """
    if request.mapping is not None and request.mapping_id is not None:
        raise Invalid.field("/mapping_id", "one_of", "Give a mapping or the id of a saved one, not both.")
    mapping = request.mapping if request.mapping is not None else saved
    if mapping is not None:
        refuse_profile(session, request.profile)
        definitions = session.scalars(fields_of(request.profile)).all()
        details.refuse(wrong_meanings(mapping, known_targets(request.profile, definitions)))
    by_heading = request.mapping is None or request.by_heading
    return queue(session, request, author, JOB_KIND, mapping=mapping, by_heading=by_heading)


def queue(session: Session, request: StartImport, author: Author, kind: str, **more: Any) -> Job:
    """Queue a job on a stored file that can be taken, with its row; `more` are columns of the row."""
    refuse_profile(session, request.profile)
    _refuse_file(request, author.at)
    job_id = jobs.start(session, "contacts", kind, {})
    given = request.model_dump(include={"file_key", "file_name", "profile", "dry_run"})
    started = {"started_at": author.at, "started_by": author.label, "observed_at": request.observed_at or author.at}
    row = models.Import(id=id_of(job_id), job_id=job_id, **given, **started, counts=dict.fromkeys(STATES, 0), **more)
    session.add(row)
    session.flush()
    return jobs.as_contract(jobs.get(session, job_id))


def _refuse_file(request: StartImport, now: datetime) -> None:
    if request.observed_at and request.observed_at > now:
        raise Invalid.field("/observed_at", "in_the_future", "What a file says was true before it was sent.")
    if not request.file_key.startswith(OWN_FILES):
        raise Invalid.field("/file_key", "bad_key", "This is not a file for contacts; upload it for an import.")
    size = files.size(request.file_key)
    if size > MAX_FILE_BYTES:
        message = f"The file has {size} bytes; at most {MAX_FILE_BYTES} are taken. Split it."
        raise Invalid.field("/file_key", "file_too_large", message)
    if size == 0:
        raise Invalid.field("/file_key", "file_empty", "The file is empty.")


def fields_of(profile: ImportProfile) -> Select[Any]:
    """The definitions of additional fields that files of this kind may fill."""
    kind = PROFILES[profile]
    mine = models.Field.applies_to == kind.kind if kind.about_contacts else false()
    return select(models.Field).where(mine).order_by(models.Field.position)


def refuse_profile(session: Session, profile: ImportProfile) -> None:
    """Raise Conflict while the source of such files is not linked."""
    if CHANNELS[profile] == "accounting" and not mastership.settings(session).accounting_link:
        message = "Accounting is not linked, so that nothing comes from it; turn the link on in the settings."
        raise Conflict(message, code="accounting_not_linked")


def forget_files(session: Session, before: datetime) -> int:
    """Remove the stored files of some imports started before then; the reports of their rows stay. How many."""
    old = select(models.Import).where(models.Import.started_at < before, models.Import.file_key != "")
    rows = session.scalars(old.limit(FORGOTTEN_AT_ONCE).with_for_update(skip_locked=True)).all()
    for row in rows:
        files.delete(row.file_key)
        row.file_key = ""
    return len(rows)


def forget_rows(session: Session, before: datetime) -> bool:
    """Forget what the next rows of an import that was stopped, or started before then, say; False without any."""
    stopped: Any = session.execute(FORGET_STOPPED, {"size": ROWS_FORGOTTEN_AT_ONCE})
    if stopped.rowcount:
        return True
    old = select(models.Import).where(models.Import.started_at < before, models.Import.kept_from.is_not(None))
    row = session.scalars(old.where(AT_REST).limit(1).with_for_update(skip_locked=True)).first()
    if row is None:
        return False
    asked = {"id": row.id, "after": row.kept_from, "size": ROWS_FORGOTTEN_AT_ONCE}
    row.kept_from = session.scalar(FORGET_ROWS, asked)
    return True


def id_of(job_id: str) -> UUID:
    """The import of a job."""
    return UUID(job_id.partition("-")[2])
