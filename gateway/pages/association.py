"""What every page shows of the association and of its visitor."""

import time
from dataclasses import dataclass

from flask import g

from chassis.rpc import calling, client, system_caller
from contracts.access import Permission
from contracts.base import Nothing
from contracts.commerce import CommerceApi
from contracts.errors import ServiceError
from contracts.membership import MembershipApi
from gateway.phone_numbers import grouped
from gateway.shell import Association, Shell, User

commerce = client(CommerceApi)
membership = client(MembershipApi)
ASSOCIATION_KEPT = 30.0
INBOX_KEPT = 5.0


@dataclass
class Kept:
    """Facts that may be some seconds old, so that pages do not ask for them each time."""

    association: Association | None = None
    association_until: float = 0.0
    applications: int | None = None
    applications_until: float = 0.0


_kept = Kept()


def shell_of_request() -> Shell:
    """The shell of this request; it never fails, whatever is away."""
    who = g.get("principal")
    if who is None:
        return Shell(_association())
    rights = frozenset(who.permissions)
    user = User(who.username, rights, is_staff=bool(rights), is_member=who.person_id is not None)
    inbox = _waiting_applications() if Permission.MEMBERSHIP_READ in rights else None
    return Shell(_association(), user, inbox)


def _association() -> Association:
    if _kept.association is None or _kept.association_until < time.monotonic():
        try:
            with calling(system_caller("gateway")):
                seller = commerce.get_seller(Nothing())
            contact = ", ".join(part for part in (seller.email, grouped(seller.phone)) if part)
            _kept.association = Association(seller.name, "", contact)
        except ServiceError:
            _kept.association = _kept.association or Association()
        _kept.association_until = time.monotonic() + ASSOCIATION_KEPT
    return _kept.association


def forget_association() -> None:
    """Ask anew at the next page, after the details were changed here."""
    _kept.association_until = 0.0


def _waiting_applications() -> int | None:
    """How many applications wait; asked with the caller's own rights, which see them all."""
    if _kept.applications_until < time.monotonic():
        try:
            _kept.applications = membership.get_statistics(Nothing()).applications
        except ServiceError:
            _kept.applications = None
        _kept.applications_until = time.monotonic() + INBOX_KEPT
    return _kept.applications


def forget_inbox() -> None:
    """Count anew at the next page, after a decision here."""
    _kept.applications_until = 0.0
