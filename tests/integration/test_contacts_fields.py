"""Classifications and additional fields: defined, moved, retired, brought back; also of affiliations (C6, C7)."""

import threading

import pytest

from contracts.access import Permission
from contracts.base import ById, Translated
from contracts.contacts.affiliations import CreateAffiliation, ListAffiliations, UpdateAffiliation
from contracts.contacts.fields import (
    ChangeField,
    Choice,
    ContactKind,
    DefineField,
    Direction,
    FieldByCode,
    FieldType,
    ListFields,
    MoveField,
)
from contracts.contacts.history import History
from contracts.contacts.organisations import CreateOrganisation, UpdateOrganisation
from contracts.contacts.persons import CreatePerson, UpdatePerson
from contracts.contacts.segments import PreviewSegment, SegmentFilter
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from tests.integration.conftest import staff

OFFICE = staff(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.SETTINGS_WRITE)
LABEL = Translated(fi="Koko", sv="Storlek", en="Size")
SMALL, LARGE = (Choice(code=code, label=Translated(fi=fi)) for code, fi in (("s", "Pieni"), ("l", "Suuri")))


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=OFFICE: call_service("contacts", method, request, principal=principal)


def define(call, code, of_type=FieldType.TEXT, **more):
    return call("define_field", DefineField(code=code, label=LABEL, type=of_type, **more))


def codes(call, kind=ContactKind.PERSON):
    return [each.code for each in call("list_fields", ListFields(applies_to=kind)).data]


def test_C7_fields_move_past_those_in_use_and_stop_at_the_ends(call):
    for code in ("a", "b", "c"):
        define(call, code)
    define(call, "other", applies_to=ContactKind.ORGANISATION)
    define(call, "b", retired=True)
    moves = (("c", "up", "cba"), ("c", "up", "cba"), ("c", "down", "abc"), ("b", "up", "abc"), ("c", "down", "abc"))
    for code, direction, order in moves:
        call("move_field", MoveField(applies_to=ContactKind.PERSON, code=code, direction=Direction(direction)))
        assert codes(call) == list(order)
    with pytest.raises(NotFound):
        call("move_field", MoveField(applies_to=ContactKind.PERSON, code="other", direction=Direction.UP))


def test_C7_fields_moved_at_once_keep_their_places_apart(call):
    for code in "abcdef":
        define(call, code)
    moves = [MoveField(applies_to=ContactKind.PERSON, code=code, direction=Direction.UP) for code in "bdf" * 4]
    threads = [threading.Thread(target=call, args=("move_field", each)) for each in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes(call)) == list("abcdef")


def test_C6_C7_a_definition_is_renamed_retired_and_brought_back_without_losing_values(call):
    made = define(call, "size", FieldType.CHOICE, choices=[SMALL, LARGE], classification=True)
    person = call("create_person", CreatePerson(family_name="Aho", fields={"size": "s"}))
    named = FieldByCode(applies_to=ContactKind.PERSON, code="size").model_dump()
    renamed = call("change_field", ChangeField(**named, version=made.version, label=Translated(fi="Kokoluokka")))
    assert (renamed.label.fi, renamed.choices, renamed.classification) == ("Kokoluokka", [SMALL, LARGE], True)
    with pytest.raises(Stale):
        call("change_field", ChangeField(**named, version=made.version, retired=True))
    retired = call("change_field", ChangeField(**named, version=renamed.version, retired=True))
    assert call("get_person", ById(id=person.id)).fields == {"size": "s"}
    with pytest.raises(Invalid) as caught:
        call("update_person", UpdatePerson(id=person.id, version=1, fields={"size": "l"}))
    assert caught.value.errors[0].code == "retired_field"
    call("change_field", ChangeField(**named, version=retired.version, retired=False))
    assert call("update_person", UpdatePerson(id=person.id, version=1, fields={"size": "l"})).fields == {"size": "l"}


def test_C7_a_retired_choice_stays_where_it_is_and_goes_nowhere_else(call):
    define(call, "size", FieldType.CHOICE, choices=[SMALL, LARGE])
    define(call, "skills", FieldType.MULTI_CHOICE, choices=["law", "tax", "it"])
    has = call("create_person", CreatePerson(family_name="Aho", fields={"size": "s", "skills": ["law", "tax"]}))
    without = define(call, "size", FieldType.CHOICE, choices=[LARGE])
    define(call, "skills", FieldType.MULTI_CHOICE, choices=["tax", "it"])
    assert without.choices == [LARGE, SMALL.model_copy(update={"retired": True})]
    wanted = UpdatePerson(id=has.id, version=1, fields={"size": "s", "skills": ["law", "it"]})
    assert call("update_person", wanted).fields == {"size": "s", "skills": ["it", "law"]}
    with pytest.raises(Invalid) as caught:
        call("create_person", CreatePerson(family_name="Lehto", fields={"size": "s", "skills": ["law"]}))
    assert [(error.pointer, error.code) for error in caught.value.errors] == [
        ("/fields/size", "not_a_choice"), ("/fields/skills", "not_a_choice"),
    ]  # fmt: skip
    define(call, "size", FieldType.CHOICE, choices=[SMALL, LARGE])
    assert call("create_person", CreatePerson(family_name="Lehto", fields={"size": "s"})).fields == {"size": "s"}


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"of_type": FieldType.CHOICE}, "/choices", "choices"),
        ({"choices": ["s"]}, "/choices", "choices"),
        ({"of_type": FieldType.CHOICE, "choices": ["s", "m", "s"]}, "/choices/2/code", "choice_twice"),
    ],
)
def test_C7_choices_that_make_no_sense_are_refused(call, more, pointer, code):
    with pytest.raises(Invalid) as caught:
        define(call, "size", **more)
    assert [(error.pointer, error.code) for error in caught.value.errors] == [(pointer, code)]
    assert codes(call) == []


