"""What contacts does from time to time: reminders, bounces, scans at night; forgetting what is old."""

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chassis import crash, personal_data
from chassis.erased_texts import TWICE
from chassis.rpc import client
from chassis.settings import settings
from chassis.worker import Worker, periodic
from contracts.base import ByIds
from contracts.notify import NotifyApi
from services.contacts import neighbours
from services.contacts.commands import (
    activities,
    calendars,
    documents,
    duplicate_scans,
    exports,
    imports,
    mentions,
    project_hours,
    projects,
    reminders,
    segments,
    stored_files,
    surveys,
    tasks,
    verifications,
)
from services.contacts.commands.history import Author
from services.contacts.queries import bounces, erasures

notify = client(NotifyApi)
FORGOTTEN_AT_ONCE = 1_000
REMINDED_AT_ONCE = 500
BOUNCES_AT_ONCE = 500
KEPT_A_WHILE = (activities, tasks, project_hours, projects, calendars, documents, surveys, segments)
"""Commands of what can be restored for some time after it was deleted."""
NIGHT: Final = range(2, 5)
"""The hours, local time, in which a scan for duplicates begins by itself."""
NOT_AGAIN_FOR: Final = timedelta(hours=20)


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


@periodic("forget_sought", every=60.0)
def forget_sought(worker: Worker) -> bool:
    """Forget how erased persons were named, when no service has to look for them any more."""
    with worker.database.reader() as connection:
        own = {
            person_id: personal_data.part_of(connection, worker.service, person_id)
            for person_id in erasures.still_sought(connection, FORGOTTEN_AT_ONCE)
        }
    for person_id, part in own.items():
        parts, away = neighbours.erasure_parts(part, person_id)
        if not away and all(each.searched >= TWICE for each in parts):
            with worker.transaction() as session:
                mentions.forget_sought(session, person_id)
    return False


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


@periodic("scan_duplicates_nightly", every=600.0)
def scan_duplicates_nightly(worker: Worker) -> bool:
    """Begin a scan once a night."""
    now = worker.now()
    if now.astimezone(ZoneInfo(settings().talkoo_time_zone)).hour in NIGHT:
        with worker.transaction() as session:
            if not duplicate_scans.started_since(session, now - NOT_AGAIN_FOR):
                duplicate_scans.start(session)
    return False
