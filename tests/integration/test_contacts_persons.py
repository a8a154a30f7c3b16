"""Persons through the service's own entry points, on a real database."""

import threading
from uuid import UUID

import pytest

from chassis import migrate
from chassis.ids import new_id
from contracts.access import Permission
from contracts.base import ById, ByIds, Language, ListRequest, Translated
from contracts.contacts.addresses import Address
from contracts.contacts.consents import ContactChannel, SetConsent
from contracts.contacts.fields import DefineField, FieldType
from contracts.contacts.history import History
from contracts.contacts.persons import (
    CreatePerson,
    DeleteContact,
    ListPersons,
    PersonsChanged,
    PersonState,
    UpdatePerson,
)
from contracts.contacts.proposals import AcceptPerson, ProposePerson
from contracts.contacts.similar import FindSimilarTo
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn, Stale
from tests.integration.conftest import ANONYMOUS, member, staff

OFFICE = staff(
    Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.CONTACTS_ERASE, Permission.SETTINGS_WRITE
)


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=OFFICE, **more: call_service(
        "contacts", method, request, principal=principal, **more
    )


def test_migrations_equal_the_models(database_urls):
    assert migrate.differences("contacts", database_urls["contacts"]) == []


def test_C2_a_family_name_alone_makes_a_person(call):
    made = call("create_person", CreatePerson(family_name="Virtanen"))
    assert call("get_person", ById(id=made.id)) == made
    assert (made.state, made.version, made.language) == (PersonState.ACTIVE, 1, Language.FI)


def test_C2_a_person_without_any_name_is_refused(call):
    with pytest.raises(Invalid) as caught:
        call("create_person", CreatePerson(email="nobody@example.org"))
    assert {error.pointer for error in caught.value.errors} == {"/given_name", "/family_name"}


def test_C5_details_are_stored_in_their_normal_form(call):
    made = call(
        "create_person",
        CreatePerson(
            given_name="Åsa", family_name="O\u0308hman", email="Asa.Ohman@Example.FI", phone="040-123 4567",
            tags=["board", "a", "board"],
            addresses=[Address(street="Bulevardi 1", postal_code="00100", city="Helsinki")],
        ),
    )  # fmt: skip
    assert made.family_name == "Öhman"
    assert made.email == "Asa.Ohman@example.fi"
    assert made.phone == "+358401234567"
    assert made.tags == ["a", "board"]
    assert made.addresses[0].city == "Helsinki"


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"phone": "0401"}, "/phone"),
        ({"email": "a..b@example.org"}, "/email"),
        ({"fields": {"size": 1}}, "/fields/size"),
    ],
)
def test_C5_wrong_details_are_refused_with_their_place(call, given, pointer):
    with pytest.raises(Invalid) as caught:
        call("create_person", CreatePerson(family_name="Aho", **given))
    assert [error.pointer for error in caught.value.errors] == [pointer]
    assert call("list_persons", ListPersons()).data == []


def test_C5_a_customer_number_belongs_to_one_person(call):
    call("create_person", CreatePerson(family_name="Aho", customer_number="1001"))
    with pytest.raises(Conflict) as caught:
        call("create_person", CreatePerson(family_name="Lehto", customer_number="1001"))
    assert caught.value.error_code == "customer_number_taken"


def test_C18_an_update_changes_what_is_given_and_is_remembered_field_by_field(call):
    made = call("create_person", CreatePerson(given_name="Aino", family_name="Aho", email="aino@example.org"))
    changed = call("update_person", UpdatePerson(id=made.id, version=1, family_name="Lehto", clear=["email"]))
    assert (changed.given_name, changed.family_name, changed.email, changed.version) == ("Aino", "Lehto", None, 2)
    history = call("list_history", History(id=made.id)).data
    assert {(each.field, each.old, each.new) for each in history} == {
        ("family_name", "Aho", "Lehto"), ("email", "aino@example.org", None), ("state", None, "active"),
    }  # fmt: skip
    assert {(each.changed_by, each.channel) for each in history} == {(OFFICE.label, "office")}


def test_C18_an_update_that_changes_nothing_leaves_the_version(call):
    made = call("create_person", CreatePerson(family_name="Aho"))
    assert call("update_person", UpdatePerson(id=made.id, version=1, family_name="Aho")).version == 1
    assert len(call("list_history", History(id=made.id)).data) == 1


