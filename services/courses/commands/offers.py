"""Taking a seat that was offered to the waiting list (K2)."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from contracts.commerce.prices import Quote
from contracts.courses import EnrolmentState
from contracts.errors import Conflict
from services.courses.commands.enrolments import record_seat, seat_values
from services.courses.models import Enrolment
from services.courses.rules.booking import Offer


def take(session: Session, offer: Offer, quote: Quote, now: datetime) -> None:
    """Turn an offer that still stands into a held seat; raises Conflict when it does not stand any more."""
    values = seat_values(offer.hold_minutes, offer.payment, quote, now)
    row = session.execute(
        update(Enrolment)
        .where(
            Enrolment.id == offer.enrolment_id, Enrolment.state == EnrolmentState.OFFERED, Enrolment.expires_at > now
        )
        .values(**values, version=Enrolment.version + 1)
        .returning(Enrolment.session_id, Enrolment.person_id, Enrolment.version)
    ).first()
    if row is None:
        raise no_offer()
    ids = {"id": offer.enrolment_id, "session_id": row.session_id, "person_id": row.person_id}
    record_seat(session, values | ids | {"payment": offer.payment}, row.version)


def no_offer() -> Conflict:
    """The answer to somebody who comes too late, or a second time."""
    return Conflict("This seat is not on offer (any more).", code="no_offer")
