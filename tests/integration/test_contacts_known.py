"""What contacts keeps of what the others know about its contacts (C10): told late, twice, out of order, again."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from chassis import clock, telling
from chassis.database import database_of
from chassis.ids import new_id
from contracts import courses, membership, notify
from contracts.base import ById, Nothing, Translated
from contracts.commerce.invoices import ListInvoices
from contracts.commerce.orders import OrderState, PurchaseFact, PurchasesChanged
from contracts.contacts.erasures import ErasePerson, ErasureReason
from contracts.contacts.merges import MergePersons
from contracts.contacts.segments import CreateSegment, SegmentFilter
from contracts.courses import EnrolmentState, PaymentMethod
from contracts.membership import MembershipFact, MembershipsChanged, PaidTerm
from tests.integration.conftest import member
from tests.integration.town import opened_town


@pytest.fixture
def town(call_service, clean_database, monkeypatch):
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


def new_type(town, code):
    fee = town.product("60.00", "fees")
    request = membership.CreateMembershipType(code=code, name=Translated(fi="Jäsen"), fee_product_id=fee)
    return town.call("membership", "create_membership_type", request)


def known(town, what, columns):
    return sorted(map(tuple, town.rows("contacts", f"SELECT {columns} FROM known_{what}")), key=str)


def live(town, who):
    """Something of each kind in a person's life."""
    kind = new_type(town, "ordinary")
    opened = membership.OpenMembership(person_id=who.id, membership_type_id=kind.id)
    town.call("membership", "open_membership", opened)
    session = town.session(seats=5)
    town.enrol(session, who, payment=PaymentMethod.INVOICE)
    wanted = SegmentFilter(field="family_name", op="eq", value="Aalto")
    segment = town.call("contacts", "create_segment", CreateSegment(name="Aallot", filter=wanted))
    request = notify.CreateMailing(name="Kirje", segment_id=segment.id, subject="Hei", body="Hei")
    mailing = town.call("notify", "create_mailing", request)
    town.call("notify", "launch_mailing", ById(id=mailing.id))
    return session, mailing


def all_known(town):
    return {
        what: known(town, what, columns)
        for what, columns in {
            "memberships": "id, person_id, type_code, joined_on, ended_on, paid_until, active_on::text, grace_on::text",
            "purchases": "id, customer_id, product_code, category, quantity, amount, bought_on, state",
            "enrolments": "id, person_id, session_id, course_code, topic, state, enrolled_on, starts_on, attended",
            "messages": "id, person_id, channel, template, mailing_id, sent_on, state",
        }.items()
    }


@pytest.mark.parametrize("shuffled", [None, 1, 2])
def test_C10_contacts_knows_what_the_others_know(town, shuffled):
    aino = town.person("Aino")
    session, mailing = live(town, aino)
    town.settle(twice=True, shuffled=shuffled)
    today = clock.today()
    assert known(town, "memberships", "person_id, type_code, joined_on, ended_on, active_on::text") == [
        (aino.id, "ordinary", today, None, "{}")
    ]
    assert known(town, "enrolments", "person_id, session_id, course_code, state, attended, starts_on") == [
        (aino.id, session.id, session.course.code, "confirmed", False, clock.local_date(session.starts_at))
    ]
    bought = known(town, "purchases", "customer_id, category, quantity, amount::text, bought_on, state")
    assert bought == [
        (aino.id, "courses", 1, "90.00", today, "billed"), (aino.id, "fees", 1, "60.00", today, "billed"),
    ]  # fmt: skip
    sent = known(town, "messages", "person_id, template, mailing_id, sent_on, state")
    assert (aino.id, "mailing", mailing.id, today, "delivered") in sent
    assert (aino.id, "ticket", None, today, "delivered") in sent


def test_C10_what_changes_later_is_known_too(town):
    aino = town.person("Aino")
    session, _mailing = live(town, aino)
    town.settle()
    fee = next(each for each in town.call("commerce", "list_invoices", invoices_of(aino)).data if each.gross == 60)
    town.pay(member(aino.id), invoice_id=fee.id)
    moved = session.starts_at + timedelta(days=3)
    changed = courses.UpdateSession(
        id=session.id, version=session.version, starts_at=moved, ends_at=moved + timedelta(hours=1)
    )
    town.call("courses", "update_session", changed)
    town.settle()
    today = clock.today()
    ((active, until),) = known(town, "memberships", f"active_on @> DATE '{today}', paid_until")
    assert active
    assert until >= today
    assert known(town, "enrolments", "starts_on") == [(clock.local_date(moved),)]
    ended = town.call("membership", "list_memberships", membership.ListMemberships(person_id=aino.id)).data[0]
    town.call("membership", "end_membership", membership.EndMembership(id=ended.id, ended_on=today, reason="Muutto"))
    mine = town.call("courses", "list_enrolments", courses.ListEnrolments(person_id=aino.id)).data[0]
    town.call("courses", "cancel_enrolment", courses.CancelEnrolment(id=mine.id), member(aino.id))
    town.settle()
    assert known(town, "memberships", "ended_on") == [(today,)]
    assert known(town, "enrolments", "state") == [("cancelled",)]
    assert known(town, "purchases", "category, state") == [("courses", "cancelled"), ("fees", "paid")]


def invoices_of(person):
    return ListInvoices(customer_id=person.id)


