"""Files of accounting (C12) and of address providers (C11), on a real database."""

import pytest

from contracts.base import ById, Nothing, Translated
from contracts.contacts.affiliations import CreateAffiliation, ListAffiliations
from contracts.contacts.basics import CustomerStatus
from contracts.contacts.fields import ContactKind, DefineField, FieldByCode, FieldType
from contracts.contacts.history import History
from contracts.contacts.imports import ImportProfile
from contracts.contacts.masters import SetMasters, ValueSource
from contracts.contacts.merges import MergeOrganisations
from contracts.contacts.organisations import CreateOrganisation, ListOrganisations
from contracts.contacts.persons import CreatePerson, ListPersons
from contracts.contacts.tasks import CreateTask, ListTasks
from contracts.errors import Conflict
from tests.integration.conftest import staff
from tests.integration.importing import counts

OFFICE = staff()
ACCOUNTING, PROVIDER = ImportProfile.ACCOUNTING_CUSTOMERS, ImportProfile.ADDRESS_PROVIDER
CUSTOMERS = "Asiakasnumero;Nimi;Y-tunnus;Katuosoite;Postinumero;Kaupunki;Puhelin;Tunnisteet\n"
COMPANIES = (
    "Yritys;Y-tunnus;Katuosoite;Postinumero;Kaupunki;Toimiala;Henkilöstöluokka;Liikevaihto;Päättäjä;Nimike;"
    "Päättäjän sähköposti;Puhelin\n"
)


@pytest.fixture
def call(call_service, clean_contacts):
    return lambda method, request, principal=OFFICE: call_service("contacts", method, request, principal=principal)


def set_masters(call, *, link=True, **masters):
    version = call("get_masters", Nothing()).version
    return call("set_masters", SetMasters(version=version, accounting_link=link, **masters))


def only(call, name):
    (found,) = [each for each in call("list_organisations", ListOrganisations()).data if name in each.name]
    return call("get_organisation", ById(id=found.id))


def around(call, person, organisation):
    """The person, and what belongs to the organisation."""
    return (
        call("get_person", ById(id=person.id)),
        call("list_affiliations", ListAffiliations(organisation_id=organisation.id)),
        call("list_tasks", ListTasks(organisation_id=organisation.id)),
    )


def sources(call, who):
    return {each.field: each.source for each in call("list_sources", ById(id=who.id)).data}


def test_C12_the_first_transfer_makes_customers_and_later_ones_change_what_accounting_is_master_of(call, imports):
    set_masters(call, organisations={"addresses": ValueSource.ACCOUNTING})
    first = f"{CUSTOMERS}77;Lumi Oy;0201256-6;Rantatie 1;00100;Helsinki;09 123456;vip\n"
    assert counts(imports.run(first, profile=ACCOUNTING, dry_run=True)) == {"created": 1}
    assert call("list_organisations", ListOrganisations()).data == []
    assert counts(imports.run(first, profile=ACCOUNTING)) == {"created": 1}
    lumi = only(call, "Lumi")
    assert (lumi.customer_number, lumi.business_id, lumi.customer_status) == ("77", "0201256-6", "customer")
    assert (lumi.addresses[0].street, lumi.phone, lumi.tags) == ("Rantatie 1", "+3589123456", [])
    later = f"{CUSTOMERS}77;Lumi Group Oy;0201256-6;Kotikatu 2;33100;Tampere;09 999999;\n"
    assert counts(imports.run(later, profile=ACCOUNTING)) == {"updated": 1}
    now = only(call, "Lumi")
    assert (now.name, now.phone, now.addresses[0].street) == ("Lumi Oy", "+3589123456", "Kotikatu 2")
    assert sources(call, lumi)["addresses"] == ValueSource.ACCOUNTING
    assert call("list_history", History(id=lumi.id)).data[0].channel == "accounting"
    assert counts(imports.run(later, profile=ACCOUNTING)) == {"unchanged": 1}


