"""The one search box, segments, and who may be the same person, on a real database."""

from datetime import date, timedelta

import pytest

from chassis import clock
from chassis.ids import new_id
from contracts.access import Permission
from contracts.base import ById, ListRequest, Translated
from contracts.contacts.affiliations import CreateAffiliation, EndAffiliation, ListAffiliations
from contracts.contacts.consents import ContactChannel, SetConsent
from contracts.contacts.fields import DefineField, FieldType
from contracts.contacts.history import History
from contracts.contacts.organisations import CreateOrganisation, ListOrganisations
from contracts.contacts.persons import CreatePerson, ListPersons, UpdatePerson
from contracts.contacts.proposals import AcceptPerson, PersonAccepted, ProposePerson
from contracts.contacts.segments import (
    CreateSegment,
    ListSegments,
    PreviewSegment,
    SegmentFilter,
    SegmentKind,
    SegmentMembers,
)
from contracts.contacts.similar import FindSimilar
from contracts.errors import Invalid, NotAllowed, NotFound
from tests.integration.conftest import SYSTEM, staff

OFFICE = staff(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.SETTINGS_WRITE)


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=OFFICE: call_service("contacts", method, request, principal=principal)


@pytest.fixture
def register(call):
    """Some persons by their family names."""
    people = (
        ("Aino", "Korhonen", {"email": "aino.korhonen@example.org", "phone": "040 1234567", "customer_number": "1001"}),
        ("Eero", "Virtanen", {"email": "eero@example.org", "birth_date": date(1950, 5, 5), "tags": ["board"]}),
        ("Åke", "Sjöberg", {"tags": ["board", "choir"], "birth_date": date(1990, 1, 1)}),
        ("José", "Müller", {"tags": ["choir"], "addresses": [{"street": "Rantatie 1", "city": "Espoo"}]}),
        ("Mikko", "Hämäläinen", {"language": "sv"}),
    )
    return {
        family: call("create_person", CreatePerson(given_name=given, family_name=family, **more))
        for given, family, more in people
    }


def found(call, q):
    return [each.name.split()[-1] for each in call("list_persons", ListPersons(q=q)).data]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("korhonen", "Korhonen"), ("Aino Korhonen", "Korhonen"), ("korhonen aino", "Korhonen"), ("Korhnen", "Korhonen"),
        ("Korhoonen", "Korhonen"), ("Kohronen", "Korhonen"), ("aino kohronen", "Korhonen"), ("Mlüler", "Müller"),
        ("Virtamen", "Virtanen"), ("hamalainen", "Hämäläinen"),
        ("HÄMÄLÄINEN", "Hämäläinen"), ("sjoberg", "Sjöberg"), ("muller", "Müller"), ("jose", "Müller"),
        ("ak", "Sjöberg"), ("Å", None), ("K", "Korhonen"), ("1001", "Korhonen"), ("100", "Korhonen"),
        ("aino.korh", "Korhonen"), ("eero@example.org", "Virtanen"), ("040 123 45", "Korhonen"),
        ("+358401234567", "Korhonen"), ("1234567", "Korhonen"),
    ],
)  # fmt: skip
def test_C10_a_person_is_found_as_it_is_typed(call, register, typed, name):
    assert found(call, typed)[:1] == ([name] if name else [])


@pytest.mark.parametrize(
    "typed",
    ["JM.Tyo@lumi.example", "jm.tyo@lumi", "jm.tyo", "+358 45 7654321", "045 765 43 21", "7654", "045-7654321"],
)
def test_C10_a_person_is_found_by_work_email_and_phone(call, register, typed):
    lumi = call("create_organisation", CreateOrganisation(name="Lumi Oy")).id
    there = {"organisation_id": lumi, "email": "jm.Tyo@Lumi.example", "phone": "045 7654321"}
    made = call("create_affiliation", CreateAffiliation(person_id=register["Müller"].id, **there))
    assert found(call, typed) == ["Müller"]
    call("end_affiliation", EndAffiliation(id=made.id, ends_on=clock.today() - timedelta(days=1)))
    assert found(call, typed) == ["Müller"]
    assert call("list_organisations", ListOrganisations(q=typed)).data == []


@pytest.mark.parametrize("typed", ["", "   ", "zzzzz", "%", "_", "' OR 1=1 --", "*" * 100, "@", "(((", "\\"])
def test_C10_what_finds_nobody_finds_nobody(call, register, typed):
    assert found(call, typed) == []


def test_C10_pages_of_a_search_do_not_overlap(call):
    for number in range(7):
        call("create_person", CreatePerson(given_name=f"Aino{number}", family_name="Korhonen"))
    seen, cursor = [], None
    while True:
        page = call("list_persons", ListPersons(q="korhonen", limit=3, cursor=cursor))
        seen += [each.id for each in page.data]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert (len(seen), len(set(seen))) == (7, 7)


