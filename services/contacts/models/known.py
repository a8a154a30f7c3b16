"""What the other services have told about contacts, so that segments can ask for it (C10).

Another fact gets a table here, an entry in rules/segment_fields.py, one in queries/segment_relations.py and a handler
in service/known.py; docs/segments.md goes through it.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Index, Numeric
from sqlalchemy.dialects.postgresql import DATEMULTIRANGE
from sqlalchemy.orm import Mapped, mapped_column

from chassis import redirects
from contracts.commerce.deliveries import PurchaseSource
from contracts.commerce.orders import OrderState
from contracts.courses import EnrolmentState
from contracts.notify import Channel, MessageState
from services.contacts.models.base import Base


def _indexes(table: str, owner: str, *found_by: str) -> tuple[Index, ...]:
    """By contact, and by each of the facts that find few contacts."""
    by_fact = (Index(f"ix_{table}_{column}", column, owner) for column in found_by)
    return (Index(f"ix_{table}_{owner}", owner), redirects.index(table, owner), *by_fact)


class Known:
    """What all such rows have: the id of the thing, and the number of the event that told of it last."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    told: Mapped[int] = mapped_column(BigInteger)


class KnownMembership(Known, Base):
    """A membership. Its state on a day follows from the days on which it is paid for and on which it is in grace."""

    __tablename__ = "known_memberships"
    __table_args__ = _indexes("known_memberships", "person_id", "type_code", "joined_on", "ended_on")

    person_id: Mapped[UUID]
    merged_person_id: Mapped[UUID | None]
    type_code: Mapped[str]
    joined_on: Mapped[date]
    ended_on: Mapped[date | None]
    """The first day without it."""
    paid_until: Mapped[date | None]
    """The last day paid for; None when nothing is, or for ever."""
    active_on: Mapped[Any] = mapped_column(DATEMULTIRANGE)
    grace_on: Mapped[Any] = mapped_column(DATEMULTIRANGE)


class KnownPurchase(Known, Base):
    """A line of an order of a person or an organisation, or of a delivery; a purchase while it is billed or paid.

    A delivery that was corrected or withdrawn is `cancelled`; else it is `billed`, since accounting does not say more.
    """

    __tablename__ = "known_purchases"
    __table_args__ = _indexes("known_purchases", "customer_id", "product_code", "category", "bought_on")

    customer_id: Mapped[UUID]
    merged_customer_id: Mapped[UUID | None]
    product_code: Mapped[str]
    """In lower case."""
    product_name: Mapped[str] = mapped_column(server_default="")
    """Only of deliveries; the products of orders have codes."""
    category: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    amount: Mapped[Decimal | None]
    """Euros; None for sums in other currencies."""
    bought_on: Mapped[date]
    state: Mapped[OrderState]
    source: Mapped[PurchaseSource] = mapped_column(server_default=PurchaseSource.ORDER)


class KnownEnrolment(Known, Base):
    """An enrolment on a session of a course."""

    __tablename__ = "known_enrolments"
    __table_args__ = _indexes("known_enrolments", "person_id", "session_id", "course_code", "topic", "starts_on")

    person_id: Mapped[UUID]
    merged_person_id: Mapped[UUID | None]
    session_id: Mapped[UUID]
    course_code: Mapped[str]
    topic: Mapped[str]
    state: Mapped[EnrolmentState]
    enrolled_on: Mapped[date]
    starts_on: Mapped[date]
    attended: Mapped[bool] = mapped_column(Boolean)


class KnownMessage(Known, Base):
    """A message that has left."""

    __tablename__ = "known_messages"
    __table_args__ = _indexes("known_messages", "person_id", "mailing_id", "template", "sent_on")

    person_id: Mapped[UUID]
    merged_person_id: Mapped[UUID | None]
    channel: Mapped[Channel]
    template: Mapped[str]
    mailing_id: Mapped[UUID | None]
    sent_on: Mapped[date]
    state: Mapped[MessageState]