def test_C12_persons_tasks_and_tags_of_a_customer_are_untouched(call, imports):
    lumi = call("create_organisation", CreateOrganisation(name="Lumi Oy", customer_number="77", tags=["fair"]))
    aino = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", tags=["vip"]))
    call("create_affiliation", CreateAffiliation(person_id=aino.id, organisation_id=lumi.id, title="Chair"))
    call("create_task", CreateTask(title="Call", organisation_id=lumi.id))
    set_masters(call, organisations={"addresses": ValueSource.ACCOUNTING})
    before = around(call, aino, lumi)
    content = "Asiakasnumero;Nimi;Etunimi;Sukunimi;Katuosoite;Tunnisteet\n77;Lumi Oy;Eino;Eskola;Tie 9;other\n"
    assert counts(imports.run(content, profile=ACCOUNTING)) == {"updated": 1}
    assert around(call, aino, lumi) == before
    assert (only(call, "Lumi").tags, only(call, "Lumi").addresses[0].street) == (["fair"], "Tie 9")
    assert [each.name for each in call("list_persons", ListPersons()).data] == ["Aino Aalto"]


def test_C12_without_masters_a_later_transfer_changes_nothing(call, imports):
    imports.run(f"{CUSTOMERS}77;Lumi Oy;;Rantatie 1;00100;Helsinki;;\n", profile=ACCOUNTING)
    again = imports.run(f"{CUSTOMERS}77;Muu Oy;;Kotikatu 2;33100;Tampere;09 1234;\n", profile=ACCOUNTING)
    assert counts(again) == {"unchanged": 1}
    assert only(call, "Lumi").phone is None


def test_C12_a_prospect_becomes_a_customer_by_its_business_id_or_number(call, imports):
    known = call("create_organisation", CreateOrganisation(
        name="Lumi", business_id="0201256-6", customer_status=CustomerStatus.PROSPECT))  # fmt: skip
    imports.run(f"{CUSTOMERS}77;Lumi Oy;0201256-6;Rantatie 1;00100;Helsinki;;\n", profile=ACCOUNTING)
    now = call("get_organisation", ById(id=known.id))
    assert (now.name, now.customer_number, now.customer_status, now.addresses) == ("Lumi", "77", "customer", [])


def test_C12_rows_without_or_with_anothers_number_are_rejected_with_their_column(call, imports):
    call("create_organisation", CreateOrganisation(name="Vanha Oy", business_id="0201256-6", customer_number="1"))
    content = (
        f"{CUSTOMERS};Nimetön Oy;;;;;;\n2;Uusi Oy;0201256-6;;;;;\n3;Kaksi Oy;0112038-9;;;;;\n"
        "4;Kolme Oy;0112038-9;;;;;\n5;;;;;;;\n"
    )
    made = imports.run(content, profile=ACCOUNTING)
    assert [(each.number, each.code, each.column) for each in imports.rows(made, "rejected")] == [
        (2, "number_missing", "Asiakasnumero"), (3, "number_of_organisation", "Y-tunnus"),
        (5, "business_id_twice", "Y-tunnus"), (6, "names_no_organisation", "Nimi"),
    ]  # fmt: skip
    assert counts(made) == {"rejected": 4, "created": 1}


def test_C12_files_that_name_no_customer_numbers_are_told_so(imports):
    assert imports.failure(b"Nimi;Puhelin\nLumi Oy;09 1234\n", profile=ACCOUNTING)["code"] == "no_number_column"
    assert imports.failure(b"Asiakasnumero;Puhelin\n1;09 1234\n", profile=ACCOUNTING)["code"] == "no_company_column"


def test_C12_without_the_link_nothing_comes_from_accounting(call, imports):
    set_masters(call, link=False)
    with pytest.raises(Conflict) as caught:
        imports.start(b"Asiakasnumero;Nimi\n1;Lumi Oy\n", profile=ACCOUNTING)
    assert caught.value.error_code == "accounting_not_linked"


