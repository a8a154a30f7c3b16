"""Calendars for everybody, for the office, one's own; and secret addresses that other programs read."""

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from chassis import clock
from chassis.database import database_of
from chassis.ids import new_id
from contracts.access import Permission, Principal, PrincipalKind
from contracts.base import ById, ListRequest, Nothing
from contracts.contacts.calendars import (
    OFFICE_CALENDAR,
    PUBLIC_CALENDAR,
    AskFeed,
    CreateCalendar,
    CreateEvent,
    DeleteCalendar,
    DeleteEvent,
    ListEvents,
    OneEvent,
    RevokeAddress,
    UpdateCalendar,
    UpdateEvent,
)
from contracts.contacts.tasks import CreateTask
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn, Stale
from contracts.identity import CreateAccount, UpdateAccount
from services.contacts.commands import calendars
from tests.integration.conftest import ANONYMOUS, SYSTEM, member, staff

OFFICE = (Permission.ACTIVITIES_READ, Permission.ACTIVITIES_WRITE)
AINO, EINO, ADMINISTRATOR = staff(*OFFICE), staff(*OFFICE), staff()
DAY = date(2027, 3, 28)


BUILT_IN = """INSERT INTO calendars (id, name, level, built_in, created_at)
              VALUES (:public, 'Julkinen', 'public', true, now()), (:office, 'Toimisto', 'office', true, now())"""
"""What the migration makes; other tests have emptied the table."""


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    with database_of("contacts").transaction() as session:
        session.execute(text(BUILT_IN), {"public": PUBLIC_CALENDAR, "office": OFFICE_CALENDAR})
    return lambda method, request, principal=AINO: call_service("contacts", method, request, principal=principal)


@pytest.fixture
def own(call):
    return call("open_own_calendar", Nothing()).id


@pytest.fixture
def colleague(call_service, clean_database):
    """Somebody of the office with an account that can be closed."""
    clean_database("identity")
    call_service("identity", "create_account", CreateAccount(username="paa", roles=["administrator"]))
    made = call_service("identity", "create_account", CreateAccount(username="toimisto", roles=["office"]))
    return made, Principal(kind=PrincipalKind.ACCOUNT, id=str(made.id), permissions=frozenset(p.value for p in OFFICE))


def event(call, calendar_id, title="Kokous", principal=AINO, **more):
    wanted = CreateEvent(calendar_id=calendar_id, title=title, **(more or {"starts_on": DAY}))
    return call("create_event", wanted, principal)


def titles(call, principal=AINO, **asked):
    return [each.title for each in call("list_events", ListEvents(**asked), principal).data]


def pointers(error):
    return [(each.pointer, each.code) for each in error.value.errors]


def test_A6_every_level_is_seen_by_its_own_people_alone(call, own):
    event(call, PUBLIC_CALENDAR, "julkinen")
    event(call, OFFICE_CALENDAR, "toimiston")
    private = event(call, own, "oma")
    assert titles(call) == ["julkinen", "toimiston", "oma"]
    for other in (EINO, ADMINISTRATOR, SYSTEM):
        assert titles(call, other) == ["julkinen", "toimiston"]
        for method, request in (
            ("get_calendar", ById(id=own)),
            ("list_events", ListEvents(calendar_id=own)),
            ("get_event", OneEvent(calendar_id=own, id=private.id)),
            ("get_calendar_feed", AskFeed(id=own)),
            ("list_calendar_addresses", ById(id=own)),
            ("create_event", CreateEvent(calendar_id=own, title="X", starts_on=DAY)),
            ("update_event", UpdateEvent(calendar_id=own, id=private.id, version=1, title="X")),
            ("delete_event", DeleteEvent(calendar_id=own, id=private.id, version=1)),
            ("make_calendar_address", ById(id=own)),
            ("update_calendar", UpdateCalendar(id=own, version=1, name="X")),
        ):
            with pytest.raises(NotFound):
                call(method, request, other)
    for outsider in (ANONYMOUS, member(new_id()), staff(Permission.CONTACTS_READ)):
        assert titles(call, outsider) == ["julkinen"]
        assert [each.level for each in call("list_calendars", ListRequest(), outsider).data] == ["public"]
        with pytest.raises(NotFound):
            call("list_events", ListEvents(calendar_id=OFFICE_CALENDAR), outsider)
    assert titles(call, level="office") == ["toimiston"]


def test_A6_another_calendars_event_is_not_reached_through_ones_own(call, own):
    theirs = call("open_own_calendar", Nothing(), EINO).id
    hidden = event(call, theirs, principal=EINO)
    with pytest.raises(NotFound):
        call("get_event", OneEvent(calendar_id=own, id=hidden.id))
    with pytest.raises(NotFound):
        call("update_event", UpdateEvent(calendar_id=own, id=hidden.id, version=1, title="X"))


