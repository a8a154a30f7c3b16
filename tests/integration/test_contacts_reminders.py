"""Reminders of tasks arrive on time by the clock on the wall, once, and only while they make sense (A4)."""

import signal
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chassis import clock
from chassis.database import database_of
from contracts.base import ById
from contracts.contacts.persons import CreatePerson
from contracts.contacts.tasks import CreateTask, DeleteTask, TaskReminderDue, UpdateTask
from contracts.errors import Invalid
from contracts.identity import CreateAccount, UpdateAccount
from gateway.moments import typed_moment
from services.contacts.commands import reminders
from tests.integration import lone_worker
from tests.integration.town import Town, opened_town

SOON = timedelta(days=2)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def town(call_service, clean_database, monkeypatch) -> Iterator[Town]:
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


@pytest.fixture
def aino(town):
    """A colleague with an e-mail address."""
    request = CreateAccount(username="Aino", email="aino@example.org", roles=["office"])
    return town.call("identity", "create_account", request)


def new_task(town, colleague, remind_at, **more):
    request = CreateTask(title="Soita Helmille", assignee_id=colleague.id, remind_at=remind_at, **more)
    return town.call("contacts", "create_task", request)


def tell(now):
    """What the worker does at a given time; how many reminders it told of."""
    with database_of("contacts").transaction() as session:
        return reminders.tell_due(session, now, 100)


def mails(town, address="aino@example.org"):
    return [each for each in town.mailbox.messages(limit=100) if each["to"] == address]


def last_sunday(year, month):
    end = date(year, month, 31)
    return end - timedelta(days=(end.weekday() + 1) % 7)


@pytest.mark.parametrize("month", [3, 10])
@pytest.mark.parametrize("days", [-1, 0, 1])
def test_A4_a_reminder_comes_at_the_chosen_time_on_the_wall_also_when_clocks_change(town, aino, month, days):
    on = last_sunday(clock.today().year + 1, month) + timedelta(days=days)
    chosen = typed_moment({"day": f"{on.day}.{on.month}.{on.year}", "time": "9.00"}, "day", "time")
    made = new_task(town, aino, chosen)
    helsinki = ZoneInfo("Europe/Helsinki")
    assert made.remind_at == datetime(on.year, on.month, on.day, 9, tzinfo=helsinki)
    summer = (on >= last_sunday(on.year, 3)) and (on < last_sunday(on.year, 10))
    utc = datetime(on.year, on.month, on.day, 6 if summer else 7, tzinfo=UTC)
    assert tell(utc - timedelta(seconds=60)) == 0
    assert tell(utc) == 1
    assert tell(utc + timedelta(days=1)) == 0


def test_A4_an_hour_that_clocks_jump_over_is_refused_and_one_that_comes_twice_means_the_first(process_settings):
    year = clock.today().year + 1
    spring, autumn = last_sunday(year, 3), last_sunday(year, 10)
    with pytest.raises(Invalid) as error:
        typed_moment({"day": f"{spring.day}.3.{year}", "time": "3.30"}, "day", "time")
    assert [(each.pointer, each.code) for each in error.value.errors] == [("/time", "time_skipped")]
    twice = typed_moment({"day": f"{autumn.day}.10.{year}", "time": "3.30"}, "day", "time")
    assert twice.astimezone(UTC) == datetime(year, 10, autumn.day, 0, 30, tzinfo=UTC)


def test_A4_the_mail_says_what_until_when_and_about_whom(town, aino):
    person = town.call("contacts", "create_person", CreatePerson(given_name="Helmi", family_name="Aalto"))
    at = clock.now() + SOON
    made = new_task(town, aino, at, person_id=person.id, due_on=date(2030, 12, 31), due_time="16:00")
    town.settle()
    assert mails(town) == []
    assert tell(at) == 1
    town.settle(twice=True)
    assert [each["subject"] for each in mails(town)] == ["Muistutus: Soita Helmille"]
    mail = town.mailbox.wait_for("aino@example.org", "Muistutus")
    for part in ("Hei Aino", "31.12.2030 klo\xa016.00", "Helmi Aalto", f"/office/tasks/{made.id}"):
        assert part in mail["text"]
    assert town.call("contacts", "get_task", ById(id=made.id)).reminded_at == at


