"""Ids that lead to other ids, and the rows that follow them there and back.

A service holds ids of things that another service owns. When the owner says that one id leads to another from now on,
every row written for the first belongs to the second: `take` moves them, and a trigger sends what is inserted under the
old id later after them. Each moved row remembers in its `merged_...` column for which id it was written, so that
an id that stands for itself again gets back exactly what is its own, whatever was added meanwhile.

What a column such as `person_id` needs:

    person_id: Mapped[UUID]
    merged_person_id: Mapped[UUID | None]
    __table_args__ = (redirects.index("enrolments", "person_id"), ...)
    redirects.follow(op.get_bind(), "enrolments", "person_id")      in a migration
    ... WHERE person_id = known_as(:person_id)             in queries by an id that came from outside

News may come twice, late and in any order: `version` says which is the newest about an id.
"""

import importlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Index, Table, and_, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import tables

MERGED = "merged_"
IN_FLIGHT = timedelta(hours=1)
"""Longer than any transaction lives that may have written under an old id unseen."""
FUNCTIONS = """
CREATE OR REPLACE FUNCTION known_as(asked uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT known_as FROM redirects WHERE id = asked), asked)
$$;
"""
ANY_KNOWN_AS = "ANY (ARRAY(SELECT known_as(CAST(id AS uuid)) FROM unnest(string_to_array(:ids, ',')) AS id))"
"""`person_id = ...` any of the ids, which came from outside separated by commas."""
TRIGGER_FUNCTION = """
CREATE OR REPLACE FUNCTION follow_{column}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE target uuid;
BEGIN
    SELECT known_as INTO target FROM redirects WHERE id = NEW.{column} AND known_as <> id;
    IF FOUND THEN
        NEW.merged_{column} := NEW.{column};
        NEW.{column} := target;
    END IF;
    RETURN NEW;
END $$;
"""
TRIGGER = """
CREATE TRIGGER follow_{column} BEFORE INSERT ON {table}
    FOR EACH ROW EXECUTE FUNCTION follow_{column}();
"""
ROWS = tables.redirects.c


def known_as(connection: Connection | Session, asked: UUID) -> UUID:
    """Where the id leads: for what is written anew in the name of whom it stands for now."""
    found: UUID = connection.execute(select(func.known_as(asked))).scalar_one()
    return found


def index(table: str, column: str) -> Index:
    """The index of the moved rows; most rows are not in it."""
    merged = f"{MERGED}{column}"
    return Index(f"ix_{table}_{merged}", merged, postgresql_where=text(f"{merged} IS NOT NULL"))


def follow(connection: Any, table: str, column: str) -> None:
    """For migrations: let the table's rows follow the ids in `column`."""
    merged = f"{MERGED}{column}"
    tables.redirects.create(connection, checkfirst=True)
    connection.exec_driver_sql(FUNCTIONS + TRIGGER_FUNCTION.format(column=column))
    connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {merged} uuid")
    connection.exec_driver_sql(f"CREATE INDEX ix_{table}_{merged} ON {table} ({merged}) WHERE {merged} IS NOT NULL")
    connection.exec_driver_sql(TRIGGER.format(table=table, column=column))


def unfollow(connection: Any, table: str, column: str) -> None:
    """For migrations: the reverse of `follow`."""
    connection.exec_driver_sql(f"DROP TRIGGER follow_{column} ON {table}")
    connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {MERGED}{column}")


def take(session: Session, service: str, asked: UUID, target: UUID, version: int, now: datetime) -> None:
    """From `version` on, `asked` leads to `target` (to itself: nowhere else any more); the service's rows follow.

    Older news than what is known changes nothing.
    """
    session.flush()
    news = insert(tables.redirects).values(id=asked, known_as=target, version=version, changed_at=now)
    newest = session.execute(
        news.on_conflict_do_update(
            index_elements=["id"],
            set_={name: news.excluded[name] for name in ("known_as", "version", "changed_at")},
            where=ROWS.version < news.excluded.version,
        ).returning(ROWS.id)
    ).first()
    if newest is not None:
        _move(session, service, ROWS.id == asked)


def settle(session: Session, service: str, now: datetime) -> None:
    """Move what was being written under an id at the very moment in which it changed its place."""
    lately = ROWS.changed_at > now - IN_FLIGHT
    if session.scalar(select(ROWS.id).where(lately).limit(1)) is not None:
        _move(session, service, lately)


def _move(session: Session, service: str, which: Any) -> None:
    for column, merged in followed(service):
        changes = {column: ROWS.known_as, merged: func.nullif(ROWS.id, ROWS.known_as)}
        moved_before = and_(merged == ROWS.id, column != ROWS.known_as)
        own = and_(column == ROWS.id, merged.is_(None), ROWS.known_as != ROWS.id)
        for rows in (moved_before, own):
            session.execute(update(column.table).where(which, rows).values(changes))
    session.expire_all()


def followed(service: str) -> Iterator[tuple[Column[Any], Column[Any]]]:
    """The service's columns that follow, each with the one that remembers."""
    for table in _tables(service):
        for column in table.c:
            merged = table.c.get(f"{MERGED}{column.name}")
            if merged is not None and not column.primary_key:
                yield column, merged


@cache
def _tables(service: str) -> tuple[Table, ...]:
    models = importlib.import_module(f"services.{service}.models")
    return tuple(models.Base.metadata.sorted_tables)
