"""Booking bank files (E7): each entry once, matched to invoices by reference, set-based; a whole file or nothing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.ids import new_id
from contracts.commerce.bank_files import BankFile
from contracts.commerce.orders import OrderState
from services.commerce import answers, models
from services.commerce.bulk import insert_rows
from services.commerce.commands.invoices import paid_event
from services.commerce.commands.ledger import About, book_all
from services.commerce.models import BankEntryState
from services.commerce.rules import bookkeeping
from services.commerce.rules.bank_files import BankEntry
from services.commerce.seller import current_seller

CANDIDATES = """
    FROM invoices i JOIN bank_entries e ON e.reference = i.reference
    WHERE e.file_id = :file AND e.state = 'unmatched' AND e.reference <> '' AND e.amount > 0 AND e.currency = i.currency
      AND i.kind = 'invoice' AND e.iban IN (i.iban, :iban)
"""
LOCK_ORDERS = text(
    "SELECT 1 FROM orders WHERE id IN (SELECT i.order_id" + CANDIDATES + ") ORDER BY id FOR UPDATE"  # noqa: S608
)
LOCK_INVOICES = text(
    "SELECT 1 FROM invoices WHERE id IN (SELECT i.id" + CANDIDATES + ") ORDER BY id FOR UPDATE"  # noqa: S608
)
MATCH = text(
    """
WITH candidates AS (
    SELECT e.id AS entry_id, i.id AS invoice_id, i.number, i.customer_id, e.amount, i.open_amount
           - sum(e.amount) OVER (PARTITION BY i.id ORDER BY e.booked_on, e.line, e.id) + e.amount AS left_before
"""
    + CANDIDATES
    + """
)
UPDATE bank_entries e
SET state = 'matched', invoice_id = c.invoice_id, settled = LEAST(e.amount, GREATEST(c.left_before, 0))
FROM candidates c WHERE e.id = c.entry_id
RETURNING e.id, e.booked_on, e.amount, e.settled, c.invoice_id, c.number, c.customer_id
"""
)
ADD_PAYMENTS = text("""
INSERT INTO payments (id, order_id, invoice_id, customer_id, provider, state, amount, currency, refunded, reference,
                      return_path, language, created_at, captured_at, next_check_at, checks)
SELECT e.id, i.order_id, i.id, i.customer_id, 'bank', 'captured', e.amount, e.currency, 0, e.reference,
       '', 'fi', :now, :now, :now, 0
FROM bank_entries e JOIN invoices i ON i.id = e.invoice_id
WHERE e.file_id = :file AND e.state = 'matched'
""")
SETTLE_INVOICES = text("""
UPDATE invoices i
SET open_amount = i.open_amount - s.settled, version = i.version + 1,
    paid_on = CASE WHEN i.open_amount = s.settled THEN s.last_on END
FROM (SELECT invoice_id, sum(settled) AS settled, max(booked_on) AS last_on
      FROM bank_entries WHERE file_id = :file AND settled > 0 GROUP BY invoice_id) s
WHERE i.id = s.invoice_id
RETURNING i.id, i.customer_id, i.subject_kind, i.subject_id, i.order_id, i.open_amount, i.paid_on
""")


@dataclass(frozen=True)
class ReadFile:
    """A bank file that was read: its entries, its kind (`camt.053`, `camt.054`, `ktl`) and its content's digest."""

    sha256: str
    format: str
    entries: Sequence[BankEntry]


def digest_of(content: bytes) -> str:
    """What tells one file's content from another's."""
    return hashlib.sha256(content).hexdigest()


def import_file(session: Session, file_key: str, file_name: str, read: ReadFile, now: datetime) -> BankFile:
    """Book a file; one that was imported before books nothing and is answered with all its entries as duplicates."""
    file_id = session.execute(
        insert(models.BankFile)
        .values(
            id=new_id(), sha256=read.sha256, file_key=file_key, file_name=file_name, format=read.format,
            imported_at=now, entries=len(read.entries), matched=0, unmatched=0, duplicate=0,
        )
        .on_conflict_do_nothing()
        .returning(models.BankFile.id)
    ).scalar_one_or_none()  # fmt: skip
    if file_id is None:
        return _seen_before(session, read.sha256)
    new = _add_entries(session, file_id, read.entries)
    matched = _match(session, file_id, now)
    session.execute(
        update(models.BankFile)
        .where(models.BankFile.id == file_id)
        .values(matched=matched, unmatched=new - matched, duplicate=len(read.entries) - new)
    )
    return answers.bank_file(session.get_one(models.BankFile, file_id, populate_existing=True))


def _seen_before(session: Session, sha256: str) -> BankFile:
    row = session.scalars(select(models.BankFile).where(models.BankFile.sha256 == sha256)).one()
    return answers.bank_file(row).model_copy(update={"matched": 0, "unmatched": 0, "duplicate": row.entries})


def _add_entries(session: Session, file_id: UUID, entries: Sequence[BankEntry]) -> int:
    """Store the entries that no file has brought before; how many those are."""
    return insert_rows(session, models.BankEntry, [_row(file_id, entry) for entry in entries])


def _row(file_id: UUID, entry: BankEntry) -> dict[str, Any]:
    return {
        "id": new_id(),
        "file_id": file_id,
        "entry_key": entry.entry_key,
        "line": entry.line,
        "iban": entry.iban,
        "booked_on": entry.booked_on,
        "amount": entry.amount,
        "currency": entry.currency,
        "bank_reference": entry.bank_reference,
        "reference": entry.reference or "",
        "payer": entry.payer_name,
        "message": entry.message,
        "state": _first_state(entry),
        "settled": 0,
    }


def _first_state(entry: BankEntry) -> BankEntryState:
    if entry.batch_size > 1:
        return BankEntryState.BATCH
    if entry.is_reversal:
        return BankEntryState.REVERSAL
    return BankEntryState.UNMATCHED if entry.amount > 0 else BankEntryState.OUTGOING


def _match(session: Session, file_id: UUID, now: datetime) -> int:
    """Settle invoices by reference, oldest entry first; how many entries found theirs."""
    which = {"file": file_id, "iban": current_seller(session).iban}
    session.execute(LOCK_ORDERS, which)
    session.execute(LOCK_INVOICES, which)
    matched = session.execute(MATCH, which).all()
    if not matched:
        return 0
    session.execute(ADD_PAYMENTS, {"file": file_id, "now": now})
    book_all(session, ((_posting(row), _about(row)) for row in matched), now)
    settled = session.execute(SETTLE_INVOICES, {"file": file_id}).all()
    paid = [row for row in settled if not row.open_amount]
    _close_orders(session, [row.order_id for row in paid if row.order_id], now)
    outbox.record_all(session, (paid_event(row, row.paid_on) for row in paid))
    return len(matched)


def _posting(row: Any) -> bookkeeping.Posting:
    return bookkeeping.payment_received(row.booked_on, row.amount, row.settled)


def _about(row: Any) -> About:
    return About(row.number, row.customer_id, row.invoice_id, row.id)


def _close_orders(session: Session, order_ids: list[UUID], now: datetime) -> None:
    orders = models.Order
    session.execute(
        update(orders)
        .where(orders.id.in_(order_ids), orders.state == OrderState.BILLED)
        .values(state=OrderState.PAID, paid_at=now, version=orders.version + 1)
        .execution_options(synchronize_session=False)
    )
