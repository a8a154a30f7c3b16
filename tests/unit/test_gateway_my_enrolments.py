"""What the own pages say of an enrolment (K7)."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.ids import new_id
from contracts.courses import Enrolment, EnrolmentState, PaymentMethod
from gateway.pages.my_enrolments import gets_ticket


@pytest.mark.parametrize(
    ("state", "ends_in_hours", "ticket_key", "expected"),
    [
        (EnrolmentState.CONFIRMED, 1, None, True), (EnrolmentState.CONFIRMED, 1, "courses/x.pdf", False),
        (EnrolmentState.CONFIRMED, -1, None, False), (EnrolmentState.HELD, 1, None, False),
    ],
)  # fmt: skip
def test_K7_a_ticket_is_promised_while_the_session_is_not_over(state, ends_in_hours, ticket_key, expected):
    now = clock.now()
    ids = {"id": new_id(), "session_id": new_id(), "person_id": new_id()}
    times = {"created_at": now, "session_ends_at": now + timedelta(hours=ends_in_hours)}
    enrolled = Enrolment(**ids, **times, state=state, payment=PaymentMethod.CARD, ticket_key=ticket_key)
    assert gets_ticket(enrolled) is expected
