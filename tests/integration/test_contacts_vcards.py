"""vCards in and out, and the exports of common address books (C11), on a real database."""

from datetime import date
from pathlib import Path

import pytest

from chassis import clock, files
from chassis.worker import run_job_chunk
from contracts.base import ById
from contracts.contacts.addresses import Address
from contracts.contacts.affiliations import CreateAffiliation
from contracts.contacts.exports import ExportFormat, StartExport
from contracts.contacts.import_mappings import PreviewImport
from contracts.contacts.organisations import CreateOrganisation, ListOrganisations
from contracts.contacts.persons import CreatePerson, ListPersons
from contracts.contacts.segments import SegmentKind
from contracts.errors import NotAllowed, NotFound
from services.contacts.commands.imports import id_of
from tests.integration.conftest import member, staff
from tests.integration.importing import counts

OFFICE = staff()
DATA = Path(__file__).resolve().parents[1] / "data" / "imports"


@pytest.fixture
def call(call_service, clean_contacts):
    return lambda method, request, principal=None: call_service(
        "contacts", method, request, principal=principal or OFFICE
    )


def person(call, family):
    (found,) = [each for each in call("list_persons", ListPersons(q=family)).data if family in each.name]
    return call("get_person", ById(id=found.id))


def organisation(call, name):
    (found,) = [each for each in call("list_organisations", ListOrganisations()).data if each.name == name]
    return call("get_organisation", ById(id=found.id))


def others(contact):
    return (
        [(each.kind.value, each.number) for each in contact.other_phones],
        [(each.kind.value, each.address) for each in contact.other_emails],
    )


@pytest.mark.parametrize("name", ["outlook-en.csv", "outlook-fi.csv", "google-new.csv", "google-old.csv"])
def test_C11_exports_of_common_address_books_bring_the_same_people(call, imports, name):
    made = imports.run((DATA / name).read_bytes(), name)
    assert counts(made) == {"created": 2}, imports.rows(made)
    paivi = person(call, "Öhman")
    assert (paivi.given_name, paivi.email, paivi.phone) == ("Päivi", "paivi.ohman@example.org", "+358401234567")
    assert [each[1] for each in others(paivi)[0] + others(paivi)[1]] == ["+358191234567", "paivi@example.net"]
    (home,) = paivi.addresses
    assert (home.street, home.postal_code, home.city, home.country) == ("Rantatie 1", "05800", "Hyvinkää", "FI")
    assert (organisation(call, "Sähkö Oy").name, paivi.gender, paivi.birth_date) == ("Sähkö Oy", None, None)
    assert len(paivi.tags) == 2
    assert person(call, "Lindström").email == "ake@example.org"
    assert counts(imports.run((DATA / name).read_bytes(), name)) == {"unchanged": 2}


def test_C11_cards_of_apple_bring_what_a_register_holds_and_show_the_rest(call, imports):
    content = (DATA / "apple-3.0.vcf").read_bytes()
    assert counts(imports.run(content, "a.vcf", dry_run=True)) == {"created": 2}
    made = imports.run(content, "a.vcf")
    assert counts(made) == {"created": 2}
    paivi = person(call, "Öhman")
    assert (paivi.given_name, paivi.email, paivi.birth_date) == ("Päivi Maria", "paivi.ohman@example.org", None)
    assert (paivi.phone, paivi.fax, paivi.tags) == ("+358401234567", "+358197654321", ["board", "press"])
    assert others(paivi) == ([("work", "+358191234567")], [("home", "paivi@example.net")])
    assert (paivi.addresses[0].street, paivi.addresses[0].country) == ("Rantatie 1 C 5", "FI")
    lumi = organisation(call, "Lumi Oy")
    assert lumi.phone == "+3589123456" + "7"
    job = imports.job(made.job_id)
    assert {"NOTE", "PHOTO", "BDAY without year", "ORG unit"} <= set(job.result["ignored_columns"])
    first, second = imports.rows(made)
    assert (first.number, first.raw["PHOTO"], second.number) == (1, "+", 23)
    assert first.raw["NOTE"].endswith("Tämä rivi on niin pitkä, että se taitetaan.")
    assert counts(imports.run(content, "a.vcf")) == {"unchanged": 2}