def test_C11_an_address_provider_makes_prospects_with_classes_and_decision_makers(call, imports):
    content = (
        f"{COMPANIES}Lumi Oy;0201256-6;Rantatie 1;00100;Helsinki;62010 Ohjelmistot;10-19;1-2 M€;Aalto, Aino;Johtaja;"
        "aino@example.org;09 123456\n"
        "Lumi Oy;0201256-6;;;;;;;Eino Eskola;Talousjohtaja;;\n"
    )
    assert counts(imports.run(content, profile=PROVIDER, dry_run=True)) == {"created": 2}
    assert call("list_organisations", ListOrganisations()).data == []
    assert counts(imports.run(content, profile=PROVIDER)) == {"created": 2}
    lumi = only(call, "Lumi")
    assert (lumi.customer_status, lumi.phone, lumi.email) == ("prospect", "+3589123456", None)
    classes = {"industry": "62010-ohjelmistot", "size_class": "10-19", "turnover_class": "1-2-m"}
    assert lumi.fields == classes
    industry = call("get_field", FieldByCode(applies_to=ContactKind.ORGANISATION, code="industry"))
    assert industry.classification
    assert [each.label.fi for each in industry.choices] == ["62010 Ohjelmistot"]
    people = call("list_affiliations", ListAffiliations(organisation_id=lumi.id)).data
    assert {(each.person_name, each.title, each.decision_maker) for each in people} == {
        ("Aino Aalto", "Johtaja", True), ("Eino Eskola", "Talousjohtaja", True),
    }  # fmt: skip
    aino = call("get_person", ById(id=next(each.person_id for each in people if each.title == "Johtaja")))
    assert (aino.email, aino.phone, aino.customer_status) == ("aino@example.org", None, "prospect")
    assert sources(call, lumi)["fields.industry"] == ValueSource.ADDRESS_PROVIDER
    assert counts(imports.run(content, profile=PROVIDER)) == {"unchanged": 2}


def test_C11_known_companies_are_enriched_and_stay_customers(call, imports):
    by_id, by_number, by_place = (
        call("create_organisation", CreateOrganisation(**each, customer_status=CustomerStatus.CUSTOMER))
        for each in ({"name": "A Oy", "business_id": "0201256-6"}, {"name": "B Oy", "customer_number": "8"},
                     {"name": "C Oy", "addresses": [{"street": "Tie 1", "postal_code": "33100", "city": "Tampere"}]})
    )  # fmt: skip
    content = (
        "Yritys;Y-tunnus;Asiakasnumero;Postinumero;Kaupunki;Toimiala\n"
        "A Group Oy;0201256-6;;;;Kauppa\nB Oy;;8;;;Kauppa\nC Oy;;;33100;Tampere;Kauppa\nC Oy;;;00100;Helsinki;Kauppa\n"
    )
    made = imports.run(content, profile=PROVIDER)
    assert counts(made) == {"updated": 3, "created": 1}
    for each in (by_id, by_number, by_place):
        now = call("get_organisation", ById(id=each.id))
        assert (now.fields, now.customer_status) == ({"industry": "kauppa"}, "customer")


def test_C11_decision_makers_of_one_name_in_two_companies_are_two(call, imports):
    content = "Yritys;Kaupunki;Päättäjä\nA Oy;Turku;Matti Meikäläinen\nB Oy;Oulu;Matti Meikäläinen\n"
    assert counts(imports.run(content, profile=PROVIDER)) == {"created": 2}
    assert len(call("list_persons", ListPersons()).data) == 2
    assert counts(imports.run(content, profile=PROVIDER)) == {"unchanged": 2}