def test_C10_organisations_are_found_by_name_and_business_id(call):
    call("create_organisation", CreateOrganisation(name="Lumivyöry Oy", business_id="0201256-6"))
    for typed in ("lumivyory", "Lumivyör", "lumivyroy", "0201256"):
        assert [each.name for each in call("list_organisations", ListOrganisations(q=typed)).data] == ["Lumivyöry Oy"]


def test_proposed_persons_are_not_in_lists_or_searches(call):
    call("propose_person", ProposePerson(id=new_id(), given_name="Uusi", family_name="Hakija"), SYSTEM)
    assert call("list_persons", ListPersons(q="hakija")).data == []
    assert call("list_persons", ListPersons()).data == []


@pytest.mark.parametrize(("sort", "expected"), [("created_at", [0, 1, 2, 3, 4]), ("-created_at", [4, 3, 2, 1, 0])])
def test_lists_by_time_have_pages_that_do_not_overlap(call, sort, expected):
    made = [call("create_person", CreatePerson(family_name=name)).id for name in ("E", "D", "C", "B", "A")]
    assert in_pages(call, sort) == [made[number] for number in expected]


def test_lists_by_name_can_be_turned(call):
    made = [call("create_person", CreatePerson(family_name=name)).id for name in ("Öhman", "Aho", "Åberg")]
    assert in_pages(call, "name") == [made[1], made[2], made[0]]
    assert in_pages(call, "-name") == [made[0], made[2], made[1]]


def in_pages(call, sort):
    seen, cursor = [], None
    while True:
        page = call("list_persons", ListPersons(sort=sort, limit=2, cursor=cursor))
        seen += [each.id for each in page.data]
        cursor = page.next_cursor
        if cursor is None:
            return seen


def test_a_cursor_of_another_order_is_refused(call):
    for name in ("A", "B"):
        call("create_person", CreatePerson(family_name=name))
    by_name = call("list_persons", ListPersons(limit=1)).next_cursor
    for request in (
        ListPersons(sort="created_at", cursor=by_name),
        ListPersons(cursor="WyJ4Il0"),
        ListPersons(cursor="Pw"),
    ):
        with pytest.raises(Invalid) as caught:
            call("list_persons", request)
        assert caught.value.errors[0].pointer == "/cursor"


FORGED = ["Pw", "W10", "WyJ4Il0", "WyJ4IiwieCJd", "W251bGxd", "WyJcdTAwMDAiLCJ4Il0", "WzFlOTksIngiLCJ4Il0", "bnVsbA"]
"""`?`, [], ["x"], ["x","x"], [null], ["\\u0000","x"], [1e99,"x","x"], null."""


@pytest.mark.parametrize("cursor", FORGED)
def test_a_forged_cursor_is_refused_by_every_list(call, cursor):
    person = call("create_person", CreatePerson(family_name="Aho"))
    made = call("create_segment", CreateSegment(name="x", filter=SegmentFilter(all=[])))
    importer = staff(Permission.CONTACTS_IMPORT)
    for method, request, principal in (
        ("list_persons", ListPersons(cursor=cursor), OFFICE),
        ("list_persons", ListPersons(cursor=cursor, q="aho"), OFFICE),
        ("list_persons", ListPersons(cursor=cursor, sort="-created_at"), OFFICE),
        ("list_organisations", ListOrganisations(cursor=cursor), OFFICE),
        ("list_organisations", ListOrganisations(cursor=cursor, q="aho"), OFFICE),
        ("list_affiliations", ListAffiliations(cursor=cursor, person_id=person.id), OFFICE),
        ("list_history", History(cursor=cursor, id=person.id), OFFICE),
        ("list_segments", ListSegments(cursor=cursor), OFFICE),
        ("list_segment_members", SegmentMembers(cursor=cursor, id=made.id), OFFICE),
        ("list_imports", ListRequest(cursor=cursor), importer),
    ):
        with pytest.raises(Invalid) as caught:
            call(method, request, principal)
        assert caught.value.errors[0].pointer == "/cursor"


def count(call, filter_):
    return call("preview_segment", PreviewSegment(filter=SegmentFilter.model_validate(filter_))).count


def names(call, filter_):
    request = CreateSegment(name="x", filter=SegmentFilter.model_validate(filter_))
    segment = call("create_segment", request)
    members = call("list_segment_members", SegmentMembers(id=segment.id)).data
    assert segment.count == len(members) == count(call, filter_)
    return {each.name.split()[-1] for each in members}


