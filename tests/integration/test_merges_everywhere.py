"""What every service does when two persons are merged and parted again (C13), also when it hears of it late.

That all of it comes back is proven in test_merges_of_lives.py.
"""

import importlib
import threading
from datetime import timedelta

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from chassis import clock, worker
from chassis.database import database_of
from chassis.ids import new_id
from chassis.principals import verify
from contracts import courses, identity, membership
from contracts.access import LinkPurpose
from contracts.base import ById, Nothing, Translated
from contracts.commerce.invoices import ListInvoices
from contracts.commerce.prices import AskQuote, CreatePriceAgreement, QuoteLineRequest
from contracts.contacts.merges import PersonMerged, PersonUnmerged
from contracts.contacts.persons import UpdatePerson
from contracts.courses import PaymentMethod
from contracts.errors import Conflict
from tests.integration.conftest import ANONYMOUS, SYSTEM, member, staff
from tests.integration.merging import belongings, merge, undo
from tests.integration.town import opened_town

PASSWORD = "kolme erilaista sanaa"
PARK = text(
    "INSERT INTO parked (handler, event_id, envelope, error, next_at) VALUES (:handler, '1', '{}', 'KeyError', now())"
)


@pytest.fixture
def town(call_service, clean_database, monkeypatch):
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


def new_type(town):
    fee = town.product("60.00", "fees")
    request = membership.CreateMembershipType(code=f"t{new_id().hex}", name=Translated(fi="Jäsen"), fee_product_id=fee)
    return town.call("membership", "create_membership_type", request)


@pytest.mark.parametrize("seed", range(5))
def test_C13_late_and_shuffled_news_come_to_the_same_end(town, seed):
    aino, second, third = (town.person(name, email=f"{name}@example.org") for name in ("Aino", "Ania", "Anja"))
    session = town.session(seats=9)
    mine = {each.id: town.enrol(session, each, payment=PaymentMethod.INVOICE) for each in (aino, second, third)}
    town.settle()
    first = merge(town.contacts, second, third)
    then = merge(town.contacts, aino, second)
    if seed % 2:
        undo(town.contacts, then)
        undo(town.contacts, first)
        then = merge(town.contacts, aino, second)
    town.settle(twice=True, shuffled=seed)
    owner = {each.id: town.enrolment(each).person_id for each in mine.values()}
    expected = third.id if seed % 2 else aino.id
    assert owner == {mine[aino.id].id: aino.id, mine[second.id].id: aino.id, mine[third.id].id: expected}
    undo(town.contacts, then)
    town.settle(twice=True, shuffled=seed)
    expected = third.id if seed % 2 else second.id
    assert [town.enrolment(mine[each.id]).person_id for each in (aino, second, third)] == [
        aino.id, second.id, expected,
    ]  # fmt: skip


def test_C13_old_news_change_nothing_and_news_about_strangers_wait(town):
    aino, twice = town.person("Aino"), town.person("Ania", email="ania@example.org")
    mine = town.enrol(town.session(), twice, payment=PaymentMethod.INVOICE)
    town.settle()
    told = PersonMerged(merged_id=twice.id, survivor_id=aino.id, version=5)
    for event in (told, PersonUnmerged(person_id=twice.id, version=4), told):
        town.hear("courses", event)
    assert town.enrolment(mine).person_id == aino.id
    for event in (PersonUnmerged(person_id=twice.id, version=6), told):
        town.hear("courses", event)
    assert town.enrolment(mine).person_id == twice.id
    stranger = new_id()
    town.hear("courses", PersonMerged(merged_id=stranger, survivor_id=aino.id, version=2))
    listed = town.call("courses", "list_enrolments", courses.ListEnrolments(person_id=stranger))
    assert listed.data == []


def test_C13_what_was_under_way_under_the_old_id_follows_and_goes_back(town):
    aino, twice = town.person("Aino"), town.person("Ania", email="ania@example.org")
    kind = new_type(town)
    open_one = membership.OpenMembership(person_id=twice.id, membership_type_id=kind.id)
    town.call("membership", "open_membership", open_one)
    town.enrol(town.session(), twice, payment=PaymentMethod.INVOICE)
    made = merge(town.contacts, aino, twice)
    town.settle(shuffled=3)
    all_of_it = belongings(town, aino.id)
    assert (all_of_it["orders"], all_of_it["invoices"]) == (2, 2)
    assert all_of_it["messages"] > 0
    later = []
    for who in (aino, twice):
        anew = courses.Enrol(session_id=town.session().id, person_id=who.id, payment=PaymentMethod.INVOICE)
        later.append(town.call("courses", "enrol", anew).id)
    town.settle()
    undo(town.contacts, made)
    town.settle()
    kept = town.call("courses", "list_enrolments", courses.ListEnrolments(person_id=aino.id)).data
    assert [each.id for each in kept] == later
    for who, expected in ((aino, (2, 2, 2)), (twice, (1, 2, 2))):
        found = belongings(town, who.id)
        assert (found["enrolments"], found["orders"], found["invoices"]) == expected


