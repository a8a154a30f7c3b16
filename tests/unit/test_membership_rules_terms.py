"""Terms and states of memberships (M1, M4, M9)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.membership import MembershipState, PeriodRule
from services.membership.rules.states import lapses_on, state_on
from services.membership.rules.terms import ONE_DAY, Term, first_term, next_term

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
WITH_END = st.sampled_from([PeriodRule.CALENDAR_YEAR, PeriodRule.ROLLING_YEAR])


@pytest.mark.parametrize(
    ("rule", "starts_on", "ends_on"),
    [
        (PeriodRule.CALENDAR_YEAR, date(2026, 11, 24), date(2026, 12, 31)),
        (PeriodRule.CALENDAR_YEAR, date(2026, 12, 31), date(2026, 12, 31)),
        (PeriodRule.ROLLING_YEAR, date(2026, 11, 24), date(2027, 11, 23)),
        (PeriodRule.ROLLING_YEAR, date(2028, 2, 29), date(2029, 2, 28)),
        (PeriodRule.ROLLING_YEAR, date(2027, 3, 1), date(2028, 2, 29)),
        (PeriodRule.LIFETIME, date(2026, 11, 24), None),
    ],
)
def test_M1_first_term_by_rule(rule, starts_on, ends_on):
    assert first_term(rule, starts_on) == Term(starts_on, ends_on)


def test_M9_rolling_year_from_a_leap_day_comes_back_to_it():
    joined = date(2024, 2, 29)
    term = first_term(PeriodRule.ROLLING_YEAR, joined)
    starts = [joined]
    for _ in range(4):
        term = next_term(PeriodRule.ROLLING_YEAR, joined, term)
        starts.append(term.starts_on)
    assert starts == [date(2024, 2, 29), date(2025, 3, 1), date(2026, 3, 1), date(2027, 3, 1), date(2028, 2, 29)]


@given(WITH_END, DAYS, st.integers(1, 12))
def test_M9_terms_follow_each_other_without_gap_or_overlap(rule, joined_on, years):
    term = first_term(rule, joined_on)
    for _ in range(years):
        following = next_term(rule, joined_on, term)
        assert following.starts_on == term.ends_on + ONE_DAY
        assert following.starts_on <= following.ends_on
        assert (following.ends_on - following.starts_on).days in {364, 365}
        term = following


def test_M1_nothing_follows_a_lifetime():
    assert next_term(PeriodRule.LIFETIME, date(2026, 1, 1), Term(date(2026, 1, 1), None)) is None


PAID_2026 = [Term(date(2026, 3, 1), date(2026, 12, 31))]


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 2, 28), MembershipState.PENDING),
        (date(2026, 3, 1), MembershipState.ACTIVE),
        (date(2026, 12, 31), MembershipState.ACTIVE),
        (date(2027, 1, 1), MembershipState.GRACE),
        (date(2027, 1, 30), MembershipState.GRACE),
        (date(2027, 1, 31), MembershipState.LAPSED),
    ],
)
def test_M4_state_on_each_side_of_its_borders(day, state):
    assert state_on(day, ended_on=None, paid=PAID_2026, grace_days=30) is state


def test_M4_ended_from_the_day_of_its_end_whatever_is_paid():
    assert state_on(date(2026, 5, 31), ended_on=date(2026, 6, 1), paid=PAID_2026, grace_days=30) == "active"
    assert state_on(date(2026, 6, 1), ended_on=date(2026, 6, 1), paid=PAID_2026, grace_days=30) == "ended"


def test_M4_a_lifetime_never_lapses():
    paid = [Term(date(2026, 3, 1), None)]
    assert state_on(date(2999, 1, 1), ended_on=None, paid=paid, grace_days=0) is MembershipState.ACTIVE
    assert lapses_on(paid, 0) == date.max


@given(st.integers(0, 365), st.integers(-400, 800))
def test_M4_lapses_on_is_the_first_lapsed_day(grace_days, offset):
    day = date(2026, 12, 31) + timedelta(days=offset)
    lapsed = state_on(day, ended_on=None, paid=PAID_2026, grace_days=grace_days) is MembershipState.LAPSED
    assert lapsed == (day >= lapses_on(PAID_2026, grace_days))
