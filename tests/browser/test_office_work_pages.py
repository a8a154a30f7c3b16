"""Pages of course organiser and administrator: own details, system; all are accessible."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.soundness import check_pages

Visit = Callable[..., Page]
pytestmark = pytest.mark.timeout(300)
PAGES = (
    "/office/memberships?state=pending",
    "/office/membership-types",
    "/office/membership-types/new",
    "/office/courses",
    "/office/courses/new",
    "/office/sessions?when=all",
    "/office/sessions/new",
    "/office/check-in",
    "/office/mailings",
    "/office/mailings/new",
    "/office/settings",
    "/office/system",
    "/office/parked",
)


def test_the_pages_are_accessible_and_fit(visit):
    check_pages(visit, PAGES, "admin")


def test_I5_own_details_are_changed_and_a_lost_update_is_refused(visit, whole):
    before = whole.api.get("/settings/seller")
    first = visit("/office/settings", as_user="admin")
    second = visit("/office/settings", as_user="admin")
    first.locator("#phone").fill("+358 9 555 0199")
    first.get_by_role("button", name="Tallenna").click()
    expect(first.get_by_text("Tallennettu.")).to_be_visible()
    assert whole.api.get("/settings/seller")["version"] == before["version"] + 1
    second.locator("#iban").fill("FI00 1234")
    second.get_by_role("button", name="Tallenna").click()
    expect(second.locator("#iban-error")).to_be_visible()
    second.locator("#iban").fill(before["iban"])
    second.get_by_role("button", name="Tallenna").click()
    expect(second.get_by_role("alert")).to_be_visible()


def test_the_page_of_parked_events_says_that_nothing_waits(visit):
    page = visit("/office/parked", as_user="admin")
    expect(page.get_by_role("heading", name="Mitään ei ole siirretty sivuun")).to_be_visible()
