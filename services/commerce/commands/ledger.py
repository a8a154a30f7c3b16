"""Booking: postings of rules.bookkeeping stored for good (E7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.ids import new_id
from services.commerce import models
from services.commerce.bulk import insert_rows
from services.commerce.rules.bookkeeping import Posting


@dataclass(frozen=True)
class About:
    """What a posting is about; `text` names the document."""

    text: str
    customer_id: UUID | None = None
    invoice_id: UUID | None = None
    payment_id: UUID | None = None


def book(session: Session, posting: Posting, about: About, now: datetime) -> None:
    """Store one posting."""
    book_all(session, [(posting, about)], now)


def book_all(session: Session, postings: Iterable[tuple[Posting, About]], now: datetime) -> None:
    """Store many postings with two statements."""
    rows, entries = [], []
    for posting, about in postings:
        posting_id = new_id()
        rows.append(
            {"id": posting_id, "booked_on": posting.on, "occasion": posting.occasion.value, "created_at": now}
            | vars(about)
        )
        entries += [
            {"id": new_id(), "posting_id": posting_id, "account": entry.account.value, "amount": entry.amount}
            for entry in posting.entries
        ]
    insert_rows(session, models.Posting, rows)
    insert_rows(session, models.LedgerEntry, entries)
