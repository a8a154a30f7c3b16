"""Lists that imports make longer stay within their limits, and the rows say what found no room (C9, C11)."""

import importlib
from datetime import UTC, datetime

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from chassis.database import database_of
from contracts.base import ById, JobById, Nothing
from contracts.contacts.basics import MOST_OTHERS, MOST_TAGS
from contracts.contacts.erasures import ErasePerson
from contracts.contacts.imports import ImportProfile
from contracts.contacts.masters import SetMasters, ValueSource
from contracts.contacts.organisations import CreateOrganisation, ListOrganisations
from contracts.contacts.persons import CreatePerson, DeleteContact, UpdatePerson
from services.contacts.worker import forget_import_rows
from tests.integration.conftest import staff
from tests.integration.importing import counts

TAGS = [f"t{number:03}" for number in range(MOST_TAGS)]
EMAILS = [{"kind": "work", "address": f"info{number}@example.org"} for number in range(MOST_OTHERS)]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NUMBERED = "Etunimi;Sukunimi;Asiakasnumero;Tunnisteet\n"
HEADINGS = "Etunimi;Sukunimi;Sähköposti;Tunnisteet\n"
OF_LUMI = ("Organisaatio;Sähköposti;Työsähköposti;Tunnisteet\n"
           "Lumi Oy;lumi@example.org;aino@example.org;Kysy Aino Virtanen\n")  # fmt: skip
REMARKS = text("SELECT remarks FROM import_rows ORDER BY import_id, number")


@pytest.fixture
def call(call_service, clean_contacts):
    return lambda method, request: call_service("contacts", method, request, principal=staff())


def without_room(imports, made):
    return [
        (row.number, row.state, each.field, each.values, each.column)
        for row in imports.rows(made, full=True)
        for each in row.remarks
    ]


def test_C9_tags_beyond_the_limit_are_left_out_and_told_and_the_rest_of_the_row_is_applied(call, imports):
    aino = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", customer_number="1",
                                              tags=TAGS[:-1]))  # fmt: skip
    content = "Etunimi;Sukunimi;Asiakasnumero;Puhelin;Tunnisteet\nAino;Aalto;1;040 1234567;vip,t000,uusi\n"
    foreseen, made = imports.run(content, dry_run=True), imports.run(content)
    assert counts(made) == counts(foreseen) == {"updated": 1, "full": 1}
    for each in (foreseen, made):
        assert without_room(imports, each) == [(2, "updated", "tags", ["vip"], "Tunnisteet")]
    now = call("get_person", ById(id=aino.id))
    assert (now.tags, now.phone) == ([*TAGS[:-1], "uusi"], "+358401234567")
    call("update_person", UpdatePerson(id=now.id, version=now.version, tags=now.tags, title="FM"))
    again = imports.run(content)
    assert counts(again) == {"unchanged": 1, "full": 1}
    assert without_room(imports, again) == [(2, "unchanged", "tags", ["vip"], "Tunnisteet")]
    assert imports.rows(again, mastered=True) == []


def test_C2_further_numbers_beyond_the_limit_are_left_out_and_told(call, imports):
    numbers = [{"kind": "work", "number": f"+3584000000{number:02}"} for number in range(MOST_OTHERS)]
    lumi = call("create_organisation", CreateOrganisation(name="Lumi Oy", phone="09 123456", other_phones=numbers))
    made = imports.run("Organisaatio;Puhelin;Matkapuhelin;Sähköposti\nLumi Oy;09 123456;040 7654321;info@example.org\n")
    assert counts(made) == {"updated": 1, "full": 1}
    ((_number, _state, field, values, column),) = without_room(imports, made)
    assert (field, values, column) == ("other_phones", ["+358407654321"], "Matkapuhelin")
    now = call("get_organisation", ById(id=lumi.id))
    assert (len(now.other_phones), now.email) == (MOST_OTHERS, "info@example.org")


def test_C12_a_list_that_is_full_and_has_a_master_is_left_out_for_its_master(call, imports):
    version = call("get_masters", Nothing()).version
    call("set_masters", SetMasters(version=version, organisations={"other_emails": ValueSource.ACCOUNTING}))
    call("create_organisation", CreateOrganisation(name="Lumi Oy", customer_number="77", email="lumi@example.org",
                                                   other_emails=EMAILS))  # fmt: skip
    made = imports.run("Organisaatio;Asiakasnumero;Sähköposti;Työsähköposti\n"
                       "Lumi Oy;77;lumi@example.org;uusi@example.org\n")  # fmt: skip
    assert counts(made) == {"unchanged": 1, "mastered": 1}
    ((said,),) = (row.remarks for row in imports.rows(made))
    assert (said.field, said.master, said.values, said.column) == ("other_emails", "accounting", [], "Työsähköposti")