def test_C10_all_can_be_told_again_after_the_read_model_was_lost(town):
    aino = town.person("Aino")
    live(town, aino)
    town.settle()
    before = all_known(town)
    assert all(before.values())
    town.alter("contacts", "TRUNCATE known_memberships, known_purchases, known_enrolments, known_messages")
    for service in ("membership", "courses", "commerce", "notify"):
        job = town.call(service, "tell_again", Nothing())
        assert job.kind == telling.TELL_AGAIN
    town.settle()
    for _ in range(4):
        town.work()
    town.settle()
    assert all_known(town) == before
    for service in ("membership", "courses", "commerce", "notify"):
        town.call(service, "tell_again", Nothing())
    town.settle(twice=True)
    assert all_known(town) == before


def test_C17_nothing_is_kept_about_who_was_erased_whatever_is_told_later(town):
    aino = town.person("Aino")
    live(town, aino)
    town.settle()
    erase = ErasePerson(id=aino.id, version=1, reason=ErasureReason.REQUESTED)
    town.call("contacts", "erase_person", erase)
    town.settle(twice=True)
    town.call("membership", "tell_again", Nothing())
    town.settle()
    assert all_known(town) == {"memberships": [], "purchases": [], "enrolments": [], "messages": []}


def test_C13_facts_about_a_merged_person_are_the_survivors_also_those_told_later(town):
    aino, twice = town.person("Aino"), town.person("Ania", email="ania@example.org")
    live(town, twice)
    made = town.call("contacts", "merge_persons", MergePersons(survivor_id=aino.id, merged_id=twice.id))
    town.settle(twice=True, shuffled=4)
    for what, owner in (("memberships", "person_id"), ("purchases", "customer_id"), ("enrolments", "person_id")):
        assert {each for (each,) in known(town, what, owner)} == {aino.id}, what
    town.call("contacts", "undo_merge", ById(id=made.id))
    town.call("commerce", "tell_again", Nothing())
    town.settle(twice=True, shuffled=5)
    for what, owner in (("memberships", "person_id"), ("purchases", "customer_id"), ("enrolments", "person_id")):
        assert {each for (each,) in known(town, what, owner)} == {twice.id}, what


@pytest.mark.parametrize("seed", range(4))
def test_C10_the_later_fact_wins_in_any_order(handle_event, clean_database, seed):
    clean_database("contacts")
    kept, person_id = new_id(), new_id()
    day = date(2026, 1, 1)

    def told(number):
        term = PaidTerm(starts_on=day, ends_on=day + timedelta(days=number))
        fact = MembershipFact(
            id=kept, person_id=person_id, type_code=f"t{number}", joined_on=day, ended_on=None, grace_days=number,
            paid=[term],
        )  # fmt: skip
        return MembershipsChanged(number=number, memberships=[fact])

    events = [told(number) for number in range(1, 8)] * 2
    random.Random(seed).shuffle(events)
    for event in events:
        handle_event("contacts", event)
    with database_of("contacts").reader() as connection:
        row = connection.exec_driver_sql(
            "SELECT type_code, paid_until, active_on::text, grace_on::text FROM known_memberships"
        ).one()
    assert row == ("t7", date(2026, 1, 8), "{[2026-01-01,2026-01-09)}", "{[2026-01-09,2026-01-16)}")


def test_C10_the_same_event_twice_in_one_thousand_facts_is_one(handle_event, clean_database):
    clean_database("contacts")
    now = datetime(2026, 5, 1, 22, 30, tzinfo=UTC)
    facts = [
        PurchaseFact(
            id=new_id(),
            order_id=new_id(),
            customer_id=new_id(),
            product_code=f"p{number}",
            category="fees",
            quantity=1,
            amount="12.50",
            ordered_at=now,
            state=OrderState.BILLED,
        )
        for number in range(1_000)
    ]
    for _ in range(2):
        handle_event("contacts", PurchasesChanged(number=5, purchases=facts))
    with database_of("contacts").reader() as connection:
        row = connection.exec_driver_sql("SELECT count(*), min(bought_on), max(amount) FROM known_purchases").one()
    assert (row[0], row[1], str(row[2])) == (1_000, date(2026, 5, 2), "12.50")


def test_C10_numbers_grow_and_a_second_teller_waits(town):
    """Also after a restored backup has set the sequence back."""
    aino = town.person("Aino")
    town.enrol(town.session(seats=5), aino, payment=PaymentMethod.INVOICE)
    first = told_numbers(town)
    town.alter("courses", "SELECT setval('told_number', 1)")
    town.alter("courses", "UPDATE enrolments SET state = :state", state=EnrolmentState.CANCELLED.value)
    with database_of("courses").transaction() as session:
        assert session.scalar(telling.LOCK)
        assert not telling.tell_next(town.workers["courses"])
        assert town.rows("courses", "SELECT count(*) FROM untold")[0][0] == 1
    second = told_numbers(town)
    assert len(second) == len(first) + 1
    assert second == sorted(set(second))


def told_numbers(town):
    telling.tell_next(town.workers["courses"])
    query = "SELECT envelope->'data'->>'number' FROM outbox WHERE type = 'enrolments.changed.v1' ORDER BY id"
    return [int(number) for (number,) in town.rows("courses", query)]


def test_C10_many_changes_are_told_in_events_of_a_thousand(town):
    count = 2_500
    town.alter(
        "notify",
        """INSERT INTO messages (id, channel, template, person_id, state, next_at, created_at, sent_at)
           SELECT gen_random_uuid(), 'email', 'letter', gen_random_uuid(), 'delivered', now(), now(), now()
             FROM generate_series(1, :count)""",
        count=count,
    )
    town.settle()
    assert town.rows("contacts", "SELECT count(*) FROM known_messages")[0][0] == count
    sizes = town.rows(
        "notify", "SELECT jsonb_array_length(envelope->'data'->'messages') FROM outbox WHERE type = 'messages.sent.v1'"
    )
    assert [size for (size,) in sizes] == [1_000, 1_000, 500]
