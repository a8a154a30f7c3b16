"""Merging two persons and undoing it, in contacts (C13). What other services do is in test_merges_everywhere.py."""

from datetime import date
from functools import partial

import pytest

import services.contacts.jobs  # noqa: F401  (registers the job)
from chassis.ids import new_id
from chassis.worker import Worker, run_job_chunk
from contracts.access import Permission
from contracts.base import ById, ByIds, Nothing, Translated
from contracts.contacts.addresses import Address, AddressPurpose
from contracts.contacts.affiliations import CreateAffiliation, ListAffiliations
from contracts.contacts.consents import ContactChannel, SetConsent
from contracts.contacts.duplicates import ListDuplicates
from contracts.contacts.fields import DefineField, FieldType
from contracts.contacts.history import History
from contracts.contacts.merges import ListMerges, MergePersons, PersonMerged, PersonUnmerged
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson, DeleteContact, ListPersons, PersonsChanged, UpdatePerson
from contracts.contacts.proposals import AcceptPerson, ProposePerson
from contracts.contacts.tasks import CreateTask, ListTasks
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound, ServiceError, Stale
from services.contacts import models
from services.contacts.rules import merging
from tests.integration.conftest import SYSTEM, staff
from tests.integration.merging import change, get, merge, outcomes, undo

OFFICE = staff(
    Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.CONTACTS_ERASE, Permission.SETTINGS_WRITE,
    Permission.ACTIVITIES_READ, Permission.ACTIVITIES_WRITE,
)  # fmt: skip


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=OFFICE, **more: call_service(
        "contacts", method, request, principal=principal, **more
    )


def person(call, given="Aino", family="Aalto", **more):
    return call("create_person", CreatePerson(given_name=given, family_name=family, **more))


def card(found):
    """All that a card shows but its version and times."""
    return found.model_dump(exclude={"version", "created_at", "updated_at"})


def home(purpose=AddressPurpose.POSTAL, street="Kotikatu 1"):
    return Address(purpose=purpose, street=street, postal_code="33100", city="Tampere")


def test_C13_both_ids_lead_to_the_survivor(call):
    aino, twice = person(call), person(call, "Ania")
    made = merge(call, aino, twice)
    assert get(call, twice) == get(call, aino)
    assert (made.survivor_name, made.merged_name, made.undone_at) == ("Aino Aalto", "Ania Aalto", None)
    assert [each.id for each in call("list_persons", ListPersons()).data] == [aino.id]
    assert [each.name for each in call("get_persons", ByIds(ids=[twice.id])).data] == ["Aino Aalto"]
    assert call("get_merge", ById(id=made.id)) == made
    assert call("list_merges", ListMerges(person_id=twice.id)).data == [made]
    assert call("list_merges", ListMerges(person_id=new_id())).data == []


def test_C13_the_survivor_keeps_its_values_and_gets_those_that_it_lacks(call):
    aino = person(call, email="aino@example.org", tags=["a"], addresses=[home()])
    twice = person(
        call, "Ania", "Ahlto", email="other@example.org", phone="0401234567", birth_date=date(1961, 3, 14), title="FM",
        customer_number="7", tags=["b"], addresses=[home(street="Muu 2"), home(AddressPurpose.BILLING)],
    )  # fmt: skip
    merge(call, aino, twice)
    now = get(call, aino)
    assert (now.name, now.email, now.phone) == ("Aino Aalto", "aino@example.org", "+358401234567")
    assert (now.birth_date, now.title, now.customer_number) == (date(1961, 3, 14), "FM", "7")
    assert now.tags == ["a", "b"]
    assert [(each.purpose, each.street) for each in now.addresses] == [
        ("postal", "Kotikatu 1"),
        ("billing", "Kotikatu 1"),
    ]


def test_C13_a_merge_decides_about_every_column():
    own = {"id", "state", "linked_to", "version", "created_at", "updated_at"}
    derived = {"email_key", "sort_key", "search", "city", "postal_code"}
    assert {column.name for column in models.Person.__table__.c} == {*merging.MERGED_COLUMNS["person"], *own, *derived}
    own = own - {"state"} | {"deleted_at", "merged_parent_id"}
    columns = {column.name for column in models.Organisation.__table__.c}
    assert columns == {*merging.MERGED_COLUMNS["organisation"], *own, *derived}


