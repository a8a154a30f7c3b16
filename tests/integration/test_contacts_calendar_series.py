"""Events that repeat: made, changed, taken away and restored as a series, on a real database (A6)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.contacts.calendars import (
    OFFICE_CALENDAR,
    AskFeed,
    DeleteEvent,
    ListEvents,
    OneEvent,
    Repeats,
    RestoreEvent,
    UpdateEvent,
)
from contracts.errors import Invalid, Stale
from tests.integration.test_contacts_calendars import call, event, pointers

__all__ = ["call"]
FIRST = datetime(2027, 3, 22, 16, tzinfo=UTC)
WEEKLY = {"starts_at": FIRST, "repeats": Repeats(every="week", times=4)}


@pytest.fixture
def board(call):
    """The first of four evenings, with the clocks changing after it."""
    return event(call, OFFICE_CALENDAR, "Hallitus", **WEEKLY)


def series(call, of):
    return call("list_events", ListEvents(calendar_id=OFFICE_CALENDAR, series_id=of.series_id)).data


def starts(found):
    return [f"{each.starts_at.astimezone(UTC):%-d.%-m. %-H}" for each in found]


def changed(call, one, **wanted):
    return call("update_event", UpdateEvent(calendar_id=OFFICE_CALENDAR, id=one.id, version=one.version, **wanted))


def test_A6_a_series_is_events_like_any_other_at_the_same_time_by_the_clock(call, board):
    other = event(call, OFFICE_CALENDAR, "Muu")
    assert starts(series(call, board)) == ["22.3. 16", "29.3. 15", "5.4. 15", "12.4. 15"]
    assert other.series_id is None
    assert len(call("get_calendar_feed", AskFeed(id=OFFICE_CALENDAR)).events) == 5


def test_A6_one_of_a_series_is_changed_alone(call, board):
    at = {"starts_at": datetime(2027, 3, 23, 10, tzinfo=UTC), "ends_at": datetime(2027, 3, 23, 12, tzinfo=UTC)}
    changed(call, board, title="Syyskokous", **at)
    found = series(call, board)
    assert [each.title for each in found] == ["Syyskokous", "Hallitus", "Hallitus", "Hallitus"]
    assert starts(found) == ["23.3. 10", "29.3. 15", "5.4. 15", "12.4. 15"]


def test_A6_those_after_it_are_changed_and_moved_with_it(call, board):
    second = series(call, board)[1]
    changed(call, second, place="Kirjasto", starts_at=datetime(2027, 3, 30, 14, tzinfo=UTC),
            ends_at=datetime(2027, 3, 30, 14, 30, tzinfo=UTC), following=True)  # fmt: skip
    found = series(call, board)
    assert starts(found) == ["22.3. 16", "30.3. 14", "6.4. 14", "13.4. 14"]
    assert [each.place for each in found] == ["", "Kirjasto", "Kirjasto", "Kirjasto"]
    assert {(each.ends_at - each.starts_at).seconds for each in found[1:]} == {30 * 60}
    assert [each.version for each in found] == [1, 2, 2, 2]


def test_A6_words_alone_move_nothing_and_days_take_the_place_of_times(call, board):
    changed(call, board, title="Hallituksen kokous", following=True)
    found = series(call, board)
    assert starts(found) == ["22.3. 16", "29.3. 15", "5.4. 15", "12.4. 15"]
    changed(call, found[0], starts_on=date(2027, 3, 22), ends_on=date(2027, 3, 23), following=True)
    found = series(call, board)
    assert {each.title for each in found} == {"Hallituksen kokous"}
    assert [(each.starts_on.day, each.ends_on.day) for each in found] == [(22, 23), (29, 30), (5, 6), (12, 13)]


def test_A6_those_after_it_go_with_it_and_come_back_but_not_one_that_went_before(call, board):
    first, second, third, last = series(call, board)
    call("delete_event", DeleteEvent(calendar_id=OFFICE_CALENDAR, id=third.id, version=1))
    call("delete_event", DeleteEvent(calendar_id=OFFICE_CALENDAR, id=second.id, version=1, following=True))
    assert series(call, board) == [first]
    call("restore_event", RestoreEvent(calendar_id=OFFICE_CALENDAR, id=second.id, following=True))
    assert [each.id for each in series(call, board)] == [first.id, second.id, last.id]
    call("restore_event", RestoreEvent(calendar_id=OFFICE_CALENDAR, id=third.id))
    assert len(series(call, board)) == 4


def test_A6_an_event_alone_has_none_after_it(call):
    one = event(call, OFFICE_CALENDAR, "Yksi")
    event(call, OFFICE_CALENDAR, "Toinen", starts_on=date(2027, 4, 1))
    changed(call, one, title="Ensimmäinen", following=True)
    now = call("get_event", OneEvent(calendar_id=OFFICE_CALENDAR, id=one.id))
    call("delete_event", DeleteEvent(calendar_id=OFFICE_CALENDAR, id=one.id, version=now.version, following=True))
    assert [each.title for each in call("list_events", ListEvents(calendar_id=OFFICE_CALENDAR)).data] == ["Toinen"]


def test_A6_a_stale_change_of_a_series_changes_nothing(call, board):
    changed(call, board, place="Kahvila")
    with pytest.raises(Stale):
        changed(call, board, title="Muu", following=True)
    assert {each.title for each in series(call, board)} == {"Hallitus"}


def test_A6_a_series_that_does_not_end_makes_nothing(call):
    with pytest.raises(Invalid) as error:
        event(call, OFFICE_CALENDAR, "Hallitus", starts_at=FIRST, repeats=Repeats(every="week"))
    assert pointers(error) == [("/repeats/until", "series_end")]
    assert call("list_events", ListEvents(calendar_id=OFFICE_CALENDAR)).data == []


def test_A6_what_is_said_again_as_it_was_leaves_what_others_of_the_series_have(call, board):
    hour, third = timedelta(hours=1), series(call, board)[2]
    late = {"starts_at": third.starts_at + 3 * hour, "ends_at": third.ends_at + 3 * hour}
    changed(call, third, place="Kirjasto", text="Ota eväät", **late)
    changed(call, board, title="Hallituksen kokous", starts_at=board.starts_at, ends_at=board.ends_at,
            clear=["place", "text", "url"], following=True)  # fmt: skip
    now = series(call, board)[2]
    assert (now.title, now.place, now.text) == ("Hallituksen kokous", "Kirjasto", "Ota eväät")
    assert now.starts_at == late["starts_at"]
