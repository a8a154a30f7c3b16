"""Lists as Finnish registers write them - Windows-1252, semicolons, their own headings - need no mapping (C11)."""

from datetime import date

import pytest

from contracts.base import ById
from contracts.contacts.imports import ImportProfile
from contracts.contacts.organisations import ListOrganisations
from contracts.contacts.persons import ListPersons
from tests.integration.conftest import staff
from tests.integration.importing import counts

OFFICE = staff()
MEMBERS_OF_AN_ASSOCIATION = """\
Jäsennumero;Sukunimi;Etunimi;Syntymäaika;Sukupuoli;Lähiosoite;Postinumero;Postitoimipaikka;Maa;Matkapuhelin;Sähköposti;\
Kieli;Jäsenlaji;Liittymispäivä
1042;Mäkelä;Väinö;1.2.1980;Mies;Älgvägen 3 B 12;02100;Espoo;Suomi;040 1234567;vaino.makela@example.org;suomi;\
Varsinainen jäsen;15.3.2011
1043;Åström;Göta;24.12.1975;Nainen;Hämeentie 7;530;Helsinki;;+358 50 765 4321;;ruotsi;Kannatusjäsen;1.1.2020
"""
LICENCES_OF_A_SPORTS_FEDERATION = """\
"SportID";"Sukunimi";"Etunimi";"Syntymäaika";"Sukupuoli";"Kansalaisuus";"Sähköpostiosoite";"Puhelinnumero";"Katuosoite";\
"Postinumero";"Postitoimipaikka";"Kotikunta";"Seura";"Lisenssi"
"12345678";"Mäkelä";"Väinö";"01.02.1980";"M";"FI";"vaino.makela@example.org";"0401234567";"Älgvägen 3 B 12";"02100";\
"Espoo";"Espoo";"Väinölän Veikot ry";"Kilpailulisenssi 2026"
"""
MEMBERS_OF_A_GUILD = """\
Jäsennro;Jäsenen nimi;Synt.aika;Kotiosoite;Pnro;Postitmp;Puh.;Matkapuh.;Sähköpostit;Jäsenryhmät;Työpaikka;Ammatti
7;Mäkelä, Väinö;1.2.1980;Älgvägen 3 B 12;02100;Espoo;09 123456;040 1234567;vaino.makela@example.org;\
Hallitus, Seniorit;Lumi Oy;Mittaaja
"""
CUSTOMERS_OF_A_LEDGER = """\
Asiakaskoodi;Nimi;Y-tunnus;Osoite;Postinumero;Postitoimipaikka;Maa;Sähköposti;Puhelin;Maksuehto;Laskutuskieli;\
Asiakasryhmä;Luottoraja;Verkkolaskuosoite
00077;Hämeen Sähkö Öljy Oy;0201256-6;Rantatie 1;33100;Tampere;FI;laskut@hameensahko.example;03 123456;14 pv netto;\
Suomi;Yritykset;1 500,00;003702012566
"""
CUSTOMERS_TO_BE_BILLED = """\
Asiakasnumero;Asiakkaan nimi;Y-tunnus/henkilötunnus;Laskutusosoite;Laskutuspostinro;Laskutuskaupunki;Laskutusmaa;\
Laskun kieli;Maksuehto (pv);Puhelin 1;Yhteyshenkilö
00077;Hämeen Sähkö Öljy Oy;FI02012566;Rantatie 1;33100;Tampere;FI;FIN;14;03 123456;Väinö Mäkelä
"""


@pytest.fixture
def call(call_service, clean_contacts):
    return lambda method, request: call_service("contacts", method, request, principal=OFFICE)


def person(call, name):
    (found,) = call("list_persons", ListPersons(q=name)).data
    return call("get_person", ById(id=found.id))


@pytest.mark.parametrize(
    "content", [MEMBERS_OF_AN_ASSOCIATION, LICENCES_OF_A_SPORTS_FEDERATION, MEMBERS_OF_A_GUILD],
    ids=["association", "federation", "guild"],
)  # fmt: skip
def test_C11_member_lists_need_no_mapping(call, imports, content):
    made = imports.run(content.encode("cp1252"))
    assert counts(made) == {"created": len(content.splitlines()) - 1}
    known = person(call, "Mäkelä")
    assert (known.given_name, known.family_name, known.birth_date) == ("Väinö", "Mäkelä", date(1980, 2, 1))
    (home,) = known.addresses
    assert (home.street, home.postal_code, home.city) == ("Älgvägen 3 B 12", "02100", "Espoo")
    numbers = {known.phone, *(each.number for each in known.other_phones)}
    assert (known.email, "+358401234567" in numbers) == ("vaino.makela@example.org", True)
    assert counts(imports.run(content.encode("cp1252"))) == {"unchanged": len(content.splitlines()) - 1}


def test_C11_member_lists_bring_numbers_languages_and_groups(call, imports):
    imports.run(MEMBERS_OF_AN_ASSOCIATION.encode("cp1252"))
    gota = person(call, "Åström")
    assert (gota.customer_number, gota.language, gota.gender, gota.tags) == ("1043", "sv", "woman", ["kannatusjasen"])
    assert (gota.phone, gota.addresses[0].postal_code) == ("+358507654321", "00530")
    guild = imports.run(MEMBERS_OF_A_GUILD.encode("cp1252"))
    member = call("get_person", ById(id=imports.rows(guild)[0].person_id))
    assert (member.customer_number, member.tags) == ("7", ["hallitus", "seniorit"])


@pytest.mark.parametrize("content", [CUSTOMERS_OF_A_LEDGER, CUSTOMERS_TO_BE_BILLED], ids=["ledger", "billing"])
def test_C12_lists_of_customers_need_no_mapping(call, imports, content):
    made = imports.run(content.encode("cp1252"), profile=ImportProfile.ACCOUNTING_CUSTOMERS)
    assert counts(made) == {"created": 1}
    (found,) = call("list_organisations", ListOrganisations()).data
    known = call("get_organisation", ById(id=found.id))
    assert (known.name, known.customer_number, known.business_id) == ("Hämeen Sähkö Öljy Oy", "00077", "0201256-6")
    assert (known.addresses[0].street, known.addresses[0].city) == ("Rantatie 1", "Tampere")
    assert (known.phone, known.payment_days, known.language) == ("+3583123456", 14, "fi")
