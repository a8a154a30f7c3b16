"""Who may enrol whom (K2)."""

from uuid import UUID

from chassis.access import refusal
from contracts.access import Permission, Principal, PrincipalKind
from contracts.courses import Enrol
from contracts.errors import Invalid, NotSignedIn

GATEWAY = "gateway"


def is_staff(principal: Principal) -> bool:
    """Whether the caller works for the office, or is the suite itself (the gateway on its own behalf is not)."""
    system = principal.kind is PrincipalKind.SYSTEM and principal.id != GATEWAY
    return system or principal.has(Permission.COURSES_WRITE)


def sees_all(principal: Principal) -> bool:
    """Whether the caller may see what is not published."""
    return is_staff(principal) or principal.has(Permission.COURSES_READ)


def check_admission(request: Enrol, principal: Principal) -> None:
    """Staff enrol anybody, a person themselves, and anybody a new person; raises Invalid, NotSignedIn, NotAllowed."""
    if (request.person_id is None) == (request.new_person is None):
        raise Invalid.field("/person_id", "exactly_one", "Give either person_id or new_person.")
    if request.person_id is None or is_staff(principal):
        return
    if principal.kind is PrincipalKind.ANONYMOUS:
        raise NotSignedIn("Sign in to enrol yourself, or enrol as a new person.")
    if not _is_self(request.person_id, principal):
        raise refusal([Permission.COURSES_WRITE], "To enrol somebody else")


def _is_self(person_id: UUID, principal: Principal) -> bool:
    return principal.kind is PrincipalKind.ACCOUNT and principal.person_id == person_id
