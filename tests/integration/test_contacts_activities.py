"""What was done with contacts: recorded, seen by those who may, taken away and brought back, on a real database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from chassis import clock
from chassis.database import database_of
from chassis.ids import new_id
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts.activities import DeleteActivity, ListActivities, RecordActivity, UpdateActivity
from contracts.contacts.affiliations import CreateAffiliation
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson, DeleteContact
from contracts.contacts.proposals import AcceptPerson, ProposePerson
from contracts.errors import Invalid, NotAllowed, NotFound, Stale
from contracts.identity import CreateAccount, UpdateAccount
from services.contacts.commands import activities
from tests.integration.conftest import SYSTEM, staff

RIGHTS = (
    Permission.CONTACTS_READ,
    Permission.CONTACTS_WRITE,
    Permission.CONTACTS_ERASE,
    Permission.ACTIVITIES_READ,
    Permission.ACTIVITIES_WRITE,
)
AINO, EINO, ADMINISTRATOR = staff(*RIGHTS), staff(*RIGHTS), staff()


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=AINO: call_service("contacts", method, request, principal=principal)


@pytest.fixture
def person(call):
    return call("create_person", CreatePerson(given_name="Helmi", family_name="Aalto")).id


@pytest.fixture
def organisation(call):
    return call("create_organisation", CreateOrganisation(name="Metsä ja Mylly Oy")).id


@pytest.fixture
def colleague(call_service, clean_database):
    clean_database("identity")
    return call_service("identity", "create_account", CreateAccount(username="toimisto", roles=["office"]))


def record(call, text="Soitettu.", principal=AINO, **more):
    return call("record_activity", RecordActivity(**{"kind": "call", "text": text, **more}), principal)


def texts(call, principal=AINO, **asked):
    return [each.text for each in call("list_activities", ListActivities(**asked), principal).data]


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_A1_a_call_is_recorded_in_two_fields_and_stands_on_the_time_line(call, person, organisation):
    made = record(call, "Kysyi jäsenyydestä.", person_id=person)
    assert made.responsible_id is not None
    assert str(made.responsible_id) == AINO.id
    assert abs(made.happened_at - clock.now()) < timedelta(minutes=1)
    record(call, "Tapaaminen.", kind="meeting", person_ids=[person], organisation_ids=[organisation])
    assert texts(call, person_id=person) == ["Tapaaminen.", "Kysyi jäsenyydestä."]
    assert texts(call, organisation_id=organisation) == ["Tapaaminen."]
    named = call("list_activities", ListActivities(organisation_id=organisation)).data[0].contacts
    assert [(each.kind, each.name) for each in named] == [
        ("organisation", "Metsä ja Mylly Oy"),
        ("person", "Helmi Aalto"),
    ]


def test_A2_an_organisation_shows_what_was_done_with_its_persons_while_they_were_there(call, person, organisation):
    there = CreateAffiliation(
        person_id=person, organisation_id=organisation, starts_on=date(2025, 3, 1), ends_on=date(2025, 3, 31)
    )
    call("create_affiliation", there)
    for text, when in (
        ("ennen", at(2025, 2, 28, 21, 59)),
        ("ensimmäinen", at(2025, 2, 28, 22)),
        ("viimeinen", at(2025, 3, 31, 20, 59)),
        ("jälkeen", at(2025, 3, 31, 21)),
    ):
        record(call, text, person_id=person, happened_at=when)
    assert texts(call, organisation_id=organisation) == ["viimeinen", "ensimmäinen"]


def test_A2_a_private_note_is_seen_by_its_author_alone(call, person):
    note = record(call, "Vain minulle.", kind="note", person_id=person, private=True)
    assert texts(call, person_id=person) == ["Vain minulle."]
    for other in (EINO, ADMINISTRATOR, SYSTEM):
        assert texts(call, other, person_id=person) == []
        for method, request in (
            ("get_activity", ById(id=note.id)),
            ("update_activity", UpdateActivity(id=note.id, version=1, text="Luin tämän.")),
            ("delete_activity", DeleteActivity(id=note.id, version=1)),
            ("restore_activity", ById(id=note.id)),
        ):
            with pytest.raises(NotFound):
                call(method, request, other)
    assert call("get_activity", ById(id=note.id)).text == "Vain minulle."


def test_A2_nobody_can_hide_what_another_recorded(call, person):
    made = record(call, person_id=person)
    with pytest.raises(NotAllowed):
        call("update_activity", UpdateActivity(id=made.id, version=1, private=True), EINO)
    assert call("update_activity", UpdateActivity(id=made.id, version=1, text="Korjattu."), EINO).text == "Korjattu."


def test_A2_without_the_right_nothing_is_seen_or_recorded(call, person):
    reader = staff(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.CONTACTS_ERASE)
    with pytest.raises(NotAllowed):
        texts(call, reader, person_id=person)
    with pytest.raises(NotAllowed):
        record(call, principal=staff(Permission.ACTIVITIES_READ), person_id=person)


def test_A1_the_list_is_sieved_by_kind_colleague_and_local_days(call, person, colleague):
    record(call, "puhelu", person_id=person, happened_at=at(2025, 5, 31, 20, 59), responsible_id=colleague.id)
    record(call, "käynti", kind="visit", person_id=person, happened_at=at(2025, 5, 31, 21))
    assert texts(call, kind="visit") == ["käynti"]
    assert texts(call, responsible_id=colleague.id) == ["puhelu"]
    assert texts(call, from_on=date(2025, 6, 1)) == ["käynti"]
    assert texts(call, to_on=date(2025, 5, 31)) == ["puhelu"]
    assert texts(call, from_on=date(2025, 6, 1), to_on=date(2025, 5, 31)) == []


def test_A1_pages_do_not_overlap_even_at_one_moment(call, person):
    when = at(2025, 1, 1, 10)
    made = {record(call, f"n{number}", person_id=person, happened_at=when).id for number in range(7)}
    seen, cursor = [], None
    while True:
        page = call("list_activities", ListActivities(person_id=person, limit=3, cursor=cursor))
        seen += [each.id for each in page.data]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert (len(seen), set(seen)) == (7, made)


def pointers(error):
    return [(each.pointer, each.code) for each in error.value.errors]


def test_A1_what_cannot_be_is_refused_with_its_place_and_leaves_nothing(call, person, colleague):
    for given, expected in (
        ({"person_id": new_id()}, ("/person_id", "no_such_person")),
        ({"person_ids": [person, new_id()]}, ("/person_ids/1", "no_such_person")),
        ({"person_id": person, "organisation_ids": [new_id()]}, ("/organisation_ids/0", "no_such_organisation")),
        ({}, ("/person_ids", "contact_missing")),
        ({"person_id": person, "responsible_id": new_id()}, ("/responsible_id", "no_such_colleague")),
        ({"person_id": person, "happened_at": clock.now() + timedelta(hours=1)}, ("/happened_at", "not_done_yet")),
    ):
        with pytest.raises(Invalid) as error:
            record(call, **given)
        assert pointers(error) == [expected]
    assert texts(call) == []
    assert record(call, "Muista kahvi.", kind="note").contacts == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""}, {"text": "   "}, {"text": "a" * 10_001}, {"text": "a\0b"}, {"kind": "dance"},
        {"happened_at": "2025-02-30T10:00:00Z"}, {"happened_at": "2025-02-03T10:00:00"},
        {"happened_at": "0001-01-01T00:00:00+14:00"}, {"happened_at": "9999-12-31T23:59:59-12:00"},
        {"person_ids": ["x"]}, {"mood": "good"},
    ],
)  # fmt: skip
def test_A1_the_contract_refuses_what_makes_no_sense(wrong):
    with pytest.raises(ValidationError):
        RecordActivity.model_validate({"kind": "call", "text": "Soitettu.", **wrong})


def test_A1_ten_thousand_characters_are_kept(call, person):
    text = "ä" * 10_000
    assert call("get_activity", ById(id=record(call, text, person_id=person).id)).text == text


def test_A1_who_does_not_work_here_any_more_does_nothing_new(call, call_service, person, colleague):
    call_service("identity", "create_account", CreateAccount(username="paa", roles=["administrator"]))
    call_service("identity", "update_account", UpdateAccount(id=colleague.id, version=1, disabled=True))
    with pytest.raises(Invalid):
        record(call, person_id=person, responsible_id=colleague.id)


def test_A1_a_change_keeps_what_is_not_given_and_refuses_a_lost_update(call, person, organisation):
    made = record(call, person_id=person, organisation_id=organisation)
    changed = call("update_activity", UpdateActivity(id=made.id, version=1, person_ids=[]))
    assert (changed.version, changed.person_ids, changed.organisation_ids) == (2, [], [organisation])
    with pytest.raises(Stale):
        call("update_activity", UpdateActivity(id=made.id, version=1, text="Liian myöhään."))
    with pytest.raises(Invalid) as error:
        call("update_activity", UpdateActivity(id=made.id, version=2, organisation_ids=[]))
    assert pointers(error) == [("/person_ids", "contact_missing")]
    same = call("update_activity", UpdateActivity(id=made.id, version=2, text="Soitettu."))
    assert (same.version, same.organisation_ids) == (2, [organisation])
    emptied = call("update_activity", UpdateActivity(id=made.id, version=2, clear=["responsible_id"]))
    assert emptied.responsible_id is None


def test_A1_what_is_deleted_can_be_brought_back_for_thirty_days(call, person):
    made = record(call, person_id=person)
    with pytest.raises(Stale):
        call("delete_activity", DeleteActivity(id=made.id, version=7))
    call("delete_activity", DeleteActivity(id=made.id, version=1))
    assert texts(call, person_id=person) == []
    with pytest.raises(NotFound):
        call("get_activity", ById(id=made.id))
    assert forgotten(clock.now() + timedelta(days=29)) == 0
    assert call("restore_activity", ById(id=made.id)).version == 3
    assert call("restore_activity", ById(id=made.id)).version == 3
    call("delete_activity", DeleteActivity(id=made.id, version=3))
    assert forgotten(clock.now() + timedelta(days=31)) == 1
    with pytest.raises(NotFound):
        call("restore_activity", ById(id=made.id))


def forgotten(now):
    with database_of("contacts").transaction() as session:
        return activities.forget_deleted(session, now, 100)


def test_A2_a_linked_persons_activities_are_on_the_card_of_whom_it_is(call, person):
    proposed = new_id()
    call("propose_person", ProposePerson(id=proposed, given_name="Helmi", family_name="Aalto"), SYSTEM)
    record(call, "hakijalle", person_id=proposed)
    call("accept_person", AcceptPerson(id=proposed, link_to=person), SYSTEM)
    record(call, "jäsenelle", person_id=proposed)
    assert texts(call, person_id=person) == ["jäsenelle", "hakijalle"] == texts(call, person_id=proposed)
    for each in call("list_activities", ListActivities(person_id=person)).data:
        assert (each.person_ids, each.contacts[0].name) == ([person], "Helmi Aalto")


def test_A1_what_was_done_with_an_erased_person_alone_is_erased_too(call, person, organisation):
    alone = record(call, "Yksin.", person_id=person)
    together = record(call, "Yhdessä.", person_id=person, organisation_id=organisation)
    call("delete_person", DeleteContact(id=person, version=1))
    with pytest.raises(NotFound):
        call("get_activity", ById(id=alone.id))
    assert call("get_activity", ById(id=together.id)).person_ids == []
    with pytest.raises(Invalid):
        record(call, person_id=person)
