"""Starting the plain stack beside a suite: on the same PostgreSQL and RabbitMQ, in a database of its own."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg2 import sql
from sqlalchemy import create_engine

from ops.bench import beside
from ops.bench.floors.tables import Base, Person
from ops.launcher import databases, ports
from ops.launcher.suite import Suite

DATABASE = "talkoo_floors"
WORKERS, THREADS = 2, 16


@contextmanager
def running_floors(suite: Suite) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The plain stack with the suite's own persons; yields the port of its door and the ids of its two processes."""
    url = _database(suite)
    _copy_persons(suite.infrastructure.database_urls["contacts"], url)
    port = ports.free_port(set(suite.ports.values()))
    env = suite.env | {"FLOORS_DATABASE_URL": url.replace("postgresql://", "postgresql+psycopg2://", 1)}
    python, log = str(suite.code.python), suite.state.root / "floors.log"
    service = (python, "-c", "from nameko.cli.main import main; main()", "run", "ops.bench.floors.service")
    config = ("--config", str(suite.code.root / "ops/bench/floors/nameko.yaml"))
    door = beside.gunicorn(python, "ops.bench.floors.door:create_app()", port, WORKERS, THREADS)
    with (
        beside.running(suite, (*service, *config), env, log) as service_pid,
        beside.running(suite, door, env, log) as door_pid,
    ):
        beside.wait_until_answered(f"http://{ports.LOOPBACK}:{port}/persons?q=virtanen", "the plain stack")
        yield port, (service_pid, door_pid)


def _database(suite: Suite) -> str:
    """A new database on the suite's server, with the plain stack's tables."""
    url = beside.new_database(suite, DATABASE)
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg2://", 1))
    with engine.begin() as transaction:
        transaction.exec_driver_sql("CREATE EXTENSION pg_trgm")
        Base.metadata.create_all(transaction)
    engine.dispose()
    return url


def floors_url(suite: Suite) -> str:
    """The address of the plain stack's database beside this suite."""
    return beside.database_url(suite, DATABASE)


def _copy_persons(source: str, target: str) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, Person.__table__.columns.keys()))
    with tempfile.SpooledTemporaryFile(10_000_000) as file:
        with databases.cursor_on(databases.libpq_url(source)) as cursor:
            cursor.copy_expert(sql.SQL("COPY (SELECT {} FROM persons ORDER BY id) TO STDOUT").format(columns), file)
        file.seek(0)
        with databases.cursor_on(target) as cursor:
            cursor.copy_expert(sql.SQL("COPY persons ({}) FROM STDIN").format(columns), file)
            cursor.execute("VACUUM (ANALYZE) persons")