EVERYBODY = {"Korhonen", "Virtanen", "Sjöberg", "Müller", "Hämäläinen"}


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (("name", "eq", "aino korhonen"), {"Korhonen"}),
        (("family_name", "starts", "VIRT"), {"Virtanen"}),
        (("family_name", "contains", "öb"), {"Sjöberg"}),
        (("family_name", "contains", "%"), set()),
        (("family_name", "in", ["Müller", "virtanen"]), {"Müller", "Virtanen"}),
        (("email", "ne", "eero@example.org"), EVERYBODY - {"Virtanen"}),
        (("email", "empty", None), {"Sjöberg", "Müller", "Hämäläinen"}),
        (("language", "eq", "sv"), {"Hämäläinen"}),
        (("city", "eq", "espoo"), {"Müller"}),
        (("birth_date", "lte", "1950-05-05"), {"Virtanen"}),
        (("birth_date", "gte", "1950-05-06"), {"Sjöberg"}),
        (("birth_date", "not_empty", None), {"Virtanen", "Sjöberg"}),
        (("tag", "eq", "choir"), {"Sjöberg", "Müller"}),
        (("tag", "in", ["choir", "board"]), {"Virtanen", "Sjöberg", "Müller"}),
        (("tag", "empty", None), {"Korhonen", "Hämäläinen"}),
        (("has_phone", "eq", True), {"Korhonen"}),
        (("has_address", "eq", False), EVERYBODY - {"Müller"}),
        (("created_at", "gte", "2020-01-01T00:00:00Z"), EVERYBODY),
    ],
)
def test_C10_a_segment_finds_by_what_is_tested(call, register, test, expected):
    field, op, value = test
    assert names(call, {"field": field, "op": op, "value": value}) == expected


def test_C9_tests_are_combined_with_and_or_not(call, register):
    board, choir = ({"field": "tag", "op": "eq", "value": tag} for tag in ("board", "choir"))
    assert names(call, {"all": [board, choir]}) == {"Sjöberg"}
    assert names(call, {"any": [board, choir]}) == {"Virtanen", "Sjöberg", "Müller"}
    assert names(call, {"all": [choir, {"none": [board]}]}) == {"Müller"}
    assert names(call, {"none": [board, choir]}) == {"Korhonen", "Hämäläinen"}
    assert names(call, {"all": []}) == EVERYBODY
    assert names(call, {"any": []}) == set()


def test_C10_a_segment_is_live_and_knows_additional_fields(call, register):
    field = DefineField(code="age", label=Translated(fi="Ikä"), type=FieldType.NUMBER)
    call("define_field", field)
    filter_ = SegmentFilter(field="fields.age", op="gte", value=18)
    segment = call("create_segment", CreateSegment(name="Aikuiset", filter=filter_))
    assert segment.count == 0
    for family, age in (("Korhonen", 9), ("Virtanen", 18), ("Müller", 100)):
        call("update_person", UpdatePerson(id=register[family].id, version=1, fields={"age": age}))
    assert call("get_segment", ById(id=segment.id)).count == 2
    assert call("list_segments", ListSegments()).data[0].count == 2


def test_C10_affiliations_count_while_they_run(call, register):
    lumi = call("create_organisation", CreateOrganisation(name="Lumi Oy"))
    today = clock.today()
    made = {
        family: call(
            "create_affiliation",
            CreateAffiliation(person_id=register[family].id, organisation_id=lumi.id, title="johtaja", **dates),
        )
        for family, dates in (
            ("Korhonen", {}),
            ("Virtanen", {"ends_on": today - timedelta(days=1)}),
            ("Müller", {"starts_on": today + timedelta(days=1)}),
        )
    }
    there = {"field": "affiliation.organisation_id", "op": "eq", "value": str(lumi.id)}
    assert names(call, there) == {"Korhonen"}
    assert names(call, {"none": [there]}) == EVERYBODY - {"Korhonen"}
    assert names(call, {"field": "affiliation.title", "op": "eq", "value": "Johtaja"}) == {"Korhonen"}
    call("end_affiliation", EndAffiliation(id=made["Korhonen"].id, ends_on=today - timedelta(days=1)))
    assert names(call, there) == set()


def test_C17_banned_persons_can_be_left_out_of_a_segment(call, register):
    ban = SetConsent(person_id=register["Korhonen"].id, channel=ContactChannel.EMAIL, allowed=False, evidence="puhelu")
    call("set_consent", ban)
    assert names(call, {"none": [{"field": "banned", "op": "eq", "value": "email"}]}) == EVERYBODY - {"Korhonen"}


@pytest.mark.parametrize("sort", ["name", "id"])
def test_C10_members_come_in_pages_that_do_not_overlap(call, register, sort):
    filter_ = SegmentFilter(field="name", op="not_empty")
    segment = call("create_segment", CreateSegment(name="Kaikki", filter=filter_))
    seen, cursor = [], None
    while True:
        page = call("list_segment_members", SegmentMembers(id=segment.id, limit=2, cursor=cursor, sort=sort))
        seen += [each.id for each in page.data]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(each.id for each in register.values())
    listed = [each.id for each in call("list_persons", ListPersons()).data]
    assert seen == (listed if sort == "name" else sorted(seen))


