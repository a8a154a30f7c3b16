"""Starting the plain stack beside a suite: on the same PostgreSQL and RabbitMQ, in a database of its own."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from psycopg2 import sql
from sqlalchemy import create_engine

from ops.bench.floors.tables import Base, Person
from ops.launcher import databases, ports, spawn
from ops.launcher.suite import Suite

DATABASE = "talkoo_floors"
WORKERS, THREADS = 2, 16
READY_SECONDS = 30.0


@contextmanager
def running_floors(suite: Suite) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The plain stack with the suite's own persons; yields the port of its door and the ids of its two processes."""
    assert suite.infrastructure.admin_url is not None
    url = _database(suite.infrastructure.admin_url)
    _copy_persons(suite.infrastructure.database_urls["contacts"], url)
    port = ports.free_port(set(suite.ports.values()))
    env = suite.env | {"FLOORS_DATABASE_URL": url.replace("postgresql://", "postgresql+psycopg2://", 1)}
    service = ("-c", "from nameko.cli.main import main; main()", "run", "ops.bench.floors.service")
    config = ("--config", str(suite.code.root / "ops/bench/floors/nameko.yaml"))
    gunicorn = ("-m", "gunicorn", "-k", "gthread", "-w", str(WORKERS), "--threads", str(THREADS), "--keep-alive", "15")
    door = (*gunicorn, "--bind", f"{ports.LOOPBACK}:{port}", "ops.bench.floors.door:create_app()")
    with _process(suite, env, *service, *config) as service_pid, _process(suite, env, *door) as door_pid:
        _wait_until_answered(f"http://{ports.LOOPBACK}:{port}/persons?q=virtanen")
        yield port, (service_pid, door_pid)


def _database(admin_url: str) -> str:
    """A new database on the suite's server, with the plain stack's tables."""
    with databases.cursor_on(databases.libpq_url(admin_url)) as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE} ENCODING 'UTF8' TEMPLATE template0")
    url = _url(admin_url)
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg2://", 1))
    with engine.begin() as transaction:
        transaction.exec_driver_sql("CREATE EXTENSION pg_trgm")
        Base.metadata.create_all(transaction)
    engine.dispose()
    return url


def _url(admin_url: str) -> str:
    return databases.admin_url_of(admin_url, DATABASE)


def floors_url(suite: Suite) -> str:
    """The address of the plain stack's database beside this suite."""
    assert suite.infrastructure.admin_url is not None
    return _url(suite.infrastructure.admin_url)


def _copy_persons(source: str, target: str) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, Person.__table__.columns.keys()))
    with tempfile.SpooledTemporaryFile(10_000_000) as file:
        with databases.cursor_on(databases.libpq_url(source)) as cursor:
            cursor.copy_expert(sql.SQL("COPY (SELECT {} FROM persons ORDER BY id) TO STDOUT").format(columns), file)
        file.seek(0)
        with databases.cursor_on(target) as cursor:
            cursor.copy_expert(sql.SQL("COPY persons ({}) FROM STDIN").format(columns), file)
            cursor.execute("VACUUM (ANALYZE) persons")


@contextmanager
def _process(suite: Suite, env: dict[str, str], *arguments: str) -> Iterator[int]:
    with Path(suite.state.root / "floors.log").open("ab") as log:
        child = spawn.spawn(
            [str(suite.code.python), *arguments],
            account=suite.state.account,
            env=env | {"PYTHONPATH": str(suite.code.root)},
            cwd=suite.code.root,
            output=log,
        )
    try:
        yield child.pid
    finally:
        child.terminate()
        try:
            child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait_until_answered(address: str) -> None:
    """Wait until broker, service and database answer."""
    deadline = time.monotonic() + READY_SECONDS
    while said := _refusal(address):
        if time.monotonic() > deadline:
            raise TimeoutError(f"the plain stack does not answer at {address}: {said}")
        time.sleep(0.2)


def _refusal(address: str) -> str:
    """What is answered instead of 200; empty when nothing is."""
    try:
        answer = httpx.get(address, timeout=10, trust_env=False)
    except httpx.HTTPError as error:
        return str(error) or type(error).__name__
    return "" if answer.is_success else f"{answer.status_code} {answer.text[:300]}"
