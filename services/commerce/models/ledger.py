"""The ledger: append-only, every posting balances (triggers of migration 0001)."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.commerce.models.base import Base


class Posting(Base):
    """One occasion on one day; `text` names the document (an invoice's number, a bank reference)."""

    __tablename__ = "postings"
    __table_args__ = (
        Index("ix_postings_customer_id", "customer_id"),
        Index("ix_postings_invoice_id", "invoice_id"),
        Index("ix_postings_payment_id", "payment_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    booked_on: Mapped[date]
    occasion: Mapped[str]
    text: Mapped[str]
    customer_id: Mapped[UUID | None]
    invoice_id: Mapped[UUID | None]
    payment_id: Mapped[UUID | None]
    created_at: Mapped[datetime]


class LedgerEntry(Base):
    """One line of a posting: debit positive, credit negative."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_ledger_entries_posting_id", "posting_id"),
        Index("ix_ledger_entries_account", "account"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    posting_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id"))
    account: Mapped[str]
    amount: Mapped[Decimal]
