"""Invoices and their files (E6)."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from chassis.paging import cursor_id, page
from contracts.base import Page
from contracts.commerce.invoices import Invoice, InvoiceFile, InvoiceState, ListInvoices
from contracts.errors import NotFound
from services.commerce import answers, models
from services.commerce.queries.scope import Scope
from services.commerce.rules.references import InvalidReference, normalise_reference

TABLE, LINES = models.Invoice.__table__, models.InvoiceLine.__table__
FILES = models.InvoiceDocument.__table__
WITH_FILE = select(TABLE, FILES.c.file_key, FILES.c.buyer).join(FILES, FILES.c.invoice_id == TABLE.c.id)
STATES: dict[InvoiceState, ColumnElement[bool]] = {
    InvoiceState.OPEN: TABLE.c.open_amount > 0,
    InvoiceState.PAID: and_(TABLE.c.open_amount == 0, TABLE.c.credited_on.is_(None)),
    InvoiceState.CREDITED: TABLE.c.credited_on.is_not(None),
}


def get_invoice(reader: Connection, invoice_id: UUID, scope: Scope, today: date) -> Invoice:
    """One invoice or credit note as it is on `today`; raises NotFound, also for another's."""
    row = _one(reader, invoice_id, scope)
    return answers.invoice(row, _lines(reader, [row])[row.id], answers.Paper.of(row.buyer, row.file_key), today)


def get_invoice_file(reader: Connection, invoice_id: UUID, scope: Scope) -> InvoiceFile:
    """Where the PDF lies; raises NotFound, with code `not_ready` while it is being made."""
    row = _one(reader, invoice_id, scope)
    if row.file_key is None:
        raise NotFound(f"The document of invoice {row.number} is being made; ask again in a moment.", code="not_ready")
    return answers.invoice_file(row, row.file_key)


def list_invoices(reader: Connection, request: ListInvoices, scope: Scope, today: date) -> Page[Invoice]:
    """Invoices and credit notes, newest first."""
    query = WITH_FILE.where(*scope.limits(TABLE, "id", "subject_id")).order_by(TABLE.c.id.desc())
    if request.customer_id:
        query = query.where(TABLE.c.customer_id == func.known_as(request.customer_id))
    if request.state:
        query = query.where(STATES[request.state])
    if request.overdue:
        query = query.where(TABLE.c.open_amount > 0, TABLE.c.due_on < today)
    if request.q:
        query = _found_by(query, request.q)
    if after := cursor_id(request.cursor):
        query = query.where(TABLE.c.id < after)
    rows = reader.execute(query.limit(request.limit + 1)).all()
    lines = _lines(reader, rows)
    shown = [answers.invoice(row, lines[row.id], answers.Paper.of(row.buyer, row.file_key), today) for row in rows]
    return page(shown, request.limit, lambda each: [each.id])


def _one(reader: Connection, invoice_id: UUID, scope: Scope) -> Row[Any]:
    limits = scope.limits(TABLE, "id", "subject_id")
    row = reader.execute(WITH_FILE.where(TABLE.c.id == invoice_id, *limits)).one_or_none()
    if row is None:
        raise NotFound(f"There is no invoice {invoice_id}.", id=invoice_id)
    return row


def _found_by(query: Select[Any], words: str) -> Select[Any]:
    """By the beginning of the number, or by the whole reference in any spelling."""
    compact = re.sub(r"\s", "", words)
    try:
        reference = normalise_reference(compact)
    except InvalidReference:
        reference = compact
    return query.where(or_(TABLE.c.number.startswith(compact, autoescape=True), TABLE.c.reference == reference))


def _lines(reader: Connection, invoices: Sequence[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    if invoices:
        ids = [invoice.id for invoice in invoices]
        for row in reader.execute(select(LINES).where(LINES.c.invoice_id.in_(ids)).order_by(LINES.c.position)):
            found[row.invoice_id].append(row)
    return found
