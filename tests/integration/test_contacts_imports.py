"""Imports of contacts (C11), on a real database, worked off by the worker's own code."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from chassis import files, jobs
from chassis.database import database_of
from chassis.ids import new_id
from chassis.settings import settings
from contracts.access import Permission
from contracts.base import ById, JobById, ListRequest, Translated
from contracts.contacts.affiliations import ListAffiliations
from contracts.contacts.erasures import ErasePerson
from contracts.contacts.fields import DefineField, FieldType
from contracts.contacts.history import History
from contracts.contacts.imports import StartImport
from contracts.contacts.organisations import CreateOrganisation, ListOrganisations
from contracts.contacts.persons import CreatePerson, DeleteContact, ListPersons, PersonsChanged, UpdatePerson
from contracts.errors import Invalid, NotAllowed, NotFound, Stale
from ops import people
from ops.demo import papers
from services.contacts import jobs as contacts_jobs
from services.contacts.commands.import_running import Running
from services.contacts.commands.imports import MAX_FILE_BYTES, id_of
from services.contacts.jobs import APPLIED_AT_ONCE
from services.contacts.worker import forget_import_files, forget_import_rows
from tests.integration.conftest import member, staff
from tests.integration.importing import IMPORTER, Importing, counts, wait_until_held_up

PEOPLE = list(people.persons(4_500, seed=5, domain="example.org"))
NOBODYS = "0190b0c0-0000-7000-8000-000000000000"
"""An id that nothing has; test processes must collect the same names."""
HEADINGS = "Etunimi;Sukunimi;Sähköposti;Syntymäaika\n"


def only_person(imports, name):
    (found,) = imports.call("list_persons", ListPersons(q=name)).data
    return imports.call("get_person", ById(id=found.id))


def register_size():
    tables = ("persons", "organisations", "affiliations", "changes", "outbox")
    with database_of("contacts").reader() as reader:
        return {name: reader.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables}


def test_C11_a_dry_run_foresees_the_real_one_and_the_same_file_again_changes_nothing(imports, recorded):
    content = papers.csv_file(PEOPLE)
    foreseen = imports.run(content, dry_run=True)
    assert set(register_size().values()) == {0}
    real = imports.run(content)
    after = register_size()
    again = imports.run(content)
    assert (foreseen.dry_run, real.dry_run) == (True, False)
    assert counts(foreseen) == counts(real) == {"created": 4_500}
    assert counts(again) == {"unchanged": 4_500}
    assert register_size() == after
    told = recorded("contacts", PersonsChanged)
    assert [len(each["data"]["person_ids"]) for each in told] == [2_000, 2_000, 500]
    assert "example.org" not in str(told)


def test_C11_a_workbook_brings_persons_and_where_they_work(imports):
    employers = list(people.organisations(20, seed=3))
    content = papers.xlsx_file(PEOPLE[:500], employers, "jäsen")
    assert counts(imports.run(content, "members.xlsx", dry_run=True)) == {"created": 500}
    assert counts(imports.run(content, "members.xlsx")) == {"created": 500}
    assert counts(imports.run(content, "members.xlsx")) == {"unchanged": 500}
    organisations = imports.call("list_organisations", ListOrganisations(limit=200)).data
    assert {each.business_id for each in organisations} == {each.business_id for each in employers}
    staff_of_one = imports.call("list_affiliations", ListAffiliations(organisation_id=organisations[0].id)).data
    assert len(staff_of_one) == 25
    assert {each.title for each in staff_of_one} == {"jäsen"}


def test_C11_the_story_holds_for_a_messy_old_file(imports):
    rejected = "Tyhjä;;ei-osoite;abc;fi;31.2.1980;;;\r\n;;;;;;;;\r\n"
    content = papers.csv_file(PEOPLE[:20], encoding="cp1252", delimiter=";", extra=rejected)
    assert counts(imports.run(content, dry_run=True)) == {"created": 20, "rejected": 2}
    real = imports.run(content)
    assert counts(real) == {"created": 20, "rejected": 2}
    assert counts(imports.run(content)) == {"unchanged": 20, "rejected": 2}
    assert [(row.number, row.column, bool(row.reason)) for row in imports.rows(real, "rejected")] == [
        (22, "Sähköposti", True), (23, "Etunimi", True),
    ]  # fmt: skip


def test_C11_the_report_names_row_column_and_value(imports):
    made = imports.run(
        HEADINGS
        + "Aino;Aho;aino@example.org;31.12.1980\n"
        + "Eero;Aho;eero@example.org;31.2.1980\n"
        + "\n"
        + "Helmi;Aho;ei-osoite;1.1.1990\n"
        + ";;nimetön@example.org;\n"
        + "Leo;Aho;leo@example.org;1.1.1990;liikaa\n"
    )
    assert counts(made) == {"created": 1, "rejected": 4}
    rows = {row.number: row for row in imports.rows(made)}
    assert sorted(rows) == [2, 3, 5, 6, 7]
    assert (rows[2].state, rows[2].person_id) == ("created", only_person(imports, "Aino Aho").id)
    assert (rows[3].column, rows[3].code, rows[3].params) == ("Syntymäaika", "no_such_day", {"value": "31.2.1980"})
    assert rows[3].raw == {
        "Etunimi": "Eero", "Sukunimi": "Aho", "Sähköposti": "eero@example.org", "Syntymäaika": "31.2.1980",
    }  # fmt: skip
    assert rows[5].column == "Sähköposti"
    assert rows[6].code == "names_nobody"
    assert (rows[7].code, rows[7].params) == ("too_many_cells", {"cells": "5", "columns": "4"})
    assert [row.number for row in imports.rows(made, "created")] == [2]


def test_C11_a_row_twice_in_a_file_is_a_duplicate(imports):
    content = HEADINGS + "Aino;Aho;aino@example.org;1.2.1980\nEero;Aho;;3.4.1981\nAino;Aho;AINO@example.org;\n" * 1
    content += "Eero;Aho;eero@example.org;3.4.1981\n"
    for dry_run in (True, False):
        made = imports.run(content, dry_run=dry_run)
        assert counts(made) == {"created": 2, "duplicate": 2}
    assert [(row.number, row.code, row.params) for row in imports.rows(made, "duplicate")] == [
        (4, "same_as", {"row": "2"}), (5, "same_as", {"row": "3"}),
    ]  # fmt: skip
    assert counts(imports.run(content)) == {"unchanged": 2, "duplicate": 2}


def test_C11_namesakes_with_other_dates_of_birth_are_two_persons(imports):
    lines = "Etunimi;Sukunimi;Puhelin;Syntymäaika\nMatti;Aho;09 123456;1.1.1950\nMatti;Aho;09 123456;1.1.1980\n"
    assert counts(imports.run(lines, dry_run=True)) == {"created": 2}
    assert counts(imports.run(lines)) == {"created": 2}
    assert counts(imports.run(lines)) == {"unchanged": 2}


def test_C11_two_namesakes_taken_for_one_person_of_the_register_stay_two(imports):
    imports.call("create_person", CreatePerson(given_name="Matti", family_name="Aho", phone="09 123456"))
    lines = "Etunimi;Sukunimi;Puhelin;Syntymäaika\nMatti;Aho;09 123456;1.1.1950\nMatti;Aho;09 123456;1.1.1980\n"
    assert counts(imports.run(lines, dry_run=True)) == {"updated": 1, "created": 1}
    assert counts(imports.run(lines)) == {"updated": 1, "created": 1}
    assert counts(imports.run(lines)) == {"unchanged": 2}


@pytest.mark.parametrize(
    ("known", "line"),
    [
        ({"customer_number": "7"}, "Aino;Lehto;;;7;;"),
        ({"email": "aino@example.org"}, "Aino;Aho;Aino@example.org;;;;"),
        ({"birth_date": "1980-02-01"}, "Aino;Aho;uusi@example.org;1.2.1980;;;"),
        ({"phone": "040 1234567"}, "Aino;Aho;;;;+358 40 123 4567;"),
        ({"addresses": [{"street": "Rantatie 1", "postal_code": "00100"}]}, "Aino;Aho;;1.2.1980;;;Rantatie 1"),
    ],
)
def test_C11_a_known_person_is_recognised(imports, known, line):
    known = imports.call("create_person", CreatePerson(given_name="Aino", family_name="Aho", **known))
    header = "Etunimi;Sukunimi;Sähköposti;Syntymäaika;Asiakasnumero;Puhelin;Osoite;Postinumero\n"
    made = imports.run(header + line + ";00100\n")
    assert made.counts["created"] == 0
    assert [row.person_id for row in imports.rows(made)] == [known.id]


@pytest.mark.parametrize(
    ("known", "line"),
    [
        ({"email": "aino@example.org"}, "Leo;Aho;aino@example.org;"),
        ({"birth_date": "1980-02-01"}, "Aino;Aho;;2.2.1980"),
        ({"email": "aino@example.org", "birth_date": "1980-02-01"}, "Aino;Aho;aino@example.org;1.1.1990"),
        ({}, "Aino;Aho;;"),
    ],
)
def test_C11_somebody_else_is_not_taken_for_a_known_person(imports, known, line):
    imports.call("create_person", CreatePerson(given_name="Aino", family_name="Aho", **known))
    assert counts(imports.run(HEADINGS + line + "\n")) == {"created": 1}


def test_C11_a_row_of_nothing_but_a_name_is_recognised_when_its_file_comes_again(imports):
    content = "Nimi\nVirtanen, Matti\nAino Aho\n"
    assert counts(imports.run(content, dry_run=True)) == {"created": 2}
    assert counts(imports.run(content)) == {"created": 2}
    assert counts(imports.run(content)) == {"unchanged": 2}


def test_C18_an_update_keeps_what_the_file_does_not_say_and_tells_the_history(imports):
    known = imports.call(
        "create_person",
        CreatePerson(
            given_name="Aino", family_name="Aho", email="aino@example.org", title="FT", tags=["choir"],
            addresses=[{"purpose": "billing", "street": "Laskukuja 1"}, {"street": "Rantatie 1", "city": "Espoo"}],
        ),
    )  # fmt: skip
    header = "Etunimi;Sukunimi;Sähköposti;Puhelin;Osoite;Tunnisteet;Titteli\n"
    content = header + "Aino;Aho;aino@example.org;040 1234567;Rantatie 2;board, choir;\n"
    assert counts(imports.run(content)) == {"updated": 1}
    now = imports.call("get_person", ById(id=known.id))
    assert (now.phone, now.title, now.tags, now.version) == ("+358401234567", "FT", ["board", "choir"], 2)
    assert [(each.purpose, each.street, each.city) for each in now.addresses] == [
        ("billing", "Laskukuja 1", ""), ("postal", "Rantatie 2", "Espoo"),
    ]  # fmt: skip
    changes = {each.field: each for each in imports.call("list_history", History(id=known.id)).data}
    assert set(changes) == {"state", "phone", "tags", "addresses"}
    assert (changes["phone"].old, changes["phone"].new) == (None, "+358401234567")
    assert (changes["phone"].channel, changes["phone"].changed_by) == ("import", IMPORTER.label)
    assert imports.call("list_persons", ListPersons(q="0401234567")).data[0].id == known.id
    assert counts(imports.run(content)) == {"unchanged": 1}


def test_C3_a_person_in_two_organisations_has_two_affiliations(imports):
    content = (
        "Etunimi;Sukunimi;Sähköposti;Organisaatio;Y-tunnus;Tehtävä\n"
        "Aino;Aho;aino@example.org;Lumi Oy;0201256-6;johtaja\n"
        "Aino;Aho;aino@example.org;Pohja ry;;sihteeri\n"
        "Aino;Aho;aino@example.org;Lumi Oy;0201256-6;johtaja\n"
    )
    assert counts(imports.run(content, dry_run=True)) == {"created": 1, "updated": 1, "duplicate": 1}
    assert counts(imports.run(content)) == {"created": 1, "updated": 1, "duplicate": 1}
    aino = only_person(imports, "Aino Aho")
    affiliations = imports.call("list_affiliations", ListAffiliations(person_id=aino.id)).data
    assert [(each.organisation_name, each.title) for each in affiliations] == [
        ("Lumi Oy", "johtaja"), ("Pohja ry", "sihteeri"),
    ]  # fmt: skip
    assert aino.title == ""
    assert counts(imports.run(content)) == {"unchanged": 2, "duplicate": 1}
    promoted = content.replace("sihteeri", "puheenjohtaja")
    assert counts(imports.run(promoted)) == {"unchanged": 1, "updated": 1, "duplicate": 1}
    affiliations = imports.call("list_affiliations", ListAffiliations(person_id=aino.id)).data
    assert [each.title for each in affiliations] == ["johtaja", "puheenjohtaja"]
    fields = [each.field for each in imports.call("list_history", History(id=aino.id)).data]
    assert sorted(fields) == ["affiliation.started", "affiliation.started", "affiliation.title", "state"]


def test_C2_organisations_alone_bring_their_details(imports):
    content = (
        "Yritys;Y-tunnus;Sähköposti;Osoite;Postinumero;Postitoimipaikka;Asiakasnumero\n"
        "Lumi Oy;0201256-6;info@lumi.fi;Rantatie 1;100;Helsinki;10\nPohja ry;;;;;;\nlumi oy;FI02012566;;;;;\n"
    )
    assert counts(imports.run(content, dry_run=True)) == {"created": 2, "duplicate": 1}
    assert counts(imports.run(content)) == {"created": 2, "duplicate": 1}
    lumi = imports.call("list_organisations", ListOrganisations(q="Lumi Oy")).data[0]
    card = imports.call("get_organisation", ById(id=lumi.id))
    assert (card.email, card.customer_number, card.business_id) == ("info@lumi.fi", "10", "0201256-6")
    assert (card.addresses[0].street, card.addresses[0].postal_code) == ("Rantatie 1", "00100")
    assert counts(imports.run(content)) == {"unchanged": 2, "duplicate": 1}
    assert counts(imports.run(content.replace("Rantatie 1", "Rantatie 2"))) == {
        "updated": 1, "unchanged": 1, "duplicate": 1,
    }  # fmt: skip


def test_C3_a_person_row_does_not_rename_a_known_organisation_but_completes_its_business_id(imports):
    known = imports.call("create_organisation", CreateOrganisation(name="Lumi Oy", email="info@lumi.fi"))
    content = "Etunimi;Sukunimi;Sähköposti;Organisaatio;Y-tunnus\nAino;Aho;aino@example.org;LUMI OY;0201256-6\n"
    assert counts(imports.run(content, dry_run=True)) == {"created": 1}
    assert counts(imports.run(content)) == {"created": 1}
    card = imports.call("get_organisation", ById(id=known.id))
    assert (card.name, card.business_id, card.email, card.version) == ("Lumi Oy", "0201256-6", "info@lumi.fi", 2)
    assert counts(imports.run(content)) == {"unchanged": 1}


def test_C7_additional_fields_are_filled_by_their_label_or_code(imports, call_service):
    label = Translated(fi="Paidan koko", sv="Skjortstorlek")
    field = DefineField(code="size", label=label, type=FieldType.CHOICE, choices=["s", "m"])
    call_service("contacts", "define_field", field, principal=staff())
    made = imports.run("Etunimi;Sukunimi;Skjortstorlek\nAino;Aho;m\nEero;Aho;xl\n")
    assert counts(made) == {"created": 1, "rejected": 1}
    assert only_person(imports, "Aino Aho").fields == {"size": "m"}
    assert imports.rows(made, "rejected")[0].column == "Skjortstorlek"


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [
        ("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"), ("cp1252", ";"), ("iso8859-15", "|"), ("cp850", ";"),
        ("mac_roman", ","),
    ],
)  # fmt: skip
def test_C11_files_of_any_common_encoding_and_delimiter(imports, encoding, delimiter):
    content = papers.csv_file(PEOPLE[:40], encoding="utf-8", delimiter=delimiter).decode()
    content += delimiter.join(["Åsa", "Öljymäki-Åström", "asa@example.org"]) + "\r\n"
    made = imports.run(content.encode(encoding, "ignore"))
    assert counts(made) == {"created": 41}
    assert only_person(imports, "Öljymäki-Åström").name == "Åsa Öljymäki-Åström"


@pytest.mark.parametrize(
    ("content", "foreseen"),
    [
        (
            "Etunimi;Sukunimi;Asiakasnumero;Syntymäaika\nAino;Aho;9;1.1.1950\nEero;Lehto;9;2.2.1960\n",
            ("number_twice", {"row": "2"}),
        ),
        (
            "Etunimi;Sukunimi;Asiakasnumero;Syntymäaika\nLeo;Salo;10;\nEero;Lehto;7;2.2.1960\n",
            ("number_of_another", {"value": "7"}),
        ),
        ("Yritys;Y-tunnus;Asiakasnumero\nLumi Oy;0201256-6;9\nPohja Oy;0112038-9;9\n", ("number_twice", {"row": "2"})),
    ],
)
def test_C11_a_number_that_two_claim_rejects_the_second(imports, content, foreseen):
    imports.call("create_person", CreatePerson(family_name="Lehto", customer_number="7", birth_date="1950-01-01"))
    for dry_run in (True, False):
        made = imports.run(content, dry_run=dry_run)
        assert counts(made) == {"created": 1, "rejected": 1}
        (rejected,) = imports.rows(made, "rejected")
        assert (rejected.number, rejected.column) == (3, "Asiakasnumero")
        assert (rejected.code, rejected.params) == foreseen
    assert counts(imports.run(content)) == {"unchanged": 1, "rejected": 1}


def test_C11_a_number_taken_while_the_import_runs_rejects_its_row_alone(imports):
    job = imports.start(b"Etunimi;Sukunimi;Asiakasnumero\nAino;Aho;1\nEero;Aho;2\n")
    while imports.phase(job) != "persons":
        imports.chunks(1)
    imports.call("create_person", CreatePerson(family_name="Nopea", customer_number="2"))
    done = imports.finish(job)
    assert {state: n for state, n in done.result["counts"].items() if n} == {"created": 1, "rejected": 1}
    made = imports.call("get_import", ById(id=id_of(job.id)))
    row = imports.rows(made, "rejected")[0]
    assert (row.number, row.column) == (3, "Asiakasnumero")


def test_C17_somebody_deleted_while_the_import_runs_stays_deleted(imports):
    known = imports.call("create_person", CreatePerson(given_name="Aino", family_name="Aho", email="aino@example.org"))
    job = imports.start((HEADINGS + "Aino;Aho;aino@example.org;1.2.1980\n").encode())
    while imports.phase(job) != "persons":
        imports.chunks(1)
    imports.call("delete_person", DeleteContact(id=known.id, version=1))
    done = imports.finish(job)
    assert done.result["counts"]["rejected"] == 1
    with pytest.raises(NotFound):
        imports.call("get_person", ById(id=known.id))
    made = imports.call("get_import", ById(id=id_of(job.id)))
    assert "aino@example.org" not in str(imports.rows(made))


def test_C17_the_rows_of_a_deleted_person_are_emptied(imports):
    made = imports.run(HEADINGS + "Aino;Aho;aino@example.org;1.2.1980\n")
    aino = only_person(imports, "Aino Aho")
    imports.call("delete_person", DeleteContact(id=aino.id, version=aino.version))
    assert [row.raw for row in imports.rows(made)] == [{}]


def test_C11_the_report_tells_cells_in_the_order_of_the_file(imports):
    rows = ";Aho;;Aino;\naino@example.org;Aalto;Kyllä;Aino;12\n"
    made = imports.run(f"Sähköposti;Sukunimi;Huomio;Etunimi;Puhelin\n{rows}")
    first, second = imports.rows(made)
    assert list(first.raw) == ["Sukunimi", "Etunimi"]
    assert list(second.raw) == ["Sähköposti", "Sukunimi", "Huomio", "Etunimi", "Puhelin"]
    columns = imports.call("get_import_columns", ById(id=made.id)).columns
    assert [(each.title, each.target) for each in columns][2:4] == [("Huomio", ""), ("Etunimi", "given_name")]


def test_a_personal_identity_code_in_a_heading_is_not_stored(imports):
    made = imports.run("Etunimi;Sukunimi;131052-308T\nAino;Aho;x\n")
    assert list(imports.rows(made)[0].raw) == ["Etunimi", "Sukunimi", "131052******"]


def test_progress_moves_and_ends_at_the_number_of_rows(imports, monkeypatch):
    monkeypatch.setattr(contacts_jobs, "CHUNKS_AT_ONCE", 2)
    job, seen = imports.start(papers.csv_file(PEOPLE)), []
    while imports.chunks(1):
        now = imports.job(job.id)
        seen.append((now.done, now.total))
    assert seen[0] == (2_250, 4_500)  # read, and compared meanwhile
    assert seen == sorted(seen)
    assert len({done for done, _ in seen}) >= 3
    assert seen[-1] == (4_500, 4_500)
    assert imports.job(job.id).result["import_id"] == str(id_of(job.id))


def test_a_cancelled_import_stops_between_chunks_and_reports_what_it_did(imports, monkeypatch):
    monkeypatch.setattr(contacts_jobs, "CHUNKS_AT_ONCE", 2)
    job = imports.start(papers.csv_file(PEOPLE))
    while imports.job(job.id).done <= len(PEOPLE) // 2:
        imports.chunks(1)
    imports.call("cancel_job", JobById(id=job.id))
    assert imports.finish(job).state == "cancelled"
    made = imports.call("get_import", ById(id=id_of(job.id)))
    assert counts(made) == {"created": 2 * APPLIED_AT_ONCE}
    assert register_size()["persons"] == 2 * APPLIED_AT_ONCE
    assert len(imports.rows(made)) == 2 * APPLIED_AT_ONCE


def killed_at(chunk):
    """Let a worker process work until it kills itself between doing a chunk and committing it."""
    environment = os.environ | {
        "TALKOO_CRASH_AT": f"contacts.import_chunk:{chunk}",
        "CONTACTS_DATABASE_URL": settings().database_url("contacts"),
    }
    root = Path(__file__).resolve().parents[2]
    worker = subprocess.Popen([sys.executable, "-m", "chassis.worker", "contacts"], cwd=root, env=environment)
    assert worker.wait(timeout=180) == -signal.SIGKILL


def left_by_a_killed_worker():
    """Persons of the chunks that were committed beside those of the killed one: at least the second of three."""
    left = register_size()["persons"]
    assert APPLIED_AT_ONCE <= left <= len(PEOPLE) - APPLIED_AT_ONCE
    return left


def test_a_cancelled_import_counts_the_chunks_that_a_killed_worker_had_committed(imports):
    job = imports.start(papers.csv_file(PEOPLE))
    killed_at(3)  # when the chunks of persons are done, the first of which is not committed
    left = left_by_a_killed_worker()
    imports.call("cancel_job", JobById(id=job.id))
    imports.finish(job)
    made = imports.call("get_import", ById(id=id_of(job.id)))
    assert counts(made) == {"created": left}


def test_an_import_goes_on_where_a_killed_worker_left_it(imports):
    """No row twice."""
    job = imports.start(papers.xlsx_file(PEOPLE, list(people.organisations(20, seed=3)), "jäsen"), "members.xlsx")
    killed_at(5)  # at the same place; here are organisations too
    left_by_a_killed_worker()
    assert imports.job(job.id).state == "running"
    done = imports.finish(job)
    assert done.state == "succeeded"
    assert done.result["counts"] == {
        "created": len(PEOPLE), "updated": 0, "unchanged": 0, "rejected": 0, "duplicate": 0,
    }  # fmt: skip
    size = register_size()
    assert (size["persons"], size["affiliations"], size["organisations"]) == (len(PEOPLE), len(PEOPLE), 20)


def test_a_chunk_waits_for_the_one_before_whose_persons_it_names_again(imports, monkeypatch):
    """Chunks are worked on side by side, but a person has to be there before its second affiliation."""
    monkeypatch.setattr(jobs, "record_failure", None)  # none fails
    rows = [f"Aino;Aho{number};aino{number}@example.org;Lumi Oy" for number in range(APPLIED_AT_ONCE)]
    again = [f"Aino;Aho{number};aino{number}@example.org;Talvi Oy" for number in range(3)]
    content = "\n".join(["Etunimi;Sukunimi;Sähköposti;Organisaatio", *rows, *again]).encode()
    done = imports.run(content)
    assert counts(done) == {"created": APPLIED_AT_ONCE, "updated": 3}
    size = register_size()
    assert (size["persons"], size["affiliations"], size["organisations"]) == (APPLIED_AT_ONCE, APPLIED_AT_ONCE + 3, 2)


@pytest.mark.parametrize("failing", [0, 1, 2], ids=["the first", "the second", "the third"])
def test_of_chunks_side_by_side_one_fails_and_no_row_is_lost_or_doubled(imports, monkeypatch, failing):
    job, take, failed = imports.start(papers.csv_file(PEOPLE)), Running.take_persons, []

    def fail_once(running, chunk):
        take(running, chunk)
        if chunk["first"] == 2 + failing * APPLIED_AT_ONCE and not failed:
            failed.append(chunk)
            raise RuntimeError

    monkeypatch.setattr(Running, "take_persons", fail_once)
    done = imports.finish_patiently(job)
    assert (done.state, len(failed)) == ("succeeded", 1)
    assert done.result["counts"]["created"] == register_size()["persons"] == len(PEOPLE)


def test_two_workers_on_one_import_do_no_row_twice(imports, call_service):
    job = imports.start(papers.csv_file(PEOPLE))
    others = [Importing(call_service) for _ in range(2)]
    threads = [threading.Thread(target=other.finish, args=(job,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in others:
        other.close()
    assert imports.job(job.id).result["counts"]["created"] == len(PEOPLE)
    assert register_size()["persons"] == len(PEOPLE)


def test_of_two_imports_of_one_file_the_second_waits_for_the_first(imports):
    first = imports.start(papers.csv_file(PEOPLE[:50]))
    imports.chunks(1)
    second = imports.start(papers.csv_file(PEOPLE[:50]))
    for job in (second, first):
        imports.finish_patiently(job)
    assert imports.job(first.id).result["counts"]["created"] == 50
    assert imports.job(second.id).result["counts"]["unchanged"] == 50


def test_a_chunk_that_fails_is_tried_again_and_leaves_nothing_half_done(imports):
    """Somebody holds a lock on a person of the file for longer than a chunk waits."""
    known = imports.call("create_person", CreatePerson(given_name="Aino", family_name="Aho", email="aino@example.org"))
    job = imports.start((HEADINGS + "Aino;Aho;aino@example.org;1.2.1980\nEero;Aho;eero@example.org;\n").encode())
    while imports.phase(job) != "persons":
        imports.chunks(1)
    with database_of("contacts").transaction() as session:
        session.execute(text("SELECT 1 FROM persons WHERE id = :id FOR UPDATE"), {"id": known.id})
        imports.chunks(1)
    assert (imports.job(job.id).state, register_size()["persons"]) == ("running", 1)
    done = imports.finish_patiently(job)
    assert (done.state, done.result["counts"]["updated"], done.result["counts"]["created"]) == ("succeeded", 1, 1)


def test_who_may_not_import_may_not(call_service, imports):
    key = files.new_key("contacts", ".csv")
    request = StartImport(file_key=key, file_name="a.csv")
    others = set(Permission) - {Permission.CONTACTS_IMPORT}
    for principal in (staff(*others), member(new_id())):
        with pytest.raises(NotAllowed):
            call_service("contacts", "start_import", request, principal=principal)


@pytest.mark.parametrize(
    ("key", "error"),
    [
        (f"contacts/{NOBODYS}.csv", NotFound),
        (f"commerce/{NOBODYS}.pdf", Invalid),
        ("contacts/../../etc/passwd", Invalid),
    ],
)
def test_a_file_that_is_not_there_or_not_for_contacts_is_refused(imports, key, error):
    with pytest.raises(error):
        imports.call("start_import", StartImport(file_key=key, file_name="a.csv"))


def test_a_file_too_large_or_empty_is_refused_at_once(imports):
    for content, code in ((b"", "file_empty"), (b"a" * (MAX_FILE_BYTES + 1), "file_too_large")):
        with pytest.raises(Invalid) as caught:
            imports.start(content)
        assert [(each.pointer, each.code) for each in caught.value.errors] == [("/file_key", code)]
    assert imports.call("list_imports", ListRequest()).data == []


def test_a_file_that_is_gone_when_its_turn_comes_fails_its_job(imports):
    job = imports.start(HEADINGS.encode() + b"Aino;Aho;;\n")
    with database_of("contacts").reader() as reader:
        files.delete(reader.execute(text("SELECT file_key FROM imports")).scalar_one())
    done = imports.finish(job)
    assert (done.state, "There is no file" in done.result["reason"]) == ("failed", True)


def test_C17_the_files_of_old_imports_are_forgotten_and_their_reports_stay(imports):
    old, new = (imports.run(HEADINGS + f"Aino{number};Aho;;\n") for number in range(2))
    with database_of("contacts").transaction() as session:
        session.execute(
            text("UPDATE imports SET started_at = started_at - interval '31 days' WHERE id = :id"), {"id": old.id}
        )
        keys = {row.id: row.file_key for row in session.execute(text("SELECT id, file_key FROM imports"))}
    assert forget_import_files(imports.worker) is False
    assert forget_import_files(imports.worker) is False
    with pytest.raises(NotFound):
        files.load(keys[old.id])
    assert files.load(keys[new.id])
    assert counts(imports.call("get_import", ById(id=old.id))) == {"created": 1}


def test_C17_what_rows_of_old_imports_say_is_forgotten_and_they_can_still_be_undone(imports):
    content = HEADINGS + "Aino;Aho;aino@example.org;\nEero;Aho;no address;\n"
    old, new = imports.run(content), imports.run(HEADINGS + "Otso;Aho;;\n")
    with database_of("contacts").transaction() as session:
        session.execute(
            text("UPDATE imports SET started_at = started_at - interval '31 days' WHERE id = :id"), {"id": old.id}
        )
    assert forget_import_rows(imports.worker) is True
    while forget_import_rows(imports.worker):
        pass
    rows = imports.rows(old)
    assert [(row.state, row.code, row.raw, row.params, row.reason) for row in rows] == [
        ("created", "", {}, {}, ""), ("rejected", "bad_email", {}, {}, ""),
    ]  # fmt: skip
    assert rows[1].column == "Sähköposti"
    with database_of("contacts").reader() as reader:
        told = reader.scalars(text("SELECT import_rows::text FROM import_rows WHERE import_id = :id"), {"id": old.id})
        assert not any("aho" in row.lower() for row in told)
    assert [bool(row.raw) for row in imports.rows(new)] == [True]
    imports.finish(imports.call("undo_import", ById(id=old.id)))
    assert register_size()["persons"] == 1


def test_C17_rows_of_a_dry_run_are_emptied_when_somebody_is_erased_whom_it_foresaw(imports):
    content = HEADINGS + "Aino;Aho;aino@example.org;\nEero;Aho;eero@example.org;\n"
    foreseen, made = imports.run(content, dry_run=True), imports.run(content)
    aino = imports.call("get_person", ById(id=imports.rows(made)[0].person_id))
    imports.call("erase_person", ErasePerson(id=aino.id, version=aino.version, reason="requested"))
    for each in (foreseen, made):
        assert [bool(row.raw) for row in imports.rows(each)] == [False, True]


def test_C17_rejected_rows_are_emptied_when_somebody_is_erased_whom_they_name(imports):
    head = "Etunimi;Sukunimi;Asiakasnumero;Syntymäaika\n"
    imports.run(f"{head}Eero;Aho;7;1.1.1950\n")
    said = f"{head}Aino;Aalto;7;2.2.1960\nIda;Salo;8;1.1.1971\nAino;Aalto;8;3.3.1970\n"
    refused = imports.run(said)
    assert [row.code for row in imports.rows(refused)] == ["number_of_another", "", "number_twice"]
    aino = imports.call("create_person", CreatePerson(given_name="Aino", family_name="Aalto"))
    imports.call("erase_person", ErasePerson(id=aino.id, version=aino.version, reason="requested"))
    assert [bool(row.raw) for row in imports.rows(refused)] == [False, True, False]


@pytest.mark.parametrize("phase", ["settle", "persons"])
def test_C17_what_rows_of_a_stopped_import_say_is_forgotten(imports, phase):
    job = imports.start(HEADINGS.encode() + b"Aino;Aho;;\n")
    while imports.phase(job) != phase:
        imports.chunks(1)
    imports.call("cancel_job", JobById(id=job.id))
    imports.finish(job)
    assert forget_import_rows(imports.worker) is True
    assert forget_import_rows(imports.worker) is False
    with database_of("contacts").reader() as reader:
        assert reader.execute(text("SELECT raw, person FROM import_rows")).all() == [({}, None)]


def test_C17_an_import_at_work_makes_nobody_of_a_row_that_tells_of_somebody_erased_meanwhile(imports):
    aino = imports.call("create_person", CreatePerson(given_name="Aino", family_name="Aho", email="aino@example.org"))
    job = imports.start(HEADINGS.encode() + b"Eija;Aalto;aino@example.org;\nEero;Aho;eero@example.org;\n")
    while imports.phase(job) != "persons":
        imports.chunks(1)
    imports.call("erase_person", ErasePerson(id=aino.id, version=aino.version, reason="requested"))
    imports.finish(job)
    with database_of("contacts").reader() as reader:
        assert reader.scalars(text("SELECT raw ->> 'Sähköposti' FROM import_rows ORDER BY number")).all() == [
            None, "eero@example.org",
        ]  # fmt: skip
        assert reader.scalars(text("SELECT email FROM persons WHERE state = 'active'")).all() == ["eero@example.org"]


def test_C17_a_row_that_an_erasure_empties_while_it_is_matched_stays_nobodys(imports):
    imports.call("create_person", CreatePerson(given_name="Aino", family_name="Aho", email="aino@example.org"))
    older = imports.start(HEADINGS.encode() + b"Ida;Aho;;\n")
    move = text("UPDATE jobs SET not_before = now() + CAST(:by AS interval) WHERE id = :id")
    with database_of("contacts").transaction() as session:
        session.execute(move, {"by": "1 day", "id": older.id})
    job = imports.start(HEADINGS.encode() + b"Aino;Aho;aino@example.org;\n")
    imports.chunks(1)
    assert imports.phase(job) == "match"  # of its own, as an older one is at work
    imports.call("cancel_job", JobById(id=older.id))
    with database_of("contacts").transaction() as session:
        session.execute(move, {"by": "-1 day", "id": older.id})
    imports.chunks(1)
    with ThreadPoolExecutor() as other, database_of("contacts").transaction() as session:
        session.execute(text("UPDATE import_rows SET raw = '{}', person = NULL"))
        matched = other.submit(imports.chunks, 1)
        wait_until_held_up(matched)
        session.commit()
        matched.result()
    with database_of("contacts").reader() as reader:
        known = text("SELECT count(*) FROM import_rows r JOIN persons p ON p.id = r.person_id")
        assert reader.execute(known).scalar_one() == 0


def test_an_import_that_cannot_be_compared_while_it_is_read_is_read_again(imports, monkeypatch):
    job, match, failed = imports.start(papers.csv_file(PEOPLE)), Running.match, []

    def fail_once(running, chunk):
        match(running, chunk)
        if not failed:
            failed.append(chunk)
            raise RuntimeError

    monkeypatch.setattr(Running, "match", fail_once)
    done = imports.finish_patiently(job)
    assert (done.state, len(failed), done.result["counts"]["created"]) == ("succeeded", 1, len(PEOPLE))
    assert register_size()["persons"] == len(PEOPLE)


def test_a_file_that_breaks_off_leaves_nothing_behind(imports):
    content = papers.csv_file(PEOPLE) + b'Aino,"Aho,rikki\r\n'
    told = imports.failure(content)
    assert (told["row"], "never closed" in told["reason"]) == (4_502, True)
    made = imports.call("get_import", ById(id=told["import_id"]))
    assert (counts(made), imports.rows(made)) == ({}, [])
    assert set(register_size().values()) == {0}


def test_C18_an_import_and_a_clerk_do_not_lose_each_others_changes(imports):
    known = imports.call("create_person", CreatePerson(given_name="Aino", family_name="Aho", email="aino@example.org"))
    imports.run(HEADINGS + "Aino;Aho;aino@example.org;1.2.1980\n")
    with pytest.raises(Stale):
        imports.call("update_person", UpdatePerson(id=known.id, version=1, title="FT"))