def test_A6_ones_own_calendar_is_made_once(call, own):
    assert call("open_own_calendar", Nothing()).id == own
    assert call("open_own_calendar", Nothing(), EINO).id != own
    levels = [(each.level, each.built_in) for each in call("list_calendars", ListRequest()).data]
    assert sorted(levels) == [("office", True), ("private", True), ("public", True)]


def test_A6_calendars_are_made_named_deleted_and_brought_back_but_not_the_built_in_ones(call):
    made = call("create_calendar", CreateCalendar(name="Hallitus", level="office"))
    event(call, made.id, "kokous")
    named = call("update_calendar", UpdateCalendar(id=made.id, version=1, name="Johto"))
    assert (named.name, named.version) == ("Johto", 2)
    with pytest.raises(Stale):
        call("delete_calendar", DeleteCalendar(id=made.id, version=1))
    call("delete_calendar", DeleteCalendar(id=made.id, version=2))
    assert titles(call) == []
    assert call("restore_calendar", ById(id=made.id)).version == 4
    assert titles(call) == ["kokous"]
    call("delete_calendar", DeleteCalendar(id=made.id, version=4))
    with database_of("contacts").transaction() as session:
        assert calendars.forget_deleted(session, clock.now() + timedelta(days=31), 100) == 1
    with pytest.raises(NotFound):
        call("restore_calendar", ById(id=made.id))
    with pytest.raises(Conflict):
        call("delete_calendar", DeleteCalendar(id=PUBLIC_CALENDAR, version=1))


def test_A6_events_that_touch_a_period_are_listed_by_their_beginning_in_pages(call):
    noon = datetime(2027, 3, 28, 9, tzinfo=UTC)
    for title, when in (
        ("ennen", {"starts_at": noon - timedelta(hours=2), "ends_at": noon}),
        ("yli", {"starts_on": DAY - timedelta(days=3), "ends_on": DAY}),
        ("aikana", {"starts_at": noon}),
        ("jälkeen", {"starts_at": noon + timedelta(hours=5)}),
    ):
        event(call, OFFICE_CALENDAR, title, **when)
    period = {"ends_after": noon, "starts_before": noon + timedelta(hours=5)}
    assert titles(call, **period) == ["yli", "aikana"]
    seen, cursor = [], None
    while True:
        page = call("list_events", ListEvents(limit=3, cursor=cursor))
        seen += [each.title for each in page.data]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["yli", "ennen", "aikana", "jälkeen"]


def test_A6_an_event_is_changed_from_times_to_days_and_emptied(call):
    made = event(
        call, OFFICE_CALENDAR, starts_at=datetime(2027, 3, 28, 9, tzinfo=UTC), place="Sali", url="https://a.example/"
    )
    assert (made.all_day, made.ends_at) == (False, datetime(2027, 3, 28, 10, tzinfo=UTC))
    named = {"calendar_id": OFFICE_CALENDAR, "id": made.id}
    days = call("update_event", UpdateEvent(**named, version=1, starts_on=DAY, clear=["url"]))
    assert (days.all_day, days.starts_at, days.ends_on, days.place, days.url) == (True, None, DAY, "Sali", None)
    assert call("update_event", UpdateEvent(**named, version=2, title="Kokous")).version == 2
    for wrong, expected in (
        ({"ends_on": DAY - timedelta(days=1)}, ("/ends_on", "ends_before_start")),
        ({"clear": ["title"]}, ("/clear/0", "not_clearable")),
    ):
        with pytest.raises(Invalid) as error:
            call("update_event", UpdateEvent(**named, version=2, **wrong))
        assert pointers(error) == [expected]
    call("delete_event", DeleteEvent(**named, version=2))
    assert titles(call) == []
    assert call("restore_event", OneEvent(**named)).version == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""}, {"text": "a" * 10_001}, {"starts_on": "2027-02-30"}, {"starts_at": "2027-03-28T09:00:00"},
        {"url": "javascript:alert(1)"}, {"url": "http://a b.example"}, {"url": "https://"}, {"colour": "red"},
    ],
)  # fmt: skip
def test_A6_the_contract_refuses_what_makes_no_sense(wrong):
    with pytest.raises(ValidationError):
        CreateEvent.model_validate(
            {"calendar_id": str(new_id()), "title": "Kokous", "starts_on": "2027-01-01", **wrong}
        )


def test_A6_who_may_not_writes_nothing(call):
    request = CreateEvent(calendar_id=PUBLIC_CALENDAR, title="X", starts_on=DAY)
    with pytest.raises(NotAllowed):
        call("create_event", request, staff(Permission.ACTIVITIES_READ))
    with pytest.raises(NotSignedIn):
        call("create_event", request, ANONYMOUS)


