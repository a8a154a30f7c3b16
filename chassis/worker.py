"""The worker: jobs, sweepers and parked events of the services, in plain Python without eventlet.

A service's `worker.py` names its periodic tasks:

    @periodic("deliver_messages", every=1.0)
    def deliver_messages(worker: Worker) -> bool:
        ...
        return there_is_more

A task runs when its time has come, when `jobs.wake(session, name)` committed, and again at once while it
returns True. Several workers may run the same task: each claims its rows with SKIP LOCKED.

    python -m chassis.worker [service ...]
"""

import importlib
import importlib.util
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
import psycopg2
from sqlalchemy import delete, text
from sqlalchemy import select as select_rows
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from chassis import (
    clock,
    erased_texts,
    execution,
    health,
    jobs,
    logs,
    metrics,
    personal_data,
    redirects,
    rpc,
    tables,
    telling,
    waiting,
)
from chassis.call import CURRENT, Call
from chassis.database import Database, is_away
from chassis.logs import log
from chassis.principals import system_principal
from chassis.service import SERVICES, service_class, subscriptions_of
from chassis.settings import settings
from contracts.errors import Unavailable

KEEP_OUTBOX = timedelta(days=30)
KEEP_COMMANDS = timedelta(hours=48)


@dataclass(frozen=True)
class Task:
    """A periodic task of a service; `every` in seconds."""

    service: str
    name: str
    every: float
    run: Callable[["Worker"], bool]


_tasks: list[Task] = []


def periodic(name: str, *, every: float) -> Callable[[Callable[["Worker"], bool]], Callable[["Worker"], bool]]:
    """Register a task of the service in whose package the function lives."""

    def register(function: Callable[["Worker"], bool]) -> Callable[["Worker"], bool]:
        _tasks.append(Task(function.__module__.split(".")[1], name, every, function))
        return function

    return register


class Worker:
    """What a task works with: transactions of its service's database and the time."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.database = Database(
            settings().database_url(service), f"{service}-worker", pool_size=4, statement_timeout_ms=120_000
        )

    def now(self) -> datetime:
        """The time, UTC."""
        return clock.now()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction; events recorded in it carry this service's system principal. No RPC inside."""
        call = Call(self.database, system_principal(self.service), clock.now())
        token = CURRENT.set(call)
        try:
            with call.session.begin():
                yield call.session
        finally:
            CURRENT.reset(token)
            call.close()


class Runner:
    """The threads of one service in the worker process."""

    def __init__(self, service: str, stop: threading.Event) -> None:
        self.worker = Worker(service)
        self.stop = stop
        for module in ("jobs", "worker"):
            if importlib.util.find_spec(f"services.{service}.{module}"):
                importlib.import_module(f"services.{service}.{module}")
        own = [task for task in _tasks if task.service == service]
        built_in = [
            Task(service, "jobs", 1.0, run_job_chunk),
            Task(service, "parked", 1.0, retry_parked),
            Task(service, "clean_up", 600.0, clean_up),
            Task(service, "measure", waiting.EVERY, measure),
            Task(service, "settle_redirects", 60.0, settle_redirects),
            Task(service, "settle_erasures", 60.0, settle_erasures),
            Task(service, personal_data.SEARCH, 2.0, erased_texts.search_next),
        ]
        if telling.what(service):
            built_in.append(Task(service, "tell", 5.0, telling.tell_next))
        self.tasks = [*built_in, *own]
        self.wakers = {task.name: threading.Event() for task in self.tasks}

    def threads(self) -> list[threading.Thread]:
        """One thread per task and one that listens for wake-ups; not started."""
        loops = [threading.Thread(target=self._loop, args=(task,), name=task.name) for task in self.tasks]
        return [*loops, threading.Thread(target=self._listen, name="listen")]

    def _loop(self, task: Task) -> None:
        waker = self.wakers[task.name]
        while not self.stop.is_set():
            waker.clear()
            with rpc.calling(rpc.system_caller(task.service)):
                more = self._run_once(task)
            if not more and not self.stop.is_set():
                waker.wait(timeout=task.every)

    def _run_once(self, task: Task) -> bool:
        try:
            return task.run(self.worker)
        except Unavailable as error:
            log.warning("task_waits", service=task.service, task=task.name, reason=error.params.get("service", ""))
        except SQLAlchemyError as error:
            level = log.warning if is_away(error) else log.error
            level("task_failed", service=task.service, task=task.name, exc_info=None if is_away(error) else error)
        except Exception as error:
            log.error("task_failed", service=task.service, task=task.name, exc_info=error)
        self.stop.wait(1)
        return False

    def _listen(self) -> None:
        while not self.stop.is_set():
            try:
                self._listen_until_stopped()
            except (psycopg2.Error, OSError):
                self.stop.wait(1)

    def _listen_until_stopped(self) -> None:
        url = make_url(settings().database_url(self.worker.service))
        connection = psycopg2.connect(
            host=url.host, port=url.port, user=url.username, password=url.password, dbname=url.database,
            connect_timeout=5, application_name=f"talkoo-listen-{self.worker.service}",
        )  # fmt: skip
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("LISTEN work")
        for waker in self.wakers.values():
            waker.set()
        while not self.stop.is_set():
            select.select([connection], [], [], 0.5)
            connection.poll()
            for notice in connection.notifies:
                if notice.payload in self.wakers:
                    self.wakers[notice.payload].set()
            connection.notifies.clear()
        connection.close()

    def wake_all(self) -> None:
        """Let sleeping threads see that it is time to stop."""
        for waker in self.wakers.values():
            waker.set()


