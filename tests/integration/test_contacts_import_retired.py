"""Choices that are retired, in files: whoever has one keeps it, nobody gets it, and no row is lost by it (C7, C11)."""

import csv
import io

import pytest

from chassis import files
from contracts.base import ById, Nothing, Translated
from contracts.contacts.exports import StartExport
from contracts.contacts.fields import Choice, ContactKind, DefineField, FieldType
from contracts.contacts.imports import ImportProfile
from contracts.contacts.masters import SetMasters, ValueSource
from contracts.contacts.organisations import CreateOrganisation, ListOrganisations
from contracts.contacts.persons import CreatePerson, ListPersons
from contracts.contacts.segments import SegmentKind
from contracts.contacts.views import SaveView, ViewName
from tests.integration.conftest import staff
from tests.integration.importing import counts

LABELS = {"s": "Pieni", "l": "Suuri", "law": "Laki", "tax": "Vero"}
SMALL, LARGE, LAW, TAX = (Choice(code=code, label=Translated(fi=label)) for code, label in LABELS.items())
BOTH_KINDS = (ContactKind.PERSON, ContactKind.ORGANISATION)
HAVE = {"size": "s", "skills": ["law", "tax"]}
HEADING = "Etunimi;Sukunimi;Asiakasnumero;Titteli;Koko;Osaaminen\n"
AINO, EINO = "Aino;Aalto;1;{};Pieni;Laki, Vero\n", "Eino;Elo;2;FM;Pieni;Laki, Vero\n"
LEFT_OUT = [("fields.size", ["s"], True, "Koko"), ("fields.skills", ["law"], True, "Osaaminen")]


@pytest.fixture
def call(call_service, clean_contacts):
    return lambda method, request: call_service("contacts", method, request, principal=staff())


def define(call, sizes, skills):
    for kind in BOTH_KINDS:
        for code, name, of_type, choices in (
            ("size", "Koko", FieldType.CHOICE, sizes),
            ("skills", "Osaaminen", FieldType.MULTI_CHOICE, skills),
        ):
            call("define_field", DefineField(code=code, label=Translated(fi=name), type=of_type, choices=choices,
                                             applies_to=kind))  # fmt: skip


@pytest.fixture
def aino(call):
    """Has choices that are retired since."""
    define(call, [SMALL, LARGE], [LAW, TAX])
    made = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", customer_number="1", fields=HAVE))
    call(
        "create_organisation",
        CreateOrganisation(name="Lumi Oy", customer_number="77", business_id="0201256-6", fields=HAVE),
    )
    define(call, [LARGE], [TAX])
    return made


def fields_of(call):
    people = [call("get_person", ById(id=each.id)) for each in call("list_persons", ListPersons()).data]
    return {each.family_name: each.fields for each in people}


def left_out(imports, made):
    return [(row.number, row.state, [(each.field, each.values, each.retired, each.column) for each in row.remarks])
            for row in imports.rows(made, full=True)]  # fmt: skip


def exported(imports, **asked):
    done = imports.finish(imports.call("start_export", StartExport(**asked)))
    assert done.state == "succeeded", done
    return files.load(imports.call("fetch_export_file", ById(id=done.result["export_id"])).file_key)


@pytest.mark.parametrize("kind", [SegmentKind.PERSONS, SegmentKind.ORGANISATIONS])
def test_C7_C11_a_file_that_an_export_has_written_changes_and_rejects_nothing(imports, aino, kind):
    persons = kind is SegmentKind.PERSONS
    shown = ["customer_number", *([] if persons else ["business_id"]), "fields.size", "fields.skills"]
    profile = ImportProfile.CONTACTS if persons else ImportProfile.ADDRESS_PROVIDER
    imports.call("save_view", SaveView(name=ViewName.CONTACTS if persons else ViewName.ORGANISATIONS, shown=shown))
    name = {"family_name": "Sukunimi", "given_name": "Etunimi"} if persons else {"name": "Organisaatio"}
    headings = {
        **name,
        "customer_number": "Asiakasnumero",
        "business_id": "Y-tunnus",
        "fields.size": "Koko",
        "fields.skills": "Osaaminen",
    }
    data = exported(imports, of=kind, headings=headings, words={"fields.size": LABELS, "fields.skills": LABELS})
    (_heading, row) = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")
    assert {"Pieni", "Laki, Vero"} <= {*row}
    foreseen, made = imports.run(data, dry_run=True, profile=profile), imports.run(data, profile=profile)
    assert counts(foreseen) == counts(made) == {"unchanged": 1}
    assert imports.rows(made)[0].remarks == []
    other = imports.run(data.decode().replace("Pieni", "Suuri").encode(), profile=profile)
    assert counts(other) == {"updated": 1}


