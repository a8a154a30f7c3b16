"""Bank files and their entries."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.commerce.models.base import Base


class BankFile(Base):
    """An imported file; the same content again is the same file."""

    __tablename__ = "bank_files"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    file_key: Mapped[str]
    file_name: Mapped[str]
    format: Mapped[str]
    imported_at: Mapped[datetime]
    entries: Mapped[int] = mapped_column(default=0)
    matched: Mapped[int] = mapped_column(default=0)
    unmatched: Mapped[int] = mapped_column(default=0)
    duplicate: Mapped[int] = mapped_column(default=0)


class BankEntryState(StrEnum):
    """What became of an entry. Only `matched` ones are booked; the others wait for a person."""

    MATCHED = "matched"
    UNMATCHED = "unmatched"
    OUTGOING = "outgoing"
    REVERSAL = "reversal"
    BATCH = "batch"
    """The sum of a batch: its parts come in another file."""


class BankEntry(Base):
    """A booked entry of our account; `settled` is the part that paid the invoice, the rest is the customer's credit."""

    __tablename__ = "bank_entries"
    __table_args__ = (
        Index("ix_bank_entries_file_id", "file_id", "line", "id"),
        Index("ix_bank_entries_invoice_id", "invoice_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("bank_files.id"))
    entry_key: Mapped[str] = mapped_column(unique=True)
    line: Mapped[int]
    iban: Mapped[str]
    booked_on: Mapped[date]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    bank_reference: Mapped[str]
    reference: Mapped[str]
    payer: Mapped[str]
    message: Mapped[str]
    state: Mapped[BankEntryState]
    invoice_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoices.id"))
    settled: Mapped[Decimal] = mapped_column(default=Decimal("0.00"))
