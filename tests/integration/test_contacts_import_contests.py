"""What a file says less of than what stands is contested; undoing the file takes that back (C11, C12)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import text

from chassis.clock import now, today
from chassis.database import database_of
from contracts.base import ById
from contracts.contacts.affiliations import CreateAffiliation
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson, UpdatePerson
from services.contacts.commands import import_affiliations_undoing
from tests.integration.conftest import staff
from tests.integration.importing import counts, wait_until_held_up

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PHONE = "Etunimi;Sukunimi;Asiakasnumero;Puhelin\nAino;Aalto;1;040 222222{}\n"
RULES = text("SELECT subject_id, field, source, observed_at, rule, parts FROM value_sources ORDER BY subject_id, field")


@pytest.fixture
def call(call_service, clean_contacts):
    return lambda method, request: call_service("contacts", method, request, principal=staff())


@pytest.fixture
def aino(call):
    return call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", customer_number="1",
                                              phone="040 1111111"))  # fmt: skip


def stored():
    with database_of("contacts").reader() as reader:
        return reader.execute(RULES).all()


def rule_of(call, who, field="phone"):
    return next(each.rule for each in call("list_sources", ById(id=who.id)).data if each.field == field)


def undo(imports, made):
    job = imports.finish(imports.call("undo_import", ById(id=made.id)))
    assert job.state == "succeeded", job.result


def said(imports, number, days=0):
    """A file that is true of long ago."""
    return imports.run_said(PHONE.format(number), LONG_AGO + timedelta(days=days))


@pytest.mark.parametrize("has_own_row", [False, True])
def test_C11_what_an_older_file_contested_is_uncontested_when_it_is_undone(call, imports, aino, has_own_row):
    if has_own_row:
        bare = call("update_person", UpdatePerson(id=aino.id, version=aino.version, phone=None))
        call("update_person", UpdatePerson(id=aino.id, version=bare.version, phone="040 1111111"))
    before = stored()
    made = said(imports, 1)
    assert counts(made) == {"unchanged": 1}
    assert rule_of(call, aino) == "latest"
    undo(imports, made)
    assert stored() == before
    assert rule_of(call, aino) == "first"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)])
def test_C11_it_stays_contested_while_another_import_says_otherwise(call, imports, aino, order):
    before = stored()
    made = [said(imports, number, number) for number in range(3)]
    for number in order:
        assert rule_of(call, aino) == "latest"
        undo(imports, made[number])
    assert stored() == before


def test_C11_what_was_changed_since_stays(call, imports, aino):
    made = said(imports, 1)
    call("update_person", UpdatePerson(id=aino.id, version=aino.version, phone="040 3333333"))
    before = stored()
    undo(imports, made)
    assert stored() == before


@pytest.mark.parametrize("contested_first", [True, False])
def test_C11_it_is_as_before_when_another_file_that_confirmed_it_is_undone_too(call, imports, aino, contested_first):
    before = stored()
    made = [said(imports, 1), imports.run_said("Etunimi;Sukunimi;Asiakasnumero;Puhelin\nAino;Aalto;1;040 1111111\n",
                                               now())]  # fmt: skip
    for each in made if contested_first else reversed(made):
        undo(imports, each)
    assert stored() == before


def test_C11_organisations_and_affiliations_are_uncontested_as_persons_are(call, imports, aino):
    lumi = call("create_organisation", CreateOrganisation(name="Lumi Oy", phone="09 111111"))
    call("create_affiliation", CreateAffiliation(person_id=aino.id, organisation_id=lumi.id, title="Johtaja"))
    before = stored()
    first, second = (
        imports.run_said(
            "Etunimi;Sukunimi;Asiakasnumero;Organisaatio;Titteli;Puhelin\n"
            f"Aino;Aalto;1;Lumi Oy;{title};\n;;;Lumi Oy;;09 22222{day}\n",
            LONG_AGO + timedelta(days=day),
        )
        for day, title in enumerate(("Jäsen", "Sihteeri"))
    )
    marked = stored()
    assert len(marked) == len(before) + 2
    undo(imports, first)
    assert stored() == marked
    undo(imports, second)
    assert stored() == before


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_C11_what_two_contest_and_one_confirms_in_between_is_as_before_in_any_order(call, imports, aino, order):
    before = stored()
    sure = imports.run_said
    made = [said(imports, 1), sure(PHONE.replace("222222{}", "1111111"), now()), said(imports, 2, 1)]
    for done, number in enumerate(order, start=1):
        undo(imports, made[number])
        assert rule_of(call, aino) == "latest" or not {0, 2} & {*order[done:]}
    assert stored() == before


@pytest.mark.parametrize("contested_first", [True, False])
def test_C11_it_is_as_before_when_a_file_that_changed_it_is_undone_too(call, imports, aino, contested_first):
    before = stored()
    made = [said(imports, 1), imports.run_said(PHONE.format(2), now())]
    for each in made if contested_first else reversed(made):
        undo(imports, each)
    assert stored() == before


@pytest.mark.parametrize("numbers", [(2, 3), (2, 2)], ids=["changed", "confirmed"])
@pytest.mark.parametrize("first", [0, 1])
def test_C11_a_value_is_what_the_other_import_says_and_as_before_when_both_are_undone(
    call, imports, aino, numbers, first
):
    before = stored()
    made = [imports.run_said(PHONE.format(number), now()) for number in numbers]
    undo(imports, made[first])
    assert call("get_person", ById(id=aino.id)).phone == f"+35840222222{numbers[1 - first]}"
    undo(imports, made[1 - first])
    assert call("get_person", ById(id=aino.id)).phone == "+358401111111"
    assert stored() == before


ADDRESS = "Etunimi;Sukunimi;Asiakasnumero;Katuosoite;Postinumero;Postitoimipaikka\nAino;Aalto;1;{}\n"


def pieces(imports, *cells):
    """Files that give parts of an address, each a day later than the one before."""
    start = LONG_AGO - timedelta(days=len(cells))
    return [imports.run_said(ADDRESS.format(each), start + timedelta(days=day)) for day, each in enumerate(cells)]


def address_of(call, who):
    (found,) = call("get_person", ById(id=who.id)).addresses
    return found.street, found.postal_code, found.city


def test_C12_an_address_in_pieces_is_taken_back_piece_by_piece(call, imports, aino):
    seen = []
    made = []
    for number, cells in enumerate(("Rantatie 1;;", ";00100;Helsinki", ";;Helsinki", "Rantatie 1;;Espoo")):
        seen.append(stored())
        made += [imports.run_said(ADDRESS.format(cells), LONG_AGO + timedelta(days=number))]
    assert address_of(call, aino) == ("Rantatie 1", "00100", "Espoo")
    for each in reversed(made):
        undo(imports, each)
        assert stored() == seen.pop()
    assert call("get_person", ById(id=aino.id)).addresses == []


def test_C12_a_part_that_another_file_gave_since_stays_its_own(call, imports, aino):
    whole, part = pieces(imports, "Rantatie 1;00100;Helsinki", ";;Helsinki")
    before = next(row for row in stored() if row.field == "addresses")
    assert set(before.parts) == {"street", "postal_code"}
    older = imports.run_said(ADDRESS.format("Rantatie 1;;"), whole.observed_at + timedelta(hours=1))
    undo(imports, part)
    now = next(row for row in stored() if row.field == "addresses")
    assert now.observed_at == older.observed_at
    assert set(now.parts) == {"postal_code", "city"}
    assert address_of(call, aino) == ("Rantatie 1", "00100", "Helsinki")


def take_back_affiliations(session, made):
    chunk = {"import_id": made.id, "first": 1, "last": 9, "source": "import", "observed_at": made.observed_at}
    who = {"at": now(), "label": "x", "channel": "import", "today": today()}
    import_affiliations_undoing.take_back(session, chunk, who)


def test_C11_of_two_undoings_at_once_the_later_sees_that_nobody_contests_an_affiliation_any_more(call, imports, aino):
    lumi = call("create_organisation", CreateOrganisation(name="Lumi Oy"))
    call("create_affiliation", CreateAffiliation(person_id=aino.id, organisation_id=lumi.id, title="Johtaja"))
    before = stored()
    content = "Etunimi;Sukunimi;Asiakasnumero;Organisaatio;Titteli\nAino;Aalto;1;Lumi Oy;{}\n"
    first, second = (imports.run_said(content.format(title), LONG_AGO) for title in ("Jäsen", "Sihteeri"))
    assert stored() != before

    def undo_second():
        with database_of("contacts").transaction() as session:
            take_back_affiliations(session, second)

    with ThreadPoolExecutor() as other, database_of("contacts").transaction() as session:
        take_back_affiliations(session, first)
        later = other.submit(undo_second)
        wait_until_held_up(later)
        session.commit()
        later.result()
    assert stored() == before
