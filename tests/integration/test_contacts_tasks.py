"""Tasks: whose, until when, done and undone, about whom; on a real database."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from pydantic import ValidationError

from chassis import clock
from chassis.database import database_of
from chassis.ids import new_id
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts.affiliations import CreateAffiliation
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson, DeleteContact
from contracts.contacts.tasks import CreateTask, DeleteTask, ListTasks, TaskDue, UpdateTask
from contracts.errors import Invalid, NotAllowed, NotFound, Stale
from contracts.identity import CreateAccount
from services.contacts.queries import tasks as task_lists
from tests.integration.conftest import staff

AINO = staff(
    Permission.ACTIVITIES_READ, Permission.ACTIVITIES_WRITE, Permission.CONTACTS_WRITE, Permission.CONTACTS_ERASE
)
NOON = datetime(2027, 6, 15, 9, 0, tzinfo=UTC)
"""Noon in Helsinki."""


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=AINO: call_service("contacts", method, request, principal=principal)


@pytest.fixture
def person(call):
    return call("create_person", CreatePerson(given_name="Helmi", family_name="Aalto")).id


@pytest.fixture
def colleague(call_service, clean_database):
    clean_database("identity")
    return call_service("identity", "create_account", CreateAccount(username="toimisto", roles=["office"]))


def task(call, title="Soita", principal=AINO, **more):
    return call("create_task", CreateTask(title=title, **more), principal)


def titles(call, principal=AINO, **asked):
    return [each.title for each in call("list_tasks", ListTasks(**asked), principal).data]


def listed_at(now, **asked):
    with database_of("contacts").reader() as reader:
        return [each.title for each in task_lists.list_page(reader, ListTasks(**asked), now).data]


def pointers(error):
    return [(each.pointer, each.code) for each in error.value.errors]


def test_A3_tasks_are_late_due_today_or_coming_by_the_clock_on_the_wall(call):
    today = date(2027, 6, 15)
    for title, due_on, due_time in (
        ("joskus", None, None),
        ("huomenna", today + timedelta(days=1), None),
        ("eilen", today - timedelta(days=1), time(23, 59)),
        ("aamulla", today, time(11, 59)),
        ("nyt", today, time(12)),
        ("illalla", today, time(23, 59)),
        ("tänään", today, None),
    ):
        task(call, title, due_on=due_on, due_time=due_time)
    order = ["eilen", "aamulla", "nyt", "illalla", "tänään", "huomenna", "joskus"]
    assert listed_at(NOON) == order
    assert listed_at(NOON, due=TaskDue.OVERDUE) == order[:2]
    assert listed_at(NOON, due=TaskDue.TODAY) == order[2:5]
    assert listed_at(NOON, due=TaskDue.COMING) == order[5:]
    with database_of("contacts").reader() as reader:
        told = {each.title: each.due for each in task_lists.list_page(reader, ListTasks(), NOON).data}
    for due in TaskDue:
        assert listed_at(NOON, due=due) == [title for title in order if told[title] is due]
    midnight = NOON + timedelta(hours=11, minutes=59, seconds=59)
    assert listed_at(midnight, due=TaskDue.TODAY) == ["tänään"]


def test_A3_pages_do_not_overlap_whatever_the_order(call):
    for number in range(7):
        made = task(call, f"n{number}", due_on=date(2027, 1, 1) if number % 2 else None)
        call("complete_task", ById(id=made.id)) if number > 3 else None
    for sort, count in (("due", 7), ("-done_at", 3)):
        seen, cursor = [], None
        while True:
            page = call("list_tasks", ListTasks(sort=sort, limit=2, cursor=cursor))
            seen += [each.title for each in page.data]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert (len(seen), len(set(seen))) == (count, count)
    with pytest.raises(Invalid):
        call("list_tasks", ListTasks(sort="-done_at", cursor=call("list_tasks", ListTasks(limit=2)).next_cursor))


def test_A3_done_with_one_click_and_open_again(call):
    made = task(call, due_on=date(2020, 1, 1))
    assert (made.state, made.due) == ("open", "overdue")
    done = call("complete_task", ById(id=made.id))
    assert (done.state, done.due, done.done_by, done.version) == ("done", None, AINO.label, 2)
    assert call("complete_task", ById(id=made.id)) == done
    assert titles(call, state="open") == []
    assert titles(call, sort="-done_at") == ["Soita"]
    again = call("reopen_task", ById(id=made.id))
    assert (again.state, again.done_at, again.version) == ("open", None, 3)
    patched = call("update_task", UpdateTask(id=made.id, version=3, state="done"))
    assert (patched.state, patched.version) == ("done", 4)


def test_A3_a_task_is_given_to_a_colleague_and_is_on_that_list(call, colleague):
    made = task(call, assignee_id=colleague.id)
    assert titles(call, assignee_id=colleague.id) == ["Soita"]
    taken = call("update_task", UpdateTask(id=made.id, version=1, assignee_id=AINO.id))
    assert str(taken.assignee_id) == AINO.id
    assert titles(call, assignee_id=colleague.id) == []
    with pytest.raises(Invalid) as error:
        call("update_task", UpdateTask(id=made.id, version=2, assignee_id=new_id()))
    assert pointers(error) == [("/assignee_id", "no_such_colleague")]
    freed = call("update_task", UpdateTask(id=made.id, version=2, clear=["assignee_id"]))
    assert freed.assignee_id is None


def test_A1_tasks_stand_on_the_cards_of_those_they_are_about(call, person):
    organisation = call("create_organisation", CreateOrganisation(name="Mylly Oy")).id
    left = call("create_organisation", CreateOrganisation(name="Entinen Oy")).id
    call("create_affiliation", CreateAffiliation(person_id=person, organisation_id=organisation))
    gone = CreateAffiliation(person_id=person, organisation_id=left, ends_on=date(2020, 1, 1))
    call("create_affiliation", gone)
    made = task(call, person_id=person)
    task(call, "Tarjous", organisation_id=organisation)
    assert titles(call, person_id=person) == ["Soita"]
    assert set(titles(call, organisation_id=organisation)) == {"Soita", "Tarjous"}
    assert titles(call, organisation_id=left) == []
    assert [each.name for each in made.contacts] == ["Helmi Aalto"]
    changed = call("update_task", UpdateTask(id=made.id, version=1, organisation_ids=[left]))
    assert (changed.person_ids, changed.organisation_ids, changed.version) == ([person], [left], 2)


def test_A1_a_task_about_an_erased_person_alone_is_erased_too(call, person):
    made = task(call, person_id=person)
    call("delete_person", DeleteContact(id=person, version=1))
    with pytest.raises(NotFound):
        call("get_task", ById(id=made.id))


def test_A3_a_day_that_goes_takes_its_time_along(call):
    made = task(call, due_on=date(2027, 1, 1), due_time=time(9))
    changed = call("update_task", UpdateTask(id=made.id, version=1, clear=["due_on"]))
    assert (changed.due_on, changed.due_time) == (None, None)
    with pytest.raises(Invalid) as error:
        call("update_task", UpdateTask(id=made.id, version=2, due_time=time(9)))
    assert pointers(error) == [("/due_on", "day_missing")]


def test_A3_what_cannot_be_is_refused_with_its_place(call, person, colleague):
    soon = clock.now() + timedelta(hours=1)
    for given, expected in (
        ({"due_time": time(9)}, ("/due_on", "day_missing")),
        ({"person_ids": [person, new_id()]}, ("/person_ids/1", "no_such_person")),
        ({"organisation_id": new_id()}, ("/organisation_id", "no_such_organisation")),
        ({"assignee_id": new_id()}, ("/assignee_id", "no_such_colleague")),
        ({"remind_at": soon}, ("/remind_at", "assignee_missing")),
        ({"remind_at": soon, "assignee_id": colleague.id}, ("/remind_at", "no_reminder_address")),
    ):
        with pytest.raises(Invalid) as error:
            task(call, **given)
        assert pointers(error) == [expected]
    assert titles(call) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""}, {"title": "a\nb"}, {"title": "a" * 201}, {"text": "a" * 10_001}, {"due_on": "2026-02-30"},
        {"due_on": "0001-01-01"}, {"due_time": "24:00"}, {"due_time": "09:00+02:00"}, {"remind_at": "2026-10-25"},
        {"remind_at": "2026-10-25T09:00:00"}, {"assignee_id": "toimisto"}, {"colour": "red"},
    ],
)  # fmt: skip
def test_A3_the_contract_refuses_what_makes_no_sense(wrong):
    with pytest.raises(ValidationError):
        CreateTask.model_validate({"title": "Soita", **wrong})


def test_A3_what_is_deleted_can_be_brought_back(call):
    made = task(call, text="ä" * 10_000)
    with pytest.raises(Stale):
        call("delete_task", DeleteTask(id=made.id, version=2))
    call("delete_task", DeleteTask(id=made.id, version=1))
    assert titles(call) == []
    for method in ("get_task", "complete_task", "reopen_task"):
        with pytest.raises(NotFound):
            call(method, ById(id=made.id))
    assert len(call("restore_task", ById(id=made.id)).text) == 10_000


def test_A3_who_only_reads_changes_nothing(call):
    made = task(call)
    reader = staff(Permission.ACTIVITIES_READ)
    assert titles(call, reader) == ["Soita"]
    for method, request in (("create_task", CreateTask(title="Oma")), ("complete_task", ById(id=made.id))):
        with pytest.raises(NotAllowed):
            call(method, request, reader)
    with pytest.raises(NotAllowed):
        titles(call, staff(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.CONTACTS_ERASE))
