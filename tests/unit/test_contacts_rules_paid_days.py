"""The days that contacts keeps of a membership say the same of every day as membership's own rule (C10, M4)."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.membership import MembershipState
from services.contacts.rules.paid_days import as_text, grace_days, paid_days
from services.membership.rules.states import state_on
from services.membership.rules.terms import Term

FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 60).map(lambda days: FIRST + timedelta(days=days))
TERMS = st.lists(st.tuples(DAYS, st.one_of(st.none(), st.integers(0, 20))), max_size=4).map(
    lambda found: [(first, None if days is None else first + timedelta(days=days)) for first, days in found]
)


def holds(days, day):
    return any(each.start <= day and (each.end is None or day < each.end) for each in days)


@given(terms=TERMS, day=DAYS, grace=st.integers(0, 20))
def test_C10_days_paid_for_and_of_grace_tell_the_state(terms, day, grace):
    active, late = paid_days(terms), grace_days(terms, grace)
    if not active or min(each.start for each in active) > day:
        told = MembershipState.PENDING
    elif holds(active, day):
        told = MembershipState.ACTIVE
    else:
        told = MembershipState.GRACE if holds(late, day) else MembershipState.LAPSED
    paid = [Term(first, last) for first, last in terms]
    assert told is state_on(day, ended_on=None, paid=paid, grace_days=grace)


def test_C10_days_are_written_as_ranges():
    terms = [(FIRST, FIRST), (FIRST + timedelta(days=9), None)]
    assert as_text(paid_days(terms)) == "{[2026-01-01,2026-01-02),[2026-01-10,)}"
    assert as_text(grace_days(terms, 2)) == "{[2026-01-02,2026-01-04)}"
    assert as_text([]) == "{}"
