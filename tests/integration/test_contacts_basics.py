"""Basic data of persons and organisations: genders, numbers by kind, terms of customers; never a personal id (C5)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chassis import clock
from chassis.database import database_of
from chassis.ids import new_id
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts.activities import RecordActivity, UpdateActivity
from contracts.contacts.addresses import Address
from contracts.contacts.basics import CreditLimit, EmailKind, Gender, OtherEmail, OtherPhone, PhoneKind
from contracts.contacts.calendars import CreateCalendar, CreateEvent
from contracts.contacts.consents import SetConsent
from contracts.contacts.history import History
from contracts.contacts.organisations import CreateOrganisation, ListOrganisations, UpdateOrganisation
from contracts.contacts.persons import CreatePerson, DeleteContact, ListPersons, UpdatePerson
from contracts.contacts.projects import AssignToProject, CreateProject, RecordHours, UpdateProject
from contracts.contacts.segments import CreateSegment, PreviewSegment, SegmentFilter
from contracts.contacts.tasks import CreateTask, UpdateTask
from contracts.errors import Invalid
from contracts.notify import PersonUnsubscribed
from services.contacts.commands import consents
from tests.integration.conftest import staff
from tests.integration.importing import Importing

OFFICE_RIGHTS = (
    Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.ACTIVITIES_READ, Permission.ACTIVITIES_WRITE,
    Permission.SETTINGS_WRITE,
)  # fmt: skip
OFFICE = staff(
    Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.CONTACTS_ERASE, Permission.SETTINGS_WRITE
)
CODE = "131052-308T"
"""A personal identity code of the authority's own examples."""


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=OFFICE: call_service("contacts", method, request, principal=principal)


TERMS = {
    "fax": "09 123 4567", "customer_status": "prospect", "payment_method": "e_invoice", "payment_days": 14,
    "delivery_method": "pickup", "credit_limit": {"amount": "1234.50"},
    "other_emails": [{"kind": "billing", "address": "Laskut@Example.org"}],
    "other_phones": [{"kind": "work", "number": "09 765 4321"}],
}  # fmt: skip
STORED = {
    "fax": "+35891234567", "customer_status": "prospect", "payment_method": "e_invoice", "payment_days": 14,
    "delivery_method": "pickup", "credit_limit": CreditLimit(amount=Decimal("1234.50")),
    "other_emails": [OtherEmail(kind=EmailKind.BILLING, address="laskut@example.org")],
    "other_phones": [OtherPhone(kind=PhoneKind.WORK, number="+35897654321")],
}  # fmt: skip


def test_C5_a_person_and_an_organisation_keep_all_basic_data(call):
    person = call("create_person", CreatePerson(family_name="Aho", gender="nonbinary", **TERMS))
    organisation = call("create_organisation", CreateOrganisation(name="Mylly Oy", **TERMS))
    for made, method in ((person, "get_person"), (organisation, "get_organisation")):
        read = call(method, ById(id=made.id))
        assert read == made
        assert {name: getattr(read, name) for name in STORED} == STORED
    assert person.gender is Gender.NONBINARY


def test_C5_what_was_given_can_be_emptied_and_the_history_tells(call):
    organisation = call("create_organisation", CreateOrganisation(name="Mylly Oy", **TERMS))
    names = ["fax", "customer_status", "payment_method", "payment_days", "delivery_method", "credit_limit"]
    request = UpdateOrganisation(id=organisation.id, version=1, clear=names, other_emails=[], other_phones=[])
    emptied = call("update_organisation", request)
    assert {name: getattr(emptied, name) for name in STORED} == {**dict.fromkeys(names), **EMPTY}
    told = {each.field: each.old for each in call("list_history", History(id=organisation.id)).data}
    assert told["credit_limit"] == "1234.50"
    assert told["other_phones"] == [{"kind": "work", "number": "+35897654321"}]
    assert set(STORED) <= set(told)


