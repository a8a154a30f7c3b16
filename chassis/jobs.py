"""Long work as a row: cut into chunks that any worker can take, resumable after a kill, cancellable.

A service's `jobs.py` names its kinds:

    @job("import_contacts")
    def import_chunk(step: Step) -> None:
        rows = next_rows(step.session, step.params, after=step.cursor.get("row", 0))
        ...
        step.cursor["row"] = rows[-1].number
        step.progress(done=..., total=...)
        if finished:
            step.finish({"created": ...})

Each chunk is one transaction that also stores cursor and progress, so a killed worker loses at most the chunk
it was in. A chunk should take less than a second or two: until its end whoever wants its rows waits, for the lock
time-out at most.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, islice
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from chassis import tables
from chassis.call import CURRENT, Call
from chassis.ids import new_id
from contracts.base import Job, JobState
from contracts.errors import NotFound

MAX_ATTEMPTS = 5
"""Chunks that fail this often in a row fail their job."""

Handler = Callable[["Step"], None]
Work = Callable[[Session], None]
Prepare = Callable[[dict[str, Any], dict[str, Any]], Any]
_handlers: dict[str, Handler] = {}
_preparations: dict[str, Prepare] = {}
_endings: dict[str, Handler] = {}
_failures: dict[str, Handler] = {}


def job(
    kind: str, *, prepare: Prepare | None = None, cancelled: Handler | None = None, failed: Handler | None = None
) -> Callable[[Handler], Handler]:
    """Register the function that works off one chunk of jobs of this kind.

    `prepare(params, cursor)` runs before the chunk's transaction, for what must not be inside it: calls to other
    services, rendering. What it returns is `step.prepared`. When the job was cancelled, `cancelled(step)` runs
    in place of the chunk that would have come next. When chunks have failed too often, `failed(step)` runs with what
    the last one began with.
    """

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        if prepare is not None:
            _preparations[kind] = prepare
        if cancelled is not None:
            _endings[kind] = cancelled
        if failed is not None:
            _failures[kind] = failed
        return function

    return register


def start(session: Session, service: str, kind: str, params: dict[str, Any], total: int | None = None) -> str:
    """Queue a job in this transaction; returns its id (`<service>-<uuid>`)."""
    job_id = f"{service}-{new_id()}"
    call = CURRENT.get()
    principal = call.principal.label if call else f"system:{service}"
    session.execute(insert(tables.jobs).values(id=job_id, kind=kind, params=params, total=total, principal=principal))
    return job_id


def as_contract(row: Any) -> Job:
    """A row of `jobs` as the contract shows it."""
    return Job(
        id=row.id,
        kind=row.kind,
        state=JobState(row.state),
        done=row.done,
        total=row.total,
        errors=row.errors,
        result=row.result,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def get(connection: Any, job_id: str) -> Any:
    """The row of a job; raises NotFound."""
    row = connection.execute(select(tables.jobs).where(tables.jobs.c.id == job_id)).first()
    if row is None:
        raise NotFound(f"There is no job {job_id}.", id=job_id)
    return row


@dataclass
class Step:
    """One chunk of a job at work. Change `cursor` in place; call `progress`, and `finish` or `fail` at the end."""

    session: Session
    job_id: str
    kind: str
    params: dict[str, Any]
    cursor: dict[str, Any]
    done: int
    total: int | None
    errors: int
    now: datetime
    attempts: int = 0
    """How often this chunk has failed."""
    state: JobState = JobState.RUNNING
    result: dict[str, Any] | None = None
    wait: timedelta = field(default_factory=timedelta)
    prepared: Any = None

    def progress(self, done: int, total: int | None = None, errors: int | None = None) -> None:
        """Say how far the job is, in units of its kind."""
        self.done = done
        self.total = total if total is not None else self.total
        self.errors = errors if errors is not None else self.errors

    def finish(self, result: dict[str, Any] | None = None) -> None:
        """The job is done."""
        self.state, self.result = JobState.SUCCEEDED, result or {}

    def fail(self, reason: str, **facts: Any) -> None:
        """The job cannot be done; `reason` is shown to its user."""
        self.state, self.result = JobState.FAILED, {"reason": reason, **facts}

    def pause(self, seconds: float) -> None:
        """Go on with the next chunk not before `seconds` from now."""
        self.wait = timedelta(seconds=seconds)


def beside(session: Session, works: Sequence[Work], seconds: float) -> int:
    """Do works, two at a time: some in the transaction of the chunk, others each in one of its own.

    They are begun in their order, none but the first two after so many seconds; how many are done, from the first on.
    That one is among those of the chunk, which is committed after all others: when it comes again, works may have been
    done, and must do nothing then.
    """
    call = CURRENT.get()
    assert call is not None
    waiting, until = iter(works), time.monotonic() + seconds
    first = [*islice(waiting, 1)]
    with ThreadPoolExecutor(1, thread_name_prefix="beside") as pool:
        others = pool.submit(_do, waiting, partial(_alone, call), until)
        own = _do(chain(first, waiting), lambda work: work(session), until)
        return own + others.result()


def _do(works: Iterator[Work], how: Callable[[Work], None], until: float) -> int:
    """Until there are no more, or it is so late; how many. After a failure nobody begins another."""
    done = 0
    try:
        for work in works:
            how(work)
            done += 1
            if time.monotonic() >= until:
                break
    except BaseException:
        deque(works, maxlen=0)
        raise
    return done


def _alone(call: Call, work: Work) -> None:
    """In a transaction of its own, by whom and when the call says."""
    own = Call(call.database, call.principal, call.now, call.trace)
    token = CURRENT.set(own)
    try:
        with own.session.begin():
            work(own.session)
    finally:
        CURRENT.reset(token)
        own.close()


def next_due(connection: Any, now: datetime) -> Any:
    """The row of the job whose turn it is, not locked; None when nothing is due."""
    columns = tables.jobs.c
    return connection.execute(
        select(tables.jobs)
        .where(columns.state.in_(["queued", "running"]), columns.not_before <= now)
        .order_by(columns.not_before)
        .limit(1)
    ).first()


def prepared_for(row: Any) -> Any:
    """What the kind's preparation gives for the chunk at hand."""
    prepare = _preparations.get(row.kind)
    return prepare(row.params, dict(row.cursor)) if prepare else None


