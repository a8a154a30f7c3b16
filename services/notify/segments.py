"""Whether somebody may write to a segment. Contacts knows who is in it, and which facts of others that tells."""

from collections.abc import Iterable
from uuid import UUID

from chassis.access import refusal
from chassis.rpc import client
from contracts import notify
from contracts.access import Permission, Principal, PrincipalKind
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.segments import SegmentMembers
from contracts.errors import Conflict, NotFound

contacts = client(ContactsApi)


def check(segment_id: UUID, principal: Principal, *rights: Permission) -> None:
    """Raise NotFound, Conflict for a segment that finds organisations, NotAllowed for who lacks one of these rights,
    or may not read the facts that say who is in it: receivers and labels would tell."""
    told = contacts.get_segment_rights(ById(id=segment_id))
    refuse_without([*rights, *told.rights], principal, "To write to this segment")
    contacts.list_segment_members(SegmentMembers(id=segment_id, limit=1, sort="id"))


def refuse_without(rights: Iterable[Permission], principal: Principal, what: str) -> None:
    """Raise NotAllowed for who lacks one of these rights; the suite's own services lack none."""
    for right in rights if principal.kind is not PrincipalKind.SYSTEM else ():
        if not principal.has(right):
            raise refusal([right], what)


def refuse_gone(mailing: notify.Mailing, principal: Principal) -> None:
    """Raise Conflict when it has to be asked who gets it, and the segment was taken away; else as `check`."""
    if mailing.state not in {notify.MailingState.DRAFT, notify.MailingState.FAILED}:
        return
    try:
        check(mailing.segment_id, principal)
    except NotFound:
        message = "The segment of this mailing was taken away; bring it back, or make a new mailing."
        raise Conflict(message, code="segment_gone") from None
