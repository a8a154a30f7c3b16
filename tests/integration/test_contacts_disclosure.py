"""What the office gives a person of what it holds (C17): private notes of a colleague are not in it (ADR 9, 14)."""

import pytest
import sqlalchemy as sa

from chassis.database import database_of
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts.activities import RecordActivity
from contracts.contacts.affiliations import CreateAffiliation, UpdateAffiliation
from contracts.contacts.erasures import ErasePerson, ErasureReason
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson
from contracts.errors import NotAllowed, NotFound
from contracts.personal_data import ListHeld
from tests.integration.conftest import member, staff

RIGHTS = (
    Permission.CONTACTS_DISCLOSE, Permission.CONTACTS_WRITE, Permission.ACTIVITIES_WRITE, Permission.CONTACTS_ERASE,
    Permission.CONTACTS_READ,
)  # fmt: skip
SOURCES = sa.text("SELECT subject_id, field FROM value_sources WHERE subject_id = ANY(:ids) ORDER BY subject_id, field")
AINO, EINO = staff(*RIGHTS), staff(*RIGHTS)


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=AINO: call_service("contacts", method, request, principal=principal)


def told(call, person, principal):
    rows, cursor = [], None
    while True:
        found = call("list_held", ListHeld(person_id=person.id, limit=1, cursor=cursor), principal)
        rows += found.data
        cursor = found.next_cursor
        if cursor is None:
            return rows


def test_C17_private_notes_are_told_by_their_author_alone(call):
    person = call("create_person", CreatePerson(given_name="Helmi", family_name="Aalto"))
    for text, private in (("Kaikille", False), ("Omaan muistiin", True)):
        note = RecordActivity(kind="note", text=text, private=private, person_ids=[person.id])
        call("record_activity", note)

    def notes(principal):
        return {row.values["text"] for row in told(call, person, principal) if row.kind == "activities"}

    assert notes(AINO) == {"Kaikille", "Omaan muistiin"}
    assert notes(EINO) == {"Kaikille"}
    assert notes(member(person.id)) == set()


def test_C17_nobody_is_told_of_others(call):
    one, two = (call("create_person", CreatePerson(family_name=name)) for name in ("Aalto", "Virta"))
    assert {row.kind for row in told(call, one, member(one.id))} >= {"persons", "changes"}
    with pytest.raises(NotFound):
        told(call, two, member(one.id))
    with pytest.raises(NotAllowed):
        told(call, two, staff(Permission.CONTACTS_READ))


def test_C17_where_values_of_affiliations_come_from_is_told_and_goes_with_the_person(call):
    lumi = call("create_organisation", CreateOrganisation(name="Lumi Oy"))
    one, two = (call("create_person", CreatePerson(family_name=name)) for name in ("Aalto", "Virta"))
    own, of_other = (
        call("create_affiliation", CreateAffiliation(person_id=each.id, organisation_id=lumi.id, title="Chair"))
        for each in (one, two)
    )
    call("update_affiliation", UpdateAffiliation(id=own.id, version=1, title="CEO"))
    rows = [row.values for row in told(call, one, AINO) if row.kind == "affiliation_sources"]
    assert {(row["subject_id"], row["field"], row["source"]) for row in rows} == {
        (str(own.id), "*", "office"), (str(own.id), "title", "office"),
    }  # fmt: skip
    before = call("preview_erasure", ById(id=one.id)).parts[0].rows
    call("erase_person", ErasePerson(id=one.id, version=one.version, reason=ErasureReason.REQUESTED))
    done = call("get_erasure", ById(id=one.id)).parts[0].rows
    assert (before["affiliation_sources"], done["affiliation_sources"]) == (2, 2)
    with database_of("contacts").reader() as reader:
        left = reader.execute(SOURCES, {"ids": [own.id, of_other.id]}).all()
    assert left == [(of_other.id, "*")]
