"""Segments over all that is known of a contact (C10): in SQL the same as in words, limited in time and rights."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.database import database_of
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts.exports import StartExport
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
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from contracts.notify import CreateLabelSheet, CreateMailing
from services.contacts import models
from services.contacts.queries import segments as queries
from services.contacts.rules import segment_fields
from tests import segment_model as world
from tests import segment_own, segment_rows
from tests import segment_trees as trees
from tests.integration.conftest import staff

PERSONS, ORGANISATIONS = SegmentKind.PERSONS, SegmentKind.ORGANISATIONS


@pytest.fixture(scope="module")
def register(database_urls):
    """Some persons with what they have, in memory and in the database."""
    database_urls["contacts"]
    people = world.persons(seed=7, count=120)
    segment_rows.fill(people, world.organisations(8, people))
    return people


@pytest.fixture(scope="module")
def organisations(register):
    """The organisations in which they are, in memory."""
    return world.organisations(8, register)


def test_C10_the_small_register_has_every_field_that_segments_know():
    for of in SegmentKind:
        assert {name for name in trees.OWN[of] if "." not in name} == set(segment_fields.OWN[of])
        known = {name for each in segment_fields.RELATIONS.values() if of in each.of for name in each.fields}
        known = {name for name in known if of is PERSONS or not name.startswith("organisation.")}
        assert {name for each in trees.things(of).values() for name in each if ".fields." not in name} == known
    assert set(segment_own.ADDITIONAL.values()) == set(segment_fields.ADDITIONAL)


FILTERS = st.sampled_from([PERSONS, PERSONS, ORGANISATIONS]).flatmap(lambda of: st.tuples(st.just(of), trees.trees(of)))


@given(drawn=FILTERS)
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@example(drawn=(PERSONS, {"field": "membership.state", "op": "eq", "value": "pending"}))
@example(drawn=(PERSONS, {"field": "membership.state", "op": "eq", "value": "active"}))
@example(drawn=(PERSONS, {"field": "membership.state", "op": "eq", "value": "grace"}))
@example(drawn=(PERSONS, {"field": "membership.state", "op": "ne", "value": "lapsed"}))
@example(
    drawn=(
        PERSONS,
        {"none": [{"has": "membership", "all": [{"field": "membership.state", "op": "eq", "value": "ended"}]}]},
    )
)
@example(drawn=(PERSONS, {"has": "affiliation", "at_least": 2}))
def test_C10_a_filter_in_sql_finds_whom_it_finds_in_words(register, organisations, drawn):
    of, tree = drawn
    rows, model = (register, models.Person) if of is PERSONS else (organisations, models.Organisation)
    with database_of("contacts").transaction() as session:
        matches = queries.found(session, of, SegmentFilter.model_validate(tree), world.TODAY)
        found = set(session.scalars(queries.select(model.id).where(matches)))
    assert found == {each.id for each in rows if world.finds(tree, each)}


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


def test_C10_segments_of_organisations(register, organisations, call):
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
    two = {"has": "affiliation", "at_least": 2}
    assert count(call, two, ORGANISATIONS) == sum(world.finds(two, each) for each in organisations) > 0
    assert [each.id for each in call("list_segments", ListSegments(of=ORGANISATIONS, limit=1)).data] == [made.id]


def test_C10_a_mailing_goes_to_persons_alone(register, call, call_service, clean_database):
    clean_database("notify")
    made = call("create_segment", CreateSegment(name="x", of=ORGANISATIONS, filter=SegmentFilter(all=[])))
    request = CreateMailing(name="Kirje", segment_id=made.id, subject="Hei", body="Hei")
    with pytest.raises(Conflict):
        call_service("notify", "create_mailing", request, principal=staff())


def test_C10_who_may_not_read_a_fact_writes_to_nobody_by_it(register, call, call_service, clean_database):
    """Receivers and labels would tell who is in the segment."""
    clean_database("notify")
    made = call("create_segment", CreateSegment(name="x", filter=SegmentFilter.model_validate({"has": "purchase"})))
    letter = CreateMailing(name="Kirje", segment_id=made.id, subject="Hei", body="Hei")
    sender = [Permission.CONTACTS_READ, Permission.NOTIFY_SEND]
    for method, request in (("create_mailing", letter), ("create_label_sheet", CreateLabelSheet(segment_id=made.id))):
        with pytest.raises(NotAllowed) as caught:
            call_service("notify", method, request, principal=staff(*sender))
        assert "commerce.read" in caught.value.message
        assert call_service("notify", method, request, principal=staff(*sender, Permission.COMMERCE_READ))
    draft = call_service("notify", "create_mailing", letter, principal=staff())
    with pytest.raises(NotAllowed):
        call_service("notify", "launch_mailing", ById(id=draft.id), principal=staff(*sender))
    everybody = call("create_segment", CreateSegment(name="x", filter=SegmentFilter(all=[])))
    request = CreateLabelSheet(segment_id=everybody.id)
    with pytest.raises(NotAllowed):
        call_service("notify", "create_label_sheet", request, principal=staff(Permission.NOTIFY_SEND))
    sheet = ById(id=call_service("notify", "create_label_sheet", request, principal=staff()).id)
    with pytest.raises(NotAllowed):
        call_service("notify", "get_label_sheet", sheet, principal=staff(Permission.NOTIFY_READ))
    allowed = staff(Permission.NOTIFY_READ, Permission.CONTACTS_READ)
    assert call_service("notify", "get_label_sheet", sheet, principal=allowed).id == sheet.id


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
