"""Erasing a person (C17): who may, what is refused, and what the services do when they hear of it late or twice."""

import pytest
from sqlalchemy import text

from chassis import personal_data
from chassis.clock import now
from chassis.database import database_of
from chassis.ids import new_id
from chassis.service import SERVICES
from contracts import identity, membership, notify
from contracts.access import Permission
from contracts.base import ById, ListRequest
from contracts.contacts.erasures import ErasePerson, ErasureReason, PersonErased
from contracts.contacts.merges import ListMerges, MergePersons
from contracts.contacts.persons import CreatePerson, PersonState, UpdatePerson
from contracts.contacts.proposals import AcceptPerson, ProposePerson
from contracts.courses import EnrolmentState, PaymentMethod
from contracts.errors import Conflict, KeyReused, NotAllowed, NotFound, Stale
from tests.integration.conftest import SYSTEM, staff
from tests.integration.town import opened_town


@pytest.fixture
def town(call_service, clean_database, monkeypatch):
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


def erase(town, person, reason=ErasureReason.REQUESTED):
    version = town.call("contacts", "get_person", ById(id=person.id)).version
    return town.call("contacts", "erase_person", ErasePerson(id=person.id, version=version, reason=reason))


def report(town, person):
    return town.call("contacts", "get_erasure", ById(id=person.id))


def test_C17_erasing_needs_its_right_and_the_version_that_was_read(town):
    aino = town.person()
    wanted = ErasePerson(id=aino.id, version=aino.version, reason=ErasureReason.REQUESTED)
    with pytest.raises(NotAllowed):
        town.call("contacts", "erase_person", wanted, staff(Permission.CONTACTS_WRITE))
    town.call("contacts", "update_person", UpdatePerson(id=aino.id, version=aino.version, title="FM"))
    with pytest.raises(Stale):
        town.call("contacts", "erase_person", wanted)
    assert town.call("contacts", "get_person", ById(id=aino.id)).name == "Aino Aalto"


def test_C17_the_report_is_complete_when_all_services_are_done(town):
    aino = town.person()
    erase(town, aino)
    early = report(town, aino)
    assert (early.complete, [each.service for each in early.parts]) == (False, ["contacts"])
    town.settle()
    late = report(town, aino)
    assert late.complete
    assert {each.service for each in late.parts} == set(SERVICES)
    assert late.reason is ErasureReason.REQUESTED
    assert (late.backups_until - late.asked_at.date()).days in {35, 36}


def test_C17_erasing_again_is_told_that_nobody_is_there(town):
    aino = town.person()
    erase(town, aino)
    wanted = ErasePerson(id=aino.id, version=aino.version, reason=ErasureReason.REQUESTED)
    with pytest.raises(NotFound):
        town.call("contacts", "erase_person", wanted)
    with pytest.raises(NotFound):
        report(town, town.person("Elli"))
    assert [each.person_id for each in town.call("contacts", "list_erasures", ListRequest()).data] == [aino.id]


def test_C17_the_preview_counts_and_changes_nothing(town):
    aino = town.person()
    town.enrol(town.session(), aino, payment=PaymentMethod.INVOICE, note="gluteeniton")
    town.settle()
    found = town.call("contacts", "preview_erasure", ById(id=aino.id))
    rows = {part.service: part.rows for part in found.parts}
    assert rows["contacts"]["persons"] == 1
    assert rows["courses"] == {"enrolments": 1}
    assert [each.kind for part in found.parts for each in part.retained] == ["invoice"]
    assert (found.away, found.backup_days) == ([], 35)
    assert town.call("contacts", "get_person", ById(id=aino.id)) == aino
    assert town.rows("courses", "SELECT note FROM enrolments")[0].note == "gluteeniton"


def test_C17_memberships_end_and_seats_go_to_the_next(town):
    aino, next_in_line = town.person(), town.person("Elli")
    session = town.session(seats=1)
    seat = town.enrol(session, aino, payment=PaymentMethod.INVOICE)
    waiting = town.enrol(session, next_in_line, payment=PaymentMethod.INVOICE)
    town.settle()
    assert waiting.state is EnrolmentState.WAITING
    erase(town, aino)
    town.settle()
    assert town.enrolment(seat).state is EnrolmentState.CANCELLED
    assert town.enrolment(waiting).state is not EnrolmentState.WAITING


@pytest.mark.parametrize("shuffled", [None, 3])
def test_C17_hearing_of_it_twice_or_out_of_order_is_the_same(town, shuffled):
    aino = town.person()
    account = identity.CreateAccount(username="aino.aalto", password="kolme erilaista sanaa", person_id=aino.id)
    made = town.call("identity", "create_account", account)
    town.enrol(town.session(), aino, payment=PaymentMethod.INVOICE, note="gluteeniton")
    erase(town, aino)
    town.settle(twice=True, shuffled=shuffled)
    assert report(town, aino).complete
    left = town.call("identity", "get_account", ById(id=made.id))
    assert (left.username, left.email, left.disabled) == (f"erased-{made.id}", None, True)
    assert {row.note for row in town.rows("courses", "SELECT note FROM enrolments")} == {""}
    addresses = town.rows("notify", "SELECT address, body FROM messages WHERE person_id = :id", id=aino.id)
    assert {tuple(row) for row in addresses} <= {("", "")}


