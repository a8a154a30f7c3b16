"""Merging two organisations and undoing it, in contacts (C13): as persons, with a hierarchy besides."""

from functools import partial

import pytest

import services.contacts.jobs  # noqa: F401  (registers the job)
from chassis.ids import new_id
from chassis.worker import Worker, run_job_chunk
from contracts.access import Permission
from contracts.base import ById, Nothing, Translated
from contracts.contacts.activities import ListActivities, RecordActivity
from contracts.contacts.addresses import Address, AddressPurpose
from contracts.contacts.affiliations import CreateAffiliation, ListAffiliations
from contracts.contacts.duplicates import ListDuplicates
from contracts.contacts.erasures import ErasePerson
from contracts.contacts.fields import DefineField, FieldType
from contracts.contacts.history import History
from contracts.contacts.merges import ListMerges, MergeOrganisations, OrganisationMerged, OrganisationUnmerged
from contracts.contacts.organisations import CreateOrganisation, ListOrganisations, UpdateOrganisation
from contracts.contacts.persons import CreatePerson, DeleteContact
from contracts.contacts.projects import AssignToProject, CreateProject, ListProjects
from contracts.contacts.segments import PreviewSegment, SegmentFilter
from contracts.contacts.similar import FindSimilar, FindSimilarOrganisationsTo
from contracts.contacts.tasks import CreateTask, ListTasks
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound, ServiceError, Stale
from tests.integration.conftest import staff
from tests.integration.merging import all_rows, change, get, merge, outcomes, undo

OFFICE = staff(*Permission)


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=OFFICE, **more: call_service(
        "contacts", method, request, principal=principal, **more
    )


def organisation(call, name="Lumi Oy", **more):
    return call("create_organisation", CreateOrganisation(name=name, **more))


def below(call, which):
    return {each.id: each.depth for each in call("get_hierarchy", ById(id=which.id)).below}


def live(call, which, parent=None):
    """Something of every kind that names an organisation."""
    aino = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto"))
    call("create_affiliation", CreateAffiliation(person_id=aino.id, organisation_id=which.id, title="Pj."))
    call("create_task", CreateTask(title="Soita", organisation_ids=[which.id]))
    call("record_activity", RecordActivity(kind="call", text="Soitettu", organisation_id=which.id))
    project = call("create_project", CreateProject(name="Hanke"))
    call("assign_to_project", AssignToProject(id=project.id, organisation_id=which.id))
    organisation(call, f"Osa {which.name}", parent_id=which.id)
    return aino


def lists(call, which):
    """How many of each kind are listed for an organisation."""
    return [
        len(call("list_affiliations", ListAffiliations(organisation_id=which.id)).data),
        len(call("list_tasks", ListTasks(organisation_id=which.id)).data),
        len(call("list_activities", ListActivities(organisation_id=which.id)).data),
        len(call("list_projects", ListProjects(organisation_id=which.id)).data),
        len(below(call, which)),
    ]


def test_C13_all_of_an_organisation_follows_and_undone_all_is_as_before(call):
    call("define_field", DefineField(code="size", label=Translated(fi="size"), type=FieldType.TEXT,
                                     applies_to="organisation"))  # fmt: skip
    top, other_top = organisation(call, "Konserni Oyj"), organisation(call, "Toinen Oyj")
    lumi = organisation(
        call, email="info@lumi.example", tags=["b", "a"], customer_number="1", parent_id=top.id, fields={"size": "M"},
        addresses=[Address(purpose=AddressPurpose.POSTAL, city="Turku")],
    )  # fmt: skip
    twice = organisation(
        call, "Lumi Ab", phone="0401234567", tags=["c"], customer_number="2", business_id="0737546-2",
        parent_id=other_top.id, fields={"size": "L"},
        addresses=[Address(purpose=each, city="Åbo") for each in (AddressPurpose.POSTAL, AddressPurpose.BILLING)],
    )  # fmt: skip
    for each in (lumi, twice):
        live(call, each)
    call("create_task", CreateTask(title="Molemmat", organisation_ids=[lumi.id, twice.id]))
    before, of_each = all_rows("contacts"), (lists(call, lumi), lists(call, twice))
    choices = {"name": "merged", "customer_number": "merged", "fields.size": "merged", "parent_id": "merged",
               "addresses": "merged"}  # fmt: skip
    made = merge(call, lumi, twice, choices)
    now = get(call, twice)
    assert (now.id, now.name, now.customer_number, now.business_id) == (lumi.id, "Lumi Ab", "2", "0737546-2")
    assert (now.tags, now.fields, now.parent_id) == (["a", "b", "c"], {"size": "L"}, other_top.id)
    assert {each.city for each in now.addresses} == {"Åbo"}
    assert lists(call, lumi) == lists(call, twice) == [2, 3, 2, 2, 2]
    assert (made.kind, made.survivor_name, made.merged_name) == ("organisation", "Lumi Ab", "Lumi Ab")
    assert call("list_merges", ListMerges(organisation_id=twice.id)).data == [made]
    assert twice.id not in {each.id for each in call("list_organisations", ListOrganisations(q="Lumi")).data}
    assert all_rows("contacts") != before
    undo(call, made)
    assert all_rows("contacts") == before
    assert (lists(call, lumi), lists(call, twice)) == of_each


