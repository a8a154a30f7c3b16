"""The longest names, whatever their letters: keys of names stand in indexes, whose rows have a limit (C5, C10)."""

import importlib
import random
import secrets

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from chassis.database import database_of
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts.persons import CreatePerson, ListPersons
from services.contacts.models.persons import FEW_TAGS
from services.contacts.rules.names import clean, sort_key
from tests.integration.conftest import staff

OFFICE = staff(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE)
LONG = "\u3316"
"""A kilometre in one character; its key has six, of three bytes each."""
RARE = [
    char for code in range(0x10000, 0x32000) if clean(char := chr(code)) == char and len(sort_key(char).encode()) == 4
]


def hardly_compressed(count):
    """Letters of four bytes in which no three bytes come twice: PostgreSQL gives up compressing them."""
    rng, text, seen = random.Random(8), b"", set()
    while len(text) < 4 * count:
        longer = text + rng.choice(RARE).encode()
        begun = longer + b"\xf0"
        new = {begun[at : at + 3] for at in range(max(0, len(text) - 1), len(longer) - 1)}
        if new.isdisjoint(seen):
            text = longer
            seen |= new
    return text.decode()


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request: call_service("contacts", method, request, principal=OFFICE)


@pytest.mark.parametrize("count", [0, FEW_TAGS, FEW_TAGS + 1])
@pytest.mark.parametrize("rare", [256, 380])
def test_C5_the_longest_names_are_kept_beside_all_that_their_indexes_tell(call, count, rare):
    tags = [f"t{secrets.token_hex(29)}x" for _ in range(count)]
    local, domain = secrets.token_hex(32), ".".join(secrets.token_hex(30) for _ in range(3))
    name = hardly_compressed(rare) + LONG * (400 - rare)
    given = {"family_name": name[:200], "given_name": name[200:], "tags": tags, "email": f"{local}@{domain}.fi"}
    made = call("create_person", CreatePerson(phone="+358401234567", **given))
    assert call("get_person", ById(id=made.id)).given_name == name[200:]
    assert [each.id for each in call("list_persons", ListPersons()).data] == [made.id]


def test_C5_the_migration_shortens_keys_of_before(call):
    made = call("create_person", CreatePerson(family_name="Aalto"))
    migration = importlib.import_module("services.contacts.migrations.versions.0043_tell_namesakes_apart_by_index")
    with database_of("contacts").transaction() as session:
        with Operations.context(MigrationContext.configure(session.connection())):
            migration.downgrade()
            session.execute(text("UPDATE persons SET sort_key = repeat('ab', 600)"))
            migration.upgrade()
        assert session.scalar(text("SELECT sort_key FROM persons")) == ("ab" * 201)[:401]
    assert [each.id for each in call("list_persons", ListPersons()).data] == [made.id]
