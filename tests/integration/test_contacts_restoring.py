"""Organisations and segments that were deleted come back exactly as they were, once, or say why they cannot."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from chassis import clock
from chassis.database import database_of
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts.affiliations import CreateAffiliation, EndAffiliation, ListAffiliations, UpdateAffiliation
from contracts.contacts.erasures import ErasePerson
from contracts.contacts.history import History
from contracts.contacts.organisations import CreateOrganisation, Organisation, UpdateOrganisation
from contracts.contacts.persons import CreatePerson, DeleteContact
from contracts.contacts.segments import CreateSegment, DeleteSegment, ListSegments, PreviewSegment, SegmentFilter
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound
from services.contacts.commands import segments
from tests.integration.conftest import staff
from tests.integration.test_contacts_mentions import search

OFFICE = staff(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.CONTACTS_ERASE)
TODAY = datetime.now(ZoneInfo("Europe/Helsinki")).date()
LATER, EARLIER = TODAY + timedelta(days=40), TODAY - timedelta(days=40)
MOVING = {"version", "updated_at"}
"""What moves on whatever happens."""


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=OFFICE: call_service("contacts", method, request, principal=principal)


@pytest.fixture
def company(call):
    group = call("create_organisation", CreateOrganisation(name="Konserni Oyj"))
    numbers = {"business_id": "0201256-6", "customer_number": "1001"}
    tags, phone = ["kumppani"], "09 123 456"
    return call("create_organisation", CreateOrganisation(
        name="Lumi Oy", parent_id=group.id, tags=tags, phone=phone, **numbers
    ))  # fmt: skip


def delete(call, organisation):
    now = call("get_organisation", ById(id=organisation.id))
    call("delete_organisation", DeleteContact(id=now.id, version=now.version))


def restore(call, organisation) -> Organisation:
    restored = call("restore_organisation", ById(id=organisation.id))
    assert isinstance(restored, Organisation)
    return restored


def works_there(call, organisation, family_name, **more):
    person = call("create_person", CreatePerson(family_name=family_name))
    sides = {"person_id": person.id, "organisation_id": organisation.id}
    return call("create_affiliation", CreateAffiliation(**sides, **more))


def places(call, organisation):
    found = call("list_affiliations", ListAffiliations(organisation_id=organisation.id)).data
    return {each.id: each.model_dump(exclude=MOVING) for each in found}


def test_C4_a_deleted_organisation_comes_back_with_its_people_as_they_were(call, company):
    for name, dates in {
        "Auki": {}, "Tuleva": {"starts_on": LATER}, "Päättyvä": {"ends_on": LATER},
        "Mennyt": {"ends_on": EARLIER}, "Tänään": {"ends_on": TODAY},
    }.items():  # fmt: skip
        works_there(call, company, name, **dates)
    before = places(call, company)
    delete(call, company)
    assert {each["ends_on"] for each in places(call, company).values()} == {TODAY, EARLIER}
    restored = restore(call, company)
    assert restored.model_dump(exclude=MOVING) == company.model_dump(exclude=MOVING)
    assert places(call, company) == before
    assert restore(call, company) == restored


def test_C14_what_has_not_begun_when_its_organisation_is_deleted_never_begins(call, company):
    place = works_there(call, company, "Tuleva", starts_on=TODAY + timedelta(days=1), ends_on=LATER, title="Johtaja")
    delete(call, company)
    later = LATER - timedelta(days=1)
    held = call("list_affiliations", ListAffiliations(person_id=place.person_id, held_on=later)).data
    assert held == []
    (now,) = call("list_affiliations", ListAffiliations(person_id=place.person_id)).data
    renamed = call("update_affiliation", UpdateAffiliation(id=now.id, version=now.version, title="Puheenjohtaja"))
    assert (renamed.starts_on, renamed.ends_on) == (TODAY + timedelta(days=1), TODAY)
    with pytest.raises(Invalid):
        call("update_affiliation", UpdateAffiliation(id=now.id, version=renamed.version, starts_on=LATER))
    restore(call, company)
    (back,) = call("list_affiliations", ListAffiliations(organisation_id=company.id)).data
    assert (back.title, back.starts_on, back.ends_on) == ("Puheenjohtaja", place.starts_on, LATER)


def test_C10_what_never_began_is_neither_held_nor_past_once_its_days_have_come(call, company):
    works_there(call, company, "Tuleva", starts_on=TODAY + timedelta(days=1), ends_on=LATER, title="Johtaja")
    delete(call, company)
    with database_of("contacts").transaction() as session:
        session.execute(text("UPDATE affiliations SET starts_on = starts_on - 20, ends_on = ends_on - 20"))
    for relation in ("affiliation", "past_affiliation"):
        tree = SegmentFilter(field=f"{relation}.title", op="eq", value="Johtaja")
        assert call("preview_segment", PreviewSegment(filter=tree)).count == 0


def test_C18_that_it_was_deleted_and_came_back_is_told_on_both_sides(call, company):
    place = works_there(call, company, "Aalto")
    delete(call, company)
    restore(call, company)
    last = ("affiliation.ends_on", None, str(TODAY))
    for subject_id in (company.id, place.person_id):
        told = [(each.field, each.old, each.new) for each in call("list_history", History(id=subject_id)).data]
        assert told.count(last) == told.count((last[0], last[2], last[1])) == 1
    states = [each for each in call("list_history", History(id=company.id)).data if each.field == "state"]
    assert [(each.old, each.new) for each in states][:2] == [("deleted", "active"), ("active", "deleted")]


def test_C4_what_was_changed_since_stays_and_only_the_last_deletion_is_undone(call, company):
    moved, kept = (works_there(call, company, name) for name in ("Muuttaja", "Pysyjä"))
    delete(call, company)
    restore(call, company)
    call("end_affiliation", EndAffiliation(id=kept.id, ends_on=EARLIER))
    delete(call, company)
    call("end_affiliation", EndAffiliation(id=moved.id, ends_on=EARLIER))
    restore(call, company)
    assert {each["ends_on"] for each in places(call, company).values()} == {EARLIER}


def test_C17_whoever_was_erased_meanwhile_does_not_come_back(call, company):
    place = works_there(call, company, "Unohdettu")
    delete(call, company)
    person = call("get_person", ById(id=place.person_id))
    call("erase_person", ErasePerson(id=person.id, version=person.version, reason="requested"))
    restore(call, company)
    assert places(call, company) == {}


@pytest.mark.parametrize(
    ("number", "code"),
    [({"business_id": "0201256-6"}, "business_id_taken"), ({"customer_number": "1001"}, "customer_number_taken")],
)
def test_C4_an_organisation_whose_number_another_has_by_now_stays_deleted(call, company, number, code):
    delete(call, company)
    other = call("create_organisation", CreateOrganisation(name="Toinen Oy", **number))
    with pytest.raises(Conflict) as caught:
        restore(call, company)
    assert caught.value.error_code == code
    with pytest.raises(NotFound):
        call("get_organisation", ById(id=company.id))
    call("update_organisation", UpdateOrganisation(id=other.id, version=1, clear=[*number]))
    assert restore(call, company).business_id == "0201256-6"


def test_C4_what_it_belonged_to_has_to_come_back_first(call, company):
    group = call("get_organisation", ById(id=company.parent_id))
    delete(call, company)
    delete(call, group)
    with pytest.raises(Conflict) as caught:
        restore(call, company)
    assert caught.value.error_code == "parent_deleted"
    restore(call, group)
    assert restore(call, company).parent_id == group.id


def test_C4_who_may_not_delete_may_not_restore(call, company):
    delete(call, company)
    with pytest.raises(NotAllowed):
        call("restore_organisation", ById(id=company.id), staff(Permission.CONTACTS_READ))
    assert restore(call, company).id == company.id


def forget_segments(now):
    with database_of("contacts").transaction() as session:
        return segments.forget_deleted(session, now, 10)


def test_C10_a_deleted_segment_comes_back_for_a_month(call):
    tree = SegmentFilter(field="city", op="eq", value="Oulu")
    made = call("create_segment", CreateSegment(name="Oululaiset", filter=tree))
    call("delete_segment", DeleteSegment(id=made.id, version=1))
    assert call("list_segments", ListSegments()).data == []
    with pytest.raises(NotFound):
        call("delete_segment", DeleteSegment(id=made.id, version=2))
    assert forget_segments(clock.now()) == 0
    restored = call("restore_segment", ById(id=made.id))
    assert restored.model_dump(exclude=MOVING) == made.model_dump(exclude=MOVING)
    assert call("restore_segment", ById(id=made.id)) == restored
    call("delete_segment", DeleteSegment(id=made.id, version=restored.version))
    assert forget_segments(clock.now() + timedelta(days=31)) == 1
    with pytest.raises(NotFound):
        call("restore_segment", ById(id=made.id))


def test_C17_the_name_of_an_erased_person_is_struck_in_a_deleted_segment_too(call):
    person = call("create_person", CreatePerson(given_name="Aino", family_name="Lumi"))
    tree = SegmentFilter(field="name", op="contains", value="Aino Lumi")
    made = call("create_segment", CreateSegment(name="Aino Lumin tuttavat", filter=tree))
    call("delete_segment", DeleteSegment(id=made.id, version=1))
    call("erase_person", ErasePerson(id=person.id, version=1, reason="requested"))
    search()
    assert "Lumi" not in call("restore_segment", ById(id=made.id)).model_dump_json()
