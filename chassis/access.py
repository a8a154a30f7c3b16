"""Deciding whether a principal may call a method, and how much of the data it then sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from contracts.access import Access, Permission, Principal, PrincipalKind, Rule
from contracts.base import Method
from contracts.errors import NotAllowed, NotSignedIn


@dataclass(frozen=True)
class Scope:
    """What an admitted caller may see: everything, only one person's things, or only one thing."""

    only_person: UUID | None = None
    only_object: UUID | None = None


EVERYTHING = Scope()
GATEWAY = "gateway"


def authorise(method: Method, principal: Principal) -> Scope:
    """The widest scope the method's rules grant this principal; raises NotSignedIn or NotAllowed.

    The suite's own services may call every method: they are the ones who check. The gateway is not one of
    them: on its own behalf it may call little. A personal link that names neither a person nor a thing opens nothing.
    """
    if principal.kind is PrincipalKind.SYSTEM and (principal.id != GATEWAY or Rule.GATEWAY in method.may):
        return EVERYTHING
    if Rule.PUBLIC in method.may and principal.kind is not PrincipalKind.LINK:
        return EVERYTHING
    if any(isinstance(right, Permission) and principal.has(right) for right in method.may):
        return EVERYTHING
    if _opens(principal, method):
        return Scope(principal.person_id, principal.link_object)
    if Rule.OWN in method.may and principal.kind is PrincipalKind.ACCOUNT and principal.person_id:
        return Scope(principal.person_id)
    if Rule.SIGNED_IN in method.may and principal.kind in {PrincipalKind.ACCOUNT, PrincipalKind.API_KEY}:
        return EVERYTHING
    if Rule.PUBLIC in method.may:
        return EVERYTHING
    if principal.kind is PrincipalKind.ANONYMOUS:
        raise NotSignedIn("Sign in to do this.")
    raise refusal(method.may)


def refusal(may: Iterable[Access], what: str = "This", code: str | None = None) -> NotAllowed:
    """Says which permissions are missing, of which one is enough; rules and purposes of links are nobody's to get."""
    rights = [right.value for right in may if isinstance(right, Permission)]
    if not rights:
        return NotAllowed(f"{what} is not open to you.", code=code)
    return NotAllowed(f"{what} needs the right {' or '.join(rights)}.", code=code, rights=",".join(rights))


def refuse_unless_starter(principal: Principal, starter: str) -> None:
    """What somebody started is stopped and undone by them, by who operates the suite, and by the suite itself."""
    if principal.kind is PrincipalKind.SYSTEM or principal.has(Permission.SYSTEM_OPERATE):
        return
    if principal.label != starter:
        raise refusal([Permission.SYSTEM_OPERATE], "What somebody else started", code="not_the_starter")


def _opens(principal: Principal, method: Method) -> bool:
    """Whether the principal is a personal link of the method's purpose, to something."""
    names_something = principal.person_id is not None or principal.link_object is not None
    return principal.kind is PrincipalKind.LINK and principal.link_purpose in method.may and names_something