def test_C11_cards_of_version_4_and_of_old_outlooks(call, imports):
    assert counts(imports.run((DATA / "card-4.0.vcf").read_bytes(), "a.vcf")) == {"created": 2}
    ake = person(call, "Lindström")
    assert (ake.birth_date, ake.gender, ake.language) == (date(1961, 1, 31), "man", "sv")
    assert (ake.phone, others(ake)) == ("+358407654321", ([("home", "+35897654321")], [("home", "ake@example.net")]))
    assert organisation(call, "Sähkö Oy").email == "info@example.org"
    made = imports.run((DATA / "outlook-2.1.vcf").read_bytes(), "b.vcf")
    assert counts(made) == {"created": 1, "unchanged": 1}
    paivi = person(call, "Öhman")
    assert (paivi.given_name, paivi.addresses[0].city, paivi.phone) == ("Päivi", "Hyvinkää", "+358401234567")
    assert imports.rows(made)[0].raw["NOTE"] == "Ensimmäinen rivi\r\ntoinen rivi"


def test_C11_the_columns_of_cards_are_looked_at_like_others(call, imports):
    key = files.new_key("contacts", ".vcf")
    files.store(key, (DATA / "apple-3.0.vcf").read_bytes())
    job = imports.finish(imports.call("preview_import", PreviewImport(file_key=key, file_name="a.vcf")))
    found = {each.title: each.target for each in call("get_import_columns", ById(id=id_of(job.id))).columns}
    assert (found["N family"], found["TEL work"], found["EMAIL"], found["NOTE"]) == (
        "family_name", "work_phone", "email", "",
    )  # fmt: skip


CARD = "BEGIN:VCARD\nVERSION:3.0\nN:{name};Aino\nEMAIL:{email}\nEND:VCARD\n"


def test_C11_a_bad_card_rejects_itself_alone_by_its_line(call, imports):
    good, wrong = CARD.format(name="Aho", email="a@example.org"), CARD.format(name="Eho", email="nobody")
    broken = "BEGIN:VCARD\nVERSION:3.0\nN:Iho;Aino\nthis is no line\nEND:VCARD\n"
    made = imports.run(good + wrong + broken, "a.vcf")
    assert [(each.number, each.state, each.code, each.column) for each in imports.rows(made)] == [
        (1, "created", "", ""), (6, "rejected", "bad_email", "EMAIL"), (11, "rejected", "bad_card_line", ""),
    ]  # fmt: skip
    assert imports.rows(made)[2].params == {"line": "14"}


def test_C11_a_letter_that_is_folded_in_its_middle_is_whole_again(call, imports):
    card, before, after = CARD.format(name="Hämäläinen", email="a@example.org"), "Häm".encode(), "äläinen".encode()
    made = imports.run(card.encode().replace(before + after, before + after[:1] + b"\r\n " + after[1:]), "a.vcf")
    assert [row.raw["N family"] for row in imports.rows(made)] == ["Hämäläinen"]


@pytest.mark.parametrize("kind", ["KIND:group", "X-ADDRESSBOOKSERVER-KIND:group"])
def test_C11_a_card_that_lists_a_group_becomes_nobody(call, imports, kind):
    group = f"BEGIN:VCARD\nVERSION:3.0\nN:Hallitus;;;;\nFN:Hallitus\n{kind}\nEND:VCARD\n"
    made = imports.run(group + CARD.format(name="Aho", email="a@example.org"), "a.vcf")
    assert [(each.number, each.state, each.code) for each in imports.rows(made)] == [
        (1, "rejected", "card_of_group"), (7, "created", ""),
    ]  # fmt: skip


