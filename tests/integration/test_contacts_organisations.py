"""Organisations, their hierarchy and their people, on a real database."""

import threading
from datetime import date, timedelta
from functools import partial

import pytest

from chassis import clock
from chassis.ids import new_id
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts.addresses import Address
from contracts.contacts.affiliations import CreateAffiliation, EndAffiliation, ListAffiliations, UpdateAffiliation
from contracts.contacts.erasures import ErasePerson, ErasureReason
from contracts.contacts.history import History
from contracts.contacts.organisations import CreateOrganisation, ListOrganisations, UpdateOrganisation
from contracts.contacts.persons import CreatePerson, DeleteContact
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from tests.integration.conftest import staff

OFFICE = staff(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.CONTACTS_ERASE)
READER = staff(Permission.CONTACTS_READ)


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=OFFICE: call_service("contacts", method, request, principal=principal)


def make(call, name, **more):
    return call("create_organisation", CreateOrganisation(name=name, **more))


def join(call, person, organisation, **more):
    request = CreateAffiliation(person_id=person.id, organisation_id=organisation.id, **more)
    return call("create_affiliation", request)


def test_C2_a_name_makes_an_organisation(call):
    made = make(call, "Lumi Oy")
    assert call("get_organisation", ById(id=made.id)) == made
    assert made.version == 1


def test_C5_an_organisation_keeps_its_details(call):
    made = make(call, "Lumi Oy", business_id="0201256-6", phone="09 123 456", email="Myynti@Lumi.FI",
                addresses=[Address(street="Rantatie 1", postal_code="00100", city="Helsinki")])  # fmt: skip
    assert (made.business_id, made.phone, made.email) == ("0201256-6", "+3589123456", "Myynti@lumi.fi")
    assert call("list_organisations", ListOrganisations(q="lumi")).data[0].city == "Helsinki"


def test_C5_a_business_id_with_a_wrong_check_digit_is_refused(call):
    with pytest.raises(Invalid) as caught:
        make(call, "Lumi Oy", business_id="0201256-7")
    assert caught.value.errors[0].pointer == "/business_id"


def test_C5_a_business_id_belongs_to_one_organisation_until_it_is_deleted(call):
    first = make(call, "Lumi Oy", business_id="0201256-6")
    with pytest.raises(Conflict) as caught:
        make(call, "Toinen Oy", business_id="0201256-6")
    assert caught.value.error_code == "business_id_taken"
    call("delete_organisation", DeleteContact(id=first.id, version=1))
    assert make(call, "Toinen Oy", business_id="0201256-6").business_id == "0201256-6"


def test_C18_changes_are_remembered_and_a_lost_update_is_refused(call):
    made = make(call, "Lumi Oy", email="info@lumi.fi")
    changed = call("update_organisation", UpdateOrganisation(id=made.id, version=1, name="Jää Oy", clear=["email"]))
    assert (changed.name, changed.email, changed.version) == ("Jää Oy", None, 2)
    with pytest.raises(Stale) as caught:
        call("update_organisation", UpdateOrganisation(id=made.id, version=1, name="Räntä Oy"))
    assert caught.value.params["version"] == "2"
    assert call("get_organisation", ById(id=made.id)).name == "Jää Oy"
    history = call("list_history", History(id=made.id)).data
    assert {(each.field, each.old, each.new) for each in history} == {
        ("state", None, "active"), ("name", "Lumi Oy", "Jää Oy"), ("email", "info@lumi.fi", None),
    }  # fmt: skip


def test_a_stale_deletion_is_refused(call):
    made = make(call, "Lumi Oy")
    call("update_organisation", UpdateOrganisation(id=made.id, version=1, name="Jää Oy"))
    with pytest.raises(Stale):
        call("delete_organisation", DeleteContact(id=made.id, version=1))
    call("delete_organisation", DeleteContact(id=made.id, version=2))
    for method, request in (
        ("get_organisation", ById(id=made.id)),
        ("delete_organisation", DeleteContact(id=made.id, version=3)),
        ("update_organisation", UpdateOrganisation(id=made.id, version=3, name="x")),
    ):
        with pytest.raises(NotFound):
            call(method, request)


