"""The databases that the migrations make are those that the models describe."""

import pytest
from sqlalchemy import create_engine, text

from chassis import migrate
from chassis.service import SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_equal_models(database_urls, service):
    assert migrate.differences(service, database_urls[service]) == []


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
