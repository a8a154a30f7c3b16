"""Segments over all that is known of a contact (C10): in SQL the same as in words, limited in time and rights."""

from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from chassis.database import database_of
from chassis.ids import new_id
from contracts.access import Permission
from contracts.base import ById
from contracts.commerce.deliveries import PurchaseSource
from contracts.commerce.orders import OrderState
from contracts.contacts.activities import ActivityKind
from contracts.contacts.exports import StartExport
from contracts.contacts.masters import DecidedBy, ValueSource
from contracts.contacts.persons import PersonState
from contracts.contacts.segments import (
    CreateSegment,
    DeleteSegment,
    ListSegments,
    PreviewSegment,
    SegmentFilter,
    SegmentKind,
    SegmentMembers,
    UpdateSegment,
)
from contracts.courses import EnrolmentState
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from contracts.notify import Channel, CreateMailing, MessageState
from services.contacts import models
from services.contacts.queries import segments as queries
from services.contacts.rules.paid_days import as_text, grace_days, paid_days
from tests import segment_model as world
from tests.integration.conftest import staff

PERSONS, ORGANISATIONS = SegmentKind.PERSONS, SegmentKind.ORGANISATIONS


def fill(people):
    """Put the register in memory into the database."""
    with database_of("contacts").transaction() as session:
        for number, place in enumerate(world.PLACES):
            session.execute(
                insert(models.Organisation).values(
                    id=place,
                    name=f"Lumi {number} Oy",
                    sort_key=str(number),
                    search="",
                    customer_number=f"c{number}",
                    created_at=world.noon(world.TODAY),
                    updated_at=world.noon(world.TODAY),
                    tags=["partner"][:number],
                )
            )
        for each in people:
            _add(session, each)


def _add(session, who):
    own, at = who.own, world.noon(world.TODAY)
    session.execute(
        insert(models.Person).values(
            id=who.id,
            state=PersonState.ACTIVE,
            family_name=own["family_name"],
            city=own["city"],
            email=own["email"],
            email_key=own["email"],
            birth_date=own["birth_date"],
            credit_limit=own["credit_limit"],
            tags=own["tag"],
            sort_key="",
            search="",
            created_at=at,
            updated_at=at,
            other_phones=[{"kind": "work", "number": each["number"]} for each in phones_of(who)],
        )
    )
    origin = {"source": ValueSource.OFFICE, "observed_at": world.noon(world.ENTERED), "rule": DecidedBy.FIRST}
    session.execute(insert(models.FieldOrigin).values(subject_id=who.id, field="*", **origin))
    add_things(session, who)


def phones_of(who):
    return [each for each in who.things["contact_point"] if each["kind"] == "phone"]


SAY = text(
    """INSERT INTO verifications (id, contact_id, kind, point, outcome, said_at, source, recorded_at, recorded_by)
       SELECT gen_random_uuid(), contact_id, kind, key, :outcome, :at, 'office', :at, 'x'
       FROM contact_points WHERE contact_id = :who AND value = :number"""
)


def add_things(session, who):
    mine = {"person_id": who.id}
    for one in who.things["membership"]:
        terms = one["terms"]
        days = {"active_on": as_text(paid_days(terms)), "grace_on": as_text(grace_days(terms, one["grace_days"]))}
        values = {name: one[name] for name in ("joined_on", "ended_on")} | {"paid_until": world.paid_until(one)}
        row = {"id": new_id(), "told": 1, "type_code": one["type"], **mine, **days, **values}
        session.execute(insert(models.KnownMembership).values(row))
    for one in who.things["purchase"]:
        values = {name: one[name] for name in ("category", "quantity", "amount", "bought_on", "product_name")}
        values["source"] = PurchaseSource(one["source"])
        row = {"id": new_id(), "told": 1, "customer_id": who.id, "product_code": one["product"], **values}
        session.execute(insert(models.KnownPurchase).values(row | {"state": OrderState(one["state"])}))
    for one in who.things["enrolment"]:
        values = {name: one[name] for name in ("topic", "session_id", "enrolled_on", "starts_on", "attended")}
        row = {"id": new_id(), "told": 1, "course_code": one["course"], **mine, **values}
        session.execute(insert(models.KnownEnrolment).values(row | {"state": EnrolmentState(one["state"])}))
    for one in who.things["message"]:
        values = {name: one[name] for name in ("mailing_id", "template", "sent_on")}
        row = {"id": new_id(), "told": 1, "channel": Channel.EMAIL, "state": MessageState.DELIVERED, **mine, **values}
        session.execute(insert(models.KnownMessage).values(row))
    for one in who.things["activity"]:
        made, at = new_id(), world.noon(one["happened_on"])
        row = {"id": made, "kind": ActivityKind(one["kind"]), "text": "", "happened_at": at, "recorded_at": at}
        session.execute(insert(models.Activity).values(row | {"private": one["private"], "recorded_by": "x"}))
        session.execute(insert(models.ActivityContact).values(activity_id=made, **mine))
    for one in phones_of(who):
        said = {"who": who.id, "number": one["number"]}
        if one["confirmed_on"]:
            session.execute(SAY, {**said, "outcome": "confirmed", "at": world.noon(one["confirmed_on"])})
        if one["problem"]:
            session.execute(SAY, {**said, "outcome": "bounced", "at": world.noon(date(2030, 1, 1))})
    for one in who.things["affiliation"]:
        values = {name: one[name] for name in ("organisation_id", "title", "decision_maker", "ends_on")}
        session.execute(insert(models.Affiliation).values(id=new_id(), **mine, **values))


