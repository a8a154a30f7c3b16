"""Segments find by every field that the contracts name (C10): a field that is added there and not here fails."""

import unicodedata
from datetime import timedelta

import pytest

from chassis import clock
from contracts.base import Translated
from contracts.contacts.addresses import Address
from contracts.contacts.affiliations import AffiliationDetails, CreateAffiliation
from contracts.contacts.fields import DefineField, FieldType
from contracts.contacts.organisations import CreateOrganisation, OrganisationDetails
from contracts.contacts.persons import CreatePerson, PersonDetails
from contracts.contacts.segments import PreviewSegment, SegmentFilter, SegmentKind
from contracts.errors import Invalid
from services.contacts.rules.segment_fields import RELATIONS
from tests.integration.conftest import staff

PERSONS, ORGANISATIONS = SegmentKind.PERSONS, SegmentKind.ORGANISATIONS
BASICS = {
    "email": "aino@example.org", "phone": "+358401234567", "fax": "+35891234567", "language": "sv",
    "other_emails": [{"kind": "work", "address": "tyo@example.org"}],
    "other_phones": [{"kind": "work", "number": "+358501234567"}],
    "customer_number": "A-1", "customer_status": "customer", "payment_method": "e_invoice", "payment_days": 21,
    "delivery_method": "courier", "credit_limit": {"amount": "500.00"}, "tags": ["board"], "fields": {"known": "kyllä"},
    "addresses": [
        {"purpose": "postal", "street": "Rantatie 1", "postal_code": "15100", "city": "Lahti"},
        {"purpose": "billing", "street": "Gatan 2", "postal_code": "111 22", "city": "Stockholm", "country": "SE"},
    ],
}  # fmt: skip
PERSON = BASICS | {"given_name": "Aino", "family_name": "Aho", "title": "FT", "gender": "woman",
                   "birth_date": "1950-05-05"}  # fmt: skip
ORGANISATION = BASICS | {"name": "Lumi Oy", "business_id": "0201256-6"}
AFFILIATION = {
    "title": "Johtaja", "email": "aino@lumi.example", "phone": "+358451234567", "role": "hallitus",
    "decision_maker": True, "starts_on": "2020-01-01", "ends_on": "2199-12-31", "fields": {"known": "kyllä"},
}  # fmt: skip
NAMED = {
    "tags": ("tag", "board"), "other_emails": ("other_email", "tyo@example.org"), "credit_limit": ("credit_limit", 500),
    "other_phones": ("other_phone", "+358501234567"), "fields": ("fields.known", "kyllä"),
}  # fmt: skip
"""Fields that tests name otherwise, or whose value is not what is stored; the addresses are a relation."""


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request: call_service("contacts", method, request, principal=staff())


@pytest.mark.parametrize(("op", "value"), [
    ("eq", "040 123 4567"), ("eq", "+358 40 1234567"), ("in", ["0401234567"]), ("starts", "040 12"),
    ("starts", "00358"),
    ("contains", "123 45"), ("contains", "040-123"), ("contains", "+358 40"),
])  # fmt: skip
@pytest.mark.parametrize("field", ["phone", "fax", "affiliation.phone"])
def test_C10_telephone_numbers_are_found_as_people_write_them(call, field, op, value):
    person = call("create_person", CreatePerson(family_name="Aho", phone="0401234567", fax="0401234567")).id
    organisation = call("create_organisation", CreateOrganisation(name="Lumi Oy")).id
    sides = {"person_id": person, "organisation_id": organisation}
    call("create_affiliation", CreateAffiliation(**sides, phone="040 1234567"))
    call("create_person", CreatePerson(family_name="Muu", phone="+46709876543"))
    tree = SegmentFilter(field=field, op=op, value=value)
    assert call("preview_segment", PreviewSegment(filter=tree)).count == 1


