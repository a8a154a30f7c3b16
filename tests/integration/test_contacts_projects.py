"""Projects: who takes part, tasks with their days, hours, how far it is, and what is gathered under it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError

from chassis import clock
from chassis.database import database_of
from chassis.ids import new_id
from contracts.access import Permission, PrincipalKind
from contracts.base import ById
from contracts.contacts.activities import ListActivities, RecordActivity
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson, DeleteContact
from contracts.contacts.projects import (
    AssignToProject,
    CreateProject,
    DeleteHours,
    DeleteProject,
    ListHours,
    ListProjects,
    RecordHours,
    RemoveFromProject,
    UpdateProject,
)
from contracts.contacts.tasks import CreateTask, ListTasks, UpdateTask
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from contracts.identity import CreateAccount
from services.contacts.commands import project_hours, projects
from tests.integration.conftest import staff

AINO = staff(
    Permission.ACTIVITIES_READ, Permission.ACTIVITIES_WRITE, Permission.CONTACTS_WRITE, Permission.CONTACTS_ERASE
)
DAY = date(2026, 1, 15)


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


@pytest.fixture
def fair(call):
    return call("create_project", CreateProject(name="Kevätmessut", hours_planned="80", starts_on=DAY))


def look(call, project):
    return call("get_project", ById(id=project.id))


def pointers(error):
    return [(each.pointer, each.code) for each in error.value.errors]


def test_A5_colleagues_persons_and_organisations_take_part_each_once_with_a_role(call, fair, person, colleague):
    mill = call("create_organisation", CreateOrganisation(name="Mylly Oy")).id
    call("assign_to_project", AssignToProject(id=fair.id, account_id=colleague.id, role="Vetäjä", hours_planned="40"))
    call("assign_to_project", AssignToProject(id=fair.id, person_id=person, role="Kouluttaja"))
    call("assign_to_project", AssignToProject(id=fair.id, organisation_id=mill))
    call("assign_to_project", AssignToProject(id=fair.id, account_id=AINO.id))
    again = call("assign_to_project", AssignToProject(id=fair.id, person_id=person, role="Puhuja"))
    told = [(each.name, each.role, each.hours_planned) for each in again.members]
    assert told[:2] == [("", "Vetäjä", Decimal(40)), ("Helmi Aalto", "Puhuja", None)]
    assert told[2:] == [("Mylly Oy", "", None), ("", "", None)]
    for side in ({"account_id": colleague.id}, {"person_id": person}, {"organisation_id": mill}):
        assert [each.name for each in call("list_projects", ListProjects(**side)).data] == ["Kevätmessut"]
    left = call("remove_from_project", RemoveFromProject(id=fair.id, member_id=again.members[1].id))
    assert [each.name for each in left.members] == ["", "Mylly Oy", ""]
    assert call("list_projects", ListProjects(person_id=person)).data == []
    with pytest.raises(NotFound):
        call("remove_from_project", RemoveFromProject(id=fair.id, member_id=again.members[1].id))


def test_A5_who_takes_part_must_be_one_that_there_is(call, fair, person, colleague):
    for given, expected in (
        ({}, ("/account_id", "one_member")),
        ({"account_id": colleague.id, "person_id": person}, ("/account_id", "one_member")),
        ({"account_id": new_id()}, ("/account_id", "no_such_colleague")),
        ({"person_id": new_id()}, ("/person_id", "no_such_person")),
        ({"organisation_id": new_id()}, ("/organisation_id", "no_such_organisation")),
    ):
        with pytest.raises(Invalid) as error:
            call("assign_to_project", AssignToProject(id=fair.id, **given))
        assert pointers(error) == [expected]
    with pytest.raises(NotFound):
        call("assign_to_project", AssignToProject(id=new_id(), person_id=person))


def test_A5_activities_and_tasks_are_gathered_under_the_project(call, fair, person):
    call("record_activity", RecordActivity(kind="meeting", text="Sovittu ohjelmasta.", project_id=fair.id))
    call("record_activity", RecordActivity(kind="call", text="Muusta.", person_id=person))
    made = call("create_task", CreateTask(title="Varaa sali", project_id=fair.id, due_on=DAY, starts_on=DAY))
    call("create_task", CreateTask(title="Muuta"))
    (found,) = call("list_activities", ListActivities(project_id=fair.id)).data
    assert (found.text, found.project_name) == ("Sovittu ohjelmasta.", "Kevätmessut")
    (task,) = call("list_tasks", ListTasks(project_id=fair.id)).data
    assert (task.title, task.project_name, task.starts_on) == ("Varaa sali", "Kevätmessut", DAY)
    freed = call("update_task", UpdateTask(id=made.id, version=1, clear=["project_id", "starts_on"]))
    assert (freed.project_id, freed.starts_on) == (None, None)


def test_A8_progress_counts_tasks_and_hours(call, fair, person, colleague):
    call("assign_to_project", AssignToProject(id=fair.id, account_id=AINO.id))
    call("assign_to_project", AssignToProject(id=fair.id, person_id=person))
    late, done, _coming = (
        call("create_task", CreateTask(title=title, project_id=fair.id, due_on=due_on, assignee_id=AINO.id))
        for title, due_on in (("myöhässä", date(2020, 1, 1)), ("tehty", date(2020, 1, 1)), ("tulossa", None))
    )
    call("complete_task", ById(id=done.id))
    for given in ({"hours": "7.50"}, {"hours": "0.25"}, {"hours": "24", "person_id": person},
                  {"hours": "1", "account_id": colleague.id}):  # fmt: skip
        call("record_hours", RecordHours(id=fair.id, worked_on=DAY, **given))
    found = look(call, fair)
    assert (found.tasks, found.tasks_done, found.tasks_late) == (3, 1, 1)
    assert (found.hours_used, found.hours_planned) == (Decimal("32.75"), Decimal(80))
    assert [(each.hours_used, each.tasks_open) for each in found.members] == [(Decimal("7.75"), 2), (Decimal(24), 0)]
    (listed,) = call("list_projects", ListProjects()).data
    assert (listed.tasks_done, listed.hours_used) == (1, Decimal("32.75"))
    assert late.due == "overdue"


def test_A8_hours_are_listed_by_day_taken_away_and_brought_back(call, fair, person):
    days = [DAY - timedelta(days=number % 3) for number in range(5)]
    made = [
        call("record_hours", RecordHours(id=fair.id, worked_on=day, hours="1", person_id=person, note=f"n{number}"))
        for number, day in enumerate(days)
    ]
    assert made[0].person_name == "Helmi Aalto"
    seen, cursor = [], None
    while True:
        page = call("list_hours", ListHours(id=fair.id, limit=2, cursor=cursor))
        seen += [each.worked_on for each in page.data]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == sorted(days, reverse=True)
    entry = DeleteHours(id=fair.id, hours_id=made[0].id)
    call("delete_hours", entry)
    assert look(call, fair).hours_used == 4
    for wrong in (entry, DeleteHours(id=new_id(), hours_id=made[1].id)):
        with pytest.raises(NotFound):
            call("delete_hours", wrong)
    assert call("restore_hours", entry).note == "n0"
    assert look(call, fair).hours_used == 5


@pytest.mark.parametrize("hours", ["0", "-1", "24.01", "1.001", "NaN", "many"])
def test_A8_hours_of_a_day_are_more_than_none_and_at_most_24(hours):
    with pytest.raises(ValidationError):
        RecordHours(id=new_id(), worked_on=DAY, hours=hours)


def test_A8_hours_are_of_a_day_that_has_come_and_of_somebody(call, fair, person, colleague):
    tomorrow = clock.today() + timedelta(days=1)
    key = AINO.model_copy(update={"kind": PrincipalKind.API_KEY})
    for given, principal, expected in (
        ({"worked_on": tomorrow}, AINO, ("/worked_on", "in_the_future")),
        ({"account_id": colleague.id, "person_id": person}, AINO, ("/account_id", "one_member")),
        ({}, key, ("/account_id", "one_member")),
        ({"person_id": new_id()}, AINO, ("/person_id", "no_such_person")),
        ({"account_id": new_id()}, AINO, ("/account_id", "no_such_colleague")),
    ):
        with pytest.raises(Invalid) as error:
            call("record_hours", RecordHours(**{"id": fair.id, "worked_on": DAY, "hours": "1", **given}), principal)
        assert pointers(error) == [expected]
    assert look(call, fair).hours_used == 0


def test_A8_a_closed_project_takes_nothing_more_until_it_is_opened_again(call, fair):
    closed = call("update_project", UpdateProject(id=fair.id, version=1, state="closed"))
    assert (closed.state, closed.version) == ("closed", 2)
    assert call("list_projects", ListProjects(state="open")).data == []
    with pytest.raises(Conflict):
        call("record_hours", RecordHours(id=fair.id, worked_on=DAY, hours="1"))
    for method, request in (
        ("create_task", CreateTask(title="Lisää", project_id=fair.id)),
        ("record_activity", RecordActivity(kind="note", text="Vielä.", project_id=fair.id)),
    ):
        with pytest.raises(Invalid) as error:
            call(method, request)
        assert pointers(error) == [("/project_id", "project_closed")]
    call("update_project", UpdateProject(id=fair.id, version=2, state="open"))
    call("record_hours", RecordHours(id=fair.id, worked_on=DAY, hours="1"))


def test_A5_days_in_the_wrong_order_and_unknown_projects_are_refused(call, fair):
    early = DAY - timedelta(days=1)
    for method, request, expected in (
        ("create_project", CreateProject(name="X", starts_on=DAY, ends_on=early), ("/ends_on", "ends_before_start")),
        ("update_project", UpdateProject(id=fair.id, version=1, ends_on=early), ("/ends_on", "ends_before_start")),
        ("create_task", CreateTask(title="X", starts_on=DAY, due_on=early), ("/due_on", "ends_before_start")),
        ("create_task", CreateTask(title="X", project_id=new_id()), ("/project_id", "no_such_project")),
    ):
        with pytest.raises(Invalid) as error:
            call(method, request)
        assert pointers(error) == [expected]
    with pytest.raises(Stale):
        call("update_project", UpdateProject(id=fair.id, version=9, name="Y"))
    same = UpdateProject(id=fair.id, version=1, name="Kevätmessut", hours_planned="80.0")
    assert call("update_project", same).version == 1
    with pytest.raises(NotFound):
        call("list_hours", ListHours(id=new_id()))


def forget(module, now):
    with database_of("contacts").transaction() as session:
        return module.forget_deleted(session, now, 100)


def test_A5_a_project_with_hours_is_not_deleted_and_one_without_can_be_brought_back(call, fair):
    entry = call("record_hours", RecordHours(id=fair.id, worked_on=DAY, hours="1"))
    task = call("create_task", CreateTask(title="Varaa sali", project_id=fair.id))
    with pytest.raises(Conflict):
        call("delete_project", DeleteProject(id=fair.id, version=1))
    call("delete_hours", DeleteHours(id=fair.id, hours_id=entry.id))
    call("delete_project", DeleteProject(id=fair.id, version=1))
    with pytest.raises(NotFound):
        look(call, fair)
    assert call("get_task", ById(id=task.id)).project_name == ""
    assert call("restore_project", ById(id=fair.id)).name == "Kevätmessut"
    call("delete_project", DeleteProject(id=fair.id, version=3))
    later = clock.now() + timedelta(days=31)
    assert (forget(projects, later), forget(project_hours, later), forget(projects, later)) == (0, 1, 1)
    assert call("get_task", ById(id=task.id)).project_id is None


def test_A8_hours_of_an_erased_person_stay_without_a_name(call, fair, person):
    call("assign_to_project", AssignToProject(id=fair.id, person_id=person))
    call("record_hours", RecordHours(id=fair.id, worked_on=DAY, hours="2", person_id=person))
    call("delete_person", DeleteContact(id=person, version=1))
    assert (look(call, fair).members, look(call, fair).hours_used) == ([], 2)
    (entry,) = call("list_hours", ListHours(id=fair.id)).data
    assert entry.person_name == ""


def test_A5_who_only_reads_changes_nothing(call, fair, person):
    reader = staff(Permission.ACTIVITIES_READ)
    assert call("get_project", ById(id=fair.id), reader).name == "Kevätmessut"
    for method, request in (
        ("create_project", CreateProject(name="Oma")),
        ("assign_to_project", AssignToProject(id=fair.id, person_id=person)),
        ("record_hours", RecordHours(id=fair.id, worked_on=DAY, hours="1")),
    ):
        with pytest.raises(NotAllowed):
            call(method, request, reader)
