"""Payments by card and bank, and refunds."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import redirects
from contracts.commerce.payments import PaymentState
from services.commerce.models.base import Base

LIVE = (PaymentState.CREATED, PaymentState.PENDING, PaymentState.UNKNOWN)
"""Attempts that may still bring money; an order or invoice has at most one."""
_LIVE_ATTEMPT = text("provider <> 'bank' AND state IN ('created', 'pending', 'unknown')")


class Payment(Base):
    """An attempt to pay by card, or money from a bank file (`provider` bank, id of its bank entry).

    `refunded` counts refunds from the moment they are asked for. `next_check_at` is when the sweeper looks at a live
    attempt; until then whoever set it is at work on it.
    """

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("refunded BETWEEN 0 AND amount", name="refunded"),
        Index("uq_payments_live_order_id", "order_id", unique=True, postgresql_where=_LIVE_ATTEMPT),
        Index("uq_payments_live_invoice_id", "invoice_id", unique=True, postgresql_where=_LIVE_ATTEMPT),
        Index("ix_payments_order_id", "order_id"),
        Index("ix_payments_invoice_id", "invoice_id"),
        Index("ix_payments_customer_id", "customer_id", "id"),
        redirects.index("payments", "customer_id"),
        Index("ix_payments_due", "next_check_at", postgresql_where=_LIVE_ATTEMPT),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id"))
    invoice_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoices.id"))
    customer_id: Mapped[UUID | None]
    merged_customer_id: Mapped[UUID | None]
    provider: Mapped[str]
    state: Mapped[PaymentState]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    refunded: Mapped[Decimal] = mapped_column(default=Decimal("0.00"))
    reference: Mapped[str]
    transaction_id: Mapped[str | None] = mapped_column(unique=True)
    pay_url: Mapped[str | None]
    return_path: Mapped[str]
    language: Mapped[str]
    created_at: Mapped[datetime]
    captured_at: Mapped[datetime | None]
    next_check_at: Mapped[datetime]
    checks: Mapped[int] = mapped_column(default=0)


class RefundState(StrEnum):
    """`sent` without an answer waits for the provider's callback."""

    REQUESTED = "requested"
    SENT = "sent"
    COMPLETED = "completed"
    FAILED = "failed"


class Refund(Base):
    """Money to be given back through the provider; its id is the provider's refund stamp."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_refunds_payment_id", "payment_id"),
        Index("ix_refunds_due", "next_at", postgresql_where=text("state IN ('requested', 'sent')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"))
    amount: Mapped[Decimal]
    state: Mapped[RefundState]
    created_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    next_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    provider_id: Mapped[str | None]
    error: Mapped[str] = mapped_column(default="")