EMPTY = {"other_emails": [], "other_phones": []}


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"other_phones": [{"number": "0401"}]}, "/other_phones/0/number"),
        ({"other_emails": [{"address": "a@example.org"}, {"address": "a..b@example.org"}]}, "/other_emails/1/address"),
        ({"fax": "12345678901234567890"}, "/fax"),
        ({"title": f"Henkilö {CODE}"}, "/title"),
        ({"addresses": [Address(street=CODE)]}, "/addresses/0/street"),
        ({"tags": ["board"], "given_name": CODE.lower()}, "/given_name"),
    ],
)  # fmt: skip
def test_C5_wrong_details_and_personal_ids_are_refused_at_their_place(call, given, pointer):
    with pytest.raises(Invalid) as caught:
        call("create_person", CreatePerson(family_name="Aho", **given))
    assert [error.pointer for error in caught.value.errors] == [pointer]
    assert call("list_persons", ListPersons()).data == []


def test_C5_further_numbers_and_addresses_are_found(call):
    call("create_person", CreatePerson(family_name="Aho", **TERMS))
    call("create_organisation", CreateOrganisation(name="Mylly Oy", **TERMS))
    for typed in ("laskut@example.org", "LASKUT@example.org", "09 765 43", "7654321"):
        assert [each.name for each in call("list_persons", ListPersons(q=typed)).data] == ["Aho"]
        assert [each.name for each in call("list_organisations", ListOrganisations(q=typed)).data] == ["Mylly Oy"]
    assert call("list_persons", ListPersons(q="askut@example.org")).data == []


@pytest.mark.parametrize(
    ("field", "op", "value", "count"),
    [
        ("gender", "eq", "woman", 1), ("gender", "empty", None, 1), ("customer_status", "eq", "prospect", 1),
        ("payment_days", "gte", 14, 1), ("payment_days", "gte", 15, 0), ("credit_limit", "lte", 1234.5, 1),
        ("credit_limit", "lte", 1234.4, 0), ("fax", "starts", "+3589", 1), ("payment_method", "ne", "e_invoice", 1),
        ("other_email", "eq", "Laskut@example.org", 1), ("other_phone", "in", ["+35897654321"], 1),
        ("other_phone", "empty", None, 1), ("delivery_method", "in", ["pickup", "post"], 1),
    ],
)  # fmt: skip
def test_C10_segments_test_the_basic_data(call, field, op, value, count):
    call("create_person", CreatePerson(family_name="Aho", gender="woman", **TERMS))
    call("create_person", CreatePerson(family_name="Lehto"))
    wanted = PreviewSegment(filter=SegmentFilter(field=field, op=op, value=value))
    assert call("preview_segment", wanted).count == count


def test_C5_C11_a_file_brings_basic_data_and_no_personal_id_stays(call, call_service):
    importer = Importing(call_service)
    content = (
        "Etunimi;Sukunimi;Henkilötunnus;Puhelin;Matkapuhelin;Sukupuoli;Maksuehto;Luottoraja;Asiakkuus;Muistiinpano\n"
        f"Aino;Aho;{CODE};09 123 4567;040 1234567;nainen;14 pv netto;1 234,50;prospekti;hetu {CODE}\n"
        f"Eero;Lehto {CODE};;;;;;;;\n"
        "Aku;Niemi;;;;kyllä;;;;\n"
        "Ida;Salo;;;;;;-1;;\n"
    )
    rows = importer.rows(importer.run(content.encode()))
    assert [(row.number, row.state, row.column) for row in rows] == [
        (2, "created", ""), (3, "rejected", "Sukunimi"), (4, "rejected", "Sukupuoli"), (5, "rejected", "Luottoraja"),
    ]  # fmt: skip
    assert CODE not in str(rows)
    person = call("get_person", ById(id=rows[0].person_id))
    assert (person.birth_date.isoformat(), person.gender, person.payment_days) == ("1952-10-13", Gender.WOMAN, 14)
    assert (person.phone, person.other_phones) == (
        "+35891234567",
        [OtherPhone(kind=PhoneKind.MOBILE, number="+358401234567")],
    )
    assert (person.credit_limit.amount, person.customer_status) == (Decimal("1234.50"), "prospect")
    again = importer.rows(importer.run(content.encode(), name="again.csv"))
    assert [row.state for row in again] == ["unchanged", "rejected", "rejected", "rejected"]
    importer.close()