def test_C13_two_enrolments_on_one_session_stay_and_there_is_no_third(town):
    aino, twice = town.person("Aino"), town.person("Ania", email="ania@example.org")
    session = town.session(seats=5)
    both = [town.enrol(session, each, payment=PaymentMethod.INVOICE) for each in (aino, twice)]
    only_one = town.session(seats=5)
    town.enrol(only_one, twice, payment=PaymentMethod.INVOICE)
    merge(town.contacts, aino, twice)
    town.settle()
    listed = town.call("courses", "list_enrolments", courses.ListEnrolments(person_id=aino.id, session_id=session.id))
    assert {each.id for each in listed.data} == {each.id for each in both}
    for on in (session, only_one):
        for who in (aino, twice):
            with pytest.raises(Conflict) as caught:
                town.call("courses", "enrol", courses.Enrol(session_id=on.id, person_id=who.id))
            assert caught.value.error_code == "already_enrolled"
            assert caught.value.params["enrolment_id"]
    town.call("courses", "cancel_enrolment", courses.CancelEnrolment(id=both[0].id), member(aino.id))
    with pytest.raises(Conflict):
        town.enrol(session, aino)
    town.call("courses", "cancel_enrolment", courses.CancelEnrolment(id=both[1].id), member(aino.id))
    assert town.enrol(session, aino).person_id == aino.id
    assert town.rows("courses", "SELECT seats_taken FROM sessions WHERE id = :id", id=session.id)[0][0] == 1


def test_C13_two_memberships_of_one_type_stay_and_there_is_no_third(town):
    aino, twice = town.person("Aino"), town.person("Ania", email="ania@example.org")
    kind = new_type(town)

    def opened(who):
        request = membership.OpenMembership(person_id=who.id, membership_type_id=kind.id)
        return town.call("membership", "open_membership", request)

    both = [opened(aino), opened(twice)]
    merge(town.contacts, aino, twice)
    town.settle()
    for who in (aino, twice):
        listed = town.call("membership", "list_memberships", membership.ListMemberships(person_id=who.id)).data
        assert [each.id for each in listed] == [each.id for each in both]
        with pytest.raises(Conflict) as caught:
            opened(who)
        assert caught.value.error_code == "already_member"
    for each in both:
        ended = membership.EndMembership(id=each.id, ended_on=clock.today(), reason="Kaksi")
        town.call("membership", "end_membership", ended)
    assert opened(aino).person_id == aino.id


def test_C13_two_accounts_go_on_each_with_its_password(town):
    aino, twice = town.person("Aino"), town.person("Ania", email="ania@example.org")

    def account(name, who):
        request = identity.CreateAccount(username=name, password=PASSWORD, person_id=who.id)
        return town.call("identity", "create_account", request)

    def signed_in(name, password=PASSWORD):
        wanted = identity.SignIn(username=name, password=password, address="127.0.0.1")
        token = town.call("identity", "sign_in", wanted, ANONYMOUS).session_token
        found = town.call("identity", "get_session_principal", identity.SessionToken(token=token), ANONYMOUS)
        assert verify(found.token, clock.now()).person_id == found.person_id
        return found.person_id

    def reset(named, person_id, password):
        link = identity.IssueLink(
            id=new_id(), purpose=LinkPurpose.SET_PASSWORD, person_id=person_id, object_id=named.id,
            expires_at=clock.now() + timedelta(days=365), single_use=True,
        )  # fmt: skip
        token = town.call("identity", "issue_link", link, SYSTEM).token
        changed = identity.SetPassword(token=token, password=password)
        return town.call("identity", "set_password", changed, ANONYMOUS).username

    accounts = {"aino": account("aino", aino), "ania": account("ania", twice)}
    made = merge(town.contacts, aino, twice)
    town.settle()
    assert (signed_in("aino"), signed_in("ania")) == (aino.id, aino.id)
    for who in (aino, twice):
        with pytest.raises(Conflict):
            account("kolmas", who)
    assert reset(accounts["ania"], aino.id, "aivan toinen salasana") == "ania"
    assert reset(accounts["aino"], twice.id, "kolmas pitkä salasana") == "aino"
    undo(town.contacts, made)
    town.settle()
    assert signed_in("aino", "kolmas pitkä salasana") == aino.id
    assert signed_in("ania", "aivan toinen salasana") == twice.id


def test_C13_only_the_merged_contact_has_an_account(town):
    aino, twice = town.person("Aino"), town.person("Ania", email="ania@example.org")
    request = identity.CreateAccount(username="ania", password=PASSWORD, person_id=twice.id)
    town.call("identity", "create_account", request)
    merge(town.contacts, aino, twice)
    town.settle()
    with pytest.raises(Conflict):
        town.call("identity", "create_account", request.model_copy(update={"username": "aino", "person_id": aino.id}))


def test_C13_a_link_sent_before_opens_its_thing_afterwards(town):
    aino, twice = town.person("Aino"), town.person("Ania", email="ania@example.org")
    town.enrol(town.session(), twice, payment=PaymentMethod.INVOICE)
    town.settle()
    told = next(each for each in town.mailbox.messages("ania@example.org") if "asku" in each["subject"])
    body = town.mailbox.message(told["id"])["text"]
    made = merge(town.contacts, aino, twice)
    for expected in (aino.id, twice.id):
        town.settle()
        link = town.link_principal(body, "/pay")
        assert link.person_id == expected
        assert town.call("commerce", "get_invoice", ById(id=link.link_object), link).customer_id == expected
        if expected == aino.id:
            undo(town.contacts, made)


