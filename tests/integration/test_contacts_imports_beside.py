"""Imports, and what is done at the same time or afterwards: undoings of older ones, erasures (C11, C17)."""

import importlib

import pytest
from sqlalchemy import text

from chassis.database import database_of
from contracts.base import ById
from contracts.contacts.erasures import ErasePerson
from contracts.contacts.persons import CreatePerson, ListPersons

PEOPLE = "Etunimi;Sukunimi;Sähköposti;Organisaatio\n"
AINO = "Aino;Aho;aino@example.org;Lumi Oy\n"
EERO = "Eero;Aho;eero@example.org;\n"
OTTO = "Otto;Aho;otto@example.org;Lumi Oy\n"


def put_off(job, interval):
    with database_of("contacts").transaction() as session:
        later = text("UPDATE jobs SET not_before = now() + CAST(:interval AS interval) WHERE id = :id")
        session.execute(later, {"interval": interval, "id": job.id})


@pytest.mark.parametrize("phase", ["settle", "organisations", "persons"])
def test_C11_an_import_goes_on_when_the_older_one_that_made_its_contacts_is_undone(imports, phase):
    older = imports.run(PEOPLE + AINO)
    job = imports.start((PEOPLE + AINO + EERO + OTTO).encode())
    while imports.phase(job) != phase:
        imports.chunks(1)
    put_off(job, "1 day")
    undone = imports.finish(imports.call("undo_import", ById(id=older.id)))
    assert (undone.state, imports.phase(job)) == ("succeeded", phase)
    put_off(job, "0")
    done = imports.finish_patiently(job)
    assert done.state == "succeeded", done.result
    rows = imports.rows(imports.call("get_import", ById(id=done.result["import_id"])))
    assert [(row.state, row.code) for row in rows] == [
        ("rejected", "contact_gone"), ("created", ""), ("rejected", "contact_gone"),
    ]  # fmt: skip
    assert [each.name for each in imports.call("list_persons", ListPersons()).data] == ["Eero Aho"]


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