def test_C12_a_list_is_its_masters_alone_once_it_has_spoken_until_that_is_undone(call, imports):
    set_master = SetMasters(version=call("get_masters", Nothing()).version,
                            organisations={"other_emails": ValueSource.ADDRESS_PROVIDER})  # fmt: skip
    call("set_masters", set_master)
    content = "Organisaatio;Y-tunnus;Sähköposti;Työsähköposti\nLumi Oy;0201256-6;lumi@example.org;{}\n"
    imports.run(content.format("b@example.org ::: a@example.org"))
    provider = ImportProfile.ADDRESS_PROVIDER
    said = [imports.run_said(content.format(each), LONG_AGO, provider) for each in ("b@example.org", "c@example.org")]
    assert counts(imports.run(content.format("a@example.org"))) == {"unchanged": 1, "mastered": 1}

    def listed():
        (found,) = call("list_organisations", ListOrganisations(q="Lumi")).data
        return [each.address for each in call("get_organisation", ById(id=found.id)).other_emails]

    assert listed() == ["b@example.org", "c@example.org"]
    for made in reversed(said):
        imports.finish(imports.call("undo_import", ById(id=made.id)))
    assert listed() == ["a@example.org", "b@example.org"]


def test_C12_an_older_file_finds_no_room_only_in_a_list_that_files_have_made(call, imports):
    call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", customer_number="1", tags=TAGS))
    imports.run(f"{NUMBERED}Eino;Elo;2;{','.join(TAGS)}\n")
    made = imports.run_said(f"{NUMBERED}Aino;Aalto;1;vip\nEino;Elo;2;vip\n", LONG_AGO)
    assert counts(made) == {"unchanged": 2, "full": 1}
    assert without_room(imports, made) == [(3, "unchanged", "tags", ["vip"], "Tunnisteet")]


@pytest.fixture
def aino(call):
    return call("create_person", CreatePerson(given_name="Aino", family_name="Virtanen", email="aino@example.org",
                                              tags=TAGS))  # fmt: skip


@pytest.fixture
def lumi(call):
    return call("create_organisation", CreateOrganisation(name="Lumi Oy", email="lumi@example.org", other_emails=EMAILS,
                                                          tags=TAGS))  # fmt: skip


def of_aino(imports):
    made = imports.run(f"{HEADINGS}Aino;Virtanen;aino@example.org;salaista\n")
    assert left_out() == [[["salaista"]]]
    return made


def left_out():
    """What the rows in the database say found no room."""
    with database_of("contacts").reader() as reader:
        return [[each["values"] for each in remarks] for remarks in reader.scalars(REMARKS)]


def thirty_days_later(made):
    with database_of("contacts").transaction() as session:
        session.execute(
            text("UPDATE imports SET started_at = started_at - interval '31 days' WHERE id = :id"), {"id": made.id}
        )


def test_C17_what_found_no_room_is_forgotten_with_a_deleted_person(call, imports, aino):
    of_aino(imports)
    call("delete_person", DeleteContact(id=aino.id, version=aino.version))
    assert left_out() == [[]]


def test_C17_what_found_no_room_in_another_contact_is_forgotten_when_it_names_an_erased_person(
    call, imports, aino, lumi
):
    imports.run("Organisaatio;Sähköposti;Työsähköposti\nLumi Oy;lumi@example.org;aino@example.org\n")
    imports.run("Organisaatio;Tunnisteet\nLumi Oy;Kysy Aino Virtanen\n")
    assert left_out() == [[["aino@example.org"]], [["kysy-aino-virtanen"]]]
    call("erase_person", ErasePerson(id=aino.id, version=aino.version, reason="requested"))
    assert left_out() == [[], [["kysy-[poistettu]"]]]


def test_C17_what_found_no_room_is_forgotten_after_thirty_days_but_not_that_it_did(imports, aino):
    made = of_aino(imports)
    thirty_days_later(made)
    while forget_import_rows(imports.worker):
        pass
    assert without_room(imports, made) == [(2, "unchanged", "tags", [], "Tunnisteet")]


def test_C17_what_found_no_room_is_forgotten_of_a_stopped_import(call, imports, lumi):
    job = imports.start(OF_LUMI.encode())
    while imports.phase(job) != "persons":
        imports.chunks(1)
    call("cancel_job", JobById(id=job.id))
    imports.finish(job)
    assert left_out() == [[["kysy-aino-virtanen"], ["aino@example.org"]]]
    assert forget_import_rows(imports.worker) is True
    assert left_out() == [[]]


def test_C17_the_migration_forgets_what_found_no_room_in_rows_that_were_emptied_before(imports, aino, lumi):
    imports.run(OF_LUMI)
    imports.run(f"{HEADINGS}Aino;Virtanen;aino@example.org;salaista\n")
    migration = importlib.import_module("services.contacts.migrations.versions.0042_forget_what_found_no_room")
    with database_of("contacts").transaction() as session:
        session.execute(text("UPDATE import_rows SET raw = '{}' WHERE raw ? 'Organisaatio'"))
        with Operations.context(MigrationContext.configure(session.connection())):
            migration.upgrade()
    assert left_out() == [[[], []], [["salaista"]]]
