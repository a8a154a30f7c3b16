"""Telephone numbers: in groups to read, as they are stored to dial, to type and for programs (C5)."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from chassis.ids import new_id

Visit = Callable[..., Page]


def a_name() -> str:
    """A name that nobody else has, and that is like no other."""
    return f"R{new_id().hex[-11:]}"


def test_C5_numbers_are_shown_in_groups_and_dialled_typed_and_told_as_they_are_stored(visit: Visit, whole: Any) -> None:
    name, digits = a_name(), f"{new_id().int % 10**7:07}"
    stored, shown = f"+35840{digits}", f"+358 40 {digits[:3]} {digits[3:]}"
    kind = {"kind": "work", "number": "+46701234567"}
    made = whole.api.post("/persons", {"family_name": name, "phone": stored, "fax": stored, "other_phones": [kind]})
    page = visit(f"/office/contacts/{made['id']}", as_user="toimisto")
    link = page.get_by_role("link", name=shown, exact=True)
    expect(link).to_have_attribute("href", f"tel:{stored}")
    expect(page.locator("dl.facts").first).to_contain_text("+46 70 123 45 67")
    page.goto(f"/office/contacts/{made['id']}/edit")
    expect(page.locator("#phone")).to_have_value(stored)
    page.goto("/office/contacts")
    page.get_by_role("searchbox", name="Hae tästä luettelosta").fill(shown)
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    expect(page.locator("table.list tbody")).to_contain_text(shown)
    page.goto(f"/office/search?q={name}")
    expect(page.locator("main")).to_contain_text(shown)
    assert whole.api.get(f"/persons/{made['id']}")["phone"] == stored
    assert f":{stored}" in page.request.get(f"/office/contacts/{made['id']}/card.vcf").text()
