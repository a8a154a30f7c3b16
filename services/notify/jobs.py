"""Jobs of notify: a mailing's receivers, label sheets."""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from chassis import clock, files
from chassis.jobs import Step, job
from chassis.rpc import client
from contracts.base import ByIds
from contracts.contacts import ContactsApi, Recipient, SegmentMembers
from contracts.notify import MailingState, MessageState
from services.notify import queries
from services.notify.commands import messages
from services.notify.documents.labels import AddressLabel, render_labels
from services.notify.models import LabelSheet, Mailing

contacts = client(ContactsApi)
CHUNK = 1_000


def _next_members(params: dict[str, Any], cursor: dict[str, Any]) -> tuple[list[UUID], str | None]:
    """The next chunk of the segment's persons, and where to go on."""
    if cursor.get("expanded"):
        return [], None
    segment_id = UUID(params["segment_id"])
    page = contacts.list_segment_members(SegmentMembers(id=segment_id, limit=CHUNK, cursor=cursor.get("next")))
    return [person.id for person in page.data], page.next_cursor


@job("send_mailing", prepare=_next_members)
def send_mailing(step: Step) -> None:
    """First the receivers, a chunk of the segment at a time; then wait until every message has left or failed."""
    mailing_id = UUID(step.params["mailing_id"])
    if step.cursor.get("expanded"):
        _watch(step, mailing_id)
        return
    members, cursor = step.prepared
    messages.queue_mailing(step.session, mailing_id, members, step.now)
    found = step.cursor.get("found", 0) + len(members)
    step.cursor.update(next=cursor, expanded=cursor is None, found=found)
    step.progress(done=0, total=found)


def _watch(step: Step, mailing_id: UUID) -> None:
    by_state = queries.counts(step.session, [mailing_id]).get(mailing_id, {})
    total = sum(by_state.values())
    waiting = sum(by_state.get(state, 0) for state in messages.OPEN)
    failed = by_state.get(MessageState.PERMANENT_FAILURE, 0)
    step.progress(done=total - waiting, total=total, errors=failed)
    if waiting:
        step.pause(0.5)
        return
    step.session.execute(update(Mailing).where(Mailing.id == mailing_id).values(state=MailingState.SENT))
    step.finish({"recipients": total, "sent": by_state.get(MessageState.DELIVERED, 0), "failed": failed})


def _labels(params: dict[str, Any], _cursor: dict[str, Any]) -> tuple[str, int, int]:
    """Render the whole sheet: file key, labels on it, receivers without an address."""
    receivers = _receivers(UUID(params["segment_id"]))
    with_address = [each for each in receivers if each.address_lines]
    key = files.new_key("notify", ".pdf")
    labels = [AddressLabel((each.name, *each.address_lines)) for each in with_address]
    files.store(key, render_labels(labels, params["format"], clock.now(), start=params["start_at"]))
    return key, len(with_address), len(receivers) - len(with_address)


def _receivers(segment_id: UUID) -> list[Recipient]:
    found: list[Recipient] = []
    cursor: str | None = None
    while True:
        page = contacts.list_segment_members(SegmentMembers(id=segment_id, limit=CHUNK, cursor=cursor))
        if page.data:
            found.extend(contacts.get_recipients(ByIds(ids=[person.id for person in page.data])).data)
        cursor = page.next_cursor
        if cursor is None:
            return found


@job("make_label_sheet", prepare=_labels)
def make_label_sheet(step: Step) -> None:
    """Store where the rendered sheet is."""
    key, labels, without_address = step.prepared
    step.session.execute(
        update(LabelSheet)
        .where(LabelSheet.id == UUID(step.params["label_sheet_id"]))
        .values(file_key=key, labels=labels, without_address=without_address)
    )
    step.progress(done=labels, total=labels)
    step.finish({"labels": labels, "without_address": without_address, "file_key": key})
