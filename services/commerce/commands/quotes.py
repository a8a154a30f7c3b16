"""Quotes: prices confirmed for a day, that enrolments and orders refer to (E2)."""

from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.commerce.prices import AskQuote, Quote
from services.commerce import models
from services.commerce.config import KEEP_QUOTES, QUOTE_LIFETIME
from services.commerce.prices import Buyer, priced_lines, total_of


def make_quote(session: Session, request: AskQuote, buyer: Buyer, on: date, now: datetime) -> Quote:
    """Price the lines and keep the result; raises Invalid."""
    lines = priced_lines(session, request.lines, buyer, on)
    quote = Quote(
        id=new_id(), customer_id=buyer.customer_id, lines=lines, total=total_of(lines), expires_at=now + QUOTE_LIFETIME
    )
    session.add(
        models.Quote(
            id=quote.id,
            customer_id=quote.customer_id,
            lines=[line.model_dump(mode="json") for line in lines],
            total=quote.total,
            created_at=now,
            expires_at=quote.expires_at,
        )
    )
    return quote


def drop_old(session: Session, now: datetime, at_most: int = 5_000) -> bool:
    """Forget quotes long expired; True when there may be more."""
    old = select(models.Quote.id).where(models.Quote.expires_at < now - KEEP_QUOTES).limit(at_most)
    gone = session.execute(delete(models.Quote).where(models.Quote.id.in_(old)).returning(models.Quote.id))
    return len(gone.all()) == at_most
