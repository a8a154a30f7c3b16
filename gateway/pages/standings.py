"""Whether a person is a member, in one sentence."""

from collections.abc import Callable
from typing import Any, Final

from flask_babel import gettext as _

from contracts.membership import Membership, MembershipState
from gateway.i18n import local_date


def standing_of(memberships: Any) -> tuple[str, str]:
    """In one sentence whether the person is a member, and its kind for `page.state`; empty when nobody can tell."""
    if not memberships:
        return "", ""
    by_state = {each.state: each for each in reversed(memberships.data)}
    for state, told in STANDINGS.items():
        if state in by_state:
            return told(by_state[state])
    return _("Not a member"), ""


def _in_force(found: Membership) -> tuple[str, str]:
    if found.paid_until is None:
        return _("Member since %(year)s", year=found.joined_on.year), "good"
    until = local_date(found.paid_until)
    return _("Member since %(year)s, paid until %(day)s", year=found.joined_on.year, day=until), "good"


STANDINGS: Final[dict[MembershipState, Callable[[Membership], tuple[str, str]]]] = {
    MembershipState.ACTIVE: _in_force,
    MembershipState.GRACE: lambda found: (_("Member since %(year)s, fee is late", year=found.joined_on.year), "warn"),
    MembershipState.PENDING: lambda _found: (_("Membership waits for its first payment"), "warn"),
    MembershipState.LAPSED: lambda _found: (_("Not a member: the membership has lapsed"), "bad"),
    MembershipState.ENDED: lambda _found: (_("Not a member any more"), ""),
}