@pytest.fixture(scope="module")
def register(database_urls):
    """Some persons with what they have, in memory and in the database."""
    database_urls["contacts"]
    with database_of("contacts").transaction() as session:
        session.execute(text("TRUNCATE persons, organisations, segments, value_sources, verifications CASCADE"))
    people = world.persons(seed=7, count=120)
    fill(people)
    return people


DAYS = st.sampled_from(["today", "today-30", "today+1", "today-31", "2026-06-14", "2025-05-11"])
OWN = {
    "family_name": ("text", ["Åberg", "åb", "nro1", "%", "_"]),
    "city": ("text", [*world.CITIES[:3], "%", "_", "s"]),
    "email": ("text", ["a1@example.org", "a"]),
    "birth_date": ("date", ["1950-05-05", "1990-01-01", "today"]),
    "credit_limit": ("number", [0, 100, 99.5]),
    "tag": ("many", world.TAGS),
    "has_email": ("flag", [True, False]),
}
THINGS = {
    "membership": {
        "type": ("text", world.TYPES), "state": ("state", ["pending", "active", "grace", "lapsed", "ended"]),
        "joined_on": ("date", None), "ended_on": ("date", None), "paid_until": ("date", None),
    },
    "purchase": {
        "product": ("text", world.PRODUCTS), "quantity": ("number", [1, 2]), "amount": ("number", [0, 12.5, 50]),
        "product_name": ("text", ["Kahvi", "TUMMA"]), "source": ("text", ["order", "accounting"]),
        "bought_on": ("date", None), "paid": ("flag", [True, False]),
    },
    "enrolment": {
        "course": ("text", world.COURSES), "state": ("text", world.STATES), "starts_on": ("date", None),
        "session_id": ("id", [str(each) for each in world.PLACES]), "attended": ("flag", [True, False]),
    },
    "message": {
        "mailing_id": ("id", [str(each) for each in world.PLACES]), "template": ("text", ["mailing", "ticket"]),
        "sent_on": ("date", None),
    },
    "activity": {"kind": ("text", world.KINDS), "happened_on": ("date", None)},
    "contact_point": {
        "kind": ("text", ["email", "phone"]), "verified_on": ("date", None), "problem": ("text", ["bounced"]),
    },
    "affiliation": {
        "organisation_id": ("id", [str(each) for each in world.PLACES]), "title": ("text", ["johtaja", "siht"]),
        "decision_maker": ("flag", [True, False]),
    },
}  # fmt: skip
OPERATORS = {
    "text": ["eq", "ne", "in", "contains", "starts", "empty", "not_empty"],
    "state": ["eq", "ne", "in"],
    "number": ["eq", "ne", "in", "gte", "lte", "empty", "not_empty"],
    "date": ["eq", "ne", "in", "gte", "lte", "empty", "not_empty"],
    "flag": ["eq", "ne"],
    "many": ["eq", "ne", "in", "contains", "empty", "not_empty"],
    "id": ["eq", "ne", "in", "empty", "not_empty"],
}


