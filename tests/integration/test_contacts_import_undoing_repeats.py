"""What several imports say stays until the last of them is undone (C11), on a real database."""

import random
from datetime import date

import pytest

from contracts.base import ById
from contracts.contacts.affiliations import CreateAffiliation, EndAffiliation, ListAffiliations
from contracts.contacts.organisations import CreateOrganisation, ListOrganisations
from contracts.contacts.persons import CreatePerson
from tests.integration.importing import counts
from tests.integration.test_contacts_import_undoing import PEOPLE, call, persons, sizes, undo

__all__ = ["call"]
FIRST = f"{PEOPLE}Aino;Aalto;1;040 1234567;Lumi Oy;Johtaja\nEino;Eskola;2;;;\n;;;;Tuuli ry;\n"
LATER = f"{PEOPLE}Aino;Aalto;1;;Lumi Oy;\n;;;;Tuuli ry;\n"
NAMES = {
    "Aino Aalto": "Aino;Aalto;1;;Lumi Oy;%s\n",
    "Eino Eskola": "Eino;Eskola;2;;Lumi Oy;%s\n",
    "Meri Muu": "Meri;Muu;3;;Tuuli ry;%s\n",
    "Uuno Uusi": "Uuno;Uusi;4;;;\n%.0s",
}
TITLES = ("Johtaja", "Jäsen", "")


def titles(call, who):
    return [each.title for each in call("list_affiliations", ListAffiliations(person_id=who.id)).data]


def test_C11_whom_a_later_import_names_too_stays_until_that_is_undone(call, imports):
    before = sizes()
    first = imports.run(FIRST)
    later = imports.run(LATER)
    assert counts(later) == {"unchanged": 2}
    now, kept = undo(call, imports, first)
    assert now.undone == {"taken_back": 1, "kept": 2}
    assert kept == [(2, ["affiliation", "*", "*"]), (4, ["*"])]
    after = persons(call)
    assert {*after} == {"Aino Aalto"}
    assert titles(call, after["Aino Aalto"]) == ["Johtaja"]
    assert {each.name for each in call("list_organisations", ListOrganisations()).data} == {"Lumi Oy", "Tuuli ry"}
    now, kept = undo(call, imports, later)
    assert (now.undone, kept) == ({"taken_back": 2, "kept": 0}, [])
    assert sizes() == before


@pytest.mark.parametrize("dry_run", [True, False])
def test_C11_an_import_that_is_undone_or_was_only_tried_keeps_nobody(call, imports, dry_run):
    before = sizes()
    first, later = imports.run(FIRST), imports.run(LATER, dry_run=dry_run)
    if not dry_run:
        undo(call, imports, later)
        assert {*persons(call)} == {"Aino Aalto", "Eino Eskola"}
    now, kept = undo(call, imports, first)
    assert (now.undone, kept) == ({"taken_back": 3, "kept": 0}, [])
    assert sizes() == before


def test_C11_a_row_that_was_rejected_keeps_nobody(call, imports):
    before = sizes()
    first = imports.run(FIRST)
    later = imports.run("Etunimi;Sukunimi;Asiakasnumero;Sähköposti\nAino;Aalto;1;not an address\n")
    assert counts(later) == {"rejected": 1}
    undo(call, imports, first)
    assert sizes() == before


def test_C11_a_title_that_a_later_import_says_too_stays_until_that_is_undone(call, imports):
    aino = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", customer_number="1"))
    lumi = call("create_organisation", CreateOrganisation(name="Lumi Oy"))
    call("create_affiliation", CreateAffiliation(person_id=aino.id, organisation_id=lumi.id, title="Jäsen"))
    said = f"{PEOPLE}Aino;Aalto;1;;Lumi Oy;Johtaja\n"
    first, later = imports.run(said), imports.run(said)
    assert (counts(first), counts(later)) == ({"updated": 1}, {"unchanged": 1})
    _now, kept = undo(call, imports, first)
    assert (titles(call, aino), kept) == (["Johtaja"], [(2, ["affiliation"])])
    now, kept = undo(call, imports, later)
    assert (titles(call, aino), kept) == (["Jäsen"], [])
    assert now.undone == {"taken_back": 1, "kept": 0}


@pytest.mark.parametrize("seed", range(6))
def test_C11_in_whatever_order_imports_are_undone_everybody_stays_whom_another_still_names(call, imports, seed):
    drawn, before = random.Random(seed), sizes()
    said = [drawn.sample([*NAMES], drawn.randint(1, len(NAMES))) for _ in range(3)]
    made = [imports.run(PEOPLE + "".join(NAMES[each] % drawn.choice(TITLES) for each in names)) for names in said]
    standing = dict(zip((each.id for each in made), said, strict=True))
    for each in drawn.sample(made, len(made)):
        undo(call, imports, each)
        del standing[each.id]
        assert {*persons(call)} == {name for names in standing.values() for name in names}
    assert sizes() == before


def test_C11_an_affiliation_that_began_anew_goes_with_the_import_that_made_it(call, imports):
    said = f"{PEOPLE}Aino;Aalto;1;;Lumi Oy;Johtaja\n"
    first = imports.run(said)
    aino = persons(call)["Aino Aalto"]
    asked = ListAffiliations(person_id=aino.id)
    (old,) = call("list_affiliations", asked).data
    call("end_affiliation", EndAffiliation(id=old.id, ends_on=date(2020, 1, 1)))
    later = imports.run(said)
    assert len(call("list_affiliations", asked).data) == 2
    undo(call, imports, first)
    undo(call, imports, later)
    assert [each.ends_on for each in call("list_affiliations", asked).data] == [date(2020, 1, 1)]


def test_C11_of_two_undoings_at_once_the_later_imports_comes_first(call, imports):
    before = sizes()
    first = imports.run(FIRST)
    later = imports.run(f"{PEOPLE}Aino;Aalto;1;040 7654321;Lumi Oy;Jäsen\n")
    undoings = [imports.call("undo_import", ById(id=each.id)) for each in (first, later)]
    assert [imports.finish_patiently(each).state for each in reversed(undoings)] == ["succeeded", "succeeded"]
    assert sizes() == before
