"""Jobs of notify: a mailing's receivers, label sheets."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import cast, select, update
from sqlalchemy.dialects.postgresql import JSONB

from chassis import clock, crash, files
from chassis.jobs import Step, job
from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ByIds, JobState, Page
from contracts.contacts import ContactsApi
from contracts.contacts.persons import PersonSummary
from contracts.contacts.recipients import Recipient
from contracts.contacts.segments import SegmentMembers
from contracts.errors import NotFound
from contracts.notify import MailingState, MessageState
from services.notify import queries, segments
from services.notify.commands import label_sheets, mailings, messages
from services.notify.documents.labels import AddressLabel, InvalidLabels, render_labels
from services.notify.models import LabelSheet, Mailing

contacts = client(ContactsApi)
CHUNK = 1_000


@dataclass(frozen=True)
class _Gone:
    """Nobody can say any more who is in the segment."""

    reason: str = "The segment was deleted."
    code: str = "segment_gone"


def _next_members(params: dict[str, Any], cursor: dict[str, Any]) -> Page[PersonSummary] | _Gone | None:
    """The next chunk of the segment's persons; None when all are queued."""
    if cursor.get("expanded"):
        return None
    wanted = SegmentMembers(id=UUID(params["segment_id"]), limit=CHUNK, sort="id", cursor=cursor.get("next"))
    try:
        return contacts.list_segment_members(wanted)
    except NotFound:
        return _Gone()


def _stop(step: Step) -> None:
    mailings.fail(step.session, UUID(step.params["mailing_id"]))


@job(mailings.JOB, prepare=_next_members, failed=_stop)
def send_mailing(step: Step) -> None:
    """First the receivers, a chunk of the segment at a time; then wait until every message has left or failed."""
    mailing_id = UUID(step.params["mailing_id"])
    state = step.session.execute(select(Mailing.state).where(Mailing.id == mailing_id)).scalar_one()
    if state is MailingState.CANCELLED:
        messages.drop_waiting(step.session, mailing_id, step.now)
        _wait_for_the_last(step, mailing_id, state)
    elif isinstance(step.prepared, _Gone):
        _stop(step)
        step.fail(step.prepared.reason, code=step.prepared.code)
    elif step.prepared is not None:
        _queue(step, mailing_id, step.prepared)
    else:
        _wait_for_the_last(step, mailing_id, state)


def _queue(step: Step, mailing_id: UUID, members: Page[PersonSummary]) -> None:
    messages.queue_mailing(step.session, mailing_id, [person.id for person in members.data], step.now)
    crash.point("notify.receivers")
    found = step.cursor.get("found", 0) + len(members.data)
    step.cursor.update(next=members.next_cursor, expanded=members.next_cursor is None, found=found)
    step.progress(done=0, total=found)


def _wait_for_the_last(step: Step, mailing_id: UUID, state: MailingState) -> None:
    """Tell how many have left; end when no message is open. `step.total` is the number found in the segment."""
    waiting = queries.open_messages(step.session, mailing_id)
    total = step.cursor.get("found", 0)
    step.progress(done=max(total - waiting, 0), total=total)
    if waiting:
        step.pause(2.0 if state is MailingState.PAUSED else 0.5)
        return
    by_state = queries.counts(step.session, [mailing_id]).get(mailing_id, {})
    failed = by_state.get(MessageState.PERMANENT_FAILURE, 0)
    step.progress(done=total, total=total, errors=failed)
    step.finish({"recipients": total, "sent": by_state.get(MessageState.DELIVERED, 0), "failed": failed})
    if state is MailingState.CANCELLED:
        step.state = JobState.CANCELLED
    else:
        mailings.find(step.session, mailing_id).state = MailingState.SENT


@dataclass(frozen=True)
class _Sheet:
    """A rendered sheet, or why there is none."""

    labels: int
    without_address: int
    returned: int = 0
    banned: int = 0
    file_key: str = ""
    refused: str = ""
    code: str = ""
    rights: tuple[Permission, ...] = ()
    """Which the segment takes now; somebody may have changed it since the sheet was asked for."""


def _sheet(params: dict[str, Any], _cursor: dict[str, Any]) -> _Sheet:
    """Render and store the whole sheet, without those who have banned post."""
    segment_id = UUID(params["segment_id"])
    try:
        found, rights = _receivers(segment_id), segments.rights_of(segment_id)
    except NotFound:
        return _Sheet(0, 0, refused=_Gone.reason, code=_Gone.code)
    receivers = [each for each in found if not each.post_banned]
    banned = len(found) - len(receivers)
    labels = [AddressLabel((each.name, *each.mail_lines)) for each in receivers if each.mail_lines]
    returned = sum(1 for each in receivers if each.address_lines and not each.mail_lines)
    without = len(receivers) - len(labels) - returned
    try:
        content = render_labels(labels, params["format"], clock.now(), start=params["start_at"])
    except InvalidLabels as error:
        return _Sheet(0, without, returned, banned, refused=str(error), code=error.code)
    key = files.new_key("notify", ".pdf")
    files.store(key, content)
    return _Sheet(len(labels), without, returned, banned, key, rights=tuple(rights))


def _receivers(segment_id: UUID) -> list[Recipient]:
    found: list[Recipient] = []
    cursor: str | None = None
    while True:
        page = contacts.list_segment_members(SegmentMembers(id=segment_id, limit=CHUNK, sort="id", cursor=cursor))
        if page.data:
            found.extend(contacts.get_recipients(ByIds(ids=[person.id for person in page.data])).data)
        cursor = page.next_cursor
        if cursor is None:
            return found


@job(label_sheets.JOB, prepare=_sheet)
def make_label_sheet(step: Step) -> None:
    """Store where the rendered sheet is."""
    sheet: _Sheet = step.prepared
    if sheet.refused:
        step.fail(sheet.refused, code=sheet.code, without_address=sheet.without_address)
        return
    step.session.execute(
        update(LabelSheet)
        .where(LabelSheet.id == UUID(step.params["label_sheet_id"]))
        .values(
            file_key=sheet.file_key,
            labels=sheet.labels,
            without_address=sheet.without_address,
            returned=sheet.returned,
            banned=sheet.banned,
            rights=LabelSheet.rights.op("||")(cast([each.value for each in sheet.rights], JSONB)),
        )
    )
    step.progress(done=sheet.labels, total=sheet.labels)
    left_out = {"without_address": sheet.without_address, "returned": sheet.returned, "banned": sheet.banned}
    step.finish({"labels": sheet.labels, **left_out, "file_key": sheet.file_key})