def test_C4_a_hierarchy_of_any_depth_has_no_cycle(call):
    group = make(call, "Konserni")
    company = make(call, "Yhtiö", parent_id=group.id)
    site = make(call, "Toimipiste", parent_id=company.id)
    with pytest.raises(Invalid) as caught:
        call("update_organisation", UpdateOrganisation(id=group.id, version=1, parent_id=site.id))
    assert [(each.pointer, each.code) for each in caught.value.errors] == [("/parent_id", "cycle")]
    for parent_id in (group.id, new_id()):
        with pytest.raises(Invalid):
            call("update_organisation", UpdateOrganisation(id=group.id, version=1, parent_id=parent_id))
    assert call("get_organisation", ById(id=group.id)).parent_id is None
    moved = call("update_organisation", UpdateOrganisation(id=site.id, version=1, clear=["parent_id"]))
    assert moved.parent_id is None


def test_C4_the_whole_hierarchy_is_told_from_anywhere_in_it(call):
    group = make(call, "Konserni Oyj")
    company = make(call, "Yhtiö Oy", parent_id=group.id)
    other = make(call, "Äyhtiö Oy", parent_id=group.id)
    site = make(call, "Toimipiste", parent_id=company.id)
    seen = call("get_hierarchy", ById(id=company.id))
    assert [(each.name, each.depth) for each in seen.above] == [("Konserni Oyj", -1)]
    assert [(each.name, each.depth) for each in seen.below] == [("Toimipiste", 1)]
    of_group = call("get_hierarchy", ById(id=group.id))
    assert [(each.id, each.depth) for each in of_group.below] == [(company.id, 1), (site.id, 2), (other.id, 1)]
    assert [each.depth for each in call("get_hierarchy", ById(id=site.id)).above] == [-2, -1]
    with pytest.raises(NotFound):
        call("get_hierarchy", ById(id=new_id()))


def test_C4_two_moves_at_once_make_no_cycle(call):
    """Each of two organisations is put below the other at the same moment, many times: one of the moves is refused."""
    for round_ in range(8):
        first, second = make(call, f"A{round_}"), make(call, f"B{round_}")
        moves = [
            UpdateOrganisation(id=one.id, version=1, parent_id=other.id)
            for one, other in ((first, second), (second, first))
        ]
        outcomes = at_once(*(partial(call, "update_organisation", move) for move in moves))
        assert sorted(type(each).__name__ for each in outcomes) == ["Invalid", "Organisation"]
        parents = [call("get_organisation", ById(id=each.id)).parent_id for each in (first, second)]
        assert parents.count(None) == 1


def test_C4_an_organisation_is_not_deleted_under_one_that_joins_it(call):
    """Deleting a parent while another is put below it: one of the two is refused, and nobody has a deleted parent."""
    for round_ in range(8):
        parent, child = make(call, f"P{round_}"), make(call, f"C{round_}")
        at_once(
            lambda p=parent: call("delete_organisation", DeleteContact(id=p.id, version=1)),
            lambda p=parent, c=child: call(
                "update_organisation", UpdateOrganisation(id=c.id, version=1, parent_id=p.id)
            ),
        )
        above = call("get_organisation", ById(id=child.id)).parent_id
        if above is not None:
            assert call("get_organisation", ById(id=above)).name == parent.name


