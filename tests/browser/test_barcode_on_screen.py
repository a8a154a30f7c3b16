"""The bank barcode as it stands on the screen (E6): read back from the pixels, by whom it concerns, in both themes."""

import re

import pymupdf
import pytest
from playwright.sync_api import Page, expect

from chassis.code_128 import QUIET_ZONE_MODULES, code_128_c
from chassis.ids import new_id
from ops.demo.stage import link_in
from tests.browser.soundness import check_page
from tests.browser.test_money_pages import new_invoice
from tests.scanning import runs
from tests.whole_suite import Whole

PAIRS = {code_128_c(f"{pair:02}")[6:12]: f"{pair:02}" for pair in range(100)}
"""Digits by the widths of their bars and spaces."""
MODULES = 332
LEAST_HEIGHT = 60
"""CSS pixels; about 16 mm."""


def read(page: Page) -> str:
    """The digits in the picture, as a scanner sees it: straight through its middle."""
    picture = page.locator("svg.barcode")
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box is not None
    assert box["height"] >= LEAST_HEIGHT
    pixels = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.Pixmap(picture.screenshot()))
    start = pixels.height // 2 * pixels.stride
    (_, before), *bars, (_, after) = runs([value < 128 for value in pixels.samples[start : start + pixels.width]])
    module = sum(length for _, length in bars) / MODULES
    assert module == int(module)
    assert min(before, after) >= QUIET_ZONE_MODULES * module
    widths = [round(length / module) for _, length in bars]
    symbols = [tuple(widths[at : at + 6]) for at in range(6, len(widths) - 13, 6)]
    return "".join(PAIRS[symbol] for symbol in symbols)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_E6_office_and_payer_can_scan_the_barcode_from_the_screen(whole: Whole, visit, width, scheme):
    invoice = new_invoice(whole)
    page = visit("/office", as_user="rahasto", width=width)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"/office/invoices/{invoice['id']}")
    assert read(page) == invoice["barcode"]
    check_page(page)


def test_E6_the_payer_scans_it_by_the_link_of_the_mail_and_reads_the_own_language(whole: Whole, visit):
    email = f"{new_id()}@example.org"
    invoice = new_invoice(whole, email=email, language="sv")
    mail = whole.mailbox.wait_for(email, invoice["number"])
    page = visit(link_in(mail, "/pay"), width=390)
    assert read(page) == invoice["barcode"]
    expect(page.locator("#lines .what[lang=sv]")).to_contain_text(re.compile(r"^Kurs|^Kväll"))
    check_page(page)


def test_E6_the_member_scans_it_on_the_own_page(whole: Whole, visit):
    person_id = whole.staff("jasen").get("/me")["person_id"]
    open_ones = whole.api.get("/invoices", state="open", customer_id=person_id)["data"]
    page = visit("/my/invoices?state=open", as_user="jasen", width=390)
    page.locator("#list tbody a").first.click()
    digits = page.locator("#barcode").inner_text()
    assert digits in [each["barcode"] for each in open_ones]
    assert read(page) == digits