def test_C17_basic_data_is_deleted_with_the_person(call):
    made = call("create_person", CreatePerson(family_name="Aho", gender="man", **TERMS))
    call("update_person", UpdatePerson(id=made.id, version=1, fax="09 555 5555"))
    call("delete_person", DeleteContact(id=made.id, version=2))
    history = call("list_history", History(id=made.id)).data
    told = str([(change.old, change.new) for change in history])
    assert "555" not in told
    assert "man" not in told


AN_ID = new_id()
SAID = f"Soitti, tunnus {CODE}"


@pytest.mark.parametrize(
    ("method", "request_", "pointer"),
    [
        ("record_activity", RecordActivity(kind="note", text=SAID), "/text"),
        ("update_activity", UpdateActivity(id=AN_ID, version=1, text=SAID), "/text"),
        ("create_task", CreateTask(title=SAID), "/title"),
        ("update_task", UpdateTask(id=AN_ID, version=1, text=SAID), "/text"),
        ("create_project", CreateProject(name=SAID), "/name"),
        ("update_project", UpdateProject(id=AN_ID, version=1, text=SAID), "/text"),
        ("assign_to_project", AssignToProject(id=AN_ID, person_id=AN_ID, role=SAID), "/role"),
        ("record_hours", RecordHours(id=AN_ID, person_id=AN_ID, worked_on="2026-01-02", hours="1", note=SAID), "/note"),
        ("create_event", CreateEvent(calendar_id=AN_ID, title="x", place=SAID, starts_on="2026-01-02"), "/place"),
        ("create_calendar", CreateCalendar(name=SAID, level="office"), "/name"),
        ("set_consent", SetConsent(person_id=AN_ID, channel="email", allowed=True, evidence=SAID), "/evidence"),
        ("create_segment", CreateSegment(name="x", filter={"field": "title", "op": "eq", "value": SAID}),
         "/filter/value"),
    ],
)  # fmt: skip
def test_C5_a_personal_identity_code_is_refused_in_whatever_is_written_about_people(call, method, request_, pointer):
    with pytest.raises(Invalid) as caught:
        call(method, request_, staff(*OFFICE_RIGHTS))
    assert [(each.pointer, each.code) for each in caught.value.errors] == [(pointer, "personal_id")]


def test_C5_nobody_is_born_tomorrow(call):
    person = call("create_person", CreatePerson(family_name="Aho", birth_date=clock.local_date(clock.now())))
    tomorrow = clock.local_date(clock.now()) + timedelta(days=1)
    for method, request in (
        ("create_person", CreatePerson(family_name="Aho", birth_date=tomorrow)),
        ("update_person", UpdatePerson(id=person.id, version=person.version, birth_date=tomorrow)),
    ):
        with pytest.raises(Invalid) as caught:
            call(method, request)
        assert [(each.pointer, each.code) for each in caught.value.errors] == [("/birth_date", "in_the_future")]


def test_C2_C4_a_name_of_which_nothing_is_seen_is_none(call):
    unseen = "\u200b"
    for method, request, pointer in (
        ("create_person", CreatePerson(given_name=unseen), "/given_name"),
        ("create_organisation", CreateOrganisation(name=unseen), "/name"),
    ):
        with pytest.raises(Invalid) as caught:
            call(method, request)
        assert caught.value.errors[0].pointer == pointer


def test_C17_who_left_by_a_link_and_allowed_it_again_since_is_not_banned_when_the_first_is_heard_late(call):
    person = call("create_person", CreatePerson(family_name="Aho"))
    call("set_consent", SetConsent(person_id=person.id, channel="email", allowed=True, evidence="Soitti"))
    before = clock.now() - timedelta(hours=1)
    left = PersonUnsubscribed(message_id=new_id(), person_id=person.id, channel="email", unsubscribed_at=before)
    with database_of("contacts").transaction() as session:
        consents.unsubscribe(session, left)
    said = {each.channel: each.allowed for each in call("get_consents", ById(id=person.id)).data}
    assert said["email"]