def test_C7_C11_nobody_gets_a_choice_that_is_retired_and_the_rest_of_the_row_is_applied(call, imports, aino):
    content = HEADING + AINO.format("FT") + EINO
    foreseen, made = imports.run(content, dry_run=True), imports.run(content)
    assert counts(foreseen) == counts(made) == {"created": 1, "updated": 1, "full": 1}
    for each in (foreseen, made):
        assert left_out(imports, each) == [(3, "created", LEFT_OUT)]
    assert fields_of(call) == {"Aalto": HAVE, "Elo": {"skills": ["tax"]}}
    again = imports.run(content)
    assert counts(again) == {"unchanged": 2, "full": 1}
    imports.finish(imports.call("undo_import", ById(id=again.id)))
    imports.finish(imports.call("undo_import", ById(id=made.id)))
    assert fields_of(call) == {"Aalto": HAVE}


def test_C7_C11_who_was_given_another_choice_since_does_not_get_the_retired_one_back(call, imports, aino):
    imports.run(HEADING + "Aino;Aalto;1;;Suuri;\n")
    made = imports.run(HEADING + AINO.format(""))
    assert left_out(imports, made) == [(2, "unchanged", LEFT_OUT[:1])]
    assert fields_of(call) == {"Aalto": HAVE | {"size": "l"}}


def test_C7_C12_a_master_of_a_field_takes_no_choice_away_that_is_retired(call, imports, aino):
    version = call("get_masters", Nothing()).version
    masters = {"fields.skills": ValueSource.ADDRESS_PROVIDER, "fields.size": ValueSource.ADDRESS_PROVIDER}
    call("set_masters", SetMasters(version=version, organisations=masters))
    heading = "Organisaatio;Asiakasnumero;Koko;Osaaminen\n"
    for skills in ("Laki", "Vero", ""):
        imports.run(f"{heading}Lumi Oy;77;Pieni;{skills}\n", profile=ImportProfile.ADDRESS_PROVIDER)
    (lumi,) = call("list_organisations", ListOrganisations()).data
    assert call("get_organisation", ById(id=lumi.id)).fields == HAVE


def test_C12_a_masters_file_that_says_nothing_of_a_field_leaves_it_as_it_is(call, imports, aino):
    version = call("get_masters", Nothing()).version
    masters = {"fields.skills": ValueSource.ADDRESS_PROVIDER}
    call("set_masters", SetMasters(version=version, organisations=masters))
    imports.run(
        "Organisaatio;Asiakasnumero;Koko;Osaaminen\nLumi Oy;77;Suuri;\n", profile=ImportProfile.ADDRESS_PROVIDER
    )
    (lumi,) = call("list_organisations", ListOrganisations()).data
    assert call("get_organisation", ById(id=lumi.id)).fields == {"size": "l", "skills": ["law", "tax"]}


def test_C7_C11_a_class_of_an_address_provider_that_the_office_has_retired_is_not_taken(call, imports):
    sizes = [Choice(code=code, label=Translated(fi=fi)) for code, fi in (("1-4", "1-4"), ("5-9", "5-9"))]
    for choices in (sizes, sizes[:1]):
        call("define_field", DefineField(code="size_class", label=Translated(fi="Kokoluokka"), type=FieldType.CHOICE,
                                         choices=choices, applies_to=ContactKind.ORGANISATION))  # fmt: skip
    made = imports.run(
        "Organisaatio;Y-tunnus;Kokoluokka\nLumi Oy;0201256-6;5-9\n", profile=ImportProfile.ADDRESS_PROVIDER
    )
    assert left_out(imports, made) == [(2, "created", [("fields.size_class", ["5-9"], True, "Kokoluokka")])]
    (lumi,) = call("list_organisations", ListOrganisations()).data
    assert call("get_organisation", ById(id=lumi.id)).fields == {}


def test_C7_C11_a_choice_in_use_is_meant_before_a_retired_one_of_the_same_name(call, imports, aino):
    define(call, [LARGE, Choice(code="s2", label=Translated(fi="Pieni"))], [TAX])
    imports.run(HEADING + EINO)
    assert fields_of(call)["Elo"] == {"size": "s2", "skills": ["tax"]}