def test_C17_what_was_written_meanwhile_goes_a_little_later(town):
    aino = town.person()
    seat = town.enrol(town.session(), aino, payment=PaymentMethod.INVOICE)
    erase(town, aino)
    town.settle()
    town.alter("courses", "UPDATE enrolments SET note = 'gluteeniton' WHERE id = :id", id=seat.id)
    town.alter("courses", "UPDATE erasures SET erased_at = now() - interval '11 minutes'")
    for _ in range(2):
        with town.workers["courses"].transaction() as session:
            personal_data.settle(session, "courses", now())
    assert town.rows("courses", "SELECT note FROM enrolments")[0].note == ""
    assert town.rows("courses", "SELECT settled FROM erasures")[0].settled is True


def test_C17_a_merged_person_is_erased_under_both_ids(town):
    aino, twice = town.person(), town.person("Ania", email="ania@example.org")
    town.enrol(town.session(), twice, payment=PaymentMethod.INVOICE, note="gluteeniton")
    made = town.call("contacts", "merge_persons", MergePersons(survivor_id=aino.id, merged_id=twice.id))
    erase(town, aino)  # before the others hear of the merge
    town.settle(shuffled=7)
    for each in (aino, twice):
        with pytest.raises(NotFound):
            town.call("contacts", "get_person", ById(id=each.id))
    states = town.rows("contacts", "SELECT state, linked_to, given_name FROM persons")
    assert {tuple(row) for row in states} == {(PersonState.ERASED.value, None, "")}
    assert town.rows("courses", "SELECT note FROM enrolments")[0].note == ""
    with pytest.raises(Conflict):
        town.call("contacts", "undo_merge", ById(id=made.id))
    assert [each.merged_name for each in town.call("contacts", "list_merges", ListMerges()).data] == [""]
    told = town.rows("contacts", "SELECT old, new FROM changes WHERE field <> 'state'")
    assert {(row.old, row.new) for row in told} == {(None, None)}


def test_C17_erasing_one_of_two_who_were_parted_leaves_the_other(town):
    aino, twice = town.person(), town.person("Ania", email="ania@example.org")
    made = town.call("contacts", "merge_persons", MergePersons(survivor_id=aino.id, merged_id=twice.id))
    town.call("contacts", "undo_merge", ById(id=made.id))
    erase(town, twice)
    town.settle()
    assert town.call("contacts", "get_person", ById(id=aino.id)).name == "Aino Aalto"
    everything = " ".join(row[0] for row in town.rows("contacts", "SELECT to_jsonb(c)::text FROM changes c"))
    assert "Ania" not in everything


def test_C17_nobody_can_be_proposed_or_linked_to_an_erased_person(town):
    aino = town.person()
    erase(town, aino)
    proposed = town.call("contacts", "propose_person", ProposePerson(id=new_id(), family_name="Uusi"), SYSTEM)
    with pytest.raises(Conflict):
        town.call("contacts", "accept_person", AcceptPerson(id=proposed.id, link_to=aino.id), SYSTEM)
    with pytest.raises(NotFound):
        town.call("contacts", "accept_person", AcceptPerson(id=aino.id), SYSTEM)


def test_C17_a_remembered_reply_names_nobody_and_is_not_given_again(town, call_service):
    office, key = staff(), str(new_id())
    wanted = CreatePerson(given_name="Aino", family_name="Aalto", email="aino@example.org")
    aino = call_service("contacts", "create_person", wanted, principal=office, key=key)
    assert call_service("contacts", "create_person", wanted, principal=office, key=key) == aino
    erase(town, aino)
    with database_of("contacts").reader() as connection:
        replies = connection.execute(text("SELECT reply::text FROM handled_commands")).scalars().all()
    assert not [each for each in replies if "aino" in each.lower()]
    with pytest.raises(KeyReused):
        call_service("contacts", "create_person", wanted, principal=office, key=key)


def test_C17_an_address_that_others_use_stays_suppressed(town):
    aino, elli = town.person(), town.person("Elli", email="perhe@example.org")
    son = town.person("Eino", email="perhe@example.org")
    for each in (aino, elli, son):
        town.enrol(town.session(), each, payment=PaymentMethod.INVOICE)
    town.settle()
    for address in ("aino@example.org", "perhe@example.org"):
        town.call("notify", "suppress", notify.Suppress(channel="email", address=address, reason="by-hand"))
    erase(town, aino)
    erase(town, elli)
    town.settle()
    left = town.call("notify", "list_suppressions", ListRequest()).data
    assert [each.address for each in left] == ["perhe@example.org"]


def test_C17_an_open_application_is_withdrawn(town):
    fee = town.product("60.00", "fees")
    kind = membership.CreateMembershipType(code="t1", name={"fi": "Jäsen"}, fee_product_id=fee)
    made = town.call("membership", "create_membership_type", kind)
    wanted = membership.SubmitApplication(
        membership_type_id=made.id, given_name="Hilla", family_name="Hakija", email="hilla@example.org",
        accepts_terms=True, answers={"why": "x"}, message="Hei",
    )  # fmt: skip
    application = town.call("membership", "submit_application", wanted)
    town.settle()
    hilla = town.call("contacts", "get_person", ById(id=application.person_id))
    erase(town, hilla)
    town.settle()
    left = town.call("membership", "get_application", ById(id=application.id))
    assert (left.state, left.answers, left.message) == ("withdrawn", {}, "")


def test_C17_news_about_somebody_unknown_does_no_harm(town):
    nobody = new_id()
    for service in set(SERVICES) - {"contacts"}:
        town.hear(service, PersonErased(person_id=nobody, person_ids=[nobody]))
        assert town.rows(service, "SELECT rows FROM erasures")[0].rows == {}
