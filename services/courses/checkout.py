"""Enrolment checkout: from the seat held to the seat confirmed, across courses and commerce.

    enrol ---- a seat is free ---> HELD ---- PaymentCaptured, OrderBilled ---> CONFIRMED
      |                             |  \\___ nothing to pay: confirmed at once ___/
      |                             +-- HoldExpired (worker) ---> EXPIRED -- late payment: a seat again, or refund
      +------ full --> WAITING -- SeatOffered --> OFFERED -- take_offer --> HELD
                                                   +-- HoldExpired (worker) --> EXPIRED, offered to the next
    cancel_enrolment ends each of them (CANCELLED); the seat is offered to the first who waits.

Commerce makes the order from SeatHeld, cancels it at HoldExpired, and gives money back at EnrolmentCancelled.
Events may come twice, late, and in any order: each step looks at the state it finds.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.base import Event
from contracts.commerce.orders import OrderBilled
from contracts.commerce.payments import PaymentCaptured
from services.courses.commands.confirmations import confirm

Step = Callable[[Session, UUID, datetime], None]
ABOUT = "enrolment"

STEPS: dict[type[Event], Step] = {
    PaymentCaptured: confirm,
    OrderBilled: confirm,
}


def advance(session: Session, event: PaymentCaptured | OrderBilled, now: datetime) -> None:
    """Take the step for an event of commerce about an enrolment; what is about other things is not ours."""
    if event.about_kind == ABOUT and event.about_id is not None:
        STEPS[type(event)](session, event.about_id, now)
