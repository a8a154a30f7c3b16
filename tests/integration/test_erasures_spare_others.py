"""What is another's stays readable when somebody is erased whose number it may look like (C17, ADR 8)."""

from datetime import timedelta

import pytest

from chassis import striking
from contracts.base import ById
from contracts.contacts.merges import MergePersons
from contracts.contacts.persons import CreatePerson, ListPersons
from tests.integration.importing import Importing
from tests.integration.test_erasures_of_texts import erase, town

__all__ = ["town"]
HEADINGS = "Etunimi;Sukunimi;Asiakasnumero;Sähköposti;Puhelin\n"
SHARED = {"email": "aino.a@example.org", "phone": "0401928374"}


@pytest.fixture
def imports(town):
    made = Importing(town.call_service)
    yield made
    made.close()


def person(town, given_name, **more):
    wanted = CreatePerson(given_name=given_name, family_name="Eskola" if given_name == "Eino" else "Aalto", **more)
    return town.call("contacts", "create_person", wanted)


def erased(town, **reached):
    aino = person(town, "Aino", **reached)
    erase(town, aino)
    town.settle()


@pytest.mark.parametrize(("number", "postal_code"), [("+358 90100", "90100"), ("+358 401928374", "40192-8374")])
def test_C17_a_postal_code_is_no_telephone_number(town, number, postal_code):
    home = {"purpose": "postal", "street": "Kauppakatu 1", "postal_code": postal_code, "city": "Oulu"}
    eino = person(town, "Eino", addresses=[home])
    erased(town, phone=number)
    now = town.call("contacts", "get_person", ById(id=eino.id))
    assert now.addresses[0].postal_code == postal_code


def test_C17_an_undone_import_gives_no_struck_address_back(town, imports):
    eino = person(town, "Eino", customer_number="1", **SHARED)
    made = imports.run(f"{HEADINGS}Eino;Eskola;1;eino@example.org;0501112223\n")
    erased(town, **SHARED)
    assert imports.finish(imports.call("undo_import", ById(id=made.id))).state == "succeeded"
    now = town.call("contacts", "get_person", ById(id=eino.id))
    assert (now.email, now.phone) == (None, None)


def test_C17_persons_parted_again_have_no_struck_address(town):
    eino, twin = person(town, "Eino", phone="0501112223"), person(town, "Eino", **SHARED)
    merge = town.call("contacts", "merge_persons", MergePersons(survivor_id=eino.id, merged_id=twin.id))
    erased(town, **SHARED)
    town.call("contacts", "undo_merge", ById(id=merge.id))
    for each in (eino, twin):
        now = town.call("contacts", "get_person", ById(id=each.id))
        assert "poistettu" not in now.model_dump_json()


def test_C11_C17_a_file_that_comes_later_may_name_who_was_erased(town, imports, monkeypatch):
    monkeypatch.setattr(striking, "JUST_BEING_WRITTEN", timedelta())
    erase(town, person(town, "Aino", **SHARED))
    made = imports.run(f"{HEADINGS}Aino;Aalto;1;{SHARED['email']};{SHARED['phone']}\n")
    town.settle()
    (aino,) = town.call("contacts", "list_persons", ListPersons(q="Aino Aalto")).data
    assert (aino.email, aino.phone) == (SHARED["email"], "+358401928374")
    assert imports.rows(made)[0].raw["Sähköposti"] == SHARED["email"]
