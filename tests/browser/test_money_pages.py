"""The treasurer's pages: a bank file pays an invoice once, prices are typed the Finnish way, an invoice is credited."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from playwright.sync_api import FilePayload, Page, expect

from chassis.ids import new_id
from ops.demo.papers import camt_054
from ops.simulators.clients import wait_until
from tests.browser.soundness import check_page
from tests.whole_suite import Whole

Visit = Callable[..., Page]


def new_invoice(whole: Whole, **person_details: str) -> dict[str, Any]:
    """Somebody new takes a seat and pays by invoice; the invoice with its number and reference."""
    sessions = whole.api.get("/sessions")["data"]
    session = next(each for each in sessions if each["seats_free"] > 1 and each["course"]["code"] != "welcome")
    person = whole.api.post(
        "/persons", {"given_name": "Taimi", "family_name": f"Lasku {str(new_id())[-6:]}", **person_details}
    )
    whole.api.post("/enrolments", {"session_id": session["id"], "person_id": person["id"], "payment": "invoice"})
    found = wait_until(lambda: whole.api.get("/invoices", customer_id=person["id"])["data"] or None, 180, "an invoice")
    return dict(found[0]) | {"name": f"{person['given_name']} {person['family_name']}"}


def bank_file(invoice: dict[str, Any], name: str) -> FilePayload:
    """A camt.054 file that pays the invoice."""
    payments = [(invoice["gross"], invoice["reference"], invoice["name"])]
    content = camt_054(invoice["iban"], date.fromisoformat(invoice["issued_on"]), name, payments)
    return {"name": f"{name}.xml", "mimeType": "application/xml", "buffer": content}


def test_E7_a_bank_file_pays_the_invoice_and_a_second_time_books_nothing(visit, whole):
    invoice, name = new_invoice(whole), f"B{str(new_id())[-12:]}"
    page = visit("/office/bank-files", as_user="rahasto")
    page.get_by_label("Pankin tiedosto").set_input_files(bank_file(invoice, name))
    page.get_by_role("button", name="Tuo tiedosto").click()
    expect(page.get_by_role("heading", name=f"{name}.xml")).to_be_visible()
    expect(page.locator(".facts")).to_contain_text(re.compile(r"Kohdistettu\s*1\s*Kohdistamatta\s*0"))
    check_page(page)
    page.get_by_role("link", name=invoice["name"]).click()
    expect(page.get_by_role("heading", name=f"Lasku {invoice['number']}")).to_be_visible()
    expect(page.locator(".standing")).to_have_text("Maksettu")
    page.goto("/office/bank-files")
    page.get_by_label("Pankin tiedosto").set_input_files(bank_file(invoice, name))
    page.get_by_role("button", name="Tuo tiedosto").click()
    expect(page.get_by_text("Ei mitään uutta")).to_be_visible()
    page.goto("/office/ledger")
    expect(page.locator("#difference")).to_have_text(re.compile(r"^0,00\s€$"))


def test_a_file_that_no_bank_writes_is_refused_with_the_reason(visit):
    page = visit("/office/bank-files", as_user="rahasto")
    page.get_by_role("button", name="Tuo tiedosto").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Pankin tiedosto").set_input_files(
        {"name": "kuva.xml", "mimeType": "application/xml", "buffer": b"<html>no bank</html>"}
    )
    page.get_by_role("button", name="Tuo tiedosto").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check_page(page)


def test_E6_an_invoice_is_found_by_its_reference_and_credited_with_a_reason(visit, whole):
    invoice = new_invoice(whole)
    page = visit("/office/invoices", as_user="rahasto")
    page.locator("#list-q").fill(invoice["reference"])
    page.locator("#list-q").press("Enter")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.get_by_role("link", name=invoice["number"]).click()
    expect(page.locator(".facts")).to_contain_text(invoice["rf_reference"])
    page.get_by_role("link", name="Hyvitä").click()
    page.get_by_role("button", name="Tee hyvityslasku").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Syy").fill("Laskutettu kahdesti")
    page.get_by_role("button", name="Tee hyvityslasku").click()
    expect(page.get_by_role("heading", name=re.compile("Hyvityslasku"))).to_be_visible()
    assert whole.api.get(f"/invoices/{invoice['id']}")["state"] == "credited"


def test_E1_a_price_typed_the_finnish_way_is_understood_and_a_negative_one_refused(visit, whole):
    page, code = visit("/office/products/new", as_user="rahasto"), f"p{str(new_id())[-8:]}"
    page.get_by_label("Nimi suomeksi").fill("Vuosipaketti")
    page.get_by_label("Tunnus").fill(code)
    page.get_by_label("Ryhmä").fill("courses")
    page.get_by_label("Hinta, sis. alv").fill("-5")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#price-error")).to_be_visible()
    page.get_by_label("Hinta, sis. alv").fill("1 234,50")
    page.get_by_role("button", name="Tallenna").click()
    expect(page).to_have_url(re.compile("/office/products$"))
    made = next(each for each in whole.api.get("/products", limit="200")["data"] if each["code"] == code)
    assert made["price"] == "1234.50"


def test_E2_a_customer_gets_an_own_price(visit):
    page = visit("/office/price-agreements/new", as_user="rahasto")
    page.locator("#q").fill("virtanen")
    page.locator("#q").press("Enter")
    page.locator("main ul a").first.click()
    page.get_by_label("Tuote").select_option(index=1)
    page.get_by_label("Alkaen").fill("31.2.2027")
    page.get_by_label("Alennus").fill("15")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#valid_from-error")).to_be_visible()
    check_page(page)
    page.get_by_label("Alkaen").fill("1.2.2027")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_text("on sovittu")).to_be_visible()