@pytest.mark.parametrize(
    "meanwhile",
    ["done", "moved", "deleted", "given away", "left"],
)
@pytest.mark.parametrize("when", ["before its time", "on the way"])
def test_A4_what_makes_no_sense_any_more_is_not_sent(town, aino, meanwhile, when):
    other = CreateAccount(username="Eino", email="eino@example.org", roles=["office"])
    eino = town.call("identity", "create_account", other)
    at = clock.now() + SOON
    made = new_task(town, aino, at)
    if when == "on the way":
        assert tell(at) == 1
    change = {
        "done": ("contacts", "complete_task", ById(id=made.id)),
        "moved": ("contacts", "update_task", UpdateTask(id=made.id, version=1, remind_at=at + SOON)),
        "deleted": ("contacts", "delete_task", DeleteTask(id=made.id, version=1)),
        "given away": ("contacts", "update_task", UpdateTask(id=made.id, version=1, assignee_id=eino.id)),
        "left": ("identity", "update_account", UpdateAccount(id=aino.id, version=1, disabled=True)),
    }[meanwhile]
    town.call(*change)
    if when == "before its time":
        assert tell(at) == (1 if meanwhile in {"given away", "left"} else 0)
    town.settle()
    assert mails(town) == []
    expected = 1 if (meanwhile, when) == ("given away", "before its time") else 0
    assert len(mails(town, "eino@example.org")) == expected


def test_A4_a_moved_reminder_comes_at_its_new_time_and_once_more_when_it_is_moved_after_it_came(town, aino):
    first = clock.now() + SOON
    made = new_task(town, aino, first)
    second, third = first + SOON, first + 2 * SOON
    town.call("contacts", "update_task", UpdateTask(id=made.id, version=1, remind_at=second))
    assert tell(first) == 0
    assert tell(second) == 1
    town.settle()
    moved = town.call("contacts", "update_task", UpdateTask(id=made.id, version=2, remind_at=third))
    assert moved.reminded_at is None
    assert tell(third) == 1
    town.settle()
    assert len(mails(town)) == 2


def test_A4_a_reminder_lies_ahead(town, aino):
    with pytest.raises(Invalid) as error:
        new_task(town, aino, clock.now() - MINUTE)
    assert [(each.pointer, each.code) for each in error.value.errors] == [("/remind_at", "in_the_past")]


def test_A4_an_account_without_address_is_reminded_at_its_persons(town):
    person = town.call("contacts", "create_person", CreatePerson(given_name="Veikko", email="veikko@example.org"))
    account = CreateAccount(username="veikko", person_id=person.id, roles=["office"])
    colleague = town.call("identity", "create_account", account)
    at = clock.now() + SOON
    new_task(town, colleague, at)
    tell(at)
    town.settle()
    assert "Hei Veikko" in town.mailbox.wait_for("veikko@example.org", "Muistutus")["text"]


def test_A4_two_workers_share_the_reminders_and_tell_of_each_once(town, aino):
    at = clock.now() + SOON
    for _ in range(5):
        new_task(town, aino, at)
    database = database_of("contacts")
    with database.transaction() as one, database.transaction() as two:
        assert reminders.tell_due(one, at, 3) == 3
        assert reminders.tell_due(two, at, 3) == 2
    assert tell(at) == 0
    town.settle()
    assert len(mails(town)) == 5


def test_A4_a_worker_killed_before_it_commits_has_told_nothing_and_the_next_tells_once(town, aino, recorded):
    new_task(town, aino, clock.now() + SOON)
    town.alter("contacts", "UPDATE tasks SET remind_at = now() - interval '1 minute'")
    killed = lone_worker.start("contacts", "remind", TALKOO_CRASH_AT="contacts.reminding:1")
    assert killed.wait(timeout=180) == -signal.SIGKILL
    assert recorded("contacts", TaskReminderDue) == []
    assert lone_worker.start("contacts", "remind").wait(timeout=180) == 0
    assert len(recorded("contacts", TaskReminderDue)) == 1
    town.settle()
    assert len(mails(town)) == 1


def test_A4_a_worker_killed_after_the_mail_left_repeats_it_under_its_id_at_most(town, aino):
    at = clock.now() + SOON
    new_task(town, aino, at)
    tell(at)
    town.deliver()
    killed = lone_worker.start("notify", "deliver_messages", TALKOO_CRASH_AT="notify.sent:1")
    assert killed.wait(timeout=180) == -signal.SIGKILL
    town.alter("notify", "UPDATE messages SET next_at = now() WHERE state = 'sending'")
    town.settle()
    assert 1 <= len(mails(town)) <= 2
    assert len({each["message_id"] for each in mails(town)}) == 1