def test_C11_the_offices_own_classification_is_used(call, imports):
    call("define_field", DefineField(
        code="industry", label=Translated(fi="Ala"), type=FieldType.CHOICE, applies_to=ContactKind.ORGANISATION,
        choices=[{"code": "trade", "label": {"fi": "Kauppa"}}], classification=True))  # fmt: skip
    imports.run("Yritys;Toimiala\nA Oy;kauppa\nB Oy;Metsä\nC Oy;€\n", profile=PROVIDER)
    assert only(call, "A Oy").fields == {"industry": "trade"}
    known = call("get_field", FieldByCode(applies_to=ContactKind.ORGANISATION, code="industry"))
    assert (known.label.fi, [each.code for each in known.choices]) == ("Ala", ["trade", "metsa"])


def test_C11_an_address_provider_does_not_touch_what_another_is_master_of(call, imports):
    set_masters(call, organisations={"phone": ValueSource.OFFICE})
    call("create_organisation", CreateOrganisation(name="A Oy", business_id="0201256-6", phone="09 123456"))
    made = imports.run("Yritys;Y-tunnus;Puhelin\nA Oy;0201256-6;09 999999\n", profile=PROVIDER)
    (row,) = imports.rows(made)
    assert [(row.state, each.field, each.column) for each in row.remarks] == [("unchanged", "phone", "Puhelin")]
    assert only(call, "A Oy").phone == "+3589123456"


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("A Oy;0201256-7;;;;", "Y-tunnus", "bad_business_id"),
        ("A Oy;;4,01234567E+08;;;", "Puhelin", "rounded_number"),
        ("A Oy;;;31.2.2026;;", "Perustettu", "no_such_day"),
        ("A Oy;;;;" + "x" * 201 + ";", "Toimiala", "text_too_long"),
        ("A Oy;;;;***;", "Toimiala", "unknown_choice"),
        ("A Oy;;;;;nobody", "Päättäjän sähköposti", "bad_email"),
        (";0201256-6;;;;", "Yritys", "names_no_organisation"),
    ],
)
def test_C11_a_bad_cell_of_a_provider_rejects_its_row_with_its_column(call, imports, row, column, code):
    call("define_field", DefineField(code="founded", label=Translated(fi="Perustettu"), type=FieldType.DATE,
                                     applies_to=ContactKind.ORGANISATION))  # fmt: skip
    heading = "Yritys;Y-tunnus;Puhelin;Perustettu;Toimiala;Päättäjän sähköposti"
    made = imports.run(f"{heading}\n{row}\nB Oy;;040 1234567;1.2.2020;X;\n", profile=PROVIDER)
    assert [(each.number, each.column, each.code) for each in imports.rows(made, "rejected")] == [(2, column, code)]
    assert counts(made) == {"rejected": 1, "created": 1}


def test_C13_accounting_finds_the_survivor_by_the_number_of_the_merged_one(call, imports):
    set_masters(call, organisations={"phone": ValueSource.ACCOUNTING, "customer_number": ValueSource.ACCOUNTING})
    both = f"{CUSTOMERS}77;Lumi Oy;0201256-6;Rantatie 1;00100;Helsinki;;\n78;Lumi Ab;;Kotikatu 2;33100;Tampere;;\n"
    imports.run(both, profile=ACCOUNTING)
    lumi, twice = only(call, "Lumi Oy"), only(call, "Lumi Ab")
    made = call("merge_organisations", MergeOrganisations(survivor_id=lumi.id, merged_id=twice.id))
    later = f"{CUSTOMERS}78;Lumi Ab;;Kotikatu 2;33100;Tampere;09 999999;\n"
    assert counts(imports.run(later, profile=ACCOUNTING, dry_run=True)) == {"updated": 1}
    assert counts(imports.run(later, profile=ACCOUNTING)) == {"updated": 1}
    now = only(call, "Lumi")
    assert (now.id, now.customer_number, now.phone) == (lumi.id, "77", "+3589999999")
    imports.run(both, profile=ACCOUNTING)
    assert only(call, "Lumi").customer_number == "77"
    call("undo_merge", ById(id=made.id))
    assert only(call, "Lumi Ab").customer_number == "78"