def test_C10_members_stand_in_finnish_order(call):
    for name in ("Öhman", "Wirtanen", "Åberg", "Virtanen", "Äijälä", "Zetterberg"):
        call("create_person", CreatePerson(family_name=name))
        call("create_organisation", CreateOrganisation(name=f"{name} Oy"))
    order = ["Virtanen", "Wirtanen", "Zetterberg", "Åberg", "Äijälä", "Öhman"]
    people, companies = (
        call("create_segment", CreateSegment(name="x", of=of, filter=SegmentFilter(all=[]))) for of in SegmentKind
    )
    assert [each.name for each in call("list_segment_members", SegmentMembers(id=people.id)).data] == order
    found = call("list_segment_organisations", SegmentMembers(id=companies.id)).data
    assert [each.name for each in found] == [f"{name} Oy" for name in order]


@pytest.mark.parametrize("typed", ["0201256-6", "02012566", "FI02012566", "fi 02012566", "0201256", "AB-12", "ab-12"])
def test_C10_business_ids_and_customer_numbers_are_found_as_people_write_them(call, typed):
    given = CreateOrganisation(name="Lumi Oy", business_id="0201256-6", customer_number="AB-12")
    call("create_organisation", given)
    assert [each.name for each in call("list_organisations", ListOrganisations(q=typed)).data] == ["Lumi Oy"]


def test_C10_a_wrong_filter_saves_nothing(call):
    with pytest.raises(Invalid) as caught:
        call("create_segment", CreateSegment(name="x", filter=SegmentFilter(field="salary", op="eq", value=1)))
    assert caught.value.errors[0].pointer == "/filter/field"
    assert call("list_segments", ListSegments()).data == []
    with pytest.raises(NotFound):
        call("get_segment", ById(id=new_id()))


def test_C13_an_applicant_is_shown_beside_the_contacts_it_may_be(call, register):
    applicant = new_id()
    call(
        "propose_person",
        ProposePerson(id=applicant, given_name="Aino", family_name="Korhonnen", email="AINO.korhonen@example.org"),
        SYSTEM,
    )
    alike = call("find_similar", FindSimilar(id=applicant)).data
    assert [each.person.id for each in alike] == [register["Korhonen"].id]
    assert set(alike[0].reasons) == {"similar_name", "same_email"}
    assert 80 <= alike[0].score <= 100


def test_C13_another_date_of_birth_speaks_against_it(call):
    known = CreatePerson(given_name="Matti", family_name="Aho", birth_date=date(1950, 1, 1), phone="040 1234567")
    father = call("create_person", known)
    son, twin = new_id(), new_id()
    for applicant, born in ((son, date(1980, 1, 1)), (twin, date(1950, 1, 1))):
        call(
            "propose_person",
            ProposePerson(id=applicant, given_name="Matti", family_name="Aho", birth_date=born, phone="040 1234567"),
            SYSTEM,
        )
    (same,) = call("find_similar", FindSimilar(id=twin)).data
    (less,) = call("find_similar", FindSimilar(id=son)).data
    assert same.person.id == less.person.id == father.id
    assert same.score - less.score >= 30
    assert "same_birth_date" in same.reasons
    assert "same_birth_date" not in less.reasons


def test_C13_nobody_is_alike_to_a_stranger(call, register):
    stranger = new_id()
    call("propose_person", ProposePerson(id=stranger, given_name="Xerxes", family_name="Quux"), SYSTEM)
    assert call("find_similar", FindSimilar(id=stranger)).data == []
    with pytest.raises(NotFound):
        call("find_similar", FindSimilar(id=new_id()))


def test_X3_a_proposal_that_is_linked_redirects_its_id_and_completes_the_contact(call, register, recorded):
    applicant, known = new_id(), register["Müller"]
    proposed = ProposePerson(id=applicant, given_name="José", family_name="Müller", email="jose@example.org")
    call("propose_person", proposed, SYSTEM)
    for _ in range(2):
        assert call("accept_person", AcceptPerson(id=applicant, link_to=known.id), SYSTEM).id == known.id
    card = call("get_person", ById(id=applicant))
    assert (card.id, card.email) == (known.id, "jose@example.org")
    events = recorded("contacts", PersonAccepted)
    assert {(each["data"]["proposed_id"], each["data"]["person_id"]) for each in events} == {
        (str(applicant), str(known.id))
    }
    with pytest.raises(NotAllowed):
        call("accept_person", AcceptPerson(id=applicant))
