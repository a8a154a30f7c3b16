"""Feature E6: the printed invoice says what it must, its codes can be read, and no text in it becomes markup."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pymupdf
import pytest

from chassis.code_128 import QUIET_ZONE_MODULES, code_128_c
from services.commerce.documents.invoice import (
    DocumentKind,
    DocumentLine,
    InvoiceDocument,
    Party,
    PaymentDetails,
    Receipt,
    VatLine,
    render_invoice,
)
from services.commerce.documents.invoice_texts import TEXTS
from services.commerce.rules.barcodes import virtual_barcode
from services.commerce.rules.epc_qr import CreditTransfer, epc_modules
from services.commerce.rules.vat import SaleLine, VatCode, invoice_sums, rate_on
from tests.scanning import runs

ON = date(2026, 11, 23)
PAYMENT = PaymentDetails("FI21 1234 5600 0007 85", "NDEAFIHH", "20260001230", date(2026, 12, 14), Decimal(8), 21)
SELLER = Party(
    "Mallila ry", ("Esimerkkikatu 12 A", "00100 Helsinki"), "1234567-1", "FI12345671", "toimisto@example.org"
)
BUYER = Party("Aino Mäkelä", ("Kaivotie 5 as. 12", "20100 Turku"))
SALES = (
    ("Jäsenmaksu 2027", SaleLine(Decimal(1), Decimal("45.00"), VatCode.OUTSIDE)),
    ("Kevätpäivät 2027", SaleLine(Decimal(2), Decimal("120.00"), VatCode.STANDARD)),
    ("Opaskirja", SaleLine(Decimal("1.5"), Decimal("9.90"), VatCode.CULTURE, Decimal(10))),
)
DPI = 600
MM = DPI / 25.4
DARK = 128


def document(count: int = 3, sign: int = 1) -> InvoiceDocument:
    sales = [SALES[place % len(SALES)] for place in range(count)]
    sold = [replace(line, quantity=line.quantity * sign) for _, line in sales]
    sums = invoice_sums(sold, ON)
    return InvoiceDocument(
        kind=DocumentKind.INVOICE,
        number="2026-000123",
        issued_on=ON,
        seller=SELLER,
        buyer=BUYER,
        lines=tuple(
            DocumentLine(
                name, line.quantity, "kpl", line.unit_price, rate_on(line.vat_code, ON).percent,
                share.net, share.vat, share.gross, "", line.discount_percent,
            )
            for (name, _), line, share in zip(sales, sold, sums.lines, strict=True)
        ),
        vat_lines=tuple(
            VatLine(rate.category, rate.percent, part.net, part.vat, part.gross) for rate, part in sums.rates
        ),
        net=sums.whole.net,
        vat=sums.whole.vat,
        gross=sums.whole.gross,
        payment=PAYMENT,
    )  # fmt: skip


def opened(pdf: bytes) -> pymupdf.Document:
    return pymupdf.open(stream=pdf)


def text_of(pdf: bytes) -> str:
    """All text with every kind of space as a plain one."""
    return " ".join(" ".join(page.get_text() for page in opened(pdf)).split())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fi", ["Lasku", "Eräpäivä", "14.12.2026", "Maksettavaa", "361,37 €", "25,5 %", "Viitenro", "TILISIIRTO"]),
        ("sv", ["Faktura", "Förfallodag", "14.12.2026", "Att betala", "361,37 €", "25,5 %", "Ref.nr", "GIRERING"]),
        ("en", ["Invoice", "Due date", "14 Dec 2026", "To pay", "€361.37", "25.5 %", "Reference", "CREDIT TRANSFER"]),
    ],
)
def test_E6_invoice_says_what_the_law_wants_in_each_language(language: str, said: list[str]) -> None:
    text = text_of(render_invoice(document(), language))
    common = ["2026-000123", "Aino Mäkelä", "20100 Turku", "1234567-1", "FI12345671", "Jäsenmaksu 2027"]
    payment = ["FI21 1234 5600 0007 85", "NDEAFIHH", "2 02600 01230", "RF36 2026 0001 230"]
    assert [word for word in (*said, *common, *payment) if word not in text] == []


def test_reason_for_no_vat_is_printed() -> None:
    assert "Outside the scope of VAT." in text_of(render_invoice(document(), "en"))


def test_unknown_language_is_finnish() -> None:
    assert render_invoice(document(), "de") == render_invoice(document(), "fi")


def test_E6_sixty_lines_run_over_pages_with_numbers_and_one_payment_part() -> None:
    pdf = opened(render_invoice(document(60), "fi"))
    texts = [" ".join(page.get_text().split()) for page in pdf]
    assert len(texts) >= 2
    assert all(f"Sivu {number} / {len(texts)}" in text for number, text in enumerate(texts, start=1))
    assert [("TILISIIRTO" in text) for text in texts] == [False] * (len(texts) - 1) + [True]
    assert sum(text.count("Opaskirja") for text in texts) == 20


@pytest.mark.parametrize("count", [*range(1, 40, 3)])
def test_nothing_runs_into_the_payment_part_however_many_lines(count: int) -> None:
    last_page = list(opened(render_invoice(document(count), "fi")))[-1]
    slip_top = last_page.search_for("TILISIIRTO")[0].y0
    totals = last_page.search_for("Maksettavaa")
    assert all(total.y1 < slip_top for total in totals)


def test_E6_credit_note_names_its_invoice_and_asks_for_no_payment() -> None:
    credited = replace(document(sign=-1), kind=DocumentKind.CREDIT_NOTE, credits="2026-000101", payment=None)
    text = text_of(render_invoice(credited, "fi"))
    assert "Hyvityslasku" in text
    assert "2026-000101" in text
    assert "\N{MINUS SIGN}361,37 €" in text
    assert "TILISIIRTO" not in text


def test_receipt_says_when_and_how_it_was_paid() -> None:
    paid = replace(document(), kind=DocumentKind.RECEIPT, payment=None, receipt=Receipt(ON, "Visa 1234"))
    assert "Paid 23 Nov 2026 \N{EN DASH} Visa 1234" in text_of(render_invoice(paid, "en"))


HOSTILE = ['#panic("x")', "$1/0$", "*bold* _it_ `raw` <label> @ref", "\\u{41} \\ // /* */", '"}], {"a": "b', "= Title"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_user_text_is_inert(hostile: str) -> None:
    harmless = document()
    lines = (replace(harmless.lines[0], description=hostile, detail=hostile, unit=hostile[:9]), *harmless.lines[1:])
    party = replace(BUYER, name=hostile, address=(hostile,))
    text = text_of(render_invoice(replace(harmless, lines=lines, buyer=party, message=hostile), "fi"))
    assert text.count(" ".join(hostile.split())) >= 4


@pytest.mark.parametrize("name", ["😀 漢字 \x00\x1b\u202e", "Ж Ω עברית", "Å" * 200, "word " * 60, "e\u0301"])
def test_any_name_can_be_printed(name: str) -> None:
    party = replace(BUYER, name=name, address=(name, name))
    pdf = opened(render_invoice(replace(document(), buyer=party, seller=replace(SELLER, name=name)), "fi"))
    assert pdf.page_count <= 2


def test_characters_that_no_font_has_are_marked_not_lost() -> None:
    text = text_of(render_invoice(replace(document(), buyer=replace(BUYER, name="Aino 漢 Mäkelä\x07")), "fi"))
    assert "Aino \N{WHITE SQUARE} Mäkelä" in text


def test_E6_pdf_is_archival_accessible_and_the_same_each_time() -> None:
    pdf = render_invoice(document(), "fi")
    metadata = opened(pdf).get_xml_metadata()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert render_invoice(document(), "fi") == pdf


def test_sums_that_do_not_reconcile_cannot_be_printed() -> None:
    with pytest.raises(ValueError, match="is not gross"):
        replace(document(), gross=Decimal("1.00"))
    with pytest.raises(ValueError, match="do not sum"):
        replace(document(), lines=document().lines[:2])


def dark_rows(pdf: bytes, area: pymupdf.Rect) -> list[list[bool]]:
    pixels = opened(pdf)[-1].get_pixmap(dpi=DPI, clip=area, colorspace=pymupdf.csGRAY)
    rows = [pixels.samples[start : start + pixels.width] for start in range(0, len(pixels.samples), pixels.stride)]
    return [[value < DARK for value in row] for row in rows]


def test_E6_bank_barcode_has_the_right_bars_size_and_quiet_zone_on_paper() -> None:
    pdf = render_invoice(document(), "fi")
    digits = virtual_barcode(PAYMENT.iban, document().gross, PAYMENT.reference, PAYMENT.due_on)
    label = opened(pdf)[-1].search_for(digits)[0]
    across = dark_rows(pdf, pymupdf.Rect(0, label.y0 - 20, 385, label.y0 - 19))[2]
    (_, quiet_before), *bars, (_, quiet_after) = runs(across)
    module = sum(length for _, length in bars) / 332
    assert [round(length / module) for _, length in bars] == list(code_128_c(digits))
    assert abs(module * 332 / MM - 105) < 2
    assert min(quiet_before, quiet_after) > QUIET_ZONE_MODULES * module
    down = dark_rows(pdf, pymupdf.Rect(56.7 + 14.2, label.y0 - 60, 56.7 + 14.8, label.y0))
    assert max(length for dark, length in runs([row[2] for row in down]) if dark) / MM > 10


def test_E6_qr_code_on_paper_is_the_epc_code_with_its_quiet_zone() -> None:
    pdf = render_invoice(document(), "fi")
    caption = opened(pdf)[-1].search_for("Lue pankin sovelluksella")[0]
    around = dark_rows(pdf, pymupdf.Rect(caption.x0 - 18, caption.y0 - 103, caption.x1 + 18, caption.y0 - 1))
    across = [place for place, column in enumerate(zip(*around, strict=True)) if any(column)]
    down = [place for place, row in enumerate(around) if any(row)]
    transfer = CreditTransfer(
        "Mallila ry", PAYMENT.iban, document().gross, PAYMENT.reference, PAYMENT.due_on, "NDEAFIHH"
    )
    expected = epc_modules(transfer)
    module = (across[-1] - across[0] + 1) / len(expected)
    centres = [int((place + 0.5) * module) for place in range(len(expected))]
    printed = tuple(tuple(around[down[0] + y][across[0] + x] for x in centres) for y in centres)
    assert printed == expected
    assert min(down[0], across[0], len(around[0]) - across[-1]) >= 3.9 * module


def test_payment_abroad_has_qr_but_no_bank_barcode() -> None:
    abroad = replace(PAYMENT, iban="SE35 5000 0000 0549 1000 0003", bic="ESSESESS")
    text = text_of(render_invoice(replace(document(), payment=abroad), "en"))
    assert "Scan with your banking app" in text
    assert "Virtual barcode" not in text


def test_long_names_never_reach_the_barcode() -> None:
    long = "Keskisen Uudenmaan Harrastajain ja Ystäväin Kannatusyhdistysten Keskusliitto " * 3
    seller, buyer = replace(SELLER, name=long), Party(long, (long, long, long, "20100 Turku"))
    pdf = render_invoice(replace(document(), seller=seller, buyer=buyer), "fi")
    digits = virtual_barcode(PAYMENT.iban, document().gross, PAYMENT.reference, PAYMENT.due_on)
    label = opened(pdf)[-1].search_for(digits)[0]
    across = dark_rows(pdf, pymupdf.Rect(0, label.y0 - 35, 385, label.y0 - 34))[2]
    _, *bars, _ = runs(across)
    module = sum(length for _, length in bars) / 332
    assert [round(length / module) for _, length in bars] == list(code_128_c(digits))


def test_every_language_of_an_invoice_has_the_same_texts_with_the_same_places_to_fill() -> None:
    places = {
        language: {name: sorted(re.findall(r"\{\w*\}", text)) for name, text in texts.items()}
        for language, texts in TEXTS.items()
    }
    assert places["fi"] == places["sv"] == places["en"]
