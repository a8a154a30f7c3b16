"""Starting an import (C11); services.contacts.jobs works it off."""

from sqlalchemy.orm import Session

from chassis import files, jobs
from chassis.ids import new_id
from contracts.base import Job
from contracts.contacts import ImportProfile, StartImport
from contracts.errors import Invalid
from services.contacts import models
from services.contacts.commands.history import Author

JOB_KIND = "import_contacts"
MAX_FILE_BYTES = 50_000_000


def start(session: Session, request: StartImport, author: Author) -> Job:
    """Queue the import of a stored file; raises NotFound without the file, Invalid when it cannot be read."""
    if request.profile is not ImportProfile.CONTACTS:
        message = f"The profile {request.profile.value} comes later; import with the profile contacts."
        raise Invalid.field("/profile", "profile_not_offered", message)
    size = files.path_of(request.file_key).stat().st_size
    if size > MAX_FILE_BYTES:
        message = f"The file has {size} bytes; at most {MAX_FILE_BYTES} are taken. Split it."
        raise Invalid.field("/file_key", "file_too_large", message)
    if size == 0:
        raise Invalid.field("/file_key", "file_empty", "The file is empty.")
    import_id = new_id()
    job_id = jobs.start(session, "contacts", JOB_KIND, {"import_id": str(import_id)})
    session.add(
        models.Import(
            id=import_id,
            job_id=job_id,
            file_key=request.file_key,
            file_name=request.file_name,
            profile=request.profile,
            dry_run=request.dry_run,
            started_at=author.at,
            started_by=author.label,
            counts={},
        )
    )
    session.flush()
    return jobs.as_contract(jobs.get(session, job_id))
