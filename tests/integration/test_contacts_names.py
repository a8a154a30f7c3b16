"""The words of names behind the search: kept by triggers, put in order every night, gone with whom is erased (C10)."""

import pytest
from sqlalchemy import false, literal, select, text

from chassis.database import database_of
from contracts.contacts.erasures import ErasePerson, ErasureReason
from contracts.contacts.persons import CreatePerson, ListPersons, UpdatePerson
from contracts.contacts.similar import FindSimilarTo
from services.contacts import models
from services.contacts.commands import names
from services.contacts.queries import likeness
from services.contacts.queries import names as queries
from tests.integration.test_contacts_search import OFFICE


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request: call_service("contacts", method, request, principal=OFFICE)


@pytest.fixture
def without_trigrams(monkeypatch):
    """Nobody is found by comparing whole names, the slow way."""
    monkeypatch.setattr(likeness, "_matching", lambda *_arguments: (false(), literal(0), {}))


def person(call, given, family, **more):
    return call("create_person", CreatePerson(given_name=given, family_name=family, **more))


def words():
    with database_of("contacts").reader() as connection:
        return sorted(connection.scalars(select(models.NameWord.word)))


def found(call, q, **more):
    return [each.name for each in call("list_persons", ListPersons(q=q, **more)).data]


def test_C10_words_are_those_of_the_names_that_somebody_bears(call):
    aino = person(call, "Aino", "Korhonen-Öhman", phone="040 1234567")
    person(call, "Aino", "Åberg")
    assert words() == ["aberg", "aino", "korhonen", "ohman"]
    call("update_person", UpdatePerson(id=aino.id, version=1, family_name="Virtanen"))
    assert set(words()) == {"aberg", "aino", "korhonen", "ohman", "virtanen"}
    with database_of("contacts").transaction() as session:
        session.execute(text("INSERT INTO name_words (word) VALUES ('aino'), ('nobody')"))
        session.execute(text("DELETE FROM name_words WHERE word = 'aberg'"))
        names.tidy(session)
    assert words() == ["aberg", "aino", "virtanen"]


def test_C17_words_that_nobody_else_bears_go_with_whom_is_erased(call, call_service):
    matti = person(call, "Matti", "Äijälä")
    person(call, "Matti", "Aho")
    wanted = ErasePerson(id=matti.id, version=1, reason=ErasureReason.REQUESTED)
    call_service("contacts", "erase_person", wanted)
    assert words() == ["aho", "matti"]


@pytest.mark.parametrize(
    "typed",
    ["virtanen timo", "Timo Virtnen", "timo vritanen", "Tmio Virtanen", "t virtanen", "virta tim", "virtan 0401"],
)
def test_C10_whoever_bears_a_word_like_each_typed_one_is_found(call, without_trigrams, typed):
    person(call, "Timo", "Virtanen", phone="040 1234567")
    person(call, "Timo", "Aho")
    person(call, "Liisa", "Virtanen", phone="050 7654321")
    assert found(call, typed) == ["Timo Virtanen"]


def test_C10_the_most_alike_come_first_and_pages_do_not_overlap(call, without_trigrams):
    families = ["Virta", "Virtanen", "Virtala", "Virtasalo", "Virtaniemi", "Wirtanen", "Virtane"]
    for number in range(3):
        for family in families:
            person(call, f"Aino {number}", family)
    seen, cursor = [], None
    while True:
        page = call("list_persons", ListPersons(q="virtanen", limit=4, cursor=cursor))
        seen += [each.name for each in page.data]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 3 * len(families)
    assert {name.split()[-1] for name in seen[:3]} == {"Virtanen"}
    assert {name.split()[-1] for name in seen[3:9]} == {"Virtane", "Wirtanen"}


def test_C10_who_bears_very_like_words_hides_who_bears_less_like_ones(call, without_trigrams):
    person(call, "Timo", "Virtanen")
    person(call, "Tiimo", "Virtainen")
    person(call, "Timo", "Virtala")
    assert found(call, "Timo Virtanen") == ["Timo Virtanen", "Tiimo Virtainen"]
    assert found(call, "Timo Virtaranta") == ["Timo Virtala", "Timo Virtanen", "Tiimo Virtainen"]


@pytest.mark.parametrize(("given", "family"), [("Anna-Mari", "Virtanen"), ("A", "Virtanen"), ("Virtanen", "Anna")])
def test_C13_who_bears_one_of_the_given_names_and_the_family_name_is_alike(call, given, family):
    person(call, "Anna", "Virtanen")
    person(call, "Liisa", "Virtanen")
    alike = call("find_similar_to", FindSimilarTo(given_name=given, family_name=family)).data
    assert [each.person.name for each in alike][:1] == ["Anna Virtanen"]


def test_C10_pages_that_only_whole_names_fill_go_on(call):
    for number in range(5):
        person(call, f"Aino{number}", "Korhonen")
    first = call("list_persons", ListPersons(q="Aino Maria Korhonen", limit=2))
    second = call("list_persons", ListPersons(q="Aino Maria Korhonen", limit=3, cursor=first.next_cursor))
    assert len({each.id for each in [*first.data, *second.data]}) == 5
    assert second.next_cursor is None


def test_C10_a_number_or_address_is_found_beside_the_names(call, without_trigrams):
    person(call, "Aino", "Korhonen")
    person(call, "Eero", "Aho", email="korho@example.org")
    person(call, "Liisa", "Korhola")
    assert found(call, "korho")[0] == "Eero Aho"
    assert set(found(call, "korho")) == {"Eero Aho", "Aino Korhonen", "Liisa Korhola"}


def test_C10_words_that_just_came_are_looked_for_by_their_index(call):
    """Nobody waits until the database has found the time to look at them."""
    with database_of("contacts").transaction() as session:
        session.execute(
            text("INSERT INTO name_words (word) SELECT 'sana' || md5(n::text) FROM generate_series(1, 5000) n")
        )
    with database_of("contacts").reader() as connection:
        explained = text(f"EXPLAIN {queries.ALIKE.text}")
        plan = connection.scalars(explained, {"typed": ["virtnen"]}).all()
    assert "Bitmap Index Scan on ix_name_words_alike" in "\n".join(plan), plan
