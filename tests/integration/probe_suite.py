"""A small suite for proofs of the chassis: one service that counts, on real servers of its own.

The services' package is written into a temporary folder, so that the chassis runs without any business code.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text

ROOT = Path(__file__).resolve().parents[2]
PLAIN = """
from chassis.system_methods import SystemMethods
from contracts.system import SystemApi
class {title}Api(SystemApi, name="{name}"): ...
class {title}Service(SystemMethods, {title}Api): ...
"""
COUNTING = """
import time
from typing import ClassVar
from uuid import UUID
from sqlalchemy import text
from chassis import jobs, outbox
from chassis.ids import new_id
from chassis.service import subscribe
from chassis.system_methods import SystemMethods
from contracts.access import Permission, Rule
from contracts.base import Done, Event, Job, Request, Reply, command, query
from contracts.errors import Conflict
from contracts.system import SystemApi

class Counted(Event):
    type: ClassVar = "number.counted.v1"
    source: ClassVar = "contacts"
    subject_id: ClassVar = "id"
    id: UUID
    number: int

class Count(Request):
    number: int
    seconds: float = 0

class Number(Reply):
    number: int

class ContactsApi(SystemApi, name="contacts"):
    @command(may=Permission.CONTACTS_WRITE)
    def count(self, request: Count) -> Number: ...
    @query(may=Rule.PUBLIC, deadline=2)
    def look(self, request: Count) -> Number: ...
    @command(may=Rule.SYSTEM)
    def start_job(self, request: Count) -> Job: ...
    @command(may=Rule.SYSTEM)
    def refuse(self, request: Count) -> Done: ...

class ContactsService(SystemMethods, ContactsApi):
    RETIRED = ("evt-contacts-number.forgotten.v1--contacts.hear_no_more",)
    def count(self, request):
        self.session.execute(text("INSERT INTO effects (number) VALUES (:number)"), {"number": request.number})
        if request.seconds:
            self.session.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": request.seconds})
        outbox.record(self.session, Counted(id=new_id(), number=request.number))
        return Number(number=request.number)
    def look(self, request):
        if request.seconds:
            self.reader.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": request.seconds})
        return Number(number=request.number)
    def start_job(self, request):
        job_id = jobs.start(self.session, "contacts", "count_up", {"to": request.number})
        return jobs.as_contract(jobs.get(self.session, job_id))
    def refuse(self, request):
        raise Conflict("The number 5 is taken; choose another.", code="number_taken", number=5)
    @subscribe(Counted)
    def hear(self, event):
        if event.number == 13:
            raise ValueError("thirteen")
        self.session.execute(text("INSERT INTO heard (number) VALUES (:number)"), {"number": event.number})
"""
JOBS = """
import time
from sqlalchemy import text
from chassis.jobs import job
@job("count_up")
def count_up(step):
    number = step.cursor.get("number", 0) + 1
    step.session.execute(text("INSERT INTO effects (number) VALUES (:number)"), {"number": number})
    time.sleep(0.02)
    step.cursor["number"] = number
    step.progress(done=number, total=step.params["to"])
    if number == step.params["to"]:
        step.finish({"counted": number})
"""
SERVICES = ("contacts", "membership", "courses", "commerce", "notify", "identity")


def write_services(folder: Path) -> None:
    """Six services, of which contacts counts."""
    for name in SERVICES:
        package = folder / "services" / name
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "service.py").write_text(PLAIN.format(title=name.capitalize(), name=name))
    (folder / "services" / "__init__.py").touch()
    (folder / "services" / "contacts" / "service.py").write_text(COUNTING)
    (folder / "services" / "contacts" / "jobs.py").write_text(JOBS)


class Probe:
    """The processes of the small suite; `start` and `kill` them one by one."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.special: set[str] = set()
        """Which of them were started with variables of their own."""
        self.engine: Engine = create_engine(environment["CONTACTS_DATABASE_URL"], pool_pre_ping=True)
        self.log = folder / "log"

    def start(self, name: str, **variables: str) -> None:
        """Start `contacts`, `relay` or `worker`."""
        self.special.discard(name)
        self.special.update([name] if variables else [])
        modules = {"contacts": ["chassis.serve", "contacts"], "relay": ["chassis.relay", "contacts"]}
        arguments = modules.get(name, ["chassis.worker", "contacts"])
        with self.log.open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                env=self.environment | variables,
                cwd=self.folder,
                stderr=log,
                stdout=log,
            )

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to one of them."""
        self.processes[name].send_signal(number)

    def end(self, name: str, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait; the exit code."""
        self.send(name, number)
        return self.processes.pop(name).wait(timeout=180)

    def wait_ended(self, name: str, seconds: float = 180) -> int:
        """Wait until the process ends by itself; the exit code."""
        return self.processes.pop(name).wait(timeout=seconds)

    def keep(self, *names: str) -> None:
        """Start those that do not run, and start again those that run with variables of their own."""
        for name in names:
            process = self.processes.get(name)
            if name in self.special and process and process.poll() is None:
                self.end(name, signal.SIGKILL)
            if name in self.special or process is None or process.poll() is not None:
                self.start(name)

    def end_all(self) -> None:
        """Stop everything."""
        for name in list(self.processes):
            if self.processes[name].poll() is None:
                self.end(name, signal.SIGKILL)
        self.engine.dispose()

    def numbers(self, table: str) -> list[int]:
        """What was counted (`effects`) or consumed (`heard`), sorted."""
        return sorted(self.rows(f"SELECT number FROM {table}"))

    def rows(self, query: str) -> list[Any]:
        """The first column of a query."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(query)).scalars())

    def execute(self, statement: str) -> None:
        """Run a statement in a transaction."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql(statement)

    def wait_for(self, query: str, wanted: object, seconds: float = 180) -> None:
        """Wait until a query's first column is `wanted`."""
        end = time.monotonic() + seconds
        while self.rows(query) != wanted:
            assert time.monotonic() < end, f"{query} gave {self.rows(query)}: {self.log.read_text()[-3000:]}"
            time.sleep(0.05)
