"""The long work of contacts, cut into chunks: imports and their undoing, exports, scans, tags everywhere."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sqlalchemy.orm import Session

from chassis import clock, crash
from chassis.jobs import Step, beside, job
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.commands import (
    duplicate_scans,
    exports,
    import_deliveries,
    import_mappings,
    import_undoing,
    imports,
    tags,
)
from services.contacts.commands.history import Author
from services.contacts.commands.import_running import Chunk, Running
from services.contacts.queries import exports as export_rows
from services.contacts.spreadsheets import Unreadable

MATCHED_AT_ONCE = 5_000
APPLIED_AT_ONCE = 2_000
CHUNKS_AT_ONCE = 8
"""Chunks of rows in one chunk of the job, side by side; two that end together waste the least time."""
BEGUN_WITHIN = 2.0
"""Seconds after which none of them begins: until all are done, whoever edits one of their contacts waits, which the
lock time-out of four seconds ends."""
ASK_AGAIN = 5.0
"""Seconds until commerce is asked again when it was away."""


def _recount(step: Step) -> None:
    """Of two chunks one may have been committed before a kill, and not have been counted yet."""
    _running(step).recount()


@job(imports.JOB_KIND, prepare=import_deliveries.hand_over, cancelled=_recount)
def import_contacts(step: Step) -> None:
    """Work off one chunk; `done` of `total` rows goes up in the phases that match and that apply."""
    PHASES[step.cursor.get("phase", "stage")](step, _running(step))
    crash.point("contacts.import_chunk")


def _running(step: Step) -> Running:
    row = step.session.get_one(models.Import, imports.id_of(step.job_id))
    author = Author(row.started_by, imports.CHANNELS[row.profile], step.now, row.observed_at, row.id)
    return Running(step.session, row, author, clock.local_date(step.now), step.cursor.get("headers", {}))


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


@job(duplicate_scans.JOB_KIND)
def scan_duplicates(step: Step) -> None:
    """Work off one chunk; `done` of `total` contacts goes up twice by half."""
    duplicate_scans.work(step)
    crash.point("contacts.scan_chunk")


def _stage(step: Step, running: Running) -> None:
    """Read and check the whole file; one that cannot be read leaves nothing behind.

    Contacts that are stored are compared with the register while more is read, unless older imports have to be waited
    for.
    """
    matched = not (running.tells_of_purchases or running.must_wait())
    try:
        with step.session.begin_nested():
            heading, total, rejected = running.stage(Running.match if matched else _later)
    except NotFound as error:
        step.fail(str(error), code="file_gone", import_id=str(running.row.id))
        return
    except Unreadable as error:
        place = {"row": error.row} if error.row else {}
        step.fail(error.reason, code=error.code, params=error.params, import_id=str(running.row.id), **place)
        return
    file = {"encoding": heading.encoding, "delimiter": heading.delimiter, "ignored_columns": heading.ignored}
    passed = total if matched else 0
    step.cursor.update({"phase": "settle" if matched else "match", "after": 0, "passed": passed})
    step.cursor.update(headers=heading.headers, file=file)
    step.progress(done=passed // 2, total=total, errors=rejected)


def _later(_running: Running, _chunk: Chunk) -> None:
    """Nothing yet."""


def _match(step: Step, running: Running) -> None:
    """Compare with the register; imports take their turns in the order they were started in."""
    if step.cursor["after"] == 0 and running.must_wait():
        step.pause(1.0)
        return
    chunks = _next_chunks(step, running, MATCHED_AT_ONCE)
    chunks = _side_by_side(running, chunks, Running.match)
    _go_on(step, chunks, "settle", share=1)


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
    chunk = running.rows_after(step.cursor["after"], APPLIED_AT_ONCE, leaders=True)
    if chunk is not None and not running.take_organisations(chunk):
        step.cursor["after"] = 0  # who leads now may stand before
        return
    _go_on(step, [chunk] if chunk else [], "persons", share=0)


def _persons(step: Step, running: Running) -> None:
    chunks = _next_chunks(step, running, APPLIED_AT_ONCE)
    chunks = _side_by_side(running, chunks, Running.take_persons)
    for chunk in chunks:
        running.count(chunk)
    _go_on(step, chunks, "finish", share=1)


def _finish(step: Step, running: Running) -> None:
    counts = running.row.counts
    step.progress(done=step.total or 0, errors=counts["rejected"])
    step.finish({"import_id": str(running.row.id), "counts": counts, **step.cursor["file"]})


def _next_chunks(step: Step, running: Running, size: int) -> list[Chunk]:
    """The next chunks of rows, none of which repeats rows of one before; a single one when it has failed before."""
    found: list[Chunk] = []
    after = step.cursor["after"]
    while len(found) < (1 if step.attempts else CHUNKS_AT_ONCE):
        chunk = running.rows_after(after, size)
        if chunk is None or (found and running.repeats(chunk, {"first": found[0]["first"], "last": after})):
            break
        found.append(chunk)
        after = chunk["last"]
    return found


def _side_by_side(running: Running, chunks: list[Chunk], work: Callable[[Running, Chunk], None]) -> list[Chunk]:
    """Let `work` do its part on the chunks, and say which ones time was left for; what it has done already it finds
    done."""
    done = beside(running.session, [partial(_work_on, chunk, work, running) for chunk in chunks], BEGUN_WITHIN)
    return chunks[:done]


def _work_on(chunk: Chunk, work: Callable[[Running, Chunk], None], running: Running, session: Session) -> None:
    work(replace(running, session=session), chunk)


def _go_on(step: Step, chunks: list[Chunk], then: str, *, share: int) -> None:
    """After these chunks, or to the next phase if there were none. `share` of two phases are counted."""
    if not chunks:
        step.cursor.update({"phase": then, "after": 0})
        return
    step.cursor["after"] = chunks[-1]["last"]
    step.cursor["passed"] += sum(chunk["count"] for chunk in chunks) * share
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