def test_C13_what_is_added_after_the_merge_stays_with_the_survivor(call):
    lumi, twice = organisation(call), organisation(call, "Lumi Ab")
    made = merge(call, lumi, twice)
    live(call, twice)
    change(call, twice, phone="0401234567")
    assert lists(call, lumi) == [1, 1, 1, 1, 1]
    undo(call, made)
    assert (lists(call, lumi), lists(call, twice)) == ([1, 1, 1, 1, 1], [0, 0, 0, 0, 0])
    assert (get(call, lumi).phone, get(call, twice).phone) == ("+358401234567", None)


@pytest.mark.parametrize("upper_stays", [True, False])
@pytest.mark.parametrize("between", [0, 1])
def test_C13_a_parent_and_its_part_become_one_without_a_circle(call, upper_stays, between):
    top = organisation(call, "Konserni Oyj")
    upper = organisation(call, "Lumi Oy", parent_id=top.id)
    middle = [organisation(call, "Väli Oy", parent_id=upper.id) for _ in range(between)]
    lower = organisation(call, "Lumi Oy, Turku", parent_id=(middle or [upper])[0].id)
    leaf = organisation(call, "Lehti Oy", parent_id=lower.id)
    before = all_rows("contacts")
    survivor, merged = (upper, lower) if upper_stays else (lower, upper)
    with pytest.raises(Invalid) as caught:
        merge(call, survivor, merged, {"parent_id": "merged" if upper_stays else "survivor"})
    assert [(each.pointer, each.code) for each in caught.value.errors] == [("/choices/parent_id", "cycle")]
    made = merge(call, survivor, merged)
    assert get(call, survivor).parent_id == top.id
    assert below(call, survivor) == {leaf.id: 1, **{each.id: 1 for each in middle}}
    undo(call, made)
    assert all_rows("contacts") == before


def test_C13_undoing_that_would_make_a_circle_is_refused(call):
    lumi, top = organisation(call), organisation(call, "Konserni Oyj")
    twice = organisation(call, "Lumi Ab", parent_id=top.id)
    part = organisation(call, "Osa Oy", parent_id=twice.id)
    made = merge(call, lumi, twice, {"parent_id": "survivor"})
    change(call, lumi, clear=["parent_id"])
    change(call, top, parent_id=part.id)
    with pytest.raises(Conflict) as caught:
        undo(call, made)
    assert caught.value.error_code == "hierarchy_changed"
    change(call, top, clear=["parent_id"])
    undo(call, made)
    assert below(call, top) == {twice.id: 1, part.id: 2}


def test_C13_a_part_that_was_moved_since_stays_where_it_is(call):
    lumi, twice, top = organisation(call), organisation(call, "Lumi Ab"), organisation(call, "Konserni Oyj")
    part = organisation(call, "Osa Oy", parent_id=twice.id)
    made = merge(call, lumi, twice)
    change(call, part, parent_id=top.id)
    undo(call, made)
    assert get(call, part).parent_id == top.id