def test_C13_no_phone_and_no_address_is_lost(call):
    aino = person(call, email="Aino@example.org", phone="0401234567", other_phones=[{"number": "09 1234567"}])
    twice = person(
        call, email="aina@example.org", phone="0401234567", gender="woman", credit_limit={"amount": "100.00"},
        other_emails=[{"kind": "work", "address": "aino@example.org"}, {"kind": "home", "address": "a@example.org"}],
    )  # fmt: skip
    made = merge(call, aino, twice, {"email": "merged"})
    now = get(call, aino)
    assert (now.email, now.phone, now.gender, str(now.credit_limit.amount)) == (
        "aina@example.org", "+358401234567", "woman", "100.00",
    )  # fmt: skip
    assert [(each.kind, each.address) for each in now.other_emails] == [
        ("work", "aino@example.org"),
        ("home", "a@example.org"),
    ]
    assert [each.number for each in now.other_phones] == ["+35891234567"]
    undo(call, made)
    assert (card(get(call, aino)), card(get(call, twice))) == (card(aino), card(twice))


def test_C13_each_field_can_be_taken_from_the_other(call):
    for code in ("size", "shoe"):
        call("define_field", DefineField(code=code, label=Translated(fi=code), type=FieldType.TEXT))
    aino = person(call, email="aino@example.org", language="fi", fields={"size": "M", "shoe": "38"})
    twice = person(call, "Aina", email="aina@example.org", language="sv", fields={"size": "L", "shoe": "39"})
    choices = {"given_name": "merged", "email": "merged", "language": "merged", "fields.size": "merged",
               "family_name": "survivor", "phone": "survivor"}  # fmt: skip
    made = merge(call, aino, twice, choices)
    now = get(call, aino)
    assert (now.name, now.email, now.language, now.phone) == ("Aina Aalto", "aina@example.org", "sv", None)
    assert now.fields == {"size": "L", "shoe": "38"}
    assert made.choices == choices
    assert [each.id for each in call("list_persons", ListPersons(q="aina aalto")).data] == [aino.id]


def test_C13_addresses_of_the_other_side(call):
    aino, twice = person(call, addresses=[home()]), person(call, addresses=[home(street="Muu 2")])
    merge(call, aino, twice, {"addresses": "merged"})
    assert [each.street for each in get(call, aino).addresses] == ["Muu 2"]


@pytest.mark.parametrize("name", ["tags", "nickname", "fields.size"])
def test_C13_a_choice_that_names_nothing_is_refused_with_its_place(call, name):
    aino, twice = person(call), person(call)
    with pytest.raises(Invalid) as caught:
        merge(call, aino, twice, {name: "merged"})
    assert [each.pointer for each in caught.value.errors] == [f"/choices/{name}"]
    assert get(call, twice).id == twice.id


def test_C13_a_choice_may_not_leave_nobody(call):
    aino, twice = person(call, "", "Aalto"), person(call, "Aino", "")
    with pytest.raises(Invalid):
        merge(call, aino, twice, {"given_name": "survivor", "family_name": "merged"})
    assert (get(call, aino), get(call, twice)) == (aino, twice)


def test_C13_affiliations_and_consents_follow_and_a_ban_of_either_holds(call):
    aino, twice = person(call), person(call)
    lumi = call("create_organisation", CreateOrganisation(name="Lumi Oy"))
    for each in (aino, twice):
        call("create_affiliation", CreateAffiliation(person_id=each.id, organisation_id=lumi.id))
    call("set_consent", SetConsent(person_id=twice.id, channel=ContactChannel.EMAIL, allowed=False))
    call("set_consent", SetConsent(person_id=aino.id, channel=ContactChannel.EMAIL, allowed=True))
    made = merge(call, aino, twice)
    for each in (aino, twice):
        listed = call("list_affiliations", ListAffiliations(person_id=each.id)).data
        assert [(one.person_id, one.person_name) for one in listed] == [(aino.id, "Aino Aalto")] * 2
        consents = call("get_consents", ById(id=each.id)).data
        assert [one.channel for one in consents if not one.allowed] == ["email"]
    later = call("create_affiliation", CreateAffiliation(person_id=twice.id, organisation_id=lumi.id, title="Uusi"))
    assert later.person_id == aino.id
    undo(call, made)
    assert len(call("list_affiliations", ListAffiliations(person_id=aino.id)).data) == 2
    assert len(call("list_affiliations", ListAffiliations(person_id=twice.id)).data) == 1
    assert all(one.allowed for one in call("get_consents", ById(id=aino.id)).data)


