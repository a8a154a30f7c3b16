"""Migrations of all services: `python -m chassis.migrate [service ...]`, each in its own database.

Every service has numbered Alembic revisions in `services/<name>/migrations/versions/NNNN_<what>.py`. They run
with a short lock time-out, under an advisory lock, so that two starters do not collide.
"""

import importlib
import sys
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, text

from chassis.service import SERVICES
from chassis.settings import settings
from chassis.tables import chassis_metadata

MIGRATION_LOCK = 7_201_002
ROOT = Path(__file__).resolve().parent.parent


def upgrade(service: str, url: str) -> list[str]:
    """Bring one database to the newest revision, each revision in its own transaction; those that were applied."""
    script = ScriptDirectory(str(ROOT / "services" / service / "migrations"))
    engine = create_engine(url)
    applied: list[str] = []
    while step := _apply_next(script, engine):
        applied += step
    engine.dispose()
    return applied


def _apply_next(script: ScriptDirectory, engine: Engine) -> list[str]:
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        return _upgrade(script, connection)


def _upgrade(script: ScriptDirectory, connection: Connection) -> list[str]:
    applied: list[str] = []

    def steps(revision: Any, _context: Any) -> Any:
        pending = script._upgrade_revs("head", revision)[:1]
        applied.extend(step.revision.revision for step in pending)
        return pending

    context = MigrationContext.configure(connection, opts={"fn": steps})
    with Operations.context(context):
        context.run_migrations()
    return applied


def metadata_of(service: str) -> MetaData:
    """The tables that a service's models and the chassis describe together."""
    together = MetaData(naming_convention=chassis_metadata.naming_convention)
    models = importlib.import_module(f"services.{service}.models")
    for source in (chassis_metadata, models.Base.metadata):
        for table in source.tables.values():
            table.to_metadata(together)
    return together


def differences(service: str, url: str) -> list[Any]:
    """What the migrated database has otherwise than the models (empty when migrations equal models)."""
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, metadata_of(service))
    engine.dispose()
    return list(found)


def main(services: list[str]) -> None:
    """Migrate the services' databases, one after the other (Alembic's `op` is one for the whole process)."""
    for service in services:
        applied = upgrade(service, settings().database_url(service))
        print(f"{service}: {', '.join(applied) if applied else 'up to date'}")


if __name__ == "__main__":
    main(sys.argv[1:] or list(SERVICES))
