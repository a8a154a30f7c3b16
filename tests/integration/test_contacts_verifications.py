"""Contact points age: confirmed, marked when mail comes back, listed, followed by merges and erasure (C19)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from chassis import clock
from chassis.database import database_of
from chassis.ids import new_id
from contracts.access import Permission
from contracts.base import ById, ByIds
from contracts.contacts.addresses import Address, AddressPurpose
from contracts.contacts.affiliations import CreateAffiliation, EndAffiliation, UpdateAffiliation
from contracts.contacts.basics import OtherEmail
from contracts.contacts.contact_points import ConfirmPoint, ListContactPoints, MarkPoint, PointKind, PointState
from contracts.contacts.history import History
from contracts.contacts.masters import ValueSource
from contracts.contacts.merges import MergePersons, Side
from contracts.contacts.organisations import CreateOrganisation, UpdateOrganisation
from contracts.contacts.persons import CreatePerson, DeleteContact, UpdatePerson
from contracts.contacts.segments import PreviewSegment, SegmentFilter, SegmentKind
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.integration.conftest import SYSTEM, staff

OFFICE = staff(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.CONTACTS_ERASE)
HOME = Address(street="Kotikatu 1", postal_code="33100", city="Tampere")
COTTAGE = Address(purpose=AddressPurpose.VISITING, street="Rantatie 2", postal_code="52700", city="Mäntyharju")


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=OFFICE: call_service("contacts", method, request, principal=principal)


def aino(call, **more):
    details = {"given_name": "Aino", "family_name": "Aalto", "email": "Aino@example.org", "phone": "0401234567"}
    return call("create_person", CreatePerson(**details, addresses=[HOME], **more))


def points(call, who):
    return {each.value: each for each in call("get_contact_points", ById(id=who.id)).data}


def confirm(call, who, value):
    return call("confirm_contact_point", ConfirmPoint(id=who.id, key=points(call, who)[value].key))


def mark(call, who, value, **more):
    return call("mark_contact_point", MarkPoint(id=who.id, key=points(call, who)[value].key, **more))


def change(call, who, **changes):
    version = call("get_person", ById(id=who.id)).version
    return call("update_person", UpdatePerson(id=who.id, version=version, **changes))


def recipient(call, who):
    (found,) = call("get_recipients", ByIds(ids=[who.id]), SYSTEM).data
    return found


def age(days=1_000):
    """Let everything that is known of values be old."""
    with database_of("contacts").transaction() as session:
        session.execute(
            text("UPDATE value_sources SET observed_at = observed_at - :age"), {"age": timedelta(days=days)}
        )


def listed(call, **asked):
    return [each.value for each in call("list_contact_points", ListContactPoints(**asked)).data]


LINE = "Kotikatu 1, 33100 Tampere"


def test_C19_every_value_is_verified_when_it_is_told_and_by_whom(call):
    who = aino(call, other_emails=[OtherEmail(address="aino@example.com")])
    age()
    found = points(call, who)
    assert list(found) == ["Aino@example.org", "aino@example.com", "+358401234567", LINE]
    assert {(each.verified_by, each.confirmed, each.problem) for each in found.values()} == {
        (ValueSource.OFFICE, False, None)
    }
    change(call, who, email="uusi@example.org")
    now, before = points(call, who)["uusi@example.org"], points(call, who)["+358401234567"]
    assert now.verified_at - before.verified_at > timedelta(days=900)


def test_C19_a_confirmation_holds_for_the_value_it_was_given_for_alone_and_is_undone(call):
    who = aino(call)
    age()
    old = points(call, who)
    done = confirm(call, who, "Aino@example.org")
    assert points(call, who)["Aino@example.org"].confirmed
    assert points(call, who)[LINE] == old[LINE]
    call("undo_verification", ById(id=done.id))
    assert points(call, who) == old
    change(call, who, email="uusi@example.org")
    with pytest.raises(NotFound):
        call("confirm_contact_point", ConfirmPoint(id=who.id, key=old["Aino@example.org"].key))
    assert not points(call, who)["uusi@example.org"].confirmed
    told = [each.field for each in call("list_history", History(id=who.id)).data]
    assert told.count("contact_point.confirmed") == 2


def test_C19_returned_mail_goes_to_no_label_until_the_address_is_changed_or_confirmed(call):
    who = aino(call, language="sv")
    before = points(call, who)
    marked = mark(call, who, LINE, reason="Muuttanut")
    point = points(call, who)[LINE]
    assert (point.problem, point.problem_reason, point.verification_id) == ("returned", "Muuttanut", marked.id)
    assert (recipient(call, who).address_lines, recipient(call, who).mail_lines) == (
        ["Kotikatu 1", "33100 TAMPERE"],
        [],
    )
    call("undo_verification", ById(id=marked.id))
    assert points(call, who) == before
    assert recipient(call, who).mail_lines
    marked = mark(call, who, LINE)
    change(call, who, addresses=[HOME, COTTAGE])
    assert points(call, who)[LINE].problem
    assert recipient(call, who).mail_lines == ["Rantatie 2", "52700 MÄNTYHARJU"]
    confirm(call, who, LINE)
    assert recipient(call, who).mail_lines == ["Kotikatu 1", "33100 TAMPERE"]
    with pytest.raises(Conflict) as error:
        call("undo_verification", ById(id=marked.id))
    assert error.value.error_code == "said_since"
    with pytest.raises(Invalid) as early:
        mark(call, who, LINE, happened_on=clock.today() - timedelta(days=3))
    assert [(each.pointer, each.code) for each in early.value.errors] == [("/happened_on", "confirmed_since")]
    with pytest.raises(Invalid):
        mark(call, who, LINE, happened_on=clock.today() + timedelta(days=1))


def test_C19_who_enters_a_value_again_takes_it_to_be_right(call):
    who = aino(call)
    mark(call, who, "Aino@example.org")
    assert recipient(call, who).email_failed
    change(call, who, title="Rehtori")
    assert recipient(call, who).email_failed
    change(call, who, email="uusi@example.org")
    assert not recipient(call, who).email_failed
    change(call, who, email="aino@example.org")
    assert not recipient(call, who).email_failed


def test_C19_organisations_have_contact_points_too(call):
    who = call("create_organisation", CreateOrganisation(name="Lumi Oy", email="info@lumi.fi", addresses=[HOME]))
    mark(call, who, LINE)
    assert listed(call, of=SegmentKind.ORGANISATIONS) == [LINE]
    assert listed(call) == []
    call("update_organisation", UpdateOrganisation(id=who.id, version=1, addresses=[COTTAGE]))
    assert listed(call, of=SegmentKind.ORGANISATIONS) == []
    with pytest.raises(NotFound):
        call("get_contact_points", ById(id=new_id()))


def test_C19_those_to_be_checked_are_listed_by_age_kind_state_and_name(call):
    first = aino(call)
    age()
    call("create_person", CreatePerson(given_name="Veli", family_name="Aho", email="veli@example.org"))
    age(10)
    mark(call, first, LINE)
    assert sorted(listed(call)) == ["+358401234567", "Aino@example.org", LINE]
    assert listed(call, state=PointState.RETURNED) == [LINE]
    assert sorted(listed(call, state=PointState.OLD)) == ["+358401234567", "Aino@example.org"]
    assert listed(call, kind=PointKind.EMAIL) == ["Aino@example.org"]
    assert listed(call, months=240, state=PointState.OLD) == []
    with database_of("contacts").transaction() as session:
        of_veli = text("UPDATE value_sources SET observed_at = '2001-01-01' WHERE subject_id <> :id")
        session.execute(of_veli, {"id": first.id})
    assert listed(call)[0] == "veli@example.org"
    assert listed(call, sort="-verified_at")[-1] == "veli@example.org"
    assert (listed(call, sort="name")[-1], listed(call, sort="-name")[0]) == ("veli@example.org", "veli@example.org")
    paged, cursor = [], None
    while cursor is not None or not paged:
        page = call("list_contact_points", ListContactPoints(limit=1, cursor=cursor))
        paged += [each.value for each in page.data]
        cursor = page.next_cursor
    assert paged == listed(call)
    call("delete_person", DeleteContact(id=first.id, version=first.version))
    assert listed(call) == ["veli@example.org"]
    with database_of("contacts").reader() as connection:
        assert connection.execute(text("SELECT count(*) FROM verifications")).scalar() == 0


def test_C19_what_was_said_follows_merges_and_comes_back(call):
    keeps = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", email="toinen@example.org"))
    goes = aino(call)
    mark(call, goes, "Aino@example.org")
    mark(call, goes, LINE)
    choices = {"email": Side.MERGED}
    made = call("merge_persons", MergePersons(survivor_id=keeps.id, merged_id=goes.id, choices=choices))
    assert {value for value, each in points(call, keeps).items() if each.problem} == {"Aino@example.org", LINE}
    assert points(call, goes) == points(call, keeps)
    assert recipient(call, keeps).email_failed
    call("undo_merge", ById(id=made.id))
    assert not [each for each in points(call, keeps).values() if each.problem]
    assert {value for value, each in points(call, goes).items() if each.problem} == {"Aino@example.org", LINE}


def test_C19_segments_ask_when_values_were_verified_and_what_came_back(call):
    def count(**test):
        return call("preview_segment", PreviewSegment(filter=SegmentFilter(**test))).count

    who = aino(call)
    call("create_person", CreatePerson(given_name="Veli", family_name="Aho", email="veli@example.org"))
    age()
    mark(call, who, "Aino@example.org")
    confirm(call, who, LINE)
    old = {"field": "contact_point.verified_on", "op": "lte", "value": "today-730"}
    kind = {"field": "contact_point.kind", "op": "eq", "value": "address"}
    assert count(field="contact_point.problem", op="eq", value="bounced") == 1
    assert count(**old) == 2
    assert count(has="contact_point", all=[old, kind]) == 0
    assert count(none=[{"field": "contact_point.problem", "op": "not_empty"}]) == 1


def test_C19_who_may_only_read_says_nothing(call):
    who = aino(call)
    reader = staff(Permission.CONTACTS_READ)
    key = points(call, who)[LINE].key
    for method, request in (
        ("confirm_contact_point", ConfirmPoint(id=who.id, key=key)),
        ("mark_contact_point", MarkPoint(id=who.id, key=key)),
        ("undo_verification", ById(id=new_id())),
    ):
        with pytest.raises(NotAllowed):
            call(method, request, reader)
    with pytest.raises(NotFound):
        call("undo_verification", ById(id=new_id()))
    assert points(call, who)[LINE].verified_at <= datetime.now(UTC)


def test_C19_work_email_and_phone_are_verified_as_the_persons_own_until_the_person_leaves(call):
    who = aino(call)
    lumi = call("create_organisation", CreateOrganisation(name="Lumi Oy"))
    place = call("create_affiliation", CreateAffiliation(person_id=who.id, organisation_id=lumi.id,
                                                         email="aino@lumi.example", phone="09 123456"))  # fmt: skip
    found = points(call, who)
    assert {value for value, each in found.items() if each.use == "work"} == {"aino@lumi.example", "+3589123456"}
    assert found["aino@lumi.example"].verified_by == ValueSource.OFFICE
    mark(call, who, "aino@lumi.example")
    asked = ListContactPoints(state=PointState.BOUNCED, kind=PointKind.EMAIL)
    assert [each.value for each in call("list_contact_points", asked).data] == ["aino@lumi.example"]
    age()
    confirm(call, who, "+3589123456")
    old = {each.value for each in call("list_contact_points", ListContactPoints(state=PointState.OLD)).data}
    assert "+358401234567" in old
    assert "+3589123456" not in old
    call("update_affiliation", UpdateAffiliation(id=place.id, version=1, email="new@lumi.example"))
    assert points(call, who)["new@lumi.example"].problem is None
    call("end_affiliation", EndAffiliation(id=place.id, ends_on=date(2030, 1, 1)))
    assert {each.use for each in points(call, who).values()} == {"first", "postal"}
    call("create_affiliation", CreateAffiliation(person_id=who.id, organisation_id=lumi.id, email="aino@lumi.example"))
    assert points(call, who)["aino@lumi.example"].problem is None
