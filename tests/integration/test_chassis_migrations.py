"""The databases that the migrations make are those that the models describe."""

import pytest
from sqlalchemy import create_engine, text

from chassis import migrate
from chassis.service import SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_equal_models(database_urls, service):
    assert migrate.differences(service, database_urls[service]) == []


CONSTRAINTS = text("""
    SELECT t.relname || ': ' || c.conname || ' ' || pg_get_constraintdef(c.oid)
      FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
     WHERE c.contype IN ('c', 'x') AND t.relnamespace = CAST(:schema AS regnamespace)""")


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_make_the_checks_and_exclusions_of_the_models(database_urls, service):
    """What Alembic does not compare: the models are built once more beside the migrated tables, and thrown away."""
    engine = create_engine(database_urls[service])
    with engine.connect() as connection:
        connection.execute(text("CREATE SCHEMA modelled"))
        migrated = set(connection.execute(CONSTRAINTS, {"schema": "public"}).scalars())
        connection.execute(text("SET LOCAL search_path = modelled, public"))
        migrate.metadata_of(service).create_all(connection, checkfirst=False)
        modelled = set(connection.execute(CONSTRAINTS, {"schema": "modelled"}).scalars())
        connection.rollback()
    engine.dispose()
    assert migrated == modelled
    assert migrated or service == "identity"


@pytest.mark.parametrize("service", SERVICES)
def test_migrating_again_does_nothing(database_urls, service):
    assert migrate.upgrade(service, database_urls[service]) == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_foreign_key_has_an_index(database_urls, service):
    """A delete or a join must not read whole tables."""
    query = text("""
        SELECT c.conrelid::regclass::text || '.' || a.attname FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND NOT EXISTS (
            SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])""")
    engine = create_engine(database_urls[service])
    with engine.connect() as connection:
        missing = connection.execute(query).scalars().all()
    engine.dispose()
    assert missing == []
