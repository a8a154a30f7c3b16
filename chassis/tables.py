"""The tables every service's database has, and the base of its mapped classes."""

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Enum,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    Sequence,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUuid  # noqa: N811

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

chassis_metadata = MetaData(naming_convention=NAMING)

outbox = Table(
    "outbox",
    chassis_metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", PgUuid(as_uuid=True), nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("envelope", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("sent_at", DateTime(timezone=True)),
    Index("ix_outbox_unsent", "id", postgresql_where=text("sent_at IS NULL")),
)

inbox = Table(
    "inbox",
    chassis_metadata,
    Column("handler", Text, primary_key=True),
    Column("event_id", PgUuid(as_uuid=True), primary_key=True),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

parked = Table(
    "parked",
    chassis_metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("handler", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="1"),
    Column("error", Text, nullable=False),
    Column("parked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("next_at", DateTime(timezone=True), nullable=False),
    Column("dead", Boolean, nullable=False, server_default=text("false")),
    Index("uq_parked_handler_event_id", "handler", "event_id", unique=True),
    Index("ix_parked_due", "next_at", postgresql_where=text("NOT dead")),
)

handled_commands = Table(
    "handled_commands",
    chassis_metadata,
    Column("principal", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("method", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("reply", JSONB, nullable=False),
    Column("handled_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_handled_commands_handled_at", "handled_at"),
)

jobs = Table(
    "jobs",
    chassis_metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer),
    Column("errors", Integer, nullable=False, server_default="0"),
    Column("params", JSONB, nullable=False),
    Column("cursor", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("result", JSONB),
    Column("principal", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("finished_at", DateTime(timezone=True)),
    Index("ix_jobs_open", "not_before", postgresql_where=text("state IN ('queued', 'running')")),
    Index("ix_jobs_created_at", "created_at"),
)

job_cancellations = Table(
    "job_cancellations",
    chassis_metadata,
    Column("job_id", Text, primary_key=True),
    Column("asked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

erasures = Table(
    "erasures",
    chassis_metadata,
    Column("person_id", PgUuid(as_uuid=True), primary_key=True),
    Column("erased_at", DateTime(timezone=True), nullable=False),
    Column("ids", JSONB, nullable=False),
    Column("rows", JSONB, nullable=False),
    Column("retained", JSONB, nullable=False),
    Column("settled", Boolean, nullable=False, server_default=text("false")),
    Column("searched", Integer, nullable=False, server_default="0"),
    Column("naming", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
)
"""`searched` counts how often all texts about others were looked through; `naming` are documents of others, kept by
law, that name the person."""

redirects = Table(
    "redirects",
    chassis_metadata,
    Column("id", PgUuid(as_uuid=True), primary_key=True),
    Column("known_as", PgUuid(as_uuid=True), nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Index("ix_redirects_changed_at", "changed_at"),
)

untold = Table(
    "untold",
    chassis_metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject_id", PgUuid(as_uuid=True), nullable=False),
)

told_number = Sequence("told_number", metadata=chassis_metadata)

WAKE_TRIGGERS = """
CREATE FUNCTION wake_relay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('outbox', ''); RETURN NULL; END $$;
CREATE TRIGGER outbox_wake AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION wake_relay();
CREATE FUNCTION wake_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('work', 'jobs'); RETURN NULL; END $$;
CREATE TRIGGER jobs_wake AFTER INSERT ON jobs FOR EACH STATEMENT EXECUTE FUNCTION wake_jobs();
"""
"""The relay and the job runner sleep on LISTEN; these wake them at the commit that gives them work."""


def create_chassis_tables(connection: Any) -> None:
    """Called by each service's first migration."""
    chassis_metadata.create_all(connection)
    connection.exec_driver_sql(WAKE_TRIGGERS)


def drop_chassis_tables(connection: Any) -> None:
    """The reverse of `create_chassis_tables`."""
    chassis_metadata.drop_all(connection)
    for function in ("wake_relay()", "wake_jobs()", "known_as(uuid)"):
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {function}")


def add_searches_of_texts(connection: Any) -> None:
    """What an erasure has done about texts about others. Those before are over."""
    connection.exec_driver_sql("ALTER TABLE erasures ADD COLUMN IF NOT EXISTS searched integer NOT NULL DEFAULT 2")
    connection.exec_driver_sql("ALTER TABLE erasures ALTER COLUMN searched SET DEFAULT 0")
    connection.exec_driver_sql("ALTER TABLE erasures ADD COLUMN IF NOT EXISTS naming jsonb NOT NULL DEFAULT '[]'")


def drop_searches_of_texts(connection: Any) -> None:
    """The reverse of `add_searches_of_texts`."""
    connection.exec_driver_sql("ALTER TABLE erasures DROP COLUMN searched, DROP COLUMN naming")


COLUMN_TYPES: dict[Any, Any] = {
    str: Text,
    datetime: DateTime(timezone=True),
    UUID: PgUuid(as_uuid=True),
    Decimal: Numeric(12, 2),
    dict[str, Any]: JSONB,
    list[str]: JSONB,
    enum.Enum: Enum(
        enum.Enum, native_enum=False, create_constraint=False, length=40, values_callable=lambda e: [m.value for m in e]
    ),
}
"""How annotations become columns: `class Base(DeclarativeBase): type_annotation_map = COLUMN_TYPES`."""


def new_metadata() -> MetaData:
    """Metadata for a service's own tables, with our naming convention."""
    return MetaData(naming_convention=NAMING)