def test_C13_activities_and_tasks_follow_and_one_about_both_stays_one(call):
    aino, twice = person(call), person(call)
    about = [[aino.id], [twice.id], [aino.id, twice.id]]
    tasks = [call("create_task", CreateTask(title="Soita", person_ids=ids)).id for ids in about]
    made = merge(call, aino, twice)
    for who in (aino, twice):
        listed = call("list_tasks", ListTasks(person_id=who.id)).data
        assert {each.id for each in listed} == set(tasks)
        assert {tuple(one.id for one in each.contacts) for each in listed} == {(aino.id,)}
    undo(call, made)
    assert len(call("list_tasks", ListTasks(person_id=aino.id)).data) == 2
    both = next(each for each in call("list_tasks", ListTasks(person_id=twice.id)).data if each.id == tasks[2])
    assert {one.id for one in both.contacts} == {aino.id, twice.id}


def test_C13_the_history_tells_of_both_and_of_the_merge(call):
    aino, twice = person(call), person(call, "Ania")
    change(call, twice, phone="0401234567")
    made = merge(call, aino, twice)
    told = call("list_history", History(id=twice.id)).data
    assert told == call("list_history", History(id=aino.id)).data
    assert {"phone", "merged", "state"} <= {each.field for each in told}
    merged = next(each for each in told if each.field == "merged")
    assert merged.new == {"merge_id": str(made.id), "person_id": str(twice.id), "name": "Ania Aalto"}
    undo(call, made)
    assert "unmerged" in {each.field for each in call("list_history", History(id=aino.id)).data}
    assert "unmerged" not in {each.field for each in call("list_history", History(id=twice.id)).data}


def test_C13_undone_both_cards_are_as_before(call):
    aino = person(call, email="aino@example.org", tags=["b", "a"], customer_number="1", addresses=[home()])
    twice = person(call, "Ania", phone="0401234567", tags=["c"], customer_number="2", addresses=[home(street="Muu")])
    choices = {"given_name": "merged", "customer_number": "merged", "addresses": "merged"}
    made = merge(call, aino, twice, choices)
    assert get(call, aino).customer_number == "2"
    undone = undo(call, made)
    assert undone.undone_at is not None
    assert (card(get(call, aino)), card(get(call, twice))) == (card(aino), card(twice))
    again = merge(call, aino, twice, choices)
    undo(call, again)
    assert (card(get(call, aino)), card(get(call, twice))) == (card(aino), card(twice))


def test_C13_what_was_changed_since_the_merge_stays_with_the_survivor(call):
    aino, twice = person(call, tags=["a"]), person(call, phone="0401234567", title="FM", tags=["b"])
    made = merge(call, aino, twice)
    change(call, aino, phone="0509876543", tags=["b", "c"], email="new@example.org")
    undo(call, made)
    now = get(call, aino)
    assert (now.phone, now.title, now.email, now.tags) == ("+358509876543", "", "new@example.org", ["c"])
    assert card(get(call, twice)) == card(twice)


def test_C13_of_two_merges_the_first_can_be_undone_first(call):
    aino, second, third = person(call), person(call, phone="0401234567"), person(call, phone="0509876543", tags=["x"])
    first = merge(call, aino, second)
    then = merge(call, aino, third, {"phone": "merged"})
    undo(call, first)
    assert get(call, aino).phone == "+358509876543"
    undo(call, then)
    assert [card(get(call, each)) for each in (aino, second, third)] == [card(each) for each in (aino, second, third)]