@pytest.mark.parametrize("op", ["contains", "starts", "eq"])
def test_C10_signs_alone_are_in_no_telephone_number(call, op):
    call("create_person", CreatePerson(family_name="Aho", phone="0401234567"))
    tree = SegmentFilter(field="phone", op=op, value="- ")
    assert call("preview_segment", PreviewSegment(filter=tree)).count == 0


def test_C10_further_numbers_and_tags_too(call):
    more = [{"kind": "work", "number": "0501234567"}]
    call("create_person", CreatePerson(family_name="Aho", other_phones=more, tags=["vip"]))
    for field, value in (("other_phone", "050 123 4567"), ("tag", "VIP")):
        tree = SegmentFilter(field=field, op="eq", value=value)
        assert call("preview_segment", PreviewSegment(filter=tree)).count == 1


@pytest.mark.parametrize("name", ["İbrahim", "ΟΔΟΣ", "Äijälä", "Straße"])
def test_C10_what_was_written_equals_itself_in_whatever_form_of_unicode(call, name):
    apart = unicodedata.normalize("NFD", name)
    call("define_field", DefineField(code="known", label=Translated(fi="Tuttu"), type=FieldType.TEXT))
    address = {"street": f"{apart}  1", "city": apart}
    made = call("create_person", CreatePerson(family_name=name, fields={"known": apart}, addresses=[address]))
    assert (made.fields["known"], made.addresses[0].street) == (name, f"{name} 1")
    for field in ("family_name", "fields.known", "city", "address.city"):
        for op in ("eq", "starts", "contains"):
            for value in (name, apart):
                tree = SegmentFilter(field=field, op=op, value=value)
                assert call("preview_segment", PreviewSegment(filter=tree)).count == 1, (field, op, value)


def test_C10_numbers_are_compared_with_all_their_decimals(call):
    call("define_field", DefineField(code="share", label=Translated(fi="Osuus"), type=FieldType.NUMBER))
    for share in (0.1234, 0.123, 12):
        call("create_person", CreatePerson(family_name="Osakas", fields={"share": share}))
    for op, value, count in (
        ("eq", "0.1234", 1), ("eq", 0.1234, 1), ("eq", "0.12340000000000000001", 0), ("in", ["0.123", 12, "0.5"], 2),
        ("gte", "0.12300000000000000001", 2), ("lte", "12.000", 3),
    ):  # fmt: skip
        tree = SegmentFilter(field="fields.share", op=op, value=value)
        assert call("preview_segment", PreviewSegment(filter=tree)).count == count, (op, value)


@pytest.mark.parametrize("value", ["", "1,5", "1e5", "NaN", "9" * 16, "0." + "1" * 28, True, 1e15])
def test_C10_what_is_no_number_is_refused(call, value):
    tree = SegmentFilter(field="payment_days", op="eq", value=value)
    with pytest.raises(Invalid) as caught:
        call("preview_segment", PreviewSegment(filter=tree))
    assert [(each.pointer, each.code) for each in caught.value.errors] == [("/filter/value", "not_a_number")]


@pytest.fixture
def ids(call):
    """A person, an organisation above another, and an affiliation, with every field filled, and others without."""
    for kind in ("person", "organisation", "affiliation"):
        label = Translated(fi="Tunnettu")
        call("define_field", DefineField(code="known", label=label, type=FieldType.TEXT, applies_to=kind))
    above = call("create_organisation", CreateOrganisation(name="Pilvi Oy"))
    lumi = call("create_organisation", CreateOrganisation.model_validate(ORGANISATION | {"parent_id": above.id}))
    aino = call("create_person", CreatePerson.model_validate(PERSON))
    call("create_person", CreatePerson(family_name="Muu"))
    sides = {"person_id": aino.id, "organisation_id": lumi.id}
    call("create_affiliation", CreateAffiliation.model_validate(AFFILIATION | sides))
    return {"person_id": aino.id, "organisation_id": lumi.id, "parent_id": above.id}


def count(call, of, field, value):
    tree = SegmentFilter(field=field, op="eq", value=value)
    return call("preview_segment", PreviewSegment(of=of, filter=tree)).count


