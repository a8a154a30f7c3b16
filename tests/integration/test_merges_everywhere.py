"""What every service does when two persons are merged and parted again (C13), also when it hears of it late."""

import hashlib
import threading
from collections import Counter

import pytest
from sqlalchemy import text

from chassis import clock, worker
from chassis.database import database_of
from chassis.ids import new_id
from chassis.principals import verify
from chassis.service import SERVICES
from contracts import courses, identity, membership, notify
from contracts.access import LinkPurpose
from contracts.base import ById, Nothing, Translated
from contracts.commerce.deliveries import DeliveredLine, ListPurchases, TakeDeliveries
from contracts.commerce.invoices import ListInvoices
from contracts.commerce.orders import ListOrders
from contracts.commerce.payments import ListPayments
from contracts.commerce.prices import AskQuote, CreatePriceAgreement, QuoteLineRequest
from contracts.contacts.affiliations import CreateAffiliation
from contracts.contacts.consents import ContactChannel, SetConsent
from contracts.contacts.merges import MergeOrganisations, MergePersons, PersonMerged, PersonUnmerged
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import UpdatePerson
from contracts.contacts.segments import CreateSegment, SegmentFilter
from contracts.courses import PaymentMethod
from contracts.errors import Conflict
from tests.integration.conftest import ANONYMOUS, SYSTEM, member, staff
from tests.integration.town import Town, opened_town

ASIDE = {
    "outbox", "inbox", "parked", "handled_commands", "jobs", "job_cancellations", "alembic_version", "changes",
    "merges", "redirects", "rate_limits", "audit_entries",
}  # fmt: skip
"""Messages, history and the record of merges itself."""
COUNTED_ON = {"version", "updated_at", "last_seen_at", "told"}
PASSWORD = "kolme erilaista sanaa"


@pytest.fixture
def town(call_service, clean_database, monkeypatch):
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