def key_of(made):
    return made.address.rpartition("key=")[2]


def feed(call, calendar_id, key, principal=ANONYMOUS):
    return [each.title for each in call("get_calendar_feed", AskFeed(id=calendar_id, key=key), principal).events]


def test_A6_a_secret_address_opens_one_calendar_until_it_is_renewed_or_withdrawn(call, colleague):
    _account, toimisto = colleague
    event(call, OFFICE_CALENDAR, "toimiston")
    first = call("make_calendar_address", ById(id=OFFICE_CALENDAR), toimisto)
    assert feed(call, OFFICE_CALENDAR, key_of(first)) == ["toimiston"]
    own = call("open_own_calendar", Nothing(), toimisto).id
    for calendar_id, key in (
        (OFFICE_CALENDAR, ""), (OFFICE_CALENDAR, "x"), (OFFICE_CALENDAR, key_of(first)[:-1]), (own, key_of(first)),
        (PUBLIC_CALENDAR, "x"), (new_id(), key_of(first)), (OFFICE_CALENDAR, "ä" * 200),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            feed(call, calendar_id, key)
    second = call("make_calendar_address", ById(id=OFFICE_CALENDAR), toimisto)
    with pytest.raises(NotFound):
        feed(call, OFFICE_CALENDAR, key_of(first))
    assert [each.id for each in call("list_calendar_addresses", ById(id=OFFICE_CALENDAR), toimisto).data] == [second.id]
    gone = RevokeAddress(calendar_id=OFFICE_CALENDAR, id=second.id)
    with pytest.raises(NotFound):
        call("revoke_calendar_address", gone, EINO)
    for _again in range(2):
        call("revoke_calendar_address", gone, toimisto)
    with pytest.raises(NotFound):
        feed(call, OFFICE_CALENDAR, key_of(second))


def test_A6_secrets_are_not_kept(call, colleague):
    made = call("make_calendar_address", ById(id=OFFICE_CALENDAR), colleague[1])
    with database_of("contacts").reader() as reader:
        kept = reader.execute(text("SELECT token_hash FROM calendar_addresses")).scalar_one()
        remembered = reader.execute(text("SELECT count(*) FROM handled_commands WHERE reply::text LIKE '%key=%'"))
        assert remembered.scalar_one() == 0
    assert bytes(kept) == hashlib.sha256(key_of(made).encode()).digest()
    listed = call("list_calendar_addresses", ById(id=OFFICE_CALENDAR), colleague[1]).data
    assert [each.address for each in listed] == [None]


def test_A6_the_address_of_a_closed_account_opens_nothing(call, call_service, colleague):
    account, toimisto = colleague
    event(call, OFFICE_CALENDAR, "toimiston")
    made = call("make_calendar_address", ById(id=OFFICE_CALENDAR), toimisto)
    assert feed(call, OFFICE_CALENDAR, key_of(made)) == ["toimiston"]
    call_service("identity", "update_account", UpdateAccount(id=account.id, version=1, disabled=True))
    with pytest.raises(NotFound):
        feed(call, OFFICE_CALENDAR, key_of(made))


def test_A6_ones_own_feed_holds_events_and_ones_own_tasks_with_days(call, colleague):
    _account, toimisto = colleague
    own = call("open_own_calendar", Nothing(), toimisto).id
    event(call, own, "oma", toimisto)
    for title, principal, due_on in (("minun", toimisto, DAY), ("päivätön", toimisto, None), ("muiden", AINO, DAY)):
        call("create_task", CreateTask(title=title, due_on=due_on, assignee_id=principal.id), principal)
    key = key_of(call("make_calendar_address", ById(id=own), toimisto))
    found = call("get_calendar_feed", AskFeed(id=own, key=key), ANONYMOUS)
    assert [each.title for each in found.events] == ["oma"]
    assert [each.title for each in found.tasks] == ["minun"]
    assert [each.title for each in call("get_calendar_feed", AskFeed(id=own), toimisto).tasks] == ["minun"]
    office = call("get_calendar_feed", AskFeed(id=OFFICE_CALENDAR), toimisto)
    assert office.tasks == []


def test_A6_a_public_calendar_is_a_feed_without_a_secret(call):
    event(call, PUBLIC_CALENDAR, "julkinen")
    long_ago = clock.today() - timedelta(days=400)
    event(call, PUBLIC_CALENDAR, "vanha", starts_on=long_ago, ends_on=long_ago + timedelta(days=1))
    assert feed(call, PUBLIC_CALENDAR, "") == ["julkinen"]
    with pytest.raises(Conflict):
        call("make_calendar_address", ById(id=PUBLIC_CALENDAR))