def test_a_stale_version_is_refused(call):
    made = call("create_person", CreatePerson(family_name="Aho"))
    call("update_person", UpdatePerson(id=made.id, version=1, title="Dr"))
    with pytest.raises(Stale):
        call("update_person", UpdatePerson(id=made.id, version=1, title="Prof."))
    assert call("get_person", ById(id=made.id)).title == "Dr"


def test_of_ten_concurrent_updates_of_one_version_one_wins(call):
    made = call("create_person", CreatePerson(family_name="Aho"))
    outcomes, barrier = [], threading.Barrier(10)

    def update(number):
        barrier.wait()
        try:
            outcomes.append(call("update_person", UpdatePerson(id=made.id, version=1, title=f"T{number}")).title)
        except Stale:
            outcomes.append("stale")

    threads = [threading.Thread(target=update, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [each for each in outcomes if each != "stale"]
    assert len(outcomes) == 10
    assert winners == [call("get_person", ById(id=made.id)).title]


def test_creating_and_changing_tells_the_others(call, recorded):
    made = call("create_person", CreatePerson(family_name="Aho"))
    call("update_person", UpdatePerson(id=made.id, version=1, title="Dr"))
    events = recorded("contacts", PersonsChanged)
    assert [each["data"]["person_ids"] for each in events] == [[str(made.id)], [str(made.id)]]
    assert "Aho" not in str(events)


def test_C17_a_deleted_person_is_gone_and_nothing_of_it_stays(call, call_service):
    made = call("create_person", CreatePerson(given_name="Aino", family_name="Ahonen", email="aino@example.org"))
    call("update_person", UpdatePerson(id=made.id, version=1, family_name="Lehtonen"))
    call("delete_person", DeleteContact(id=made.id, version=2))
    for method, request in (("get_person", ById(id=made.id)), ("delete_person", DeleteContact(id=made.id, version=2))):
        with pytest.raises(NotFound):
            call(method, request)
    assert call("list_persons", ListPersons()).data == []
    recipient = call_service("contacts", "get_recipients", ByIds(ids=[made.id])).data[0]
    assert (recipient.name, recipient.email, recipient.address_lines) == ("", None, [])
    history = call("list_history", History(id=made.id)).data
    assert "Ahonen" not in str(history)
    assert "Lehtonen" not in str(history)


def test_C7_additional_fields_are_typed_and_survive_their_retirement(call):
    label = Translated(fi="Koko")
    call("define_field", DefineField(code="size", label=label, type=FieldType.CHOICE, choices=["s", "m"]))
    call("define_field", DefineField(code="staff", label=label, type=FieldType.NUMBER))
    made = call("create_person", CreatePerson(family_name="Aho", fields={"size": "s", "staff": 12}))
    with pytest.raises(Invalid) as caught:
        call("update_person", UpdatePerson(id=made.id, version=1, fields={"size": "xl", "staff": "many"}))
    assert {error.pointer: error.code for error in caught.value.errors} == {
        "/fields/size": "not_a_choice", "/fields/staff": "not_a_number",
    }  # fmt: skip
    call("define_field", DefineField(code="size", label=label, type=FieldType.CHOICE, choices=["s", "m"], retired=True))
    changed = call("update_person", UpdatePerson(id=made.id, version=1, fields={"staff": 13}))
    assert changed.fields == {"size": "s", "staff": 13}
    with pytest.raises(Invalid):
        call("update_person", UpdatePerson(id=made.id, version=2, fields={"size": "m"}))
    assert [each.code for each in call("list_fields", ListRequest()).data] == ["size", "staff"]


def test_C7_the_type_of_a_field_stays(call):
    call("define_field", DefineField(code="size", label=Translated(fi="Koko"), type=FieldType.TEXT))
    with pytest.raises(Conflict):
        call("define_field", DefineField(code="size", label=Translated(fi="Koko"), type=FieldType.NUMBER))


def test_a_member_sees_only_the_own_card(call):
    mine = call("create_person", CreatePerson(family_name="Aho"))
    other = call("create_person", CreatePerson(family_name="Lehto"))
    me = member(mine.id)
    assert call("get_person", ById(id=mine.id), me).family_name == "Aho"
    for method, request, error in (
        ("get_person", ById(id=other.id), NotFound),
        ("list_persons", ListPersons(), NotAllowed),
        ("update_person", UpdatePerson(id=mine.id, version=1), NotAllowed),
        ("set_consent", SetConsent(person_id=other.id, channel=ContactChannel.SMS, allowed=False), NotFound),
    ):
        with pytest.raises(error):
            call(method, request, me)
    with pytest.raises(NotSignedIn):
        call("get_person", ById(id=mine.id), ANONYMOUS)


def test_C17_a_ban_reaches_the_senders_and_can_be_lifted(call, call_service):
    made = call("create_person", CreatePerson(family_name="Aho", email="aho@example.org"))
    me = member(made.id)
    call("set_consent", SetConsent(person_id=made.id, channel=ContactChannel.EMAIL, allowed=False), me)
    assert call_service("contacts", "get_recipients", ByIds(ids=[made.id])).data[0].email_banned
    call("set_consent", SetConsent(person_id=made.id, channel=ContactChannel.EMAIL, allowed=True), me)
    assert not call_service("contacts", "get_recipients", ByIds(ids=[made.id])).data[0].email_banned
    assert call("list_history", History(id=made.id)).data[0].channel == "own"


def test_lists_are_in_finnish_order_and_pages_do_not_overlap(call):
    names = ["Öhman", "Zettel", "Åberg", "Aho", "Wirtanen", "Virtanen", "Äijälä", "3M", "Ahola", "Ãlvarez"]
    for name in names:
        call("create_person", CreatePerson(family_name=name))
    seen, cursor = [], None
    while True:
        page = call("list_persons", ListPersons(limit=3, cursor=cursor))
        seen += [each.name for each in page.data]
        cursor = page.next_cursor
        if not page.has_more:
            break
    assert seen == ["3M", "Aho", "Ahola", "Ãlvarez", "Virtanen", "Wirtanen", "Zettel", "Åberg", "Äijälä", "Öhman"]


def test_C9_lists_can_be_limited_to_a_tag(call):
    call("create_person", CreatePerson(family_name="Aho", tags=["board"]))
    call("create_person", CreatePerson(family_name="Lehto", tags=["choir"]))
    assert [each.name for each in call("list_persons", ListPersons(tag="choir")).data] == ["Lehto"]
    assert [each.name for each in call("list_persons", ListPersons(tag="choir", q="leto")).data] == ["Lehto"]
    assert call("list_persons", ListPersons(tag="board", q="lehto")).data == []


def test_a_repeated_create_under_the_same_key_makes_one_person(call):
    first = call("create_person", CreatePerson(family_name="Aho"), key="one")
    assert call("create_person", CreatePerson(family_name="Aho"), key="one") == first
    assert len(call("list_persons", ListPersons()).data) == 1


def test_an_unknown_person_is_not_found(call):
    with pytest.raises(NotFound):
        call("get_person", ById(id=UUID(int=1)))
    with pytest.raises(NotFound):
        call("list_history", History(id=new_id()))


def test_many_names_come_at_once_also_of_proposed_and_linked_persons(call, call_service):
    contact = call("create_person", CreatePerson(given_name="Aino", family_name="Aho"))
    proposed, linked = new_id(), new_id()
    for each, name in ((proposed, "Lehto"), (linked, "Ahoo")):
        call_service("contacts", "propose_person", ProposePerson(id=each, family_name=name))
    call_service("contacts", "accept_person", AcceptPerson(id=linked, link_to=contact.id))
    found = call("get_persons", ByIds(ids=[contact.id, proposed, linked, new_id()])).data
    assert {each.id: each.name for each in found} == {contact.id: "Aino Aho", proposed: "Lehto", linked: "Aino Aho"}
    with pytest.raises(NotAllowed):
        call("get_persons", ByIds(ids=[contact.id]), member(contact.id))


def test_C13_who_is_there_already_is_found_before_entry(call):
    there = call(
        "create_person",
        CreatePerson(given_name="Kerttu", family_name="Mäkelä", email="Kerttu@example.org", phone="040 1234567"),
    )
    call("create_person", CreatePerson(given_name="Olavi", family_name="Niemi"))
    asked = FindSimilarTo(given_name="kertu", family_name="makela", email="kerttu@EXAMPLE.org", phone="+358401234567")
    best = call("find_similar_to", asked).data[0]
    assert best.person.id == there.id
    assert set(best.reasons) == {"similar_name", "same_email", "same_phone"}
    assert call("find_similar_to", FindSimilarTo(family_name="Quist", phone="0401")).data == []
