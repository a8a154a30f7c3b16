"""What other services keep in read models of their own: triggers note which rows changed, the worker tells about them.

A service whose facts others keep says in its module `telling` what it tells of which rows:

    TOLD = (Told("membership", models.Membership, memberships_changed),)

and lets the database note the changes, in a migration:

    telling.note(op.get_bind(), "memberships", "membership")
    telling.note(op.get_bind(), "membership_periods", "membership", "SELECT membership_id FROM changed")
    telling.note_all(op.get_bind(), "memberships", "membership")      what there is already

So no command can forget to tell, nor one that changes 100,000 rows in one statement, and one event tells of up to a
thousand. Each event carries how things are when it is told, and a number that grows from event to event: of two facts
about the same thing the one with the greater number is the later, in whatever order and however often they come.
"""

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, delete, func, insert, literal, select, text
from sqlalchemy.orm import Session

from chassis import jobs, outbox, tables
from chassis.jobs import Step, job
from contracts.base import Event, Job

TELL_AGAIN = "tell_again"
AT_ONCE = 1_000
NOTED_AT_ONCE = 10_000
LOCK = text("SELECT pg_try_advisory_xact_lock(7201003)")
NEXT_NUMBER = text(
    """SELECT setval('told_number', greatest(nextval('told_number'),
                                             (extract(epoch FROM clock_timestamp()) * 1000000)::bigint))"""
)
"""Grows also after a backup was restored, which sets the sequence back. Only who holds the lock counts."""
NOTE = """
CREATE FUNCTION note_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO untold (kind, subject_id) SELECT '{kind}', subject_id FROM ({which}) AS noted(subject_id);
    IF FOUND THEN PERFORM pg_notify('work', 'tell'); END IF;
    RETURN NULL;
END $$;
"""
EVERY_STATEMENT = """
CREATE TRIGGER note_{event} AFTER {event} ON {table} REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_{table}();
"""
EVERY_ROW = """
CREATE TRIGGER note_changed AFTER UPDATE OF {columns} ON {table}
    FOR EACH ROW EXECUTE FUNCTION note_{table}();
"""
UNTOLD = tables.untold.c


@dataclass(frozen=True)
class Told:
    """What is told of the rows of a model: `event(session, ids, number)` says how those rows are now."""

    kind: str
    model: Any
    event: Callable[[Session, Sequence[UUID], int], Event]


def note(connection: Any, table: str, kind: str, which: str = "SELECT id FROM changed") -> None:
    """For migrations: note what is inserted or updated in the table; `which` gives the ids of what is told of."""
    connection.exec_driver_sql(NOTE.format(table=table, kind=kind, which=which))
    for event in ("insert", "update"):
        connection.exec_driver_sql(EVERY_STATEMENT.format(table=table, event=event))


def note_columns(connection: Any, table: str, columns: str, kind: str, which: str) -> None:
    """For migrations: note a row when one of the columns is set; `which` may use NEW, the row."""
    connection.exec_driver_sql(NOTE.format(table=table, kind=kind, which=which))
    connection.exec_driver_sql(EVERY_ROW.format(table=table, columns=columns))


def note_all(connection: Any, table: str, kind: str, where: str = "true") -> None:
    """For migrations: what is in the table already is to be told."""
    connection.exec_driver_sql(
        f"INSERT INTO untold (kind, subject_id) SELECT '{kind}', id FROM {table} WHERE {where} ORDER BY id"  # noqa: S608
    )


def forget(connection: Any, table: str) -> None:
    """For migrations: the reverse of `note` and `note_columns`."""
    connection.exec_driver_sql(f"DROP FUNCTION note_{table} CASCADE")


def prepare(connection: Any) -> None:
    """For migrations of databases that are older than the tables of this module."""
    tables.untold.create(connection, checkfirst=True)
    tables.told_number.create(connection, checkfirst=True)


def what(service: str) -> tuple[Told, ...]:
    """What a service tells; nothing for one that says nothing."""
    name = f"services.{service}.telling"
    found: tuple[Told, ...] = importlib.import_module(name).TOLD if importlib.util.find_spec(name) else ()
    return found


def tell(session: Session, service: str) -> bool:
    """Record the events of what was noted longest ago; whether more may be left. One worker at a time tells."""
    if not session.scalar(LOCK):
        return False
    oldest = select(UNTOLD.number).order_by(UNTOLD.number).limit(AT_ONCE)
    noted = session.execute(
        delete(tables.untold).where(UNTOLD.number.in_(oldest)).returning(UNTOLD.kind, UNTOLD.subject_id)
    ).all()
    for each in what(service):
        ids = sorted({row.subject_id for row in noted if row.kind == each.kind})
        if ids:
            number = session.execute(NEXT_NUMBER).scalar_one()
            outbox.record(session, each.event(session, ids, number))
    return len(noted) == AT_ONCE


def tell_next(worker: Any) -> bool:
    """The task of a chassis.worker.Worker that tells."""
    with worker.transaction() as session:
        return tell(session, worker.service)


def start_again(session: Session, service: str) -> Job:
    """Queue a job that lets everything be told again, for a read model that is to be made anew."""
    return jobs.as_contract(jobs.get(session, jobs.start(session, service, TELL_AGAIN, {})))


@job(TELL_AGAIN)
def tell_again(step: Step) -> None:
    """Note the next rows; `done` counts them."""
    kinds = what(step.job_id.partition("-")[0])
    place = step.cursor.get("kind", 0)
    if place == len(kinds):
        step.finish({"told": step.done})
        return
    rows = kinds[place].model.__table__.c
    after = UUID(step.cursor["after"]) if "after" in step.cursor else UUID(int=0)
    chunk = select(rows.id).where(rows.id > after).order_by(rows.id).limit(NOTED_AT_ONCE).subquery()
    noted = insert(tables.untold).from_select(["kind", "subject_id"], select(literal(kinds[place].kind), chunk.c.id))
    last = step.session.execute(select(func.count(), func.max(cast(chunk.c.id, Text)))).one()
    step.session.execute(noted)
    step.progress(done=step.done + last[0])
    jobs.wake(step.session, "tell")
    if last[0] < NOTED_AT_ONCE:
        step.cursor.clear()
        step.cursor["kind"] = place + 1
    else:
        step.cursor["after"] = last[1]