@st.composite
def leaf(draw, fields, prefix=""):
    name = draw(st.sampled_from(sorted(fields)))
    kind, values = fields[name]
    op = draw(st.sampled_from(OPERATORS[kind]))
    one = DAYS if values is None else st.sampled_from(values)
    value = draw(st.lists(one, max_size=3)) if op == "in" else None if op.endswith("empty") else draw(one)
    return {"field": f"{prefix}{name}", "op": op, "value": value}


def groups(leaves, most=3):
    quantifier = st.sampled_from(["all", "any", "none"])

    def joined(parts):
        return st.builds(lambda name, below: {name: below}, quantifier, st.lists(parts, max_size=3))

    return st.recursive(leaves, joined, max_leaves=most)


@st.composite
def having(draw):
    relation = draw(st.sampled_from(sorted(THINGS)))
    tests = draw(groups(leaf(THINGS[relation], f"{relation}.")))
    tree = {"has": relation} | (tests if "field" not in tests else {"all": [tests]})
    return tree | ({"at_least": draw(st.integers(1, 3))} if draw(st.booleans()) else {})


def any_thing():
    return st.sampled_from(sorted(THINGS)).flatmap(lambda relation: leaf(THINGS[relation], f"{relation}."))


@given(tree=groups(st.one_of(leaf(OWN), any_thing(), having()), most=6))
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@example(tree={"field": "membership.state", "op": "eq", "value": "pending"})
@example(tree={"field": "membership.state", "op": "eq", "value": "active"})
@example(tree={"field": "membership.state", "op": "eq", "value": "grace"})
@example(tree={"field": "membership.state", "op": "ne", "value": "lapsed"})
@example(tree={"none": [{"has": "membership", "all": [{"field": "membership.state", "op": "eq", "value": "ended"}]}]})
@example(tree={"has": "affiliation", "at_least": 2})
def test_C10_a_filter_in_sql_finds_whom_it_finds_in_words(register, tree):
    with database_of("contacts").transaction() as session:
        wanted = SegmentFilter.model_validate(tree)
        matches = queries.found(session, PERSONS, wanted, world.TODAY)
        found = set(session.scalars(queries.select(models.Person.id).where(matches)))
    assert found == {each.id for each in register if world.finds(tree, each)}


@pytest.fixture
def call(call_service):
    return lambda method, request, principal=None: call_service(
        "contacts", method, request, principal=principal or staff()
    )


def count(call, tree, of=PERSONS, principal=None):
    request = PreviewSegment(of=of, filter=SegmentFilter.model_validate(tree))
    return call("preview_segment", request, principal).count


RIGHTS = {
    "membership": Permission.MEMBERSHIP_READ, "purchase": Permission.COMMERCE_READ, "message": Permission.NOTIFY_READ,
    "enrolment": Permission.COURSES_READ, "activity": Permission.ACTIVITIES_READ,
}  # fmt: skip


@pytest.mark.parametrize("relation", RIGHTS)
def test_C10_who_may_not_read_a_fact_cannot_find_it_out_by_a_filter(register, call, relation):
    office = [Permission.CONTACTS_READ, Permission.CONTACTS_WRITE]
    tree = {"any": [{"none": [{"has": relation}]}]}
    with pytest.raises(NotAllowed) as caught:
        count(call, tree, principal=staff(*office))
    assert RIGHTS[relation].value in caught.value.message
    with pytest.raises(NotAllowed):
        call("create_segment", CreateSegment(name="x", filter=SegmentFilter.model_validate(tree)), staff(*office))
    assert count(call, tree, principal=staff(*office, RIGHTS[relation])) >= 0
    assert count(call, {"has": "affiliation"}, principal=staff(*office)) > 0


