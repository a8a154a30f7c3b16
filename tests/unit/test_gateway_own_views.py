"""Arranging lists and cards: what a button does, and what becomes of things that came later (C8)."""

import pytest

from contracts.contacts.views import View, ViewName
from gateway.field_definitions import Definitions
from gateway.pages.own_views import Arrangement, arrangement
from gateway.pages.views import moved

NOW = Arrangement(["a", "b", "c"], ["x", "y"], own=False)


@pytest.mark.parametrize(
    ("action", "key", "shown", "hidden"),
    [
        ("up", "b", "bac", "xy"), ("up", "a", "abc", "xy"), ("down", "c", "abc", "xy"), ("down", "a", "bac", "xy"),
        ("hide", "b", "ac", "xyb"), ("show", "x", "abcx", "y"), ("hide", "x", "abc", "xy"), ("show", "z", "abc", "xy"),
        ("drop", "a", "abc", "xy"),
    ],
)  # fmt: skip
def test_C8_a_button_moves_shows_or_hides_one_thing(action, key, shown, hidden):
    assert moved(NOW, action, key) == Arrangement(list(shown), list(hidden), own=True)


def test_C8_what_came_later_is_shown_where_all_is_shown_and_hidden_where_some_is():
    nothing = Definitions()
    card = View(name=ViewName.PERSON_SECTIONS, shown=["history", "gone", "tasks"], hidden=["messages"])
    found = arrangement(ViewName.PERSON_SECTIONS, {ViewName.PERSON_SECTIONS: card}, nothing)
    assert found.shown[:3] == ["history", "tasks", "activities"]
    assert found.hidden == ["messages"]
    columns = View(name=ViewName.CONTACTS, shown=["title"], hidden=[])
    found = arrangement(ViewName.CONTACTS, {ViewName.CONTACTS: columns}, nothing)
    assert (found.shown, found.own) == (["title"], True)
    assert "city" in found.hidden
    usual = arrangement(ViewName.CONTACTS, {}, nothing)
    assert (usual.shown, usual.own) == (["city", "email", "phone", "tags"], False)


def test_C8_things_stand_in_the_users_order_and_those_of_one_key_in_their_own():
    found = Arrangement(["b", "a"], [], own=True)
    assert found.arrange(["a1", "b1", "c1", "b2"], lambda each: each[0]) == ["b1", "b2", "a1"]
