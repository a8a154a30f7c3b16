"""Imports (C11): started by a request, worked off in chunks by services.contacts.worker.

A file is first staged, then decided about as a whole, then applied: organisations, then persons with their
affiliations. A dry run does all but the applying.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import files, jobs
from contracts.base import Job
from contracts.contacts.imports import ImportProfile, StartImport
from contracts.errors import Conflict, Invalid
from services.contacts import mastership, models
from services.contacts.commands.history import Author
from services.contacts.rules.import_profiles import PROFILES

JOB_KIND = "import_contacts"
MAX_FILE_BYTES = 50_000_000
OWN_FILES = "contacts/"
"""Files of other services, such as invoices, are none of an importer's business."""
KEEP_FILES = timedelta(days=30)
"""A file holds people who may be deleted from the register meanwhile."""
FORGOTTEN_AT_ONCE = 100
CHANNELS = {
    ImportProfile.CONTACTS: "import",
    ImportProfile.ACCOUNTING_CUSTOMERS: "accounting",
    ImportProfile.ADDRESS_PROVIDER: "address_provider",
}
"""Through which channel the rows of a file come, for the history and for where values come from."""
STATES = ("created", "updated", "unchanged", "rejected", "duplicate")


def start(session: Session, request: StartImport, author: Author) -> Job:
    """Queue the import of a stored file; raises NotFound without the file, Invalid when it cannot be taken.

    The import has the same UUID as its job.
    """
    _refuse_profile(session, request.profile)
    if request.observed_at and request.observed_at > author.at:
        raise Invalid.field("/observed_at", "in_the_future", "What a file says was true before it was sent.")
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
            observed_at=request.observed_at or author.at,
            counts=dict.fromkeys(STATES, 0),
        )
    )
    session.flush()
    return jobs.as_contract(jobs.get(session, job_id))


def _refuse_profile(session: Session, profile: ImportProfile) -> None:
    if profile not in PROFILES:
        message = f"The profile {profile.value} comes later; import with another one."
        raise Invalid.field("/profile", "profile_not_offered", message)
    if profile is ImportProfile.ACCOUNTING_CUSTOMERS and not mastership.settings(session).accounting_link:
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


def id_of(job_id: str) -> UUID:
    """The import of a job."""
    return UUID(job_id.partition("-")[2])
