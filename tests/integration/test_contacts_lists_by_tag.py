"""Persons of tags by name, a page at a time (C9): those with few tags and with many come from indexes of their own."""

import re
import secrets

import pytest
from sqlalchemy import event, text

from chassis import clock
from chassis.database import database_of
from contracts.access import Permission
from contracts.contacts.basics import MOST_TAGS
from contracts.contacts.persons import CreatePerson, DeleteContact, ListPersons, UpdatePerson
from services.contacts.models.persons import FEW_TAGS
from services.contacts.queries import persons
from tests.integration.conftest import staff

OFFICE = staff(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.CONTACTS_ERASE)
MANY = [f"other{number}" for number in range(FEW_TAGS)]


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request: call_service("contacts", method, request, principal=OFFICE)


@pytest.fixture
def register(call):
    """Of every four namesakes one has few tags, one the most that count as few, one many, and one none."""
    for family in ("Öhman", "Aho", "Virtanen"):
        for number, tags in enumerate((["board"], ["board", *MANY[1:]], ["board", *MANY], [])):
            call("create_person", CreatePerson(given_name=f"Aino{number}", family_name=family, tags=tags))


def in_pages(call, **asked):
    seen, cursor = [], None
    while True:
        page = call("list_persons", ListPersons(limit=2, cursor=cursor, **asked))
        seen += [each.name for each in page.data]
        cursor = page.next_cursor
        if cursor is None:
            return seen


@pytest.mark.parametrize(
    ("asked", "of_each"),
    [
        ({"tag": "board"}, "012"),
        ({"tags_all": "board,other1"}, "12"),
        ({"tags_any": "board,other0"}, "012"),
        ({"tags_any": "other0,other1", "tags_none": "other0"}, "1"),
        ({"tag": "board", "tags_none": "other1"}, "0"),
        ({"tags_none": "other0"}, "013"),
        ({"tag": "nobody"}, ""),
    ],
    ids=str,
)
def test_C9_pages_of_a_tag_have_everybody_in_order_and_once(call, register, asked, of_each):
    expected = [f"Aino{number} {family}" for family in ("Aho", "Virtanen", "Öhman") for number in of_each]
    assert in_pages(call, **asked) == expected
    assert in_pages(call, sort="-name", **asked) == expected[::-1]
    assert sorted(in_pages(call, sort="created_at", **asked)) == sorted(expected)


def test_C9_who_gets_or_loses_tags_or_is_gone_changes_place(call):
    aino = call("create_person", CreatePerson(given_name="Aino", family_name="Aho", tags=["board"]))
    eero = call("create_person", CreatePerson(given_name="Eero", family_name="Aho", tags=["board", *MANY]))
    call("update_person", UpdatePerson(id=aino.id, version=1, tags=["board", *MANY]))
    assert in_pages(call, tag="board") == ["Aino Aho", "Eero Aho"]
    call("update_person", UpdatePerson(id=aino.id, version=2, tags=[]))
    call("delete_person", DeleteContact(id=eero.id, version=1))
    assert in_pages(call, tag="board") == []


@pytest.mark.parametrize("count", [FEW_TAGS, MOST_TAGS])
def test_C9_the_longest_tags_beside_the_longest_name_are_kept(call, count):
    tags = [f"t{secrets.token_hex(29)}x" for _ in range(count)]
    longest = "".join(chr(secrets.choice(range(0x4E00, 0x9FFF))) for _ in range(200))
    call("create_person", CreatePerson(given_name=longest, family_name=longest[::-1], tags=tags))
    assert len(in_pages(call, tag=tags[-1])) == 1


def test_P15_who_has_not_the_tag_is_not_read(call, register):
    seen = []
    with database_of("contacts").reader() as reader:
        reader.execute(text("VACUUM (ANALYZE) persons"))  # what earlier tests had there, the planner would go by
        event.listen(reader, "before_cursor_execute", lambda *told: seen.append((told[2], told[3])))
        reader.execute(text("SET enable_seqscan = off"))
        reader.execute(text("SET enable_bitmapscan = off"))
        try:
            persons.list_page(reader, ListPersons(tag="board"), clock.today())
            statement, values = seen[-1]
            plan = "\n".join(row[0] for row in reader.exec_driver_sql(f"EXPLAIN {statement}", values))
        finally:
            reader.execute(text("RESET enable_seqscan"))
            reader.execute(text("RESET enable_bitmapscan"))
    assert re.search("Index (Only )?Scan using ix_persons_few_tags", plan), plan
    assert "Index Scan using ix_persons_many_tags" in plan, plan