def test_C13_no_id_takes_two_steps_and_merges_are_undone_in_turn(call):
    aino, second, third = person(call), person(call, "Ania"), person(call, "Anja")
    first = merge(call, second, third)
    then = merge(call, aino, second)
    assert get(call, third).id == aino.id
    with pytest.raises(Conflict) as caught:
        undo(call, first)
    assert caught.value.error_code == "merged_since"
    undo(call, then)
    assert (get(call, third).id, get(call, aino).id) == (second.id, aino.id)
    undo(call, first)
    assert [card(get(call, each)) for each in (aino, second, third)] == [card(each) for each in (aino, second, third)]


def test_C13_a_link_follows_its_contact_there_and_back(call):
    proposed, aino, twice = new_id(), person(call), person(call)
    call("propose_person", ProposePerson(id=proposed, given_name="Uusi"), SYSTEM)
    call("accept_person", AcceptPerson(id=proposed, link_to=twice.id), SYSTEM)
    made = merge(call, aino, twice)
    assert get(call, proposed).id == aino.id
    undo(call, made)
    assert get(call, proposed).id == twice.id


def test_C13_events_carry_ids_and_growing_versions(call, recorded):
    aino, second, third = person(call), person(call), person(call)
    merge(call, second, third)
    made = merge(call, aino, second)
    undo(call, made)
    told = [*recorded("contacts", PersonMerged), *recorded("contacts", PersonUnmerged)]
    assert [set(each["data"]) - {"survivor_id"} for each in told] == [
        {"merged_id", "version"}, {"merged_id", "version"}, {"merged_id", "version"}, {"merged_id", "version"},
        {"person_id", "version"},
    ]  # fmt: skip
    of_third = [each["data"] for each in told if each["subject"] == str(third.id)]
    assert [each["survivor_id"] for each in of_third] == [str(second.id), str(aino.id), str(second.id)]
    assert [each["version"] for each in of_third] == sorted({each["version"] for each in of_third})
    of_second = [each for each in told if each["subject"] == str(second.id)]
    assert of_second[0]["subject_version"] < of_second[1]["subject_version"]
    changed = {each for event in recorded("contacts", PersonsChanged) for each in event["data"]["person_ids"]}
    assert changed == {str(each.id) for each in (aino, second, third)}


def test_C13_who_read_a_card_before_does_not_overwrite_the_survivor(call):
    aino, twice = person(call), person(call)
    for number in range(3):
        change(call, twice, title=str(number))
    before = get(call, twice)
    made = merge(call, aino, twice)
    for who in (aino, before):
        for version in {aino.version, before.version}:
            with pytest.raises(Stale):
                call("update_person", UpdatePerson(id=who.id, version=version, title="Late"))
    now = get(call, aino)
    undo(call, made)
    for who in (aino, twice):
        with pytest.raises(Stale):
            call("update_person", UpdatePerson(id=who.id, version=now.version, title="Late"))


def test_C13_the_versions_that_were_read_are_asked_for(call):
    aino, twice = person(call), person(call)
    change(call, twice, title="FM")
    with pytest.raises(Stale):
        merge(call, aino, twice, survivor_version=1, merged_version=1)
    with pytest.raises(Stale):
        merge(call, aino, twice, survivor_version=2)
    merge(call, aino, twice, survivor_version=1, merged_version=2)


def test_C13_only_two_persons_of_the_register_are_merged(call):
    aino, twice, proposed = person(call), person(call), new_id()
    call("propose_person", ProposePerson(id=proposed, given_name="Uusi"), SYSTEM)

    def refused(survivor_id, merged_id):
        with pytest.raises(ServiceError) as caught:
            call("merge_persons", MergePersons(survivor_id=survivor_id, merged_id=merged_id))
        return caught.value

    assert refused(aino.id, aino.id).errors[0].code == "same_person"
    assert isinstance(refused(aino.id, new_id()), NotFound)
    assert isinstance(refused(new_id(), aino.id), NotFound)
    assert refused(aino.id, proposed).error_code == "not_accepted"
    assert refused(proposed, aino.id).error_code == "not_accepted"
    merge(call, aino, twice)
    assert refused(aino.id, twice.id).error_code == "already_merged"
    assert refused(twice.id, aino.id).errors[0].code == "same_person"
    third = person(call)
    made = call("merge_persons", MergePersons(survivor_id=twice.id, merged_id=third.id))
    assert made.survivor_id == aino.id
    with pytest.raises(NotAllowed):
        call("merge_persons", MergePersons(survivor_id=aino.id, merged_id=third.id), staff(Permission.CONTACTS_READ))


