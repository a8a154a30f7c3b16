"""The state of a membership on a date, from facts (never stored). `queries.memberships` says the same in SQL."""

from collections.abc import Sequence
from datetime import date, timedelta

from contracts.membership import MembershipState
from services.membership.rules.terms import ONE_DAY, Term


def state_on(day: date, *, ended_on: date | None, paid: Sequence[Term], grace_days: int) -> MembershipState:
    """The state on `day`. `ended_on` is the first day without membership; `paid` are the paid terms in any order.

    A term once paid counts wholly, whenever it was paid. Benefits go on for `grace_days` after the last day of the
    latest paid term that has begun.
    """
    if ended_on is not None and ended_on <= day:
        return MembershipState.ENDED
    begun = [term for term in paid if term.starts_on <= day]
    if not begun:
        return MembershipState.PENDING
    if any(term.ends_on is None or day <= term.ends_on for term in begun):
        return MembershipState.ACTIVE
    return MembershipState.GRACE if day < lapses_on(begun, grace_days) else MembershipState.LAPSED


def lapses_on(paid: Sequence[Term], grace_days: int) -> date:
    """The first day on which a membership with these paid terms has lapsed, if nothing more is paid.

    Terms without end never lapse; then, and without any term, it is the last day a calendar knows.
    """
    ends = [term.ends_on for term in paid]
    if not ends or None in ends:
        return date.max
    return max(end for end in ends if end is not None) + timedelta(days=grace_days) + ONE_DAY
