"""Features K7 and N2: tickets whose code can be read, and label sheets where each address has its place."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pymupdf
import pytest
import segno
import typst
from hypothesis import given
from hypothesis import strategies as st

from services.courses.documents.ticket import TicketDocument, TicketPayloadTooLong, render_ticket
from services.notify.documents.label_fitting import FittedLabel, fit
from services.notify.documents.label_formats import FORMATS
from services.notify.documents.labels import TEMPLATE, AddressLabel, InvalidLabels, render_labels

HELSINKI = ZoneInfo("Europe/Helsinki")
TICKET = TicketDocument(
    payload="https://talkoo.example.org/check-in/7QK4-9XWD",
    code="7QK4-9XWD",
    holder_name="Aino Mäkelä-Öhman",
    title="Kevätpäivät 2027",
    organiser="Mallila ry",
    starts_at=datetime(2027, 3, 12, 9, 0, tzinfo=HELSINKI),
    ends_at=datetime(2027, 3, 12, 16, 30, tzinfo=HELSINKI),
    venue="Kulttuuritalo",
)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
ANNA = AddressLabel(("Anna Åström", "Kaivotie 5", "20100 TURKU"))
MM = 72 / 25.4
formats = pytest.mark.parametrize("code", FORMATS)


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.get_text() for page in pymupdf.open(stream=pdf)).split())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fi", ["Pääsylippu", "pe 12.3.2027 klo 9.00\N{EN DASH}16.30", "Osallistuja"]),
        ("sv", ["Inträdesbiljett", "fre 12.3.2027 kl. 9.00\N{EN DASH}16.30", "Deltagare"]),
        ("en", ["Ticket", "Fri 12 Mar 2027, 9:00\N{EN DASH}16:30", "Participant"]),
    ],
)
def test_K7_ticket_says_who_when_and_where(language: str, said: list[str]) -> None:
    text = text_of(render_ticket(TICKET, language))
    expected = [*said, "Aino Mäkelä-Öhman", "Kevätpäivät 2027", "Kulttuuritalo", "7QK4-9XWD"]
    assert [word for word in expected if word not in text] == []


def test_ticket_of_several_days_names_both() -> None:
    longer = replace(TICKET, ends_at=datetime(2027, 3, 14, 12, 0, tzinfo=HELSINKI))
    assert "pe 12.3.2027 klo 9.00 \N{EN DASH} su 14.3.2027 klo 12.00" in text_of(render_ticket(longer, "fi"))


def test_K7_qr_on_the_ticket_is_the_payload() -> None:
    page = pymupdf.open(stream=render_ticket(TICKET, "fi"))[0]
    code = page.search_for(TICKET.code)[0]
    area = pymupdf.Rect(code.x0 - 40, code.y0 - 170, code.x1 + 40, code.y0 - 4)
    pixels = page.get_pixmap(dpi=300, clip=area, colorspace=pymupdf.csGRAY)
    dark = [[pixels.pixel(x, y)[0] < 128 for x in range(pixels.width)] for y in range(pixels.height)]
    left = min(x for row in dark for x, black in enumerate(row) if black)
    right = max(x for row in dark for x, black in enumerate(row) if black)
    top = next(y for y, row in enumerate(dark) if any(row))
    expected = [
        [bool(module) for module in row] for row in segno.make_qr(TICKET.payload, error="q", boost_error=False).matrix
    ]
    module = (right - left + 1) / len(expected)
    centres = [int((place + 0.5) * module) for place in range(len(expected))]
    assert [[dark[top + y][left + x] for x in centres] for y in centres] == expected


def test_payload_too_long_for_a_phone_is_refused() -> None:
    with pytest.raises(TicketPayloadTooLong, match="401 bytes"):
        render_ticket(replace(TICKET, payload="x" * 401), "fi")


@pytest.mark.parametrize("hostile", ['#panic("x")', "$1/0$ *b* <l> @r", "= T", "😀漢\x00", "Ä" * 300])
def test_ticket_text_is_inert(hostile: str) -> None:
    hostile_ticket = replace(TICKET, holder_name=hostile, title=hostile, venue=hostile, information=hostile)
    assert pymupdf.open(stream=render_ticket(hostile_ticket, "en")).page_count == 1


@formats
def test_N2_each_label_stands_in_its_place(code: str) -> None:
    sheet = FORMATS[code]
    labels = [AddressLabel((f"Nimi{number:03}", "Kaivotie 5", "20100 TURKU")) for number in range(sheet.per_sheet + 3)]
    pages = list(pymupdf.open(stream=render_labels(labels, code, NOW, start=3)))
    assert len(pages) == 2
    for number in range(len(labels)):
        page, place = divmod(number + 2, sheet.per_sheet)
        row, column = divmod(place, sheet.columns)
        found = pages[page].search_for(f"Nimi{number:03}")[0]
        left, top = (sheet.left + column * sheet.step_x) * MM, (sheet.top + row * sheet.step_y) * MM
        assert left < found.x0 < found.x1 < left + sheet.width * MM
        assert top < found.y0 < found.y1 < top + sheet.height * MM


@formats
def test_label_sheet_fits_on_a4(code: str) -> None:
    sheet = FORMATS[code]
    assert sheet.left + (sheet.columns - 1) * sheet.step_x + sheet.width <= 210
    assert sheet.top + (sheet.rows - 1) * sheet.step_y + sheet.height <= 297


@formats
def test_long_addresses_stay_inside_their_label(code: str) -> None:
    sheet = FORMATS[code]
    long = AddressLabel(("Mallilan Harrastajain Kannatusyhdistys " * 3, "W" * 150, *["Iso katu 123 A 45"] * 9))
    words = pymupdf.open(stream=render_labels([long] * sheet.per_sheet, code, NOW))[0].get_text("words")
    for x0, y0, x1, y1, *_ in words:
        column, row = int((x0 / MM - sheet.left) / sheet.step_x), int((y0 / MM - sheet.top) / sheet.step_y)
        assert x1 / MM <= sheet.left + column * sheet.step_x + sheet.width
        assert y1 / MM <= sheet.top + row * sheet.step_y + sheet.height + 0.5


def test_word_too_long_is_cut_with_an_ellipsis() -> None:
    pdf = render_labels([AddressLabel(("X" * 150, "20100 TURKU"))], "a4-3x8-70x37", NOW)
    assert "X…" in text_of(pdf)


def test_empty_lines_and_empty_labels_take_no_place() -> None:
    sparse = [AddressLabel(("", "  ")), AddressLabel(("Anna Åström", "", "20100 TURKU")), AddressLabel(())]
    tidy = [AddressLabel(("Anna Åström", "20100 TURKU"))]
    assert render_labels(sparse, "a4-3x8-70x37", NOW) == render_labels(tidy, "a4-3x8-70x37", NOW)


@pytest.mark.parametrize(
    ("labels", "code", "start", "reason"),
    [
        ([ANNA], "a4-9x9", 1, "unknown"),
        ([ANNA], "a4-3x8-70x37", 0, "start 0"),
        ([ANNA], "a4-3x8-70x37", 25, "start 25"),
        ([], "a4-3x8-70x37", 1, "0 labels"),
        ([ANNA] * 10_001, "a4-3x8-70x37", 1, "10001 labels"),
    ],
)
def test_labels_that_cannot_be_printed_say_why(labels: list[AddressLabel], code: str, start: int, reason: str) -> None:
    with pytest.raises(InvalidLabels, match=reason):
        render_labels(labels, code, NOW, start=start)


def test_N2_thousand_different_labels_are_ready_in_seconds() -> None:
    labels = [AddressLabel((f"Jäsen {number} Mäkelä", f"Kaivotie {number}", "20100 TURKU")) for number in range(1_000)]
    pdf = pymupdf.open(stream=render_labels(labels, "a4-3x8-70x37", NOW))
    assert pdf.page_count == 42
    assert "Jäsen 999 Mäkelä" in pdf[-1].get_text()


def test_N2_labels_take_time_in_proportion_to_their_number() -> None:
    """Counted in time of the processor, as what else runs beside does not matter to it."""
    compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, font_paths=typst.Fonts(include_system_fonts=False))

    def seconds(count: int) -> float:
        labels = [[11, [f"Jäsen {number} Mäkelä", f"Kaivotie {number}", "20100 TURKU"]] for number in range(count)]
        sheet = {"title": "x", "format": vars(FORMATS["a4-3x8-70x37"]), "padding": 6, "step": 1.22, "start": 0}
        before = time.process_time()
        compiler.compile(format="pdf", sys_inputs={"data": json.dumps(sheet | {"labels": labels})}, timestamp=0)
        return time.process_time() - before

    seconds(100)
    assert seconds(8_000) < 14 * seconds(1_000)


def test_short_addresses_are_set_large() -> None:
    assert fit(ANNA.lines, FORMATS["a4-3x8-70x37"]) == FittedLabel(11.0, ANNA.lines)


@given(
    st.lists(st.text("abÄ W", min_size=1, max_size=90).filter(str.strip), min_size=1, max_size=8),
    st.sampled_from(list(FORMATS)),
)
def test_fitted_rows_keep_every_word_in_order_or_are_cut_at_the_end(lines: list[str], code: str) -> None:
    fitted = fit(lines, FORMATS[code])
    words = " ".join(lines).split()
    kept = " ".join(fitted.rows).split()
    assert kept == words[: len(kept)]
    assert 7 <= fitted.points <= 11