def everything(town: Town) -> dict[str, str]:
    """A digest of every table of every service."""
    found = {}
    for service in SERVICES:
        names = town.rows(service, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in names:
            if table not in ASIDE:
                rows = town.rows(service, f'SELECT to_jsonb(t) AS row FROM "{table}" t')
                kept = sorted(str(sorted((k, v) for k, v in row.row.items() if k not in COUNTED_ON)) for row in rows)
                found[f"{service}.{table}"] = f"{len(kept)}:{hashlib.sha256(str(kept).encode()).hexdigest()[:16]}"
    return found


def merge(town, survivor, merged, **choices):
    request = MergePersons(survivor_id=survivor.id, merged_id=merged.id, choices=choices)
    return town.call("contacts", "merge_persons", request)


def undo(town, made):
    return town.call("contacts", "undo_merge", ById(id=made.id))


def belongings(town, person_id):
    """How much of each kind is listed for a person, and under which ids."""
    lists = {
        "memberships": ("membership", "list_memberships", membership.ListMemberships(person_id=person_id)),
        "enrolments": ("courses", "list_enrolments", courses.ListEnrolments(person_id=person_id)),
        "orders": ("commerce", "list_orders", ListOrders(customer_id=person_id)),
        "invoices": ("commerce", "list_invoices", ListInvoices(customer_id=person_id)),
        "payments": ("commerce", "list_payments", ListPayments(customer_id=person_id)),
        "messages": ("notify", "list_messages", notify.ListMessages(person_id=person_id)),
    }
    found = {name: town.call(*asked).data for name, asked in lists.items()}
    for name in ("memberships", "enrolments", "messages"):
        service, method, by_person = lists[name]
        by_persons = type(by_person)(person_ids=f"{person_id},{new_id()}")
        assert town.call(service, method, by_persons).data == found[name]
    for rows in found.values():
        for row in rows:
            assert getattr(row, "person_id", None) or getattr(row, "customer_id", None)
    return Counter({name: len(rows) for name, rows in found.items()})


def live(town, person, common, kind, tag):
    """A life with something in every service; some of it at the same place as everybody else's."""
    open_one = membership.OpenMembership(person_id=person.id, membership_type_id=kind.id)
    town.call("membership", "open_membership", open_one)
    town.enrol(common, person, payment=PaymentMethod.INVOICE)
    town.enrol(town.session(), person, payment=PaymentMethod.INVOICE)
    town.enrol(full(town), person)
    paid = town.enrol(town.session(), person)
    town.settle()
    town.pay(member(person.id), order_id=paid.order_id)
    agreed = CreatePriceAgreement(customer_id=person.id, category="courses", percent=10, valid_from=clock.today())
    town.call("commerce", "create_price_agreement", agreed)
    account = identity.CreateAccount(username=f"{tag}-{person.id}", password=PASSWORD, person_id=person.id)
    town.call("identity", "create_account", account)
    town.call("contacts", "set_consent", SetConsent(person_id=person.id, channel=ContactChannel.SMS, allowed=False))
    lumi = town.call("contacts", "create_organisation", CreateOrganisation(name=f"{tag} Oy"))
    town.call("contacts", "create_affiliation", CreateAffiliation(person_id=person.id, organisation_id=lumi.id))
    town.settle()


def full(town):
    """A session without a free seat."""
    session = town.session(seats=1)
    town.enrol(session, town.person("Varma", email=f"{new_id()}@example.org"), payment=PaymentMethod.INVOICE)
    return session


def new_type(town):
    fee = town.product("60.00", "fees")
    request = membership.CreateMembershipType(code=f"t{new_id().hex}", name=Translated(fi="Jäsen"), fee_product_id=fee)
    return town.call("membership", "create_membership_type", request)


def send_mailing(town):
    """A mailing to everybody named Aalto."""
    wanted = SegmentFilter(field="family_name", op="eq", value="Aalto")
    segment = town.call("contacts", "create_segment", CreateSegment(name="Aallot", filter=wanted))
    request = notify.CreateMailing(name="Kirje", segment_id=segment.id, subject="Hei {{given_name}}", body="Hei")
    mailing = town.call("notify", "create_mailing", request)
    town.call("notify", "launch_mailing", ById(id=mailing.id))
    town.settle()


@pytest.fixture
def two(town):
    """Two cards of one person, each with a life."""
    common, kind = town.session(seats=5), new_type(town)
    aino, twice = town.person("Aino", tags=["a"]), town.person("Ania", email="ania@example.org", title="FM", tags=["b"])
    for person, tag in ((aino, "Lumi"), (twice, "Jää")):
        live(town, person, common, kind, tag)
    send_mailing(town)
    return aino, twice, common, kind


@pytest.mark.parametrize("shuffled", [None, 1, 2])
def test_C13_all_belongs_to_the_survivor_and_undone_all_is_as_before(town, two, shuffled):
    aino, twice, *_ = two
    before, of_both = everything(town), belongings(town, aino.id) + belongings(town, twice.id)
    of_each = belongings(town, aino.id), belongings(town, twice.id)
    assert set(of_each[0]) == set(of_each[1]) == {
        "memberships", "enrolments", "orders", "invoices", "payments", "messages",
    }  # fmt: skip
    made = merge(town, aino, twice, given_name="merged")
    town.settle(twice=True, shuffled=shuffled)
    assert belongings(town, aino.id) == belongings(town, twice.id) == of_both
    assert everything(town) != before
    undo(town, made)
    town.settle(twice=True, shuffled=shuffled)
    assert (belongings(town, aino.id), belongings(town, twice.id)) == of_each
    assert everything(town) == before


def buy(town, company, kind, number):
    """An organisation that pays for a member, has its own price, and to which something was delivered."""
    who = town.person(f"Aino{number}", email=f"aino{number}@example.org")
    open_one = membership.OpenMembership(person_id=who.id, membership_type_id=kind.id, payer_id=company.id)
    town.call("membership", "open_membership", open_one)
    agreed = CreatePriceAgreement(customer_id=company.id, category="courses", percent=10, valid_from=clock.today())
    town.call("commerce", "create_price_agreement", agreed)
    line = DeliveredLine(
        number=1, customer_id=company.id, document=f"D{number}", line="1", product_name="Kirja", quantity="1",
        net="10.00", delivered_on=clock.today(),
    )  # fmt: skip
    request = TakeDeliveries(batch_id=new_id(), begun_at=clock.now(), lines=[line])
    town.call("commerce", "take_deliveries", request, SYSTEM)
    town.settle()


def bought(town, company_id):
    found = {
        "orders": town.call("commerce", "list_orders", ListOrders(customer_id=company_id)),
        "invoices": town.call("commerce", "list_invoices", ListInvoices(customer_id=company_id)),
        "purchases": town.call("commerce", "list_purchases", ListPurchases(customer_id=company_id)),
    }
    payers = town.rows("membership", "SELECT count(*) FROM memberships WHERE payer_id = :id", id=company_id)
    known = town.rows("contacts", "SELECT count(*) FROM known_purchases WHERE customer_id = :id", id=company_id)
    return Counter(
        {name: len(each.data) for name, each in found.items()} | {"paid": payers[0][0], "known": known[0][0]}
    )


def of_organisations(town):
    """All but the papers of invoices: those of organisations wait for a known buyer and count tries."""
    return {name: told for name, told in everything(town).items() if name != "commerce.invoice_documents"}


@pytest.mark.parametrize("shuffled", [None, 1])
def test_C13_what_an_organisation_bought_and_pays_follows_and_undone_all_is_as_before(town, shuffled):
    kind = new_type(town)
    lumi, twice = (town.call("contacts", "create_organisation", CreateOrganisation(name=f"Lumi {form}"))
                   for form in ("Oy", "Ab"))  # fmt: skip
    for number, each in enumerate((lumi, twice)):
        buy(town, each, kind, number)
    before, of_each = of_organisations(town), (bought(town, lumi.id), bought(town, twice.id))
    assert set(of_each[0]) == {"orders", "invoices", "purchases", "paid", "known"}
    assert all(of_each[0].values())
    request = MergeOrganisations(survivor_id=lumi.id, merged_id=twice.id)
    made = town.call("contacts", "merge_organisations", request)
    town.settle(twice=True, shuffled=shuffled)
    assert bought(town, lumi.id) == of_each[0] + of_each[1]
    assert bought(town, twice.id)["invoices"] == bought(town, lumi.id)["invoices"]
    undo(town, made)
    town.settle(twice=True, shuffled=shuffled)
    assert (bought(town, lumi.id), bought(town, twice.id)) == of_each
    assert of_organisations(town) == before


@pytest.mark.parametrize("seed", range(5))
def test_C13_late_and_shuffled_news_come_to_the_same_end(town, seed):
    aino, second, third = (town.person(name, email=f"{name}@example.org") for name in ("Aino", "Ania", "Anja"))
    session = town.session(seats=9)
    mine = {each.id: town.enrol(session, each, payment=PaymentMethod.INVOICE) for each in (aino, second, third)}
    town.settle()
    first = merge(town, second, third)
    then = merge(town, aino, second)
    if seed % 2:
        undo(town, then)
        undo(town, first)
        then = merge(town, aino, second)
    town.settle(twice=True, shuffled=seed)
    owner = {each.id: town.enrolment(each).person_id for each in mine.values()}
    expected = third.id if seed % 2 else aino.id
    assert owner == {mine[aino.id].id: aino.id, mine[second.id].id: aino.id, mine[third.id].id: expected}
    undo(town, then)
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
    made = merge(town, aino, twice)
    town.settle(shuffled=3)
    all_of_it = belongings(town, aino.id)
    assert (all_of_it["orders"], all_of_it["invoices"]) == (2, 2)
    assert all_of_it["messages"] > 0
    later = []
    for who in (aino, twice):
        anew = courses.Enrol(session_id=town.session().id, person_id=who.id, payment=PaymentMethod.INVOICE)
        later.append(town.call("courses", "enrol", anew).id)
    town.settle()
    undo(town, made)
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
    merge(town, aino, twice)
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
    merge(town, aino, twice)
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
            expires_at=clock.now().replace(year=clock.now().year + 1), single_use=True,
        )  # fmt: skip
        token = town.call("identity", "issue_link", link, SYSTEM).token
        changed = identity.SetPassword(token=token, password=password)
        return town.call("identity", "set_password", changed, ANONYMOUS).username

    accounts = {"aino": account("aino", aino), "ania": account("ania", twice)}
    made = merge(town, aino, twice)
    town.settle()
    assert (signed_in("aino"), signed_in("ania")) == (aino.id, aino.id)
    for who in (aino, twice):
        with pytest.raises(Conflict):
            account("kolmas", who)
    assert reset(accounts["ania"], aino.id, "aivan toinen salasana") == "ania"
    assert reset(accounts["aino"], twice.id, "kolmas pitkä salasana") == "aino"
    undo(town, made)
    town.settle()
    assert signed_in("aino", "kolmas pitkä salasana") == aino.id
    assert signed_in("ania", "aivan toinen salasana") == twice.id


