"""Tags in use (C9): counted from the contacts that bear them."""

import pytest

from chassis.ids import new_id
from contracts.access import Permission
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson, DeleteContact, UpdatePerson
from contracts.contacts.proposals import ProposePerson
from contracts.contacts.tags import ListTags
from contracts.errors import Invalid, NotAllowed
from tests.integration.conftest import SYSTEM, member, staff

OFFICE = staff(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.CONTACTS_ERASE)


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=OFFICE: call_service("contacts", method, request, principal=principal)


def tags(call, **asked):
    found = call("list_tags", ListTags(**asked))
    return [(each.code, each.persons, each.organisations) for each in found.data], found.next_cursor


def test_C9_tags_are_counted_over_persons_and_organisations_the_most_used_first(call):
    for number, borne in enumerate((["board", "choir"], ["choir"], ["choir", "expert"], [])):
        call("create_person", CreatePerson(family_name=f"Aho{number}", tags=borne))
    call("create_organisation", CreateOrganisation(name="Kuoro ry", tags=["choir", "sponsor"]))
    applicant = ProposePerson(id=new_id(), given_name="Uusi", family_name="Tulija", email="u@example.org")
    call("propose_person", applicant, SYSTEM)
    assert tags(call)[0] == [("choir", 3, 1), ("board", 1, 0), ("expert", 1, 0), ("sponsor", 0, 1)]


def test_C9_a_tag_that_nobody_bears_any_more_is_gone(call):
    kept = call("create_person", CreatePerson(family_name="Aho", tags=["board"]))
    gone = call("create_person", CreatePerson(family_name="Lehto", tags=["board", "choir"]))
    call("delete_person", DeleteContact(id=gone.id, version=gone.version))
    assert tags(call)[0] == [("board", 1, 0)]
    call("update_person", UpdatePerson(id=kept.id, version=kept.version, tags=[]))
    assert tags(call)[0] == []


def test_C9_tags_come_in_pages_without_gap_or_repeat(call):
    for number in range(7):
        some = ["some"] if number < 3 else []
        call("create_person", CreatePerson(family_name="Aho", tags=[f"t{number}", "all", *some]))
    found, cursor = [], None
    while True:
        page, cursor = tags(call, limit=2, cursor=cursor)
        found += [code for code, _persons, _organisations in page]
        if cursor is None:
            break
    assert found == ["all", "some", *(f"t{number}" for number in range(7))]
    with pytest.raises(Invalid):
        tags(call, cursor="WyJ4Il0")


def test_C9_tags_are_for_those_who_may_read_the_register(call):
    with pytest.raises(NotAllowed):
        call("list_tags", ListTags(), member(new_id()))


def test_C9_tags_are_found_by_a_part_of_their_name_whatever_its_case_accents_and_signs(call):
    for number in range(3):
        some = ["hallitus-2025"] if number < 2 else []
        call("create_person", CreatePerson(family_name="Aho", tags=["hallitus_2026", "jasenet", "kuoro.alto", *some]))
    call("create_organisation", CreateOrganisation(name="Kuoro ry", tags=["hallitus-2025", "kuoro"]))
    for q, expected in (
        ("hallitus", ["hallitus-2025", "hallitus_2026"]), ("HALLITUS 2025", ["hallitus-2025"]),
        ("hallitus-2026", ["hallitus_2026"]), ("us", ["hallitus-2025", "hallitus_2026"]), ("Jäsen", ["jasenet"]),
        (" kuoro ", ["kuoro.alto", "kuoro"]), ("o a", ["kuoro.alto"]), ("%", []), ("_", []), ("sopraano", []),
    ):  # fmt: skip
        assert [code for code, *_counts in tags(call, q=q)[0]] == expected, q
    (first,), cursor = tags(call, q="hallitus", limit=1)
    assert (first, tags(call, q="hallitus", limit=1, cursor=cursor)) == (
        ("hallitus-2025", 2, 1),
        ([("hallitus_2026", 3, 0)], None),
    )
    assert len(tags(call, q="")[0]) == len(tags(call, q="  ")[0]) == 5