@pytest.mark.parametrize(
    ("of", "contract", "filled"), [(PERSONS, PersonDetails, PERSON), (ORGANISATIONS, OrganisationDetails, ORGANISATION)]
)
def test_C10_a_segment_finds_by_every_field(call, ids, of, contract, filled):
    filled = filled | {"parent_id": str(ids["parent_id"])}
    tests = [NAMED.get(name, (name, filled[name])) for name in contract.model_fields if name != "addresses"]
    tests += [(f"address.{name}", each[name]) for each in filled["addresses"] for name in each]
    assert {name for name, _ in tests if name.startswith("address.")} == {f"address.{n}" for n in Address.model_fields}
    tests += [
        (f"affiliation.{name}", AFFILIATION.get(name, str(ids.get(name))) if name != "fields" else "kyllä")
        for name in AffiliationDetails.model_fields
        if name not in NOT_ASKED
    ]
    tests = [(name.replace("affiliation.fields", "affiliation.fields.known"), value) for name, value in tests]
    assert {name: count(call, of, name, value) for name, value in tests} == {name: 1 for name, _ in tests}


NOT_ASKED = {"person_id"}
"""Of an affiliation: a segment finds contacts by what they are, not one known person."""


def test_C10_affiliations_that_ended_are_found_as_such(call, ids):
    yesterday = clock.today() - timedelta(days=1)
    past = AFFILIATION | {"title": "Sihteeri", "ends_on": yesterday, "person_id": ids["person_id"]}
    call("create_affiliation", CreateAffiliation.model_validate(past | {"organisation_id": ids["parent_id"]}))
    tests = {name: past[name] for name in ("title", "role", "email", "phone", "decision_maker")}
    tests |= {"organisation_id": str(ids["parent_id"]), "starts_on": "2020-01-01", "ends_on": str(yesterday)}
    tests |= {"fields.known": "kyllä"}
    names = {name.partition(".")[2] for name in RELATIONS["past_affiliation"].fields}
    assert names | {"fields.known"} == set(tests)
    for of in (PERSONS, ORGANISATIONS):
        assert {
            name: count(call, of, f"past_affiliation.{name}", value) for name, value in tests.items()
        } == dict.fromkeys(tests, 1)
    assert count(call, PERSONS, "past_affiliation.title", "Johtaja") == 0
    assert count(call, PERSONS, "affiliation.title", "Sihteeri") == 0
    assert count(call, PERSONS, "organisation.business_id", ORGANISATION["business_id"]) == 1


def test_C10_an_address_without_a_country_is_one_here(call, imports):
    imports.run("Etunimi;Sukunimi;Postitoimipaikka;Maa\nAino;Aalto;Lahti;\nEino;Elo;Lahti;SE\n")
    assert [count(call, PERSONS, "address.country", each) for each in ("fi", "se", "FI")] == [1, 1, 1]


def test_C10_several_addresses_are_counted_and_days_of_entry_are_local_days(call, ids):
    def having(**more):
        tree = SegmentFilter.model_validate({"has": "address", **more})
        return call("preview_segment", PreviewSegment(of=PERSONS, filter=tree)).count

    swedish = {"field": "address.country", "op": "eq", "value": "se"}
    assert [having(), having(at_least=2), having(at_least=3), having(at_least=2, all=[swedish])] == [1, 1, 0, 0]
    both = [swedish, {"field": "address.city", "op": "eq", "value": "Lahti"}]
    assert having(all=both) == 0

    def entered(op, value):
        tree = SegmentFilter(field="created_at", op=op, value=value)
        return call("preview_segment", PreviewSegment(of=PERSONS, filter=tree)).count

    asked = [
        ("gte", "today"),
        ("lte", "today"),
        ("gte", "today+1"),
        ("lte", "today-1"),
        ("gte", "2020-01-01T00:00:00Z"),
    ]
    assert [entered(*each) for each in asked] == [2, 2, 0, 0, 2]