def run_job_chunk(worker: Worker) -> bool:
    """Work off one chunk of the service's jobs."""
    started, now = time.perf_counter(), worker.now()
    with worker.database.reader() as connection:
        found = jobs.next_due(connection, now)
    if found is None:
        return False
    try:
        prepared = jobs.prepared_for(found)
        with worker.transaction() as session:
            worked = jobs.run_chunk(session, found, prepared, now)
    except Exception as error:
        if isinstance(error, Unavailable) or is_away(error):
            raise
        log.error("job_chunk_failed", service=worker.service, job=found.id, exc_info=error)
        with worker.transaction() as session:
            jobs.record_failure(session, found, error, now)
        return True
    if not worked:
        time.sleep(0.05)
    metrics.JOB_CHUNKS.labels(worker.service, found.kind, "ok").observe(time.perf_counter() - started)
    return True


def retry_parked(worker: Worker) -> bool:
    """Try one parked event that is due; after the last back-off it is dead."""
    service_type = service_class(worker.service)
    by_name = {each.name: each for each in subscriptions_of(service_type)}
    parked = tables.parked
    with worker.transaction() as session:
        row = session.execute(
            select_rows(parked)
            .where(~parked.c.dead, parked.c.next_at <= worker.now())
            .order_by(parked.c.next_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return False
        try:
            execution.handle(service_type, by_name[row.handler], orjson.loads(row.envelope))
        except Exception as error:
            if is_away(error) or isinstance(error, Unavailable):
                raise
            waits = execution.BACK_OFF
            dead = row.attempts >= len(waits)
            log.error("parked_failed", handler=row.handler, attempts=row.attempts, dead=dead, exc_info=error)
            session.execute(
                parked.update()
                .where(parked.c.id == row.id)
                .values(
                    attempts=row.attempts + 1,
                    error=type(error).__name__,
                    dead=dead,
                    next_at=worker.now() + waits[min(row.attempts, len(waits) - 1)],
                )
            )
        else:
            session.execute(delete(parked).where(parked.c.id == row.id))
    return True


def settle_redirects(worker: Worker) -> bool:
    """Move rows that were being written when the id they name began to lead elsewhere."""
    with worker.transaction() as session:
        redirects.settle(session, worker.service, worker.now())
    return False


def settle_erasures(worker: Worker) -> bool:
    """Erase what was being written about a person when it was erased."""
    with worker.transaction() as session:
        personal_data.settle(session, worker.service, worker.now())
    return False


def clean_up(worker: Worker) -> bool:
    """Delete what has been kept long enough, some thousands at a time."""
    with worker.transaction() as session:
        gone = session.execute(
            text(
                "DELETE FROM outbox WHERE id IN"
                " (SELECT id FROM outbox WHERE sent_at < :before ORDER BY id LIMIT 5000 FOR UPDATE SKIP LOCKED)"
            ),
            {"before": worker.now() - KEEP_OUTBOX},
        ).rowcount  # type: ignore[attr-defined]
        session.execute(
            text("DELETE FROM handled_commands WHERE handled_at < :before"), {"before": worker.now() - KEEP_COMMANDS}
        )
    return bool(gone == 5000)


def measure(worker: Worker) -> bool:
    """Tell Prometheus what waits in the service's tables."""
    with worker.database.reader() as connection:
        waiting.tell(worker.service, waiting.look(connection, worker.now()))
    return False


def main(services: list[str]) -> None:
    """Work until SIGTERM; chunks at hand are finished."""
    logs.configure("worker")
    health.serve_metrics("worker")
    rpc.act_as("worker")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    runners = [Runner(service, stop) for service in services]
    threads = [thread for runner in runners for thread in runner.threads()]
    for thread in threads:
        thread.start()
    log.info("worker_started", services=len(services))
    while not stop.is_set():
        time.sleep(0.2)
    for runner in runners:
        runner.wake_all()
    for thread in threads:
        thread.join(timeout=20)


if __name__ == "__main__":
    from chassis.worker import main as run  # the module that services register their tasks with, not this copy of it

    run(sys.argv[1:] or list(SERVICES))