def test_C13_the_survivor_pays_what_both_may_pay(town):
    aino, twice = town.person("Aino"), town.person("Ania", email="ania@example.org")
    product = town.product("100.00")
    agreed = CreatePriceAgreement(customer_id=twice.id, product_id=product, price="70.00", valid_from=clock.today())
    town.call("commerce", "create_price_agreement", agreed)

    def price(who):
        asked = AskQuote(customer_id=who.id, lines=[QuoteLineRequest(product_id=product)])
        return str(town.call("commerce", "list_prices", asked).data[0].unit_price)

    assert (price(aino), price(twice)) == ("100.00", "70.00")
    made = merge(town.contacts, aino, twice)
    town.settle()
    assert (price(aino), price(twice)) == ("70.00", "70.00")
    undo(town.contacts, made)
    town.settle()
    assert (price(aino), price(twice)) == ("100.00", "70.00")


def test_C13_the_books_stay_and_an_invoice_changes_its_customer_by_a_merge_alone(town):
    aino, twice, other = (town.person(name, email=f"{name}@example.org") for name in ("Aino", "Ania", "Muu"))
    town.enrol(town.session(), twice, payment=PaymentMethod.INVOICE)
    town.settle()
    postings = town.rows("commerce", "SELECT * FROM postings ORDER BY id")
    balance = town.call("commerce", "get_trial_balance", Nothing())
    merge(town.contacts, aino, twice)
    town.settle()
    assert town.rows("commerce", "SELECT * FROM postings ORDER BY id") == postings
    assert town.call("commerce", "get_trial_balance", Nothing()) == balance
    for customer in (other.id, twice.id):
        with pytest.raises(Exception, match="another customer"):
            town.alter("commerce", "ALTER TABLE invoices DISABLE TRIGGER follow_customer_id;"
                       " UPDATE invoices SET customer_id = :id", id=customer)  # fmt: skip


def test_C13_a_row_that_was_being_written_at_that_moment_is_found_later(town):
    aino, twice = town.person("Aino"), town.person("Ania", email="ania@example.org")
    mine = town.enrol(town.session(), twice, payment=PaymentMethod.INVOICE)
    town.settle()
    copy = (
        "INSERT INTO enrolments (id, session_id, person_id, state, payment, created_at, created_by)"
        " SELECT :new, session_id, :person, 'expired', payment, created_at, created_by FROM enrolments WHERE id = :id"
    )
    strays = [new_id(), new_id()]
    versions = iter((7, 8))
    for stray, event in (
        (strays[0], PersonMerged(merged_id=twice.id, survivor_id=aino.id, version=next(versions))),
        (strays[1], PersonUnmerged(person_id=twice.id, version=next(versions))),
    ):
        with database_of("courses").transaction() as session:
            session.execute(text(copy), {"new": stray, "person": twice.id, "id": mine.id})
            hearing = threading.Thread(target=town.hear, args=("courses", event))
            hearing.start()
            hearing.join()
    owners = "SELECT person_id FROM enrolments WHERE id = ANY(:ids) ORDER BY id"
    assert [row[0] for row in town.rows("courses", owners, ids=strays)] == [twice.id, aino.id]
    worker.settle_redirects(town.workers["courses"])
    assert [row[0] for row in town.rows("courses", owners, ids=strays)] == [twice.id, twice.id]


def test_C13_a_person_of_the_office_sees_one_line_a_person(town):
    """After a merge lists by person are full under either id, whoever asks."""
    aino, twice = town.person("Aino"), town.person("Ania", email="ania@example.org")
    for each in (aino, twice):
        town.enrol(town.session(), each, payment=PaymentMethod.INVOICE)
    town.settle()
    merge(town.contacts, aino, twice)
    town.settle()
    change = UpdatePerson(
        id=twice.id, version=town.call("contacts", "get_person", ById(id=twice.id)).version, title="Rehtori"
    )
    assert town.call("contacts", "update_person", change, staff()).id == aino.id
    own = town.call("commerce", "list_invoices", ListInvoices(), member(aino.id)).data
    assert len(own) == belongings(town, aino.id)["invoices"]
    assert {each.customer_id for each in own} == {aino.id}


def test_C13_courses_forgets_merges_of_organisations_that_were_parked_when_it_still_listened(clean_database):
    clean_database("courses")
    migration = importlib.import_module("services.courses.migrations.versions.0008_forget_merges_of_organisations")
    told = ("follow_merged_organisation", "follow_merged_person", "follow_unmerged_organisation")
    with database_of("courses").transaction() as session:
        for name in told:
            session.execute(PARK, {"handler": f"courses.{name}"})
        with Operations.context(MigrationContext.configure(session.connection())):
            migration.upgrade()
        assert session.scalars(text("SELECT handler FROM parked")).all() == ["courses.follow_merged_person"]
