"""Open items, ledger entries, trial balance, bank files (E7)."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, func, select, tuple_

from chassis.paging import cursor_id, decode_cursor, page
from contracts.base import ListRequest, Page
from contracts.commerce.bank_files import BankEntry, BankFile, ListBankEntries
from contracts.commerce.ledger import LedgerEntry, OpenItem, TrialBalance, TrialBalanceLine
from contracts.errors import Invalid, NotFound
from services.commerce import answers, models

INVOICES, POSTINGS, ENTRIES = models.Invoice.__table__, models.Posting.__table__, models.LedgerEntry.__table__
BANK_FILES, BANK_ENTRIES = models.BankFile.__table__, models.BankEntry.__table__
ZERO = Decimal("0.00")


def list_open_items(reader: Connection, request: ListRequest, today: date) -> Page[OpenItem]:
    """Invoices with something open, longest due first."""
    query = select(INVOICES).where(INVOICES.c.open_amount > 0).order_by(INVOICES.c.due_on, INVOICES.c.id)
    if request.cursor:
        query = query.where(tuple_(INVOICES.c.due_on, INVOICES.c.id) > tuple_(*_due_cursor(request.cursor)))
    rows = [
        OpenItem(
            invoice_id=row.id,
            number=row.number,
            customer_id=row.customer_id,
            due_on=row.due_on,
            gross=row.gross,
            open_amount=row.open_amount,
            days_overdue=max((today - row.due_on).days, 0),
        )
        for row in reader.execute(query.limit(request.limit + 1))
    ]
    return page(rows, request.limit, lambda each: [each.due_on, each.invoice_id])


def _due_cursor(cursor: str) -> tuple[date, UUID]:
    values = decode_cursor(cursor, 2) or []
    try:
        return date.fromisoformat(str(values[0])), UUID(str(values[1]))
    except ValueError:
        raise Invalid.field(
            "/cursor", "bad_cursor", "This cursor is not one of ours; start at the first page."
        ) from None


def list_ledger_entries(reader: Connection, request: ListRequest) -> Page[LedgerEntry]:
    """Entries with day and text of their posting, newest first."""
    query = (
        select(ENTRIES, POSTINGS.c.booked_on, POSTINGS.c.occasion, POSTINGS.c.text)
        .join(POSTINGS, POSTINGS.c.id == ENTRIES.c.posting_id)
        .order_by(ENTRIES.c.id.desc())
    )
    if after := cursor_id(request.cursor):
        query = query.where(ENTRIES.c.id < after)
    rows = [
        LedgerEntry(
            id=row.id,
            posting_id=row.posting_id,
            booked_on=row.booked_on,
            account=row.account,
            amount=row.amount,
            text=f"{row.occasion} {row.text}".strip(),
        )
        for row in reader.execute(query.limit(request.limit + 1))
    ]
    return page(rows, request.limit, lambda each: [each.id])


def get_trial_balance(reader: Connection) -> TrialBalance:
    """Debit, credit and balance of every account used."""
    amount = ENTRIES.c.amount
    rows = reader.execute(
        select(
            ENTRIES.c.account,
            func.coalesce(func.sum(amount).filter(amount > 0), 0).label("debit"),
            func.coalesce(-func.sum(amount).filter(amount < 0), 0).label("credit"),
        )
        .group_by(ENTRIES.c.account)
        .order_by(ENTRIES.c.account)
    )
    lines = [
        TrialBalanceLine(account=row.account, debit=row.debit, credit=row.credit, balance=row.debit - row.credit)
        for row in rows
    ]
    return TrialBalance(lines=lines, difference=sum((line.balance for line in lines), ZERO))


def get_bank_file(reader: Connection, file_id: UUID) -> BankFile:
    """One bank file; raises NotFound."""
    row = reader.execute(select(BANK_FILES).where(BANK_FILES.c.id == file_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no bank file {file_id}.", id=file_id)
    return answers.bank_file(row)


def list_bank_files(reader: Connection, request: ListRequest) -> Page[BankFile]:
    """Bank files, newest first."""
    query = select(BANK_FILES).order_by(BANK_FILES.c.id.desc())
    if after := cursor_id(request.cursor):
        query = query.where(BANK_FILES.c.id < after)
    rows = [answers.bank_file(row) for row in reader.execute(query.limit(request.limit + 1))]
    return page(rows, request.limit, lambda each: [each.id])


def list_bank_entries(reader: Connection, request: ListBankEntries) -> Page[BankEntry]:
    """New entries of one bank file in the order of the file."""
    get_bank_file(reader, request.id)
    query = select(BANK_ENTRIES).where(BANK_ENTRIES.c.file_id == request.id).order_by(BANK_ENTRIES.c.id)
    if after := cursor_id(request.cursor):
        query = query.where(BANK_ENTRIES.c.id > after)
    rows = [answers.bank_entry(row) for row in reader.execute(query.limit(request.limit + 1))]
    return page(rows, request.limit, lambda each: [each.id])
