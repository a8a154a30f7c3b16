"""The ticket of an enrolment (K7): a PDF with the QR code that check-in reads."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import segno

from chassis.local_forms import known, span
from chassis.typesetting import render_pdf
from services.courses.documents.ticket_texts import TEXTS

TEMPLATE = Path(__file__).with_name("ticket.typ")
MOST_PAYLOAD_BYTES = 400


class TicketPayloadTooLong(ValueError):
    """A QR payload which a phone's camera would hardly read."""


@dataclass(frozen=True)
class TicketDocument:
    """What is on a ticket. Times are aware and in the time zone they shall be shown in; `payload` is the QR's text."""

    payload: str
    code: str
    holder_name: str
    title: str
    organiser: str
    starts_at: datetime
    ends_at: datetime
    venue: str = ""
    address: str = ""
    items: tuple[str, ...] = ()
    seat_or_group: str = ""
    information: str = ""
    issued_at: datetime | None = None


def render_ticket(ticket: TicketDocument, language: str) -> bytes:
    """The A4 PDF in `fi`, `sv` or `en` (else `fi`), the ticket on its upper half; same ticket, same bytes.

    Raises TicketPayloadTooLong over 400 bytes.
    """
    return render_pdf(TEMPLATE, _view(ticket, language), ticket.issued_at or ticket.starts_at)


def _view(ticket: TicketDocument, language: str) -> dict[str, Any]:
    language = known(language)
    texts = TEXTS[language]
    labelled = [
        (texts.when, span(ticket.starts_at, ticket.ends_at, language)),
        (texts.where, "\n".join(filter(None, (ticket.venue, ticket.address)))),
        (texts.items, "\n".join(ticket.items)),
        (texts.group, ticket.seat_or_group),
        (texts.organiser, ticket.organiser),
    ]
    return {
        "language": language,
        "heading": texts.ticket,
        "show_hint": texts.show_hint,
        "holder_label": texts.holder,
        "title": ticket.title,
        "holder": ticket.holder_name,
        "code": ticket.code,
        "facts": [[label, value] for label, value in labelled if value],
        "information": ticket.information,
        "qr_svg": _qr_svg(ticket.payload),
    }


def _qr_svg(payload: str) -> str:
    """The code with error correction Q, as one path without quiet zone, one unit a module."""
    if len(payload.encode()) > MOST_PAYLOAD_BYTES:
        raise TicketPayloadTooLong(f"the QR payload has {len(payload.encode())} bytes; at most {MOST_PAYLOAD_BYTES}")
    rows = [list(row) for row in segno.make_qr(payload, error="q", boost_error=False).matrix]
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    size = len(rows)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{path}"/></svg>'