def at_once(*actions):
    outcomes, barrier = [], threading.Barrier(len(actions))

    def act(action):
        barrier.wait()
        try:
            outcomes.append(action())
        except (Invalid, Conflict, NotFound, Stale) as error:
            outcomes.append(error)

    threads = [threading.Thread(target=act, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == len(actions)
    return outcomes


def test_C4_one_with_parts_is_not_deleted(call):
    group = make(call, "Konserni")
    part = make(call, "Yhtiö", parent_id=group.id)
    with pytest.raises(Conflict) as caught:
        call("delete_organisation", DeleteContact(id=group.id, version=1))
    assert caught.value.error_code == "has_parts"
    call("delete_organisation", DeleteContact(id=part.id, version=1))
    call("delete_organisation", DeleteContact(id=group.id, version=1))
    assert call("list_organisations", ListOrganisations()).data == []


def test_C3_a_person_belongs_to_many_organisations_with_own_data_in_each(call):
    aino = call("create_person", CreatePerson(given_name="Aino", family_name="Aho"))
    lumi, pohja = make(call, "Lumi Oy"), make(call, "Pohja ry")
    work = join(call, aino, lumi, title="johtaja", email="aino@lumi.fi", phone="09 123456", decision_maker=True)
    join(call, aino, pohja, title="sihteeri")
    found = call("list_affiliations", ListAffiliations(person_id=aino.id)).data
    assert [(each.organisation_name, each.title) for each in found] == [
        ("Lumi Oy", "johtaja"),
        ("Pohja ry", "sihteeri"),
    ]
    assert (work.person_name, work.phone, work.decision_maker) == ("Aino Aho", "+3589123456", True)
    assert [each.person_id for each in call("list_affiliations", ListAffiliations(organisation_id=lumi.id)).data] == [
        aino.id
    ]
    for subject in (aino, lumi):
        assert "affiliation.started" in {each.field for each in call("list_history", History(id=subject.id)).data}


def test_C18_the_history_of_each_side_names_the_other_as_it_is_called_now(call):
    aino = call("create_person", CreatePerson(given_name="Aino", family_name="Aho"))
    lumi, pohja = make(call, "Lumi Oy"), make(call, "Pohja ry")
    work = join(call, aino, lumi, title="johtaja")
    join(call, aino, pohja)
    call("update_affiliation", UpdateAffiliation(id=work.id, version=1, title="rehtori"))
    call("end_affiliation", EndAffiliation(id=work.id, ends_on=date(2026, 1, 1)))
    call("update_organisation", UpdateOrganisation(id=lumi.id, version=1, name="Lumi Oyj"))

    def told(contact):
        found = call("list_history", History(id=contact.id)).data
        return [(each.field.partition(".")[2], each.other.kind, each.other.id, each.other.name)
                for each in found if each.other]  # fmt: skip

    of_lumi, of_pohja = ("organisation", lumi.id, "Lumi Oyj"), ("organisation", pohja.id, "Pohja ry")
    wanted = [("ended", *of_lumi), ("title", *of_lumi), ("started", *of_pohja), ("started", *of_lumi)]
    assert told(aino) == wanted
    of_aino = ("person", aino.id, "Aino Aho")
    assert told(lumi) == [("ended", *of_aino), ("title", *of_aino), ("started", *of_aino)]
    call("erase_person", ErasePerson(id=aino.id, version=1, reason=ErasureReason.REQUESTED))
    assert {each[3] for each in told(lumi)} == {""}


def test_C14_who_leaves_has_a_last_day_and_the_history_stays(call):
    aino, lumi = call("create_person", CreatePerson(family_name="Aho")), make(call, "Lumi Oy")
    made = join(call, aino, lumi, title="johtaja", starts_on=date(2026, 1, 1))
    ended = call("end_affiliation", EndAffiliation(id=made.id, ends_on=date(2026, 6, 30)))
    assert (ended.ends_on, ended.version) == (date(2026, 6, 30), 2)
    assert call("end_affiliation", EndAffiliation(id=made.id, ends_on=date(2026, 6, 30))).version == 2
    with pytest.raises(Invalid) as caught:
        call("end_affiliation", EndAffiliation(id=made.id, ends_on=date(2025, 12, 31)))
    assert caught.value.errors[0].pointer == "/ends_on"
    for listed in (ListAffiliations(person_id=aino.id), ListAffiliations(organisation_id=lumi.id)):
        assert [each.ends_on for each in call("list_affiliations", listed).data] == [date(2026, 6, 30)]
    for subject in (aino, lumi):
        ends = [each.new for each in call("list_history", History(id=subject.id)).data if "ended" in each.field]
        assert [each["ends_on"] for each in ends] == ["2026-06-30"]


def test_C14_when_an_organisation_is_deleted_its_people_leave_today(call):
    today = clock.today()
    aino, lumi = call("create_person", CreatePerson(family_name="Aho")), make(call, "Lumi Oy")
    join(call, aino, lumi, title="nykyinen")
    join(call, aino, lumi, title="entinen", ends_on=today - timedelta(days=30))
    call("delete_organisation", DeleteContact(id=lumi.id, version=1))
    found = call("list_affiliations", ListAffiliations(person_id=aino.id)).data
    assert {each.title: each.ends_on for each in found} == {
        "nykyinen": today, "entinen": today - timedelta(days=30),
    }  # fmt: skip
    assert {each.organisation_name for each in found} == {"Lumi Oy"}


@pytest.mark.parametrize("side", ["person_id", "organisation_id"])
def test_C3_an_affiliation_needs_both_sides(call, side):
    aino, lumi = call("create_person", CreatePerson(family_name="Aho")), make(call, "Lumi Oy")
    sides = {"person_id": aino.id, "organisation_id": lumi.id, side: new_id()}
    with pytest.raises(Invalid) as caught:
        call("create_affiliation", CreateAffiliation(**sides))
    assert caught.value.errors[0].pointer == f"/{side}"


def test_C3_an_affiliation_does_not_end_before_it_starts(call):
    aino, lumi = call("create_person", CreatePerson(family_name="Aho")), make(call, "Lumi Oy")
    with pytest.raises(Invalid):
        join(call, aino, lumi, starts_on=date(2026, 2, 1), ends_on=date(2026, 1, 1))
    with pytest.raises(Invalid):
        call("list_affiliations", ListAffiliations())


def test_C17_a_deleted_person_leaves_its_organisations(call):
    aino, lumi = call("create_person", CreatePerson(family_name="Ahonen")), make(call, "Lumi Oy")
    join(call, aino, lumi)
    call("delete_person", DeleteContact(id=aino.id, version=1))
    assert call("list_affiliations", ListAffiliations(organisation_id=lumi.id)).data == []
    assert "Ahonen" not in str(call("list_history", History(id=lumi.id)).data)


def test_who_only_reads_changes_nothing(call):
    lumi = make(call, "Lumi Oy")
    for method, request in (
        ("create_organisation", CreateOrganisation(name="x")),
        ("update_organisation", UpdateOrganisation(id=lumi.id, version=1, name="x")),
        ("delete_organisation", DeleteContact(id=lumi.id, version=1)),
        ("create_affiliation", CreateAffiliation(person_id=new_id(), organisation_id=lumi.id)),
        ("end_affiliation", EndAffiliation(id=new_id(), ends_on=date(2026, 1, 1))),
    ):
        with pytest.raises(NotAllowed):
            call(method, request, READER)


def test_lists_of_organisations_are_in_finnish_order_and_pages_do_not_overlap(call):
    for name in ("Öljy Oy", "Aamu ry", "Åbo Ab", "Ässä Oy", "Zeta Oy"):
        make(call, name)
    seen, cursor = [], None
    while True:
        page = call("list_organisations", ListOrganisations(limit=2, cursor=cursor))
        seen += [each.name for each in page.data]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["Aamu ry", "Zeta Oy", "Åbo Ab", "Ässä Oy", "Öljy Oy"]


def test_C3_the_people_of_an_organisation_stand_by_name_in_finnish_order_and_pages_do_not_overlap(call):
    lumi = make(call, "Lumi Oy")
    for name in ("Öhman", "Aalto", "Åkerman", "Virtanen", "Ääri"):
        person = call("create_person", CreatePerson(family_name=name))
        call("create_affiliation", CreateAffiliation(person_id=person.id, organisation_id=lumi.id))
    seen, cursor = [], None
    while True:
        page = call("list_affiliations", ListAffiliations(organisation_id=lumi.id, limit=2, cursor=cursor))
        seen += [each.person_name for each in page.data]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["Aalto", "Virtanen", "Åkerman", "Ääri", "Öhman"]


def test_C3_programs_read_all_persons_of_an_organisation_by_id(call):
    lumi = make(call, "Lumi Oy")
    persons = [call("create_person", CreatePerson(family_name=name)) for name in ("Öhman", "Aalto", "Mäki")]
    for person in (*persons, persons[0]):
        join(call, person, lumi)
    found, cursor = [], None
    while True:
        wanted = ListAffiliations(organisation_id=lumi.id, sort="person", limit=2, cursor=cursor)
        page = call("list_affiliations", wanted)
        found += [each.person_id for each in page.data]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == sorted([persons[0].id, *(each.id for each in persons)])
    of_one = call("list_affiliations", ListAffiliations(person_id=persons[0].id, sort="person")).data
    assert [each.organisation_id for each in of_one] == [lumi.id, lumi.id]
