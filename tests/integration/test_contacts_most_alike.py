"""Pages of a search by one word (C10): the most alike first, by name, everybody once, none read in vain."""

import json
from itertools import pairwise

import pytest
from sqlalchemy import event

from chassis import clock
from chassis.database import database_of
from chassis.ids import new_id
from contracts.contacts.persons import CreatePerson, ListPersons
from contracts.contacts.proposals import ProposePerson
from services.contacts.queries import persons
from tests.integration.conftest import SYSTEM
from tests.integration.test_contacts_search import OFFICE

RANKS = (
    ("Virtanen",),
    ("Virtane", "Wirtanen"),
    ("Virta", "Virtasalo"),
)
"""Family names, the most like "virtanen" first."""


@pytest.fixture
def call(call_service, clean_contacts):
    return lambda method, request, principal=OFFICE: call_service("contacts", method, request, principal=principal)


@pytest.fixture
def register(call):
    """Namesakes of every rank, who was born with another name, who is meant by an address, and who is no person yet."""
    for family in (each for same in reversed(RANKS) for each in same):
        for given in ("Timo", "Aino", "Aino"):
            call("create_person", CreatePerson(given_name=given, family_name=family))
    call("create_person", CreatePerson(given_name="Eero", family_name="Virta-Virtanen"))
    call("create_person", CreatePerson(given_name="Wirtanen", family_name="Virtasalo"))
    call("create_person", CreatePerson(given_name="Eero", family_name="Virta", email="virtanen@example.org"))
    call("create_person", CreatePerson(given_name="Liisa", family_name="Lehto", email="virtanen.liisa@example.org"))
    call("propose_person", ProposePerson(id=new_id(), given_name="Uusi", family_name="Virtanen"), SYSTEM)


def in_pages(call, q, limit, **asked):
    seen, cursor = [], None
    while True:
        page = call("list_persons", ListPersons(q=q, limit=limit, cursor=cursor, **asked))
        seen += page.data
        cursor = page.next_cursor
        if cursor is None:
            return seen


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7, 50])
def test_C10_pages_of_a_word_have_everybody_in_order_and_once(call, register, limit):
    seen = in_pages(call, "virtanen", limit)
    exact = ["Liisa Lehto", "Eero Virta", "Eero Virta-Virtanen", "Aino Virtanen", "Aino Virtanen", "Timo Virtanen"]
    names = [each.name for each in seen]
    assert names[:6] == exact
    assert len({each.id for each in seen}) == len(seen) == 19
    assert names == [each.name for each in in_pages(call, "virtanen", 100)]
    assert names[6] == "Aino Virtane"
    assert names.index("Wirtanen Virtasalo") < min(names.index("Aino Virta"), names.index("Aino Virtasalo"))
    for first, second in pairwise(seen):
        assert first.name != second.name or str(first.id) < str(second.id)


@pytest.mark.parametrize("typed", ["virtamen", "virtnen", "Virtaanen", "virt"])
def test_C10_a_mistyped_word_has_the_same_pages_however_many_each_shows(call, register, typed):
    everybody = [each.id for each in in_pages(call, typed, 100)]
    assert len(set(everybody)) == len(everybody) >= 12
    for limit in (1, 4, 6):
        assert [each.id for each in in_pages(call, typed, limit)] == everybody


def test_C10_pages_of_a_word_and_a_tag_go_on_below_who_has_it_not(call, register):
    for given, family in (("Anna", "Virtanen"), ("Anna", "Virtasalo"), ("Anna", "Wirtanen")):
        call("create_person", CreatePerson(given_name=given, family_name=family, tags=["board"]))
    found = [each.name for each in in_pages(call, "virtanen", 1, tag="board")]
    assert found == ["Anna Virtanen", "Anna Wirtanen", "Anna Virtasalo"]


def plan_of(node):
    return [node, *(found for each in node.get("Plans", []) for found in plan_of(each))]


def test_P3_who_is_less_alike_is_not_read_when_a_page_is_full(call, register):
    seen = []
    with database_of("contacts").reader() as reader:
        event.listen(reader, "before_cursor_execute", lambda *told: seen.append((told[2], told[3])))
        persons.list_page(reader, ListPersons(q="virtamen", limit=3), clock.today())
        statement, values = seen[-1]
        told = reader.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values).scalar_one()
    plan = plan_of((told if isinstance(told, list) else json.loads(told))[0]["Plan"])
    ranks = next(node for node in plan if node.get("Alias") == "alike")
    assert ranks["Plan Rows"] > 1
    assert ranks["Actual Rows"] == 1