def test_C13_no_id_of_an_organisation_takes_two_steps(call, recorded):
    first, second, third = organisation(call), organisation(call, "Lumi Ab"), organisation(call, "Lumi Oyj")
    before = all_rows("contacts")
    one = merge(call, second, third)
    two = merge(call, first, second)
    assert get(call, third).id == first.id
    with pytest.raises(Conflict) as caught:
        undo(call, one)
    assert caught.value.error_code == "merged_since"
    undo(call, two)
    assert get(call, third).id == second.id
    undo(call, one)
    assert all_rows("contacts") == before
    told = [*recorded("contacts", OrganisationMerged), *recorded("contacts", OrganisationUnmerged)]
    of_third = [each["data"]["version"] for each in told if each["subject"] == str(third.id)]
    assert of_third == sorted({*of_third})
    assert len(of_third) == 4


def test_C13_the_history_of_both_is_told_on_either_id(call):
    lumi, twice = organisation(call), organisation(call, "Lumi Ab")
    change(call, twice, phone="0401234567")
    made = merge(call, lumi, twice)
    told = call("list_history", History(id=twice.id)).data
    assert told == call("list_history", History(id=lumi.id)).data
    merged = next(each for each in told if each.field == "merged")
    assert merged.new == {"merge_id": str(made.id), "organisation_id": str(twice.id), "name": "Lumi Ab"}
    assert {"phone", "state"} <= {each.field for each in told}


def test_C13_a_segment_that_names_the_merged_organisation_goes_on(call):
    lumi, twice = organisation(call), organisation(call, "Lumi Ab")
    live(call, twice)
    wanted = SegmentFilter(field="affiliation.organisation_id", op="eq", value=str(twice.id))
    merge(call, lumi, twice)
    assert call("preview_segment", PreviewSegment(filter=wanted)).count == 1


def test_C13_an_erased_person_is_gone_from_the_history_of_a_merged_organisation(call):
    lumi, twice = organisation(call), organisation(call, "Lumi Ab")
    aino = live(call, twice)
    merge(call, lumi, twice)
    call("erase_person", ErasePerson(id=aino.id, version=1, reason="requested"))
    told = [each for each in call("list_history", History(id=lumi.id)).data if each.field.startswith("affiliation")]
    assert told
    assert all("title" not in each.new for each in told)


def test_C13_only_two_organisations_of_the_register_are_merged(call):
    lumi, twice, gone = organisation(call), organisation(call, "Lumi Ab"), organisation(call, "Poissa Oy")
    call("delete_organisation", DeleteContact(id=gone.id, version=1))

    def refused(survivor_id, merged_id):
        with pytest.raises(ServiceError) as caught:
            call("merge_organisations", MergeOrganisations(survivor_id=survivor_id, merged_id=merged_id))
        return caught.value

    assert refused(lumi.id, lumi.id).errors[0].code == "same_organisation"
    for unknown in (new_id(), gone.id):
        assert isinstance(refused(lumi.id, unknown), NotFound)
        assert isinstance(refused(unknown, lumi.id), NotFound)
    with pytest.raises(Stale):
        merge(call, lumi, twice, survivor_version=2)
    with pytest.raises(Invalid) as caught:
        merge(call, lumi, twice, {"given_name": "merged"})
    assert caught.value.errors[0].pointer == "/choices/given_name"
    with pytest.raises(NotAllowed):
        call("merge_organisations", MergeOrganisations(survivor_id=lumi.id, merged_id=twice.id),
             staff(Permission.CONTACTS_READ))  # fmt: skip
    made = merge(call, lumi, twice)
    assert refused(lumi.id, twice.id).error_code == "already_merged"
    call("delete_organisation", DeleteContact(id=lumi.id, version=get(call, lumi).version))
    with pytest.raises(Conflict) as caught:
        undo(call, made)
    assert caught.value.error_code == "contact_erased"


def test_C13_a_number_that_somebody_else_took_since_is_told(call):
    lumi, twice = organisation(call, customer_number="1"), organisation(call, "Lumi Ab", customer_number="2")
    made = merge(call, lumi, twice)
    organisation(call, "Joku Oy", customer_number="2")
    with pytest.raises(Conflict) as caught:
        undo(call, made)
    assert caught.value.error_code == "customer_number_taken"