def run_chunk(session: Session, found: Any, prepared: Any, now: datetime) -> bool:
    """Work off one chunk of the job `found`; False when another worker has it or has moved it on."""
    row = _locked(session, found)
    if row is None:
        return False
    step = _step(session, row, now, prepared)
    if _cancelled(session, row.id):
        if row.kind in _endings:
            _endings[row.kind](step)
        step.state, step.result = JobState.CANCELLED, row.result
    elif row.kind not in _handlers:
        step.fail(f"no worker knows jobs of kind {row.kind}")
    else:
        _handlers[row.kind](step)
    session.execute(
        update(tables.jobs)
        .where(tables.jobs.c.id == row.id)
        .values(
            state=step.state.value,
            cursor=step.cursor,
            done=step.done,
            total=step.total,
            errors=step.errors,
            result=step.result,
            attempts=0,
            not_before=now + step.wait,
            finished_at=None if step.state is JobState.RUNNING else now,
        )
    )
    return True


def _step(session: Session, row: Any, now: datetime, prepared: Any = None) -> Step:
    return Step(
        session,
        row.id,
        row.kind,
        row.params,
        dict(row.cursor),
        row.done,
        row.total,
        row.errors,
        now,
        row.attempts,
        prepared=prepared,
    )


def _locked(session: Session, found: Any) -> Any:
    """The job's row, locked, if it is still where it was when it was found."""
    row = session.execute(
        select(tables.jobs).where(tables.jobs.c.id == found.id).with_for_update(skip_locked=True)
    ).first()
    unmoved = row is not None and row.cursor == found.cursor and row.state == found.state
    return row if unmoved else None


def _cancelled(session: Session, job_id: str) -> bool:
    return bool(
        session.execute(
            select(tables.job_cancellations.c.job_id).where(tables.job_cancellations.c.job_id == job_id)
        ).first()
    )


def record_failure(session: Session, found: Any, error: Exception, now: datetime) -> None:
    """After a chunk raised: count the attempt and try again later, or fail the job."""
    row = _locked(session, found)
    if row is None:
        return
    attempts = row.attempts + 1
    failed = attempts >= MAX_ATTEMPTS
    if failed and row.kind in _failures:
        _failures[row.kind](_step(session, row, now))
    session.execute(
        update(tables.jobs)
        .where(tables.jobs.c.id == row.id)
        .values(
            attempts=attempts,
            not_before=now + timedelta(seconds=2**attempts),
            state="failed" if failed else row.state,
            result={"reason": f"a chunk failed {attempts} times: {type(error).__name__}"} if failed else row.result,
            finished_at=now if failed else None,
        )
    )


def wake(session: Session, what: str) -> None:
    """Wake the worker's periodic task `what` of this service when this transaction commits."""
    session.execute(text("SELECT pg_notify('work', :what)"), {"what": what})
