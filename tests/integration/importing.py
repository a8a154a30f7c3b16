"""How tests import a file: stored, started, and worked off by the real worker code in this process."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from sqlalchemy import text

import services.contacts.jobs  # noqa: F401  (registers the job)
from chassis import files
from chassis.database import database_of
from chassis.worker import Worker, run_job_chunk
from contracts.access import Permission
from contracts.base import ById, Job, JobById
from contracts.contacts.imports import Import, ImportProfile, ImportRow, ListImportRows, StartImport
from services.contacts.commands.imports import id_of
from tests.integration.conftest import staff

IMPORTER = staff(
    Permission.CONTACTS_IMPORT, Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.CONTACTS_ERASE
)


CONTACTS = ImportProfile.CONTACTS


class Importing:
    """Imports into the contacts of this test."""

    def __init__(self, call_service: Callable[..., Any]) -> None:
        self._call = call_service
        self.worker = Worker("contacts")

    def call(self, method: str, request: Any) -> Any:
        return self._call("contacts", method, request, principal=IMPORTER)

    def start(
        self, content: bytes, name: str = "people.csv", *, dry_run: bool = False, profile: ImportProfile = CONTACTS
    ) -> Job:
        key = files.new_key("contacts", ".xlsx" if name.endswith(".xlsx") else ".csv")
        files.store(key, content)
        wanted = StartImport(file_key=key, file_name=name, dry_run=dry_run, profile=profile)
        return self.call("start_import", wanted)

    def start_said(self, content: str, at: datetime, profile: ImportProfile = CONTACTS) -> Job:
        """Start the import of a file that was true then."""
        key = files.new_key("contacts", ".csv")
        files.store(key, content.encode())
        wanted = StartImport(file_key=key, file_name="a.csv", dry_run=False, observed_at=at, profile=profile)
        return self.call("start_import", wanted)

    def run_said(self, content: str, at: datetime, profile: ImportProfile = CONTACTS) -> Import:
        """Import a file that was true then."""
        done = self.finish(self.start_said(content, at, profile))
        assert done.state == "succeeded", done.result
        return self.call("get_import", ById(id=id_of(done.id)))

    def chunks(self, count: int) -> int:
        """Work off at most `count` chunks; how many there were."""
        return sum(1 for _ in range(count) if run_job_chunk(self.worker))

    def job(self, job_id: str) -> Job:
        return self.call("get_job", JobById(id=job_id))

    def finish(self, job: Job) -> Job:
        """Work until nothing is due; the job."""
        while run_job_chunk(self.worker):
            pass
        return self.job(job.id)

    def finish_patiently(self, job: Job) -> Job:
        """Work until the job has ended, over its pauses and back-offs."""
        while (now := self.finish(job)).state in {"queued", "running"}:
            time.sleep(0.2)
        return now

    def phase(self, job: Job) -> str:
        """What the import does next."""
        with self.worker.database.reader() as reader:
            cursor = reader.execute(text("SELECT cursor FROM jobs WHERE id = :id"), {"id": job.id}).scalar_one()
        return str(cursor.get("phase", "stage"))

    def run(
        self,
        content: bytes | str,
        name: str = "people.csv",
        *,
        dry_run: bool = False,
        profile: ImportProfile = CONTACTS,
    ) -> Import:
        """Import a file; the import with its counts."""
        content = content.encode() if isinstance(content, str) else content
        done = self.finish(self.start(content, name, dry_run=dry_run, profile=profile))
        assert done.state == "succeeded", done.result
        return self.call("get_import", ById(id=id_of(done.id)))

    def failure(self, content: bytes, name: str = "people.csv", *, profile: ImportProfile = CONTACTS) -> dict[str, Any]:
        """Import a file that cannot be imported; what its user is told."""
        done = self.finish(self.start(content, name, profile=profile))
        assert done.state == "failed"
        assert done.result is not None
        return done.result

    def rows(self, made: Import, state: str | None = None, **which: bool) -> list[ImportRow]:
        found, cursor = [], None
        while True:
            page = self.call(
                "list_import_rows", ListImportRows(id=made.id, state=state, limit=200, cursor=cursor, **which)
            )
            found += page.data
            cursor = page.next_cursor
            if cursor is None:
                return found

    def close(self) -> None:
        self.worker.database.dispose()


def counts(made: Import) -> dict[str, int]:
    """The counts that are not zero."""
    return {state: count for state, count in made.counts.items() if count}


HELD_UP = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def wait_until_held_up(other: Future[Any]) -> None:
    """Until the other one waits for what somebody has locked, or is through."""
    until = time.monotonic() + 180
    with database_of("contacts").reader() as reader:
        while not other.done() and not reader.scalar(HELD_UP):
            assert time.monotonic() < until
