"""Telephone numbers as pages show them."""

from types import SimpleNamespace

import pytest

from gateway import held_words
from gateway.field_definitions import Definitions
from gateway.i18n import FILTERS
from gateway.pages import history_words, list_cells
from gateway.phone_numbers import grouped


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+358401234567", "+358 40 123 4567"), ("+35891234567", "+358 9 123 4567"), ("+358401234", "+358 40 1234"),
        ("+35818123456", "+358 18 123 456"), ("+3584012345678", "+358 40 1234 5678"), ("+3584012345", "+358 40 12 345"),
        ("+358800123456", "+358 800 123 456"), ("+46701234567", "+46 70 123 45 67"),
        ("+37251234567", "+372 5123 4567"), ("+442071234567", "+44 20 7123 4567"),
        ("+12025550123", "+1 202-555-0123"), ("+390612345678", "+39 06 1234 5678"),
    ],
)  # fmt: skip
def test_C5_numbers_are_shown_in_the_groups_of_their_country(stored, shown):
    assert grouped(stored) == shown == FILTERS["phone"](stored)
    assert grouped(shown) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [("+358 9 1234567 ext. 12", "+358 9 123 4567 ext. 12"), ("+35891234567;ext=12", "+358 9 123 4567 ext. 12"),
     ("+358 (0)9 1234567", "+358 (0)9 1234567")],
)  # fmt: skip
def test_C5_an_extension_stays_and_no_digit_is_lost(written, shown):
    assert grouped(written) == shown


@pytest.mark.parametrize(
    "text",
    ["", "040 1234567", "0401234567", "112", "+", "+999123456789", "+1 800 FLOWERS", "soita +358401234567", "Aino",
     "+358401234567@example.org", "+358401234567, +358401234568", "+" + "1" * 60, "<b>+358</b>", "\u0664\u0665"],
)  # fmt: skip
def test_C5_what_is_no_number_with_its_country_is_shown_as_it_is(text):
    assert grouped(text) == text


def test_C5_no_number_shows_nothing():
    assert grouped(None) == ""


def test_C5_C17_history_copies_and_lists_show_numbers_in_groups():
    assert history_words.in_words("+35891234567", "affiliation.phone") == "+358 9 123 4567"
    assert history_words.in_words("+35891234567", "title") == "+35891234567"
    kept = [{"kind": "work", "number": "+358401234567"}]
    assert history_words.in_words(kept, "other_phones").startswith("+358 40 123 4567 (")
    assert held_words.in_words({"kind": "work", "number": "+358401234567"}) == "kind: work, number: +358 40 123 4567"
    person = SimpleNamespace(phone="+358401234567", more={"fax": "+35891234567"})
    nothing = Definitions()
    assert list_cells.cell(person, "phone", nothing, "person") == '<span class="nowrap">+358 40 123 4567</span>'
    assert list_cells.cell(person, "fax", nothing, "person") == "+358 9 123 4567"
    assert list_cells.cell(SimpleNamespace(phone=None, more={}), "phone", nothing, "person") == ""
