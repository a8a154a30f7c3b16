"""What contacts does in the background: imports, scans for duplicates, reminders; forgetting what is old."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chassis import clock, crash
from chassis.jobs import Step, job
from chassis.rpc import client
from chassis.settings import settings
from chassis.worker import Worker, periodic
from contracts.base import ByIds
from contracts.errors import NotFound
from contracts.notify import NotifyApi
from services.contacts import models
from services.contacts.commands import (
    activities,
    calendars,
    documents,
    duplicate_scans,
    exports,
    import_deliveries,
    import_mappings,
    import_undoing,
    imports,
    project_hours,
    projects,
    reminders,
    stored_files,
    surveys,
    tags,
    tasks,
    verifications,
)
from services.contacts.commands.history import Author
from services.contacts.commands.import_running import Running
from services.contacts.queries import bounces
from services.contacts.queries import exports as export_rows
from services.contacts.spreadsheets import Unreadable

notify = client(NotifyApi)
MATCHED_AT_ONCE = 5_000
ASK_AGAIN = 5.0
"""Seconds until commerce is asked again when it was away."""
APPLIED_AT_ONCE = 1_000
FORGOTTEN_AT_ONCE = 1_000
REMINDED_AT_ONCE = 500
BOUNCES_AT_ONCE = 500
KEPT_A_WHILE = (activities, tasks, project_hours, projects, calendars, documents, surveys)
"""Commands of what can be restored for some time after it was deleted."""
NIGHT: Final = range(2, 5)
"""The hours, local time, in which a scan for duplicates begins by itself."""
NOT_AGAIN_FOR: Final = timedelta(hours=20)


@job(imports.JOB_KIND, prepare=import_deliveries.hand_over)
def import_contacts(step: Step) -> None:
    """Work off one chunk; `done` of `total` rows goes up in the phases that match and that apply."""
    row = step.session.get_one(models.Import, imports.id_of(step.job_id))
    author = Author(row.started_by, imports.CHANNELS[row.profile], step.now, row.observed_at, row.id)
    today = clock.local_date(step.now)
    running = Running(step.session, row, author, today, step.cursor.get("headers", {}))
    PHASES[step.cursor.get("phase", "stage")](step, running)
    crash.point("contacts.import_chunk")


@job(import_undoing.JOB_KIND, prepare=import_undoing.unused)
def undo_import(step: Step) -> None:
    """Take back what the next rows of an import did."""
    import_undoing.work(step, clock.local_date(step.now))
    crash.point("contacts.undo_chunk")


@job(import_undoing.OF_PURCHASES, prepare=import_undoing.withdrawn)
def undo_deliveries(step: Step) -> None:
    """Take back what the next rows of a batch told of."""
    import_undoing.work_on_purchases(step)
    crash.point("contacts.undo_chunk")


@job(import_mappings.JOB_KIND)
def preview_import(step: Step) -> None:
    """Look at the first rows of a file."""
    import_mappings.look(step)


@job(tags.JOB_KIND)
def change_tag(step: Step) -> None:
    """Give the next contacts another tag in place of one."""
    tags.work(step)


@job(exports.JOB_KIND)
def export_contacts(step: Step) -> None:
    """Read the next rows, or write the file."""
    exports.work(step, export_rows)
    crash.point("contacts.export_chunk")


@periodic("forget_export_files", every=600.0)
def forget_export_files(worker: Worker) -> bool:
    """Remove files of exports whose time is over; more of them may be left."""
    with worker.transaction() as session:
        return exports.forget_files(session, worker.now()) == exports.FORGOTTEN_AT_ONCE


@periodic("forget_import_files", every=3600.0)
def forget_import_files(worker: Worker) -> bool:
    """Remove files of old imports; more of them may be left."""
    with worker.transaction() as session:
        return imports.forget_files(session, worker.now() - imports.KEEP_FILES) == imports.FORGOTTEN_AT_ONCE


@periodic("forget_import_rows", every=600.0)
def forget_import_rows(worker: Worker) -> bool:
    """Forget what rows of old imports say; more of them may be left."""
    with worker.transaction() as session:
        return imports.forget_rows(session, worker.now() - imports.KEEP_FILES)


@periodic("sweep_files", every=3600.0)
def sweep_files(worker: Worker) -> bool:
    """Remove files that nothing names."""
    with worker.transaction() as session:
        stored_files.sweep(session, worker.now())
    return False


@periodic("forget_deleted", every=3600.0)
def forget_deleted(worker: Worker) -> bool:
    """Remove for good what was taken away long ago; more of it may be left."""
    with worker.transaction() as session:
        forgotten = [each.forget_deleted(session, worker.now(), FORGOTTEN_AT_ONCE) for each in KEPT_A_WHILE]
    return FORGOTTEN_AT_ONCE in forgotten


@periodic("remind", every=1.0)
def remind(worker: Worker) -> bool:
    """Tell of reminders whose time has come; more of them may wait."""
    with worker.transaction() as session:
        told = reminders.tell_due(session, worker.now(), REMINDED_AT_ONCE)
        if told:
            crash.point("contacts.reminding")
    return told == REMINDED_AT_ONCE


@periodic("take_bounces", every=2.0)
def take_bounces(worker: Worker) -> bool:
    """Mark the addresses from which messages came back; more of them may wait."""
    with worker.database.reader() as connection:
        found = bounces.waiting(connection, BOUNCES_AT_ONCE)
    if not found:
        return False
    used = {
        each.id: each.address for each in notify.get_used_addresses(ByIds(ids=[row.message_id for row in found])).data
    }
    with worker.transaction() as session:
        verifications.take_bounces(session, found, used, Author("system:contacts", "bounce", worker.now()))
    return len(found) == BOUNCES_AT_ONCE


@job(duplicate_scans.JOB_KIND)
def scan_duplicates(step: Step) -> None:
    """Work off one chunk; `done` of `total` contacts goes up twice by half."""
    duplicate_scans.work(step)
    crash.point("contacts.scan_chunk")


@periodic("scan_duplicates_nightly", every=600.0)
def scan_duplicates_nightly(worker: Worker) -> bool:
    """Begin a scan once a night."""
    now = worker.now()
    if now.astimezone(ZoneInfo(settings().talkoo_time_zone)).hour in NIGHT:
        with worker.transaction() as session:
            if not duplicate_scans.started_since(session, now - NOT_AGAIN_FOR):
                duplicate_scans.start(session)
    return False


def _stage(step: Step, running: Running) -> None:
    """Read and check the whole file; one that cannot be read leaves nothing behind."""
    try:
        with step.session.begin_nested(), running.open_file() as (table, reader):
            total, rejected = running.stage(table, reader)
    except NotFound as error:
        step.fail(str(error), code="file_gone", import_id=str(running.row.id))
        return
    except Unreadable as error:
        place = {"row": error.row} if error.row else {}
        step.fail(error.reason, code=error.code, params=error.params, import_id=str(running.row.id), **place)
        return
    file = {"encoding": table.encoding, "delimiter": table.delimiter, "ignored_columns": reader.ignored}
    step.cursor.update({"phase": "match", "after": 0, "passed": 0, "headers": reader.headers, "file": file})
    step.progress(done=0, total=total, errors=rejected)


def _match(step: Step, running: Running) -> None:
    """Compare with the register; imports take their turns in the order they were started in."""
    if step.cursor["after"] == 0 and running.must_wait():
        step.pause(1.0)
        return
    _next_chunk(step, running, running.match, "settle", MATCHED_AT_ONCE, share=1)


def _settle(step: Step, running: Running) -> None:
    if running.tells_of_purchases:
        running.settle_purchases()
        step.cursor.update(phase="deliver", import_id=str(running.row.id))
        return
    step.cursor["phase"] = "organisations" if running.settle() else "persons"


def _deliver(step: Step, running: Running) -> None:
    """Keep what commerce has answered about the next rows."""
    handed = step.prepared
    if handed.away:
        step.pause(ASK_AGAIN)
    elif handed.chunk is None:
        step.cursor["phase"] = "finish"
    else:
        running.take_purchases(handed)
        step.cursor["after"] = handed.chunk["last"]
        step.cursor["passed"] += handed.chunk["count"]
        step.progress(done=step.cursor["passed"] // 2)


def _organisations(step: Step, running: Running) -> None:
    _next_chunk(step, running, running.take_organisations, "persons", APPLIED_AT_ONCE, share=0, leaders=True)


def _persons(step: Step, running: Running) -> None:
    _next_chunk(step, running, running.take_persons, "finish", APPLIED_AT_ONCE, share=1)


def _finish(step: Step, running: Running) -> None:
    counts = running.row.counts
    step.progress(done=step.total or 0, errors=counts["rejected"])
    step.finish({"import_id": str(running.row.id), "counts": counts, **step.cursor["file"]})


def _next_chunk(
    step: Step,
    running: Running,
    work: Callable[[dict[str, int]], None],
    then: str,
    size: int,
    *,
    share: int,
    leaders: bool = False,
) -> None:
    """Let `work` do its part on the next rows, or go on to the next phase. `share` of two phases are counted."""
    chunk = running.rows_after(step.cursor["after"], size, leaders=leaders)
    if chunk is None:
        step.cursor.update({"phase": then, "after": 0})
        return
    work(chunk)
    step.cursor["after"] = chunk["last"]
    step.cursor["passed"] += chunk["count"] * share
    step.progress(done=step.cursor["passed"] // 2)


PHASES: dict[str, Callable[[Step, Running], None]] = {
    "stage": _stage,
    "match": _match,
    "settle": _settle,
    "deliver": _deliver,
    "organisations": _organisations,
    "persons": _persons,
    "finish": _finish,
}