def test_C13_merges_changes_and_moves_of_the_same_organisations_at_once_are_safe(call):
    for _ in range(4):
        lumi, twice = organisation(call), organisation(call, "Lumi Ab")
        part = organisation(call, "Osa Oy", parent_id=twice.id)
        there, back = partial(merge, call, lumi, twice), partial(merge, call, twice, lumi)
        edit = partial(call, "update_organisation", UpdateOrganisation(id=twice.id, version=1, phone="0401234567"))
        moved = partial(call, "update_organisation", UpdateOrganisation(id=part.id, version=1, parent_id=lumi.id))
        found = outcomes(there, back, edit, moved)
        assert len([each for each in found[:2] if not isinstance(each, str)]) == 1
        assert {each for each in found if isinstance(each, str)} <= {"already_merged", "invalid", "stale", "not_found"}
        assert get(call, lumi) == get(call, twice)
        assert below(call, lumi) == {part.id: 1}
        edited = not isinstance(found[2], str)
        assert (get(call, lumi).phone == "+358401234567") == edited


def scan(call):
    call("scan_duplicates", Nothing())
    worker = Worker("contacts")
    while run_job_chunk(worker):
        pass
    return call("list_duplicates", ListDuplicates()).data


def test_C13_a_scan_finds_organisations_beside_persons_and_lists_tell_both(call):
    turku = [Address(purpose=AddressPurpose.POSTAL, street="Katu 1", postal_code="20100", city="Turku")]
    lumi = organisation(call, "Lumi Oy", email="info@lumi.example", addresses=turku)
    twice = organisation(call, "Lumi Ab", email="myynti@lumi.example", addresses=turku, business_id="0737546-2")
    typed = organisation(call, "Lumipallo ry", phone="0401234567")
    typo = organisation(call, "Lumipalo ry", phone="0401234567")
    organisation(call, "Lumi Oy, Turku", parent_id=lumi.id, email="turku@lumi.example")
    organisation(call, "Jää Oy", business_id="1572860-0", phone="0501234567")
    organisation(call, "Jää Oy", business_id="0112038-9", phone="0501234567")
    persons = [call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", phone="0407654321"))
               for _ in range(2)]  # fmt: skip
    found = scan(call)
    assert {(each.kind, each.first.id, each.second.id) for each in found} == {
        ("organisation", lumi.id, twice.id), ("organisation", typed.id, typo.id),
        ("person", persons[0].id, persons[1].id),
    }  # fmt: skip
    pair = next(each for each in found if each.first.id == lumi.id)
    assert pair.reasons == ["same_name", "same_domain", "same_address"]
    assert (pair.first.name, pair.second.business_id) == ("Lumi Oy", "0737546-2")
    assert len(call("list_duplicates", ListDuplicates(kind="organisation")).data) == 2
    call("dismiss_duplicate", ById(id=pair.id))
    assert pair.id not in {each.id for each in scan(call)}
    change(call, lumi, phone="0409999999")
    assert pair.id in {each.id for each in scan(call)}
    made = merge(call, lumi, twice)
    assert call("get_duplicate", ById(id=pair.id)).state == "merged"
    undo(call, made)
    assert call("get_duplicate", ById(id=pair.id)).state == "open"


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        ({"name": "Lumi Ab"}, ["same_name"]),
        ({"name": "Lumii Oyj", "phone": "040 1234567"}, ["same_phone"]),
        ({"name": "Aivan muu", "business_id": "0737546-2"}, ["same_business_id"]),
        ({"name": "Aivan muu", "customer_number": "77"}, ["same_customer_number"]),
        ({"name": "Lumi Ab", "email": "x@lumi.example", "city": "turku"}, ["same_name", "same_domain"]),
        ({"name": "Lumi Ab", "business_id": "1572860-0"}, None),
        ({"name": "Aivan muu"}, None),
    ],
)
def test_C13_who_enters_an_organisation_is_told_what_may_be_the_same(call, given, reasons):
    lumi = organisation(
        call, "Lumi Oy", business_id="0737546-2", customer_number="77", phone="0401234567", email="info@lumi.example",
        addresses=[Address(purpose=AddressPurpose.POSTAL, city="Turku")],
    )  # fmt: skip
    found = call("find_similar_organisations_to", FindSimilarOrganisationsTo(**given)).data
    assert [(each.organisation.id, each.reasons) for each in found] == ([(lumi.id, reasons)] if reasons else [])
    assert call("find_similar_organisations", FindSimilar(id=lumi.id)).data == []
