"""Memberships: paid, lapsed, ended, listed as of a date; what they entitle to (M1-M6, M9)."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from chassis import clock, migrate
from chassis.amqp_client import AmqpRpcClient
from chassis.database import database_of
from chassis.ids import new_id
from contracts import membership as m
from contracts.access import Permission
from contracts.base import ById, Nothing, Translated
from contracts.commerce.invoices import InvoiceIssued, InvoiceKind, InvoicePaid
from contracts.contacts.persons import PersonState
from contracts.contacts.proposals import PersonAccepted
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound
from contracts.membership import AgreementOpened, MembershipActivated, MembershipState, PeriodRule
from services.membership.models import Agreement, Membership, MembershipPeriod
from services.membership.queries import memberships as queries
from services.membership.rules.states import state_on
from services.membership.rules.terms import ONE_DAY, Term
from tests.integration.conftest import member, staff
from tests.integration.neighbours import Neighbours


@dataclass
class Register:
    """Membership, its neighbours, and short ways to use them."""

    call: object
    handle: object
    recorded: object
    neighbours: Neighbours

    def kind(self, code="person", discounts=(), **fields):
        request = m.CreateMembershipType(
            code=code,
            name=Translated(fi="Henkilöjäsen"),
            fee_product_id=self.neighbours.product("60.00"),
            discounts=[m.DiscountRule(category=category, percent=percent) for category, percent in discounts],
            **fields,
        )
        return self.call("membership", "create_membership_type", request)

    def open(self, kind, person_id=None, **fields):
        person_id = person_id or self.neighbours.person()
        request = m.OpenMembership(person_id=person_id, membership_type_id=kind.id, **fields)
        return self.call("membership", "open_membership", request, principal=staff())

    def get(self, membership, principal=None):
        return self.call("membership", "get_membership", ById(id=membership.id), principal=principal or staff())

    def list(self, principal=None, **fields):
        request = m.ListMemberships(**fields)
        return self.call("membership", "list_memberships", request, principal=principal or staff()).data

    def end(self, membership, on):
        request = m.EndMembership(id=membership.id, ended_on=on, reason="Resigned")
        return self.call("membership", "end_membership", request, principal=staff())

    def pay(self, membership, invoice_id=None, on=None):
        event = InvoicePaid(
            invoice_id=invoice_id or new_id(), customer_id=membership.payer_id, paid_on=on or clock.today(),
            about_kind="membership", about_id=membership.id,
        )  # fmt: skip
        self.handle("membership", event)

    def entitlements(self, person_id, on=None):
        request = m.AskEntitlements(person_id=person_id, on=on or clock.today())
        return self.call("membership", "get_entitlements", request).data

    def events(self, kind):
        return [each["data"] for each in self.recorded("membership", kind)]


@pytest.fixture
def register(clean_database, call_service, handle_event, recorded, monkeypatch):
    clean_database("membership")
    neighbours = Neighbours(AmqpRpcClient.call)
    monkeypatch.setattr(AmqpRpcClient, "call", neighbours.call)
    return Register(call_service, handle_event, recorded, neighbours)


def test_membership_migrations_make_what_the_models_describe(database_urls):
    assert migrate.differences("membership", database_urls["membership"]) == []


def test_M1_types_are_listed_in_the_offices_order_with_their_discounts(register):
    register.kind("person", discounts=[("courses", 20), ("books", 10)])
    register.kind("life", period=PeriodRule.LIFETIME)
    found = register.call("membership", "list_membership_types", Nothing()).data
    assert [each.code for each in found] == ["person", "life"]
    assert [(rule.category, rule.percent) for rule in found[0].discounts] == [("books", 10), ("courses", 20)]


def test_M1_types_refuse_a_taken_code_a_strange_product_and_a_discount_twice(register):
    register.kind("person")
    with pytest.raises(Conflict):
        register.kind("person")
    with pytest.raises(Invalid) as caught:
        register.kind("other", joining_fee_product_id=new_id())
    assert caught.value.errors[0].pointer == "/joining_fee_product_id"
    with pytest.raises(Invalid) as caught:
        register.kind("other", discounts=[("courses", 20), ("courses", 30)])
    assert caught.value.errors[0].pointer == "/discounts/1/category"


def test_M6_first_payment_activates_once(register):
    membership = register.open(register.kind())
    assert membership.state is MembershipState.PENDING
    invoice_id = new_id()
    register.pay(membership, invoice_id)
    register.pay(membership, invoice_id)
    paid = register.get(membership)
    assert paid.state is MembershipState.ACTIVE
    assert paid.paid_until == date(clock.today().year, 12, 31)
    assert paid.invoice_id == invoice_id
    (event,) = register.events(MembershipActivated)
    assert event["paid_until"] == paid.paid_until.isoformat()


def test_M6_payment_of_something_else_activates_nothing(register):
    membership = register.open(register.kind())
    event = InvoicePaid(invoice_id=new_id(), customer_id=membership.payer_id, paid_on=clock.today())
    register.handle("membership", event)
    register.handle("membership", event.model_copy(update={"about_kind": "enrolment", "about_id": membership.id}))
    assert register.get(membership).state is MembershipState.PENDING


def test_M6_payment_for_a_membership_not_known_is_parked(register):
    register.kind()
    with pytest.raises(Conflict):
        register.pay(m.Membership.model_construct(id=new_id(), payer_id=new_id()))


@pytest.mark.parametrize("seed", range(8))
def test_R4_shuffled_and_repeated_events_end_in_the_same_state(register, seed):
    kind = register.kind()
    application = register.call(
        "membership",
        "submit_application",
        m.SubmitApplication(
            membership_type_id=kind.id, given_name="A", family_name="B", email="a@example.org", accepts_terms=True
        ),
    )
    register.call("membership", "decide_application", m.DecideApplication(id=application.id, decision="approve"))
    accepted = PersonAccepted(proposed_id=application.person_id, person_id=register.neighbours.person())
    register.handle("membership", accepted)
    (opened,) = register.events(AgreementOpened)
    invoice_id, about = new_id(), {"about_kind": "membership", "about_id": opened["membership_id"]}
    payer = opened["payer_id"]
    events = [
        accepted,
        InvoiceIssued(invoice_id=invoice_id, customer_id=payer, kind=InvoiceKind.INVOICE, **about),
        InvoiceIssued(invoice_id=new_id(), customer_id=payer, kind=InvoiceKind.CREDIT_NOTE, **about),
        InvoicePaid(invoice_id=invoice_id, customer_id=payer, paid_on=clock.today(), **about),
    ]
    shuffled = [(event, new_id()) for event in events] * 2
    shuffled += [(event, new_id()) for event in events]
    random.Random(seed).shuffle(shuffled)
    for event, event_id in shuffled:
        register.handle("membership", event, event_id=event_id)
    (found,) = register.list()
    assert (found.state, found.invoice_id) == (MembershipState.ACTIVE, invoice_id)
    assert len(register.events(AgreementOpened)) == len(register.events(MembershipActivated)) == 1


def test_M2_several_different_memberships_but_not_two_of_a_type(register):
    person_id = register.neighbours.person()
    kinds = [register.kind("person"), register.kind("section")]
    for kind in kinds:
        register.open(kind, person_id)
    with pytest.raises(Conflict) as caught:
        register.open(kinds[0], person_id)
    assert caught.value.error_code == "already_member"
    assert {each.type_code for each in register.list(person_id=person_id)} == {"person", "section"}


def test_M2_ten_openings_at_once_give_one_membership(register):
    person_id, kind = register.neighbours.person(), register.kind()
    barrier, outcomes = Barrier(10), []

    def open_one():
        barrier.wait()
        try:
            register.open(kind, person_id)
            outcomes.append("opened")
        except Conflict:
            outcomes.append("conflict")

    threads = [Thread(target=open_one) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict"] * 9 + ["opened"]
    assert len(register.events(AgreementOpened)) == 1


def test_M2_without_the_constraint_two_openings_at_once_would_both_pass(register):
    """The negative control: two transactions that look first and then insert do not see each other."""
    person_id, kind = register.neighbours.person(), register.kind()
    with database_of("membership").transaction() as session:
        constraint = session.scalar(
            text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ex_memberships_one_of_a_type'")
        )
        session.execute(text("ALTER TABLE memberships DROP CONSTRAINT ex_memberships_one_of_a_type"))
    barrier = Barrier(2)

    def open_unguarded():
        with database_of("membership").transaction() as session:
            query = text("SELECT count(*) FROM memberships WHERE person_id = :id")
            held = session.scalar(query, {"id": person_id})
            barrier.wait()
            if not held:
                _insert(session, kind.id, person_id, clock.today(), None, [])

    try:
        threads = [Thread(target=open_unguarded) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(register.list(person_id=person_id)) == 2
    finally:
        with database_of("membership").transaction() as session:
            session.execute(text("DELETE FROM memberships"))
            session.execute(text(f"ALTER TABLE memberships ADD CONSTRAINT ex_memberships_one_of_a_type {constraint}"))


def test_M5_payer_may_be_another_than_the_member(register):
    payer = register.neighbours.person()
    membership = register.open(register.kind(), payer_id=payer)
    assert membership.payer_id == payer
    assert register.events(AgreementOpened)[0]["payer_id"] == str(payer)


@pytest.mark.parametrize("state", [None, PersonState.PROPOSED])
def test_M6_only_registered_persons_become_members(register, state):
    kind = register.kind()
    person_id = register.neighbours.person(state) if state else new_id()
    with pytest.raises(Invalid):
        register.open(kind, person_id)
    assert register.list() == []


def test_M4_membership_ends_once_with_its_agreement(register):
    membership = register.open(register.kind())
    today = clock.today()
    with pytest.raises(Invalid):
        register.end(membership, today - ONE_DAY)
    ended = register.end(membership, today + ONE_DAY)
    assert (ended.state, ended.ended_on) == (MembershipState.PENDING, today + ONE_DAY)
    assert [each.state for each in register.list(as_of=today + ONE_DAY)] == [MembershipState.ENDED]
    agreement = register.call("membership", "get_agreement", ById(id=membership.agreement_id))
    assert agreement.ended_on == today + ONE_DAY
    with pytest.raises(Conflict) as caught:
        register.end(membership, today)
    assert caught.value.error_code == "already_ended"
    with database_of("membership").reader() as connection:
        kinds = connection.scalars(text("SELECT kind FROM membership_changes ORDER BY id")).all()
    assert kinds == ["joined", "ended"]


def test_M4_lapsed_member_may_join_again(register):
    kind = register.kind(grace_days=10)
    person_id = register.neighbours.person()
    year = clock.today().year - 2  # whose grace is over also on New Year's Day
    with database_of("membership").transaction() as session:
        term = Term(date(year, 1, 1), date(year, 12, 31))
        old = _insert(session, kind.id, person_id, term.starts_on, None, [term])
    new = register.open(kind, person_id)
    assert new.state is MembershipState.PENDING
    before = register.call("membership", "get_membership", ById(id=old))
    assert (before.state, before.ended_on) == (MembershipState.ENDED, date(year + 1, 1, 11))


def test_M9_no_day_is_billed_twice(register):
    membership = register.open(register.kind())
    with (
        pytest.raises(IntegrityError, match="ex_membership_periods_no_overlap"),
        database_of("membership").transaction() as session,
    ):
        session.execute(
            insert(MembershipPeriod).values(
                id=new_id(), membership_id=membership.id, starts_on=membership.joined_on + ONE_DAY, ends_on=None
            )
        )


def test_M3_entitlements_of_valid_memberships_only(register):
    person_id = register.neighbours.person()
    paid = register.open(register.kind("person", discounts=[("courses", 20), ("books", 5)], grace_days=10), person_id)
    register.open(register.kind("section", discounts=[("courses", 50)]), person_id)
    assert register.entitlements(person_id) == []
    register.pay(paid)
    found = [(each.membership_type_code, each.category, each.percent) for each in register.entitlements(person_id)]
    assert found == [("person", "books", 5), ("person", "courses", 20)]
    year_end = date(clock.today().year, 12, 31)
    assert register.entitlements(person_id, on=year_end + timedelta(days=10)) != []
    assert register.entitlements(person_id, on=year_end + timedelta(days=11)) == []
    register.end(paid, clock.today())
    assert register.entitlements(person_id) == []


def test_R6_members_see_their_own_alone(register):
    kind = register.kind()
    ones, others = register.open(kind), register.open(kind)
    own = member(ones.person_id)
    assert register.get(ones, own).id == ones.id
    assert [each.id for each in register.list(own)] == [ones.id]
    assert register.list(own, person_id=others.person_id) == []
    with pytest.raises(NotFound):
        register.get(others, own)
    with pytest.raises(NotFound):
        register.call("membership", "get_agreement", ById(id=others.agreement_id), principal=own)
    request = m.AskEntitlements(person_id=ones.person_id, on=clock.today())
    with pytest.raises(NotAllowed):
        register.call("membership", "get_entitlements", request, principal=staff(Permission.MEMBERSHIP_READ))


def _insert(session, type_id, person_id, joined_on, ended_on, paid, unpaid=()):
    """A membership with paid and unpaid terms, put straight into the tables; its id."""
    agreement_id, membership_id = new_id(), new_id()
    common = {"membership_type_id": type_id, "person_id": person_id, "payer_id": person_id}
    session.execute(insert(Agreement).values(id=agreement_id, opened_on=joined_on, opened_by="test", **common))
    session.execute(
        insert(Membership).values(
            id=membership_id, agreement_id=agreement_id, joined_on=joined_on, ended_on=ended_on, **common
        )
    )
    for term, paid_on in [(term, term.starts_on) for term in paid] + [(term, None) for term in unpaid]:
        session.execute(
            insert(MembershipPeriod).values(
                id=new_id(), membership_id=membership_id, starts_on=term.starts_on, ends_on=term.ends_on,
                paid_on=paid_on,
            )
        )  # fmt: skip
    return membership_id


START = date(2025, 1, 1)


@st.composite
def facts(draw):
    """Terms one after another, some with gaps, some paid; perhaps the last for life; perhaps an end."""
    day, paid, unpaid = draw(st.integers(0, 40)), [], []
    joined_on = START + timedelta(days=day)
    for number in range(count := draw(st.integers(0, 4))):
        length = draw(st.integers(0, 60))
        for_life = number == count - 1 and draw(st.booleans())
        first = START + timedelta(days=day)
        (paid if draw(st.booleans()) else unpaid).append(
            Term(first, None if for_life else first + timedelta(days=length))
        )
        day += length + 1 + draw(st.integers(0, 30))
    ended_on = joined_on + timedelta(days=draw(st.integers(0, 200))) if draw(st.booleans()) else None
    return joined_on, ended_on, paid, unpaid


@pytest.fixture
def type_with_grace(register):
    return register.kind(grace_days=14)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=facts(), offsets=st.lists(st.integers(-10, 400), min_size=8, max_size=8))
def test_M4_state_in_sql_is_the_state_of_the_rules(type_with_grace, drawn, offsets):
    joined_on, ended_on, paid, unpaid = drawn
    with database_of("membership").transaction() as session:
        membership_id = _insert(session, type_with_grace.id, new_id(), joined_on, ended_on, paid, unpaid)
        connection = session.connection()
        for day in [START + timedelta(days=offset) for offset in offsets]:
            expected = state_on(day, ended_on=ended_on, paid=paid, grace_days=14)
            found = queries.get_membership(connection, membership_id, day)
            assert found.state is expected
            request = m.ListMemberships(as_of=day, state=expected, limit=200)
            assert membership_id in {each.id for each in queries.list_memberships(connection, request, day, None).data}
            asked = m.AskEntitlements(person_id=found.person_id, on=day)
            session.execute(text("INSERT INTO discount_rules VALUES (:id, 'c', 5) ON CONFLICT DO NOTHING"),
                            {"id": type_with_grace.id})  # fmt: skip
            entitled = bool(queries.get_entitlements(connection, asked).data)
            assert entitled == (expected in {MembershipState.ACTIVE, MembershipState.GRACE})
        session.rollback()


def test_M4_statistics_count_by_state(register):
    kind = register.kind()
    active, ended = register.open(kind), register.open(kind)
    register.open(kind)
    register.pay(active)
    register.end(ended, clock.today())
    found = register.call("membership", "get_statistics", Nothing(), principal=staff())
    assert (found.active, found.pending, found.grace, found.applications) == (1, 1, 0, 0)
