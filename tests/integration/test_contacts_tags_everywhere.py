"""Expressions of tags in lists, and tags renamed, merged and removed across the register (C9)."""

import pytest

import services.contacts.jobs  # noqa: F401  (registers the job)
from chassis.worker import Worker, run_job_chunk
from contracts.access import Permission
from contracts.base import ById, JobById
from contracts.contacts.history import History
from contracts.contacts.organisations import CreateOrganisation, ListOrganisations
from contracts.contacts.persons import CreatePerson, ListPersons, PersonsChanged
from contracts.contacts.segments import CreateSegment, SegmentFilter
from contracts.contacts.tags import ChangeTag, ListTags, TagByCode
from contracts.errors import Invalid, NotAllowed, NotFound
from services.contacts.commands import tags
from services.contacts.rules.tags import renamed
from tests.integration.conftest import staff

OFFICE = staff(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE)


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=OFFICE: call_service("contacts", method, request, principal=principal)


@pytest.fixture
def register(call):
    """Persons and organisations with the same tags."""
    for name, borne in (("A", "ab"), ("B", "b"), ("C", "bc"), ("D", "")):
        call("create_person", CreatePerson(family_name=name, tags=list(borne)))
        call("create_organisation", CreateOrganisation(name=name, tags=list(borne)))


@pytest.fixture
def work_off(database_urls):
    """Works until no job is due."""
    database_urls["contacts"]
    worker = Worker("contacts")

    def run():
        while run_job_chunk(worker):
            pass

    yield run
    worker.database.dispose()


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ({"tags_all": "a,b"}, "A"), ({"tags_any": "a,c"}, "AC"), ({"tags_none": "a,c"}, "BD"), ({}, "ABCD"),
        ({"tags_all": "b", "tags_any": "a,c", "tags_none": "c"}, "A"), ({"tags_all": "b,b,", "tags_none": "a"}, "BC"),
        ({"tags_all": "x"}, ""), ({"tags_all": "b", "q": "c"}, "C"),
    ],
)  # fmt: skip
def test_C9_lists_are_filtered_by_an_expression(call, register, expression, found):
    persons = call("list_persons", ListPersons(**expression)).data
    organisations = call("list_organisations", ListOrganisations(**expression)).data
    assert ["".join(each.name for each in rows) for rows in (persons, organisations)] == [found, found]


def test_C9_too_many_tags_are_refused_at_their_place(call):
    with pytest.raises(Invalid) as caught:
        call("list_persons", ListPersons(tags_none=",".join(f"t{number}" for number in range(21))))
    assert caught.value.errors[0].pointer == "/tags_none"


def tags_of(call):
    persons = {each.name: each.tags for each in call("list_persons", ListPersons()).data}
    organisations = {each.name: each.tags for each in call("list_organisations", ListOrganisations()).data}
    assert persons == organisations
    return persons


def change(call, work_off, code, to):
    job = call("change_tag", ChangeTag(code=code, to=to))
    work_off()
    return call("get_job", JobById(id=job.id))


def test_C9_a_tag_is_renamed_everywhere_with_history_and_in_segments(call, register, work_off, recorded, monkeypatch):
    monkeypatch.setattr(tags, "AT_ONCE", 2)
    tree = SegmentFilter(
        any=[{"field": "tag", "op": "in", "value": ["b", "c"]}, {"field": "city", "op": "eq", "value": "b"}]
    )
    segment = call("create_segment", CreateSegment(name="Ryhmä", filter=tree))
    use = call("get_tag", TagByCode(code="b"))
    assert (use.persons, use.organisations, use.segments) == (3, 3, ["Ryhmä"])
    before = len(recorded("contacts", PersonsChanged))
    done = change(call, work_off, "b", "z")
    assert (done.state, done.done, done.total, done.result["segments"]) == ("succeeded", 6, 6, 1)
    assert tags_of(call) == {"A": ["a", "z"], "B": ["z"], "C": ["c", "z"], "D": []}
    now = call("get_segment", ById(id=segment.id))
    assert [each.value for each in now.filter.any] == [["z", "c"], "b"]
    assert (now.version, now.count) == (2, 3)
    told = [each["data"]["person_ids"] for each in recorded("contacts", PersonsChanged)[before:]]
    assert [len(ids) for ids in told] == [2, 1]
    history = call("list_history", History(id=call("list_persons", ListPersons(q="c")).data[0].id)).data
    assert (history[0].field, history[0].old, history[0].new) == ("tags", ["b", "c"], ["c", "z"])
    assert history[0].changed_by == OFFICE.label


def test_C9_a_tag_is_merged_into_another_or_removed(call, register, work_off):
    change(call, work_off, "c", "b")
    assert tags_of(call) == {"A": ["a", "b"], "B": ["b"], "C": ["b"], "D": []}
    change(call, work_off, "b", None)
    assert tags_of(call) == {"A": ["a"], "B": [], "C": [], "D": []}
    assert [each.code for each in call("list_tags", ListTags()).data] == ["a"]
    with pytest.raises(NotFound):
        call("change_tag", ChangeTag(code="b", to="a"))
    with pytest.raises(Invalid):
        call("change_tag", ChangeTag(code="a", to="a"))
    with pytest.raises(NotAllowed):
        call("change_tag", ChangeTag(code="a"), staff(Permission.CONTACTS_READ))


def test_C9_a_filter_keeps_all_but_the_tag():
    tree = {"all": [{"field": "tag", "op": "eq", "value": "b"}, {"none": [{"field": "tag", "op": "empty"}]},
                    {"field": "organisation.tag", "op": "in", "value": ["a", "b"]}]}  # fmt: skip
    assert renamed(tree, "b", "a") == {
        "all": [{"field": "tag", "op": "eq", "value": "a"}, {"none": [{"field": "tag", "op": "empty"}]},
                {"field": "organisation.tag", "op": "in", "value": ["a"]}]
    }  # fmt: skip