def test_C10_a_saved_segment_tells_nothing_to_who_may_not_read_its_facts(register, call):
    made = call("create_segment", CreateSegment(name="x", filter=SegmentFilter.model_validate({"has": "purchase"})))
    office = staff(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE)
    assert made.count is not None
    assert call("get_segment", ById(id=made.id), office).count is None
    assert {each.count for each in call("list_segments", ListSegments(), office).data if each.id == made.id} == {None}
    for method, request in (
        ("list_segment_members", SegmentMembers(id=made.id)), ("start_export", StartExport(segment_id=made.id)),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            call(method, request, office)
        call(method, request, staff(Permission.CONTACTS_READ, Permission.COMMERCE_READ))


def test_C10_segments_of_organisations(register, call):
    with database_of("contacts").transaction() as session:
        session.execute(
            insert(models.KnownPurchase).values(
                id=new_id(),
                customer_id=world.PLACES[1],
                product_code="p1",
                category="fees",
                quantity=1,
                amount=500,
                bought_on=world.TODAY,
                state=OrderState.PAID,
                told=1,
            )
        )
    for tree in (
        {"field": "customer_number", "op": "eq", "value": "c1"},
        {"field": "tag", "op": "eq", "value": "partner"},
        {"has": "purchase", "all": [{"field": "purchase.amount", "op": "gte", "value": 500}]},
    ):
        request = CreateSegment(name="Yhtiöt", of=ORGANISATIONS, filter=SegmentFilter.model_validate(tree))
        made = call("create_segment", request)
        listed = call("list_segment_organisations", SegmentMembers(id=made.id))
        assert (made.count, [each.id for each in listed.data]) == (1, [world.PLACES[1]])
    with pytest.raises(Conflict) as caught:
        call("list_segment_members", SegmentMembers(id=made.id))
    assert caught.value.error_code == "other_kind"
    assert count(call, {"has": "affiliation", "at_least": 2}, ORGANISATIONS) == 2
    assert [each.id for each in call("list_segments", ListSegments(of=ORGANISATIONS, limit=1)).data] == [made.id]


def test_C10_a_mailing_goes_to_persons_alone(register, call, call_service, clean_database):
    clean_database("notify")
    made = call("create_segment", CreateSegment(name="x", of=ORGANISATIONS, filter=SegmentFilter(all=[])))
    request = CreateMailing(name="Kirje", segment_id=made.id, subject="Hei", body="Hei")
    with pytest.raises(Conflict):
        call_service("notify", "create_mailing", request, principal=staff())


def test_C10_a_segment_is_renamed_changed_and_taken_away(register, call):
    made = call("create_segment", CreateSegment(name="Kaikki", filter=SegmentFilter(all=[])))
    named = call("update_segment", UpdateSegment(id=made.id, version=1, name="Jokainen"))
    assert (named.name, named.filter, named.count, named.version) == ("Jokainen", made.filter, made.count, 2)
    nobody = call("update_segment", UpdateSegment(id=made.id, version=2, filter=SegmentFilter(any=[])))
    assert (nobody.name, nobody.count) == ("Jokainen", 0)
    with pytest.raises(Stale):
        call("update_segment", UpdateSegment(id=made.id, version=2, name="Myöhässä"))
    wrong = SegmentFilter(field="salary", op="eq", value=1)
    with pytest.raises(Invalid):
        call("update_segment", UpdateSegment(id=made.id, version=3, filter=wrong))
    with pytest.raises(Stale):
        call("delete_segment", DeleteSegment(id=made.id, version=1))
    call("delete_segment", DeleteSegment(id=made.id, version=3))
    with pytest.raises(NotFound):
        call("get_segment", ById(id=made.id))


def test_C10_a_filter_that_takes_too_long_is_refused_with_words_and_leaves_nothing_behind(register, call, monkeypatch):
    def slowly(_of, _node, _today):
        return text("pg_sleep(0.2) IS NOT NULL")

    monkeypatch.setattr(queries, "condition", slowly)
    monkeypatch.setattr(queries, "LONGEST", 0.5)
    monkeypatch.setattr(queries.count, "__defaults__", (0.5,))
    monkeypatch.setattr(queries.limited.__wrapped__, "__defaults__", (0.5,))
    with pytest.raises(Invalid) as caught:
        count(call, {"all": []})
    assert [each.code for each in caught.value.errors] == ["too_slow"]
    made = call("create_segment", CreateSegment(name="Hidas", filter=SegmentFilter(all=[])))
    assert made.count is None
    monkeypatch.undo()
    assert call("get_segment", ById(id=made.id)).count == len(register)


def test_C10_days_are_counted_from_today(register, call):
    recent = {"has": "purchase", "all": [{"field": "purchase.bought_on", "op": "gte", "value": "today-36500"}]}
    everybody = {each.id for each in register if world.things(each, "purchase")}
    assert count(call, recent) == len(everybody)