def test_C7_whoever_knows_the_newest_definitions_is_told_nothing_again(call):
    for number in range(30):
        define(call, f"f{number}")
    first = call("list_fields", ListFields(limit=20))
    rest = call("list_fields", ListFields(limit=20, cursor=first.next_cursor))
    assert [each.code for each in (*first.data, *rest.data)] == [f"f{number}" for number in range(30)]
    again = call("list_fields", ListFields(known=first.version))
    assert (again.unchanged, again.data) == (True, [])
    define(call, "f3", retired=True)
    changed = call("list_fields", ListFields(known=first.version))
    assert not changed.unchanged
    assert changed.version > first.version


def test_C6_who_may_not_change_settings_defines_nothing(call):
    clerk = staff(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE)
    with pytest.raises(NotAllowed):
        call("define_field", DefineField(code="x", label=LABEL, type=FieldType.TEXT), clerk)
    assert call("list_fields", ListFields(), clerk).data == []


def test_C7_the_number_of_definitions_is_bounded(call, monkeypatch):
    monkeypatch.setattr("services.contacts.commands.fields.MOST_DEFINITIONS", 2)
    define(call, "a")
    define(call, "b")
    with pytest.raises(Conflict) as caught:
        define(call, "c")
    assert caught.value.error_code == "too_many_fields"
    define(call, "b", retired=True)


@pytest.fixture
def affiliated(call):
    """Aho works in Mylly Oy."""
    person = call("create_person", CreatePerson(family_name="Aho"))
    organisation = call("create_organisation", CreateOrganisation(name="Mylly Oy", tags=["partner"]))
    define(call, "area", FieldType.MULTI_CHOICE, choices=["sales", "it"], applies_to=ContactKind.AFFILIATION)
    define(call, "industry", FieldType.CHOICE, choices=["mill", "forest"], applies_to=ContactKind.ORGANISATION)
    return call("create_affiliation", CreateAffiliation(person_id=person.id, organisation_id=organisation.id))


def test_C3_C7_an_affiliation_has_fields_of_its_own_and_both_sides_remember(call, affiliated):
    wanted = UpdateAffiliation(id=affiliated.id, version=1, title="Myyjä", fields={"area": ["it", "sales"]})
    changed = call("update_affiliation", wanted)
    assert (changed.title, changed.fields, changed.version) == ("Myyjä", {"area": ["it", "sales"]}, 2)
    assert call("get_affiliation", ById(id=affiliated.id)) == changed
    assert call("list_affiliations", ListAffiliations(person_id=affiliated.person_id)).data == [changed]
    for side in (affiliated.person_id, affiliated.organisation_id):
        told = {each.field: each.new for each in call("list_history", History(id=side)).data}
        assert told["affiliation.fields.area"] == ["it", "sales"]
        assert told["affiliation.title"] == "Myyjä"
    with pytest.raises(Stale):
        call("update_affiliation", wanted)
    with pytest.raises(Invalid) as caught:
        call("update_affiliation", UpdateAffiliation(id=affiliated.id, version=2, fields={"industry": "mill"}))
    assert caught.value.errors[0].pointer == "/fields/industry"
    emptied = call("update_affiliation", UpdateAffiliation(id=affiliated.id, version=2, clear=["title"]))
    assert emptied.title == ""


@pytest.mark.parametrize(
    ("field", "op", "value", "found"),
    [
        ("affiliation.fields.area", "eq", "it", True), ("affiliation.fields.area", "eq", "sales", False),
        ("affiliation.fields.area", "in", ["sales", "it"], True), ("affiliation.fields.area", "empty", None, False),
        ("organisation.fields.industry", "eq", "Mill", True), ("organisation.fields.industry", "ne", "mill", False),
        ("organisation.fields.industry", "empty", None, False), ("organisation.name", "contains", "mylly", True),
        ("organisation.tag", "eq", "partner", True), ("organisation.tag", "empty", None, False),
        ("organisation.fields.industry", "starts", "mi", True), ("organisation.city", "empty", None, True),
    ],
)  # fmt: skip
def test_C10_segments_reach_the_organisation_and_the_affiliation(call, affiliated, field, op, value, found):
    call("update_affiliation", UpdateAffiliation(id=affiliated.id, version=1, fields={"area": ["it"]}))
    call("create_organisation", CreateOrganisation(name="Toinen Oy", fields={"industry": "forest"}))
    organisation = call("get_organisation", ById(id=affiliated.organisation_id))
    changes = {"id": organisation.id, "version": 1, "fields": {"industry": "mill"}}
    call("update_organisation", UpdateOrganisation(**changes))
    count = call("preview_segment", PreviewSegment(filter=SegmentFilter(field=field, op=op, value=value))).count
    assert count == int(found)


def test_C10_a_segment_of_an_unknown_field_is_refused_at_its_place(call):
    for field in ("fields.nothing", "affiliation.fields.nothing", "organisation.fields.nothing", "organisation.id"):
        tree = SegmentFilter(all=[SegmentFilter(field=field, op="eq", value="x")])
        with pytest.raises(Invalid) as caught:
            call("preview_segment", PreviewSegment(filter=tree))
        assert caught.value.errors[0].pointer == "/filter/all/0/field"
