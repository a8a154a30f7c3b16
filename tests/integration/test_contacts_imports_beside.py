"""Imports, and what is done at the same time or afterwards: undoings of older ones, erasures (C11, C17)."""

import importlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

import chassis.jobs
from chassis.database import database_of
from contracts.base import ById
from contracts.contacts.erasures import ErasePerson
from contracts.contacts.organisations import ListOrganisations
from contracts.contacts.persons import CreatePerson, ListPersons
from services.contacts.commands.import_affiliations import Affiliations

PEOPLE = "Etunimi;Sukunimi;Sähköposti;Organisaatio\n"
AINO = "Aino;Aho;aino@example.org;Lumi Oy\n"
EERO = "Eero;Aho;eero@example.org;\n"
UUNO = "Uuno;Aho;uuno@example.org;\n"
OTTO = "Otto;Aho;otto@example.org;Lumi Oy\n"


def execute(statement, **asked):
    with database_of("contacts").transaction() as session:
        session.execute(text(statement), asked)


def put_off(job, interval):
    execute(
        "UPDATE jobs SET not_before = now() + CAST(:for AS interval) WHERE id = :id", **{"for": interval, "id": job.id}
    )


@pytest.mark.parametrize("phase", ["settle", "organisations", "persons"])
def test_C11_the_undoing_of_an_older_import_waits_for_one_at_work_and_leaves_what_it_says(imports, phase):
    older = imports.run(PEOPLE + AINO + UUNO)
    job = imports.start((PEOPLE + AINO + EERO + OTTO).encode())
    while imports.phase(job) != phase:
        imports.chunks(1)
    undoing = imports.call("undo_import", ById(id=older.id))
    put_off(job, "1 day")
    assert imports.finish(undoing).done == 0
    put_off(job, "0")
    done, undone = imports.finish_patiently(job), imports.finish_patiently(undoing)
    assert (done.state, undone.state) == ("succeeded", "succeeded"), done.result
    rows = imports.rows(imports.call("get_import", ById(id=done.result["import_id"])))
    assert [(row.state, row.code) for row in rows] == [("unchanged", ""), ("created", ""), ("created", "")]
    found = [each.name for each in imports.call("list_persons", ListPersons()).data]
    assert found == ["Aino Aho", "Eero Aho", "Otto Aho"]


def test_C17_rows_that_repeat_a_rejected_one_are_emptied_when_somebody_is_erased_whom_they_name(imports):
    head = "Etunimi;Sukunimi;Asiakasnumero;Syntymäaika\n"
    imports.run(f"{head}Eero;Aho;7;1.1.1950\n")
    refused = imports.run(f"{head}Aino;Aalto;7;2.2.1960\nAino;Aalto;7;2.2.1960\n")
    assert [row.code for row in imports.rows(refused)] == ["number_of_another", "same_as_rejected"]
    aino = imports.call("create_person", CreatePerson(given_name="Aino", family_name="Aalto"))
    imports.call("erase_person", ErasePerson(id=aino.id, version=aino.version, reason="requested"))
    assert [bool(row.raw) for row in imports.rows(refused)] == [False, False]


@pytest.mark.parametrize("phase", ["organisations", "persons"])
def test_C11_an_import_that_was_at_work_when_migration_0045_came_goes_on(imports, phase):
    migration = importlib.import_module("services.contacts.migrations.versions.0045_number_new_contacts_when_staged")
    imports.run(PEOPLE + AINO)
    job = imports.start((PEOPLE + AINO + EERO + OTTO + "Ida;Aho;ida@example.org;Talvi Oy\n").encode())
    while imports.phase(job) != phase:
        imports.chunks(1)
    with database_of("contacts").transaction() as session:
        session.execute(text("UPDATE import_rows SET person_known = false, organisation_known = false"))
        for kind, repeats in migration.KINDS.items():
            for statement in (migration.KNOWN, migration.GIVE, migration.REPEAT):
                session.execute(text(statement.format(kind, repeats)))
    done = imports.finish(job)
    assert done.result["counts"] == {"created": 3, "updated": 0, "unchanged": 1, "rejected": 0, "duplicate": 0}


def test_C17_a_row_that_an_erasure_empties_while_its_chunk_is_worked_on_is_rejected(imports, monkeypatch):
    aino = imports.call("create_person", CreatePerson(given_name="Aino", family_name="Aho", email="aino@example.org"))
    job, apply, erased = imports.start((PEOPLE + AINO + EERO).encode()), Affiliations.apply, []

    def erase_first(*asked):
        apply(*asked)
        if not erased:
            with ThreadPoolExecutor(1) as pool:  # beside the chunk, in a transaction of its own
                empty = "UPDATE import_rows SET raw = '{}', person = NULL, organisation = NULL, affiliation = NULL"
                erased.append(pool.submit(execute, f"{empty} WHERE person_id = :id", id=aino.id).result())

    monkeypatch.setattr(Affiliations, "apply", erase_first)
    monkeypatch.setattr(chassis.jobs, "record_failure", None)  # the chunk does not fail
    done = imports.finish(job)
    assert (done.state, done.result["counts"]["rejected"], done.result["counts"]["created"]) == ("succeeded", 1, 1)


@pytest.mark.parametrize("dry_run", [False, True])
def test_C17_rows_that_an_erasure_has_not_seen_are_emptied(imports, dry_run):
    """It began before the file was staged, and ends when the rows are matched."""
    aino = imports.call("create_person", CreatePerson(given_name="Aino", family_name="Aho", email="aino@example.org"))
    job = imports.start((PEOPLE + AINO + EERO).encode(), dry_run=dry_run)
    while imports.phase(job) != "persons":
        imports.chunks(1)
    execute("CREATE TABLE unseen AS SELECT * FROM import_rows")
    imports.call("erase_person", ErasePerson(id=aino.id, version=aino.version, reason="requested"))
    execute(
        "UPDATE import_rows r SET raw = u.raw, person = u.person, organisation = u.organisation FROM unseen u"
        " WHERE (r.import_id, r.number) = (u.import_id, u.number)"
    )
    execute("DROP TABLE unseen")
    done = imports.finish(job)
    rows = imports.rows(imports.call("get_import", ById(id=done.result["import_id"])))
    assert [bool(row.raw) for row in rows] == [False, True]
    assert "aino" not in str(rows).lower()


def test_C17_another_row_makes_an_organisation_when_somebody_is_erased_whose_row_would_have(imports):
    aino = imports.call("create_person", CreatePerson(given_name="Aino", family_name="Aho", email="aino@example.org"))
    job = imports.start((PEOPLE + EERO + AINO + OTTO).encode())
    while imports.phase(job) != "organisations":
        imports.chunks(1)
    imports.call("erase_person", ErasePerson(id=aino.id, version=aino.version, reason="requested"))
    done = imports.finish(job)
    assert (done.state, done.result["counts"]["created"], done.result["counts"]["rejected"]) == ("succeeded", 2, 1)
    assert [each.name for each in imports.call("list_organisations", ListOrganisations()).data] == ["Lumi Oy"]
