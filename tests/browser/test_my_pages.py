"""The member's own pages in Chromium: accessible at both widths, usable by keyboard, leading to what is due."""

import re

import pytest
from playwright.sync_api import expect

from tests import members
from tests.browser.soundness import check_pages


@pytest.fixture(scope="module")
def member(whole):
    """A paid membership, a confirmed seat with its ticket, an open invoice for another seat, messages."""
    found = members.new_member(whole, "Selma")
    whole.signed_in[found.username] = found.visitor
    members.join(whole, found)
    members.pay_by_bank(whole, found)
    members.enrol(whole, found, members.new_session(whole), payment="invoice")
    members.enrol(whole, found, members.new_session(whole))
    members.pay_by_card(whole, found)
    members.first_message(whole, found)
    return found


@pytest.fixture(scope="module")
def debtor(whole):
    """A membership whose first invoice is open."""
    found = members.new_member(whole, "Veera")
    whole.signed_in[found.username] = found.visitor
    members.join(whole, found)
    return found


def test_the_pages_of_somebody_who_owes_are_accessible_and_fit(visit, debtor):
    check_pages(visit, ("/my", f"/my/invoices/{debtor.facts['invoices']}"), debtor.username)


def test_the_overview_tells_the_standing_and_every_language_has_its_words(visit, member):
    page = visit("/my?lang=fi", as_user=member.username)
    expect(page.locator(".standing").first).to_contain_text(re.compile(r"Varsinainen jäsen vuodesta 20\d\d, maksettu"))
    page.goto("/my?lang=sv")
    expect(page.locator(".standing").first).to_contain_text(re.compile(r"Ordinarie medlem sedan 20\d\d, betalt till"))
    page.goto("/my?lang=en")
    expect(page.locator(".standing").first).to_contain_text(re.compile(r"Member since 20\d\d, paid until"))


def test_an_open_invoice_leads_to_the_payment_page_and_is_paid_then(whole, visit, debtor):
    page = visit("/my?lang=fi", as_user=debtor.username)
    page.get_by_role("link", name="Maksa lasku").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lasku")
    expect(page.get_by_role("img", name="QR-koodi pankin sovellukseen")).to_be_visible()
    page.get_by_role("button", name=re.compile("Maksa .* kortilla")).click()
    page.wait_for_url(re.compile(re.escape(whole.run["payments"].rstrip("/")) + "/.*"))
    whole.payments.pay(page.url.split("?")[0].rstrip("/").rpartition("/")[2])
    address = f"/invoices/{debtor.facts['invoices']}"
    members.wait_until(lambda: whole.api.get(address)["state"] == "paid" or None, 180, "the paid invoice")
    page.goto(f"{whole.base_url}/my{address}")
    expect(page.locator(".standing")).to_contain_text("Maksettu")
    expect(page.get_by_role("button", name=re.compile("Maksa"))).to_have_count(0)


def test_a_seat_is_given_back_by_keyboard_after_a_question(whole, visit, member):
    enrolment = members.enrol(whole, member, members.new_session(whole))
    page = visit(f"/my/enrolments/{enrolment['id']}?lang=fi", as_user=member.username, width=390)
    expect(page.locator("#cancel")).to_contain_text("Mitään ei ole veloitettu")
    page.get_by_role("button", name="Peru ilmoittautuminen").press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    assert whole.api.get(f"/enrolments/{enrolment['id']}")["state"] == "held"
    page.get_by_role("button", name="Peru ilmoittautuminen").press("Enter")
    dialog.get_by_role("button", name="Peru ilmoittautuminen").press("Enter")
    expect(page.get_by_text("Ilmoittautuminen on peruttu.")).to_be_visible()
    assert whole.api.get(f"/enrolments/{enrolment['id']}")["state"] == "cancelled"


def test_C17_a_consent_is_taken_back_by_keyboard(whole, visit, member):
    page = visit("/my/details?lang=fi", as_user=member.username)
    page.get_by_label("Tarjoukset tekstiviestillä").press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Valintasi on tallennettu")).to_be_visible()
    expect(page.get_by_label("Tarjoukset tekstiviestillä")).not_to_be_checked()
    expect(page.get_by_label("Uutiskirjeet ja tarjoukset sähköpostilla")).to_be_checked()


def test_the_password_changes_with_the_old_one_only_and_ends_all_sessions(whole, visit):
    found = members.new_member(whole, "Sanna")
    whole.signed_in[found.username] = found.visitor
    page = visit("/my/sign-in?lang=fi", as_user=found.username)
    page.get_by_label("Nykyinen salasana").fill("ei ollenkaan se")
    page.get_by_label("Uusi salasana").fill("neljä aivan muuta sanaa")
    page.get_by_role("button", name="Vaihda salasana").click()
    expect(page.locator("#old_password-error")).to_contain_text("nykyinen salasanasi")
    page.get_by_label("Nykyinen salasana").fill(members.PASSWORD)
    page.get_by_label("Uusi salasana").fill("neljä aivan muuta sanaa")
    page.get_by_role("button", name="Vaihda salasana").click()
    expect(page.get_by_text("Salasanasi on vaihdettu.")).to_be_visible()
    page.goto("/my")
    assert "/sign-in" in page.url
    me = lambda: found.visitor.ask("GET", "/api/v1/me")  # noqa: E731
    members.wait_until(lambda: me().status_code == 401 or None, 180, "the end of the other session")
