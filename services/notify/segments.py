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
from services.notify.models import LabelSheet

contacts = client(ContactsApi)


def check(segment_id: UUID, principal: Principal, *rights: Permission) -> list[Permission]:
    """Which rights it takes to know who is in it: receivers and labels tell.

    Raises NotFound, Conflict for a segment that finds organisations, NotAllowed for who lacks one of them or of the
    given rights.
    """
    told = rights_of(segment_id)
    refuse_without([*rights, *told], principal, "To write to this segment")
    contacts.list_segment_members(SegmentMembers(id=segment_id, limit=1, sort="id"))
    return told


def rights_of(segment_id: UUID) -> list[Permission]:
    """Which rights it takes, besides to read contacts, to know who is in it now; raises NotFound."""
    return contacts.get_segment_rights(ById(id=segment_id)).rights


def refuse_labels(sheet: LabelSheet, principal: Principal) -> None:
    """Raise NotAllowed for who may not know who is on the sheet; for one of before 0014 its segment says it now."""
    try:
        told = rights_of(sheet.segment_id) if sheet.rights is None else [Permission(each) for each in sheet.rights]
    except NotFound:
        raise Conflict("The segment of these labels was taken away; make them anew.", code="segment_gone") from None
    refuse_without([Permission.CONTACTS_READ, *told], principal, "To see these labels")


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
