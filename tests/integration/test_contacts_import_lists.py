"""Lists that imports make longer stay within their limits, and the rows say what found no room (C9, C11)."""

import pytest

from contracts.base import ById
from contracts.contacts.basics import MOST_OTHERS, MOST_TAGS
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson, UpdatePerson
from tests.integration.conftest import staff
from tests.integration.importing import counts

TAGS = [f"t{number:03}" for number in range(MOST_TAGS)]


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