def test_C13_only_the_merged_contact_has_an_account(town):
    aino, twice = town.person("Aino"), town.person("Ania", email="ania@example.org")
    request = identity.CreateAccount(username="ania", password=PASSWORD, person_id=twice.id)
    town.call("identity", "create_account", request)
    merge(town, aino, twice)
    town.settle()
    with pytest.raises(Conflict):
        town.call("identity", "create_account", request.model_copy(update={"username": "aino", "person_id": aino.id}))


def test_C13_a_link_sent_before_opens_its_thing_afterwards(town):
    aino, twice = town.person("Aino"), town.person("Ania", email="ania@example.org")
    town.enrol(town.session(), twice, payment=PaymentMethod.INVOICE)
    town.settle()
    told = next(each for each in town.mailbox.messages("ania@example.org") if "asku" in each["subject"])
    body = town.mailbox.message(told["id"])["text"]
    made = merge(town, aino, twice)
    for expected in (aino.id, twice.id):
        town.settle()
        link = town.link_principal(body, "/pay")
        assert link.person_id == expected
        assert town.call("commerce", "get_invoice", ById(id=link.link_object), link).customer_id == expected
        if expected == aino.id:
            undo(town, made)


def test_C13_the_survivor_pays_what_both_may_pay(town):
    aino, twice = town.person("Aino"), town.person("Ania", email="ania@example.org")
    product = town.product("100.00")
    agreed = CreatePriceAgreement(customer_id=twice.id, product_id=product, price="70.00", valid_from=clock.today())
    town.call("commerce", "create_price_agreement", agreed)

    def price(who):
        asked = AskQuote(customer_id=who.id, lines=[QuoteLineRequest(product_id=product)])
        return str(town.call("commerce", "list_prices", asked).data[0].unit_price)

    assert (price(aino), price(twice)) == ("100.00", "70.00")
    made = merge(town, aino, twice)
    town.settle()
    assert (price(aino), price(twice)) == ("70.00", "70.00")
    undo(town, made)
    town.settle()
    assert (price(aino), price(twice)) == ("100.00", "70.00")


def test_C13_the_books_stay_and_an_invoice_changes_its_customer_by_a_merge_alone(town):
    aino, twice, other = (town.person(name, email=f"{name}@example.org") for name in ("Aino", "Ania", "Muu"))
    town.enrol(town.session(), twice, payment=PaymentMethod.INVOICE)
    town.settle()
    postings = town.rows("commerce", "SELECT * FROM postings ORDER BY id")
    balance = town.call("commerce", "get_trial_balance", Nothing())
    merge(town, aino, twice)
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


def test_C13_a_person_of_the_office_sees_one_line_a_person(town, two):
    """After a merge lists by person are full under either id, whoever asks."""
    aino, twice, *_ = two
    merge(town, aino, twice)
    town.settle()
    change = UpdatePerson(
        id=twice.id, version=town.call("contacts", "get_person", ById(id=twice.id)).version, title="Rehtori"
    )
    assert town.call("contacts", "update_person", change, staff()).id == aino.id
    own = town.call("commerce", "list_invoices", ListInvoices(), member(aino.id)).data
    assert len(own) == belongings(town, aino.id)["invoices"]
    assert {each.customer_id for each in own} == {aino.id}