def test_C13_a_repeat_under_the_same_key_merges_once(call):
    aino, twice = person(call), person(call)
    request = MergePersons(survivor_id=aino.id, merged_id=twice.id)
    first = call("merge_persons", request, key="k1")
    assert call("merge_persons", request, key="k1") == first
    assert len(call("list_merges", ListMerges()).data) == 1


def test_C13_two_merges_of_the_same_persons_at_once_make_one(call):
    for _ in range(5):
        aino, twice = person(call), person(call)
        there, back = partial(merge, call, aino, twice), partial(merge, call, twice, aino)
        found = outcomes(there, back, there)
        assert len([each for each in found if not isinstance(each, str)]) == 1
        assert {each for each in found if isinstance(each, str)} <= {"already_merged", "invalid"}
        assert get(call, aino) == get(call, twice)


def test_C13_a_merge_while_a_card_is_edited_loses_neither(call):
    for _ in range(5):
        aino, twice = person(call), person(call)
        edit = partial(call, "update_person", UpdatePerson(id=twice.id, version=1, title="FM"))
        merged, edited = outcomes(partial(merge, call, aino, twice), edit)
        assert not isinstance(merged, str)
        assert edited == "stale" or edited.id == twice.id
        assert get(call, aino).title == ("" if edited == "stale" else "FM")


def test_C13_undone_twice_at_once_is_undone_once(call):
    aino, twice = person(call), person(call)
    made = merge(call, aino, twice)
    found = outcomes(*[partial(undo, call, made)] * 4)
    assert sorted(isinstance(each, str) for each in found) == [False, True, True, True]
    assert {each for each in found if isinstance(each, str)} == {"already_undone"}
    with pytest.raises(NotFound):
        call("undo_merge", ById(id=new_id()))


def test_C13_an_erased_contact_is_gone_from_the_merge_too(call):
    aino, twice = person(call), person(call, "Ania", phone="0401234567")
    made = merge(call, aino, twice)
    call("delete_person", DeleteContact(id=aino.id, version=get(call, aino).version))
    with pytest.raises(Conflict) as caught:
        undo(call, made)
    assert caught.value.error_code == "contact_erased"
    for each in (aino, twice):
        with pytest.raises(NotFound):
            get(call, each)
    found = call("get_merge", ById(id=made.id))
    assert (found.survivor_name, found.merged_name) == ("", "")


def test_C13_a_number_taken_since_is_told(call):
    aino, twice = person(call), person(call, customer_number="7")
    made = merge(call, aino, twice, {"customer_number": "survivor"})
    person(call, "Joku", customer_number="7")
    with pytest.raises(Conflict) as caught:
        undo(call, made)
    assert caught.value.error_code == "customer_number_taken"
    assert get(call, twice).id == aino.id


def test_C13_a_merged_pair_is_no_duplicate_any_more_and_is_again_once_undone(call):
    worker = Worker("contacts")
    aino, twice = person(call, phone="0401234567"), person(call, phone="0401234567")
    third = person(call, phone="0401234567")
    call("scan_duplicates", Nothing())
    while run_job_chunk(worker):
        pass
    worker.database.dispose()
    found = call("list_duplicates", ListDuplicates()).data
    assert len(found) == 3
    made = merge(call, aino, twice)
    assert [{each.first.id, each.second.id} for each in call("list_duplicates", ListDuplicates()).data] == [
        {aino.id, third.id}
    ]
    pair = next(each for each in found if {each.first.id, each.second.id} == {aino.id, twice.id})
    assert call("get_duplicate", ById(id=pair.id)).state == "merged"
    with pytest.raises(Conflict):
        call("dismiss_duplicate", ById(id=pair.id))
    undo(call, made)
    assert {each.id for each in call("list_duplicates", ListDuplicates()).data} == {each.id for each in found}
