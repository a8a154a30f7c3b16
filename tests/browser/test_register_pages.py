"""The register's own pages: basic data."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chassis.ids import new_id
from tests.browser.soundness import check_page

Visit = Callable[..., Page]
pytestmark = pytest.mark.timeout(300)


def a_name() -> str:
    """A family name that nobody else has."""
    return f"Rekisteri{str(new_id())[-6:]}"


def test_C5_numbers_by_kind_gender_and_terms_are_typed_and_shown(visit: Visit, whole: Any) -> None:
    page, name = visit("/office/contacts/new", as_user="toimisto"), a_name()
    page.locator("#given_name").fill("Aino")
    page.locator("#family_name").fill(name)
    page.locator("#title").fill("Johtaja 131052-308T")
    page.get_by_text("Lisää puhelinnumero").click()
    page.locator("#other_phones_0_number").fill("0401")
    page.locator("#other_phones_0_kind").select_option(label="Työ")
    page.locator("#gender").select_option(label="Muunsukupuolinen")
    page.locator("#payment_method").select_option(label="Verkkolasku")
    page.locator("#credit_limit").fill("1 234,50")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#title-error")).to_contain_text("henkilötunnus")
    expect(page.locator("#other_phones_0_number-error")).to_be_visible()
    check_page(page)
    page.locator("#title").fill("Johtaja")
    page.locator("#other_phones_0_number").fill("09 765 4321")
    page.get_by_role("button", name="Tallenna").click()
    facts = page.locator("dl.facts")
    for text in ("+35897654321", "Puhelin (Työ)", "Muunsukupuolinen", "Verkkolasku", "1 234,50 €", "Johtaja"):
        expect(facts).to_contain_text(text)
    check_page(page)
    person = whole.api.get(f"/persons/{page.url.rpartition('/')[2]}")
    assert person["family_name"] == name
    assert person["credit_limit"] == {"amount": "1234.50", "currency": "EUR"}
    assert person["other_phones"] == [{"kind": "work", "number": "+35897654321"}]
