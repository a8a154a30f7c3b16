"""Taking what the other services tell: the later fact wins, however often and in whatever order they come (C10)."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.clock import local_date
from contracts.commerce.deliveries import DeliveryFact, PurchaseSource
from contracts.commerce.orders import OrderState, PurchaseFact
from contracts.contacts.persons import PersonState
from contracts.courses import EnrolmentFact
from contracts.membership import MembershipFact
from contracts.notify import MessageFact
from services.contacts import models
from services.contacts.rules.paid_days import as_text, grace_days, paid_days


def take_memberships(session: Session, facts: Iterable[MembershipFact], number: int) -> None:
    """Keep what membership told."""
    _take(session, models.KnownMembership, "person_id", map(membership_row, facts), number)


def take_purchases(session: Session, facts: Iterable[PurchaseFact], number: int) -> None:
    """Keep what commerce told."""
    _take(session, models.KnownPurchase, "customer_id", map(_purchase, facts), number)


def take_deliveries(session: Session, facts: Iterable[DeliveryFact], number: int) -> None:
    """Keep what accounting has told commerce."""
    _take(session, models.KnownPurchase, "customer_id", map(_delivery, facts), number)


def take_enrolments(session: Session, facts: Iterable[EnrolmentFact], number: int) -> None:
    """Keep what courses told."""
    _take(session, models.KnownEnrolment, "person_id", map(_enrolment, facts), number)


def take_messages(session: Session, facts: Iterable[MessageFact], number: int) -> None:
    """Keep what notify told."""
    _take(session, models.KnownMessage, "person_id", map(_message, facts), number)


def _take(session: Session, model: Any, owner: str, rows: Iterable[dict[str, Any]], number: int) -> None:
    """Store what is new or later, in the order of ids so that two handlers never wait for each other.

    A row belongs to whom its contact was merged with, as the trigger of the table says. Nothing is kept about who was
    erased.
    """
    found = sorted(rows, key=lambda row: row["id"])
    erased = _erased(session, {row[owner] for row in found})
    fresh = [row | {"told": number} for row in found if row[owner] not in erased]
    if not fresh:
        return
    table = model.__table__
    new = insert(table)
    changes = {column.name: new.excluded[column.name] for column in table.c if not column.primary_key}
    later = new.on_conflict_do_update(index_elements=["id"], set_=changes, where=table.c.told < new.excluded.told)
    session.execute(later, fresh)


def _erased(session: Session, ids: set[UUID]) -> set[UUID]:
    person = models.Person
    return set(session.scalars(select(person.id).where(person.id.in_(ids), person.state == PersonState.ERASED)))


def membership_row(fact: MembershipFact) -> dict[str, Any]:
    """The columns of a membership but the number of the event."""
    terms = [(each.starts_on, each.ends_on) for each in fact.paid]
    ends = [last for _first, last in terms if last]
    return fact.model_dump(include={"id", "person_id", "type_code", "joined_on", "ended_on"}) | {
        "paid_until": max(ends) if ends and len(ends) == len(terms) else None,
        "active_on": as_text(paid_days(terms)),
        "grace_on": as_text(grace_days(terms, fact.grace_days)),
    }


def _purchase(fact: PurchaseFact) -> dict[str, Any]:
    return purchase_row(fact, local_date(fact.ordered_at))


def purchase_row(fact: PurchaseFact, bought_on: date) -> dict[str, Any]:
    """The columns of a purchase but the number of the event."""
    more = {"bought_on": bought_on, "product_name": "", "source": PurchaseSource.ORDER}
    return fact.model_dump(exclude={"order_id", "ordered_at"}) | more


def _delivery(fact: DeliveryFact) -> dict[str, Any]:
    return fact.model_dump(include={"id", "customer_id", "product_name", "quantity", "amount"}) | {
        "product_code": fact.product_code.lower(),
        "category": "",
        "bought_on": fact.delivered_on,
        "state": OrderState.BILLED if fact.stands else OrderState.CANCELLED,
        "source": PurchaseSource.ACCOUNTING,
    }


def _enrolment(fact: EnrolmentFact) -> dict[str, Any]:
    days = {"enrolled_on": local_date(fact.enrolled_at), "starts_on": local_date(fact.starts_at)}
    return fact.model_dump(exclude={"enrolled_at", "starts_at"}) | days


def _message(fact: MessageFact) -> dict[str, Any]:
    return fact.model_dump(exclude={"sent_at"}) | {"sent_on": local_date(fact.sent_at)}