BAD_FILES = {
    "cut off": (CARD[:-12], "card_open", 1),
    "between cards": (CARD + "hello\n", "between_cards", 6),
    "a line without end": ("BEGIN:VCARD\nNOTE:" + "x" * 200_000 + "\nEND:VCARD\n", "card_line_too_long", 2),
    "folded without end": ("BEGIN:VCARD\nNOTE:x" + "\n x" * 100_001 + "\nEND:VCARD\n", "card_line_too_long", 2),
    "a thousand properties": (
        "BEGIN:VCARD\n" + "".join(f"X-A{each}:1\n" for each in range(300)) + "END:VCARD\n", "too_many_columns", 1,
    ),
    "cards in cards": ("BEGIN:VCARD\n" * 5_000, "card_open", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_FILES)
def test_C11_a_file_of_cards_that_cannot_be_read_says_where(imports, name):
    content, code, row = BAD_FILES[name]
    told = imports.failure(content.encode(), "a.vcf")
    assert (told["code"], told.get("row")) == (code, row), told


def test_C11_a_picture_of_many_megabytes_is_passed_over(call, imports):
    picture = "PHOTO;ENCODING=b;TYPE=JPEG:" + "\n ".join(["A" * 74] * 40_000)
    card = CARD.format(name="Aho", email="a@example.org").replace("EMAIL", f"{picture}\nEMAIL")
    assert counts(imports.run(card, "a.vcf")) == {"created": 1}


def everything(call):
    lumi = CreateOrganisation(name='Lumi; Oy, \\ "Ab"', email="info@example.org", tags=["a"], language="sv",
                              addresses=[Address(street="Tie 1", postal_code="00100", city="Helsinki")])  # fmt: skip
    lumi = call("create_organisation", lumi)
    aino = CreatePerson(
        given_name="Aino Maria", family_name="Äijälä, os. Ö", gender="nonbinary", birth_date=date(1961, 1, 31),
        email="aino@example.org", phone="040 1234567", fax="09 1234567", language="en", tags=["board", "press-list"],
        other_phones=[{"kind": kind, "number": f"09 765432{at}"}
                      for at, kind in enumerate(("home", "mobile", "other", "switchboard", "work", "work"))],
        other_emails=[{"kind": kind, "address": f"e{at}@example.org"}
                      for at, kind in enumerate(("work", "home", "billing", "other", "other"))],
        addresses=[Address(street="Rantatie 1 A 3, c/o Åke", postal_code="05800", city="Hyvinkää", country="SE")],
    )  # fmt: skip
    aino = call("create_person", aino)
    belongs = CreateAffiliation(person_id=aino.id, organisation_id=lumi.id, title="Chair; of all", role="Decides")
    call("create_affiliation", belongs)
    call("create_person", CreatePerson(given_name="", family_name="Ö", title="Tri", phone="+46 8 123 456 78"))
    return aino, lumi


def exported(call, imports, of=SegmentKind.PERSONS):
    job = call("start_export", StartExport(of=of, format=ExportFormat.VCF))
    while run_job_chunk(imports.worker):
        pass
    fetched = call("fetch_export_file", ById(id=id_of(job.id)))
    assert fetched.file_name == f"{of}-{clock.today()}.vcf"
    return files.load(fetched.file_key)


def carried(contact):
    """What a vCard can carry of a contact."""
    left_out = {"id", "created_at", "updated_at", "version", "other_phones", "other_emails", "state"}
    phones, emails = others(contact)
    return contact.model_dump(exclude=left_out) | {"phones": sorted(phones), "emails": sorted(emails)}


def test_C11_what_goes_out_as_cards_comes_in_again_the_same(call, imports, clean_database):
    _aino, lumi = everything(call)
    before = carried(person(call, "Äijälä")), carried(organisation(call, lumi.name))
    cards = exported(call, imports) + exported(call, imports, SegmentKind.ORGANISATIONS)
    assert cards.count(b"BEGIN:VCARD") == 3
    assert all(len(line) <= 75 for line in cards.split(b"\r\n"))
    clean_database("contacts")
    made = imports.run(cards, "a.vcf")
    assert counts(made) == {"created": 3}, imports.rows(made)
    assert (carried(person(call, "Äijälä")), carried(organisation(call, lumi.name))) == before
    assert exported(call, imports) + exported(call, imports, SegmentKind.ORGANISATIONS) == cards
    assert counts(imports.run(cards, "a.vcf")) == {"unchanged": 3}


def test_C11_one_contact_as_a_card(call, imports):
    aino, lumi = everything(call)
    card = call("get_person_vcard", ById(id=aino.id))
    assert card.name == "Aino Maria Äijälä, os. Ö"
    assert '\r\nORG:Lumi\\; Oy\\, \\\\ "Ab"\r\nTITLE:Chair\\; of all\r\nROLE:Decides\r\n' in card.text
    assert call("get_organisation_vcard", ById(id=lumi.id)).text.startswith("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Lumi")
    with pytest.raises(NotFound):
        call("get_person_vcard", ById(id=lumi.id))
    with pytest.raises(NotFound):
        call("get_organisation_vcard", ById(id=aino.id))
    with pytest.raises(NotAllowed):
        call("get_person_vcard", ById(id=aino.id), member(aino.id))
