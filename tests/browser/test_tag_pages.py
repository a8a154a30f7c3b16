"""The tags of the register: found by a part of their name (C9)."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chassis.ids import new_id
from tests.browser.soundness import check_page

Visit = Callable[..., Page]


def a_name() -> str:
    """A name that nobody else has, and that is like no other."""
    return f"R{new_id().hex[-11:]}"


@pytest.mark.parametrize("width", [1280, 390])
def test_C9_tags_are_searched_for_by_a_part_of_their_name(visit: Visit, whole: Any, width: int) -> None:
    word = a_name().lower()
    for borne in ([f"{word}-alto"], [f"{word}-alto", f"{word}-basso"]):
        whole.api.post("/persons", {"family_name": a_name(), "tags": borne})
    page = visit("/office/tags", as_user="toimisto", width=width)
    box, rows = page.get_by_role("searchbox", name="Hae tästä luettelosta"), page.locator("table.list tbody tr")
    box.focus()
    page.keyboard.type(f"{word.upper()} A")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(f"{word}-alto")
    box.fill(f"{word} ")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(f"{word}-alto")
    check_page(page)
    page.keyboard.type("sopraano")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Mitään ei löytynyt")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Näytä kaikki").press("Enter")
    expect(box).to_have_value("")
    expect(page.get_by_text("Mitään ei löytynyt")).to_have_count(0)
    page.goto(f"/office/tags?q={word}")
    page.get_by_role("link", name=f"{word}-basso").click()
    expect(page.get_by_role("heading", name=f"{word}-basso")).to_be_visible()
