"""Mailings: prepared, launched once, paused and resumed, cancelled; nobody gets one twice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import jobs
from chassis.ids import new_id
from contracts import notify
from contracts.base import JobState
from contracts.errors import Conflict, Invalid, NotFound
from contracts.notify import MailingState
from services.notify.commands import messages
from services.notify.models import Mailing
from services.notify.rules.rendering import PLACEHOLDER, unknown_placeholders

PLACEHOLDERS = {"given_name", "family_name", "name", "seller"}
LINK = "link"
"""Stands for the receiver's own link to the survey, or to the own details, that a mailing asks for."""
JOB = "send_mailing"


def create(session: Session, request: notify.CreateMailing, by: str, now: datetime) -> UUID:
    """A draft; raises Invalid when a placeholder has no meaning."""
    if request.survey_id and request.check_details:
        raise Invalid.field("/check_details", "one_link", "A mailing has one link: to a survey or to the own details.")
    asks = request.survey_id is not None or request.check_details
    known = PLACEHOLDERS | ({LINK} if asks else set())
    for field in ("subject", "body"):
        unknown = unknown_placeholders(getattr(request, field), known)
        if unknown:
            raise Invalid.field(
                f"/{field}",
                "unknown_placeholder",
                f"{{{{{unknown[0]}}}}} means nothing here; use {', '.join(sorted(known))}.",
                placeholder=unknown[0],
            )
    if not request.body:
        raise Invalid.field("/body", "empty", "A mailing needs a text.")
    if asks and LINK not in PLACEHOLDER.findall(request.body):
        raise Invalid.field("/body", "link_missing", "Write {{link}} where the link is to stand.")
    mailing = Mailing(id=new_id(), **request.model_dump(), state=MailingState.DRAFT, created_at=now, created_by=by)
    session.add(mailing)
    session.flush()
    return mailing.id


def launch(session: Session, mailing_id: UUID) -> str:
    """Freeze the segment's members as receivers and send, in a job; resumes what is paused or whose job failed."""
    mailing = find(session, mailing_id)
    stuck = mailing.state is MailingState.SENDING and _job_failed(session, mailing)
    if mailing.state not in {MailingState.DRAFT, MailingState.PAUSED, MailingState.FAILED} and not stuck:
        raise Conflict(f"The mailing is {mailing.state.value}; only one that is not being sent can be launched.")
    mailing.state = MailingState.SENDING
    if mailing.job_id is None or _job_failed(session, mailing):
        params = {"mailing_id": str(mailing.id), "segment_id": str(mailing.segment_id)}
        mailing.job_id = jobs.start(session, "notify", JOB, params)
    session.flush()
    jobs.wake(session, messages.DELIVER)
    return mailing.job_id


def _job_failed(session: Session, mailing: Mailing) -> bool:
    return mailing.job_id is not None and jobs.get(session, mailing.job_id).state == JobState.FAILED


def pause(session: Session, mailing_id: UUID) -> None:
    """Stop sending. What a worker has claimed at this moment (one batch) still leaves."""
    mailing = find(session, mailing_id)
    if mailing.state is not MailingState.SENDING:
        raise Conflict(f"The mailing is {mailing.state.value}; only one that is being sent can be paused.")
    mailing.state = MailingState.PAUSED
    session.flush()


def fail(session: Session, mailing_id: UUID) -> None:
    """Its job has failed: what has not left waits until the mailing is launched again, or cancelled."""
    mailing = find(session, mailing_id)
    if mailing.state in {MailingState.SENDING, MailingState.PAUSED}:
        mailing.state = MailingState.FAILED
        session.flush()


def cancel(session: Session, mailing_id: UUID, now: datetime) -> None:
    """Never send what has not left yet; the mailing's job gives it up, if it still works. Cancelling twice is fine."""
    mailing = find(session, mailing_id)
    if mailing.state is MailingState.SENT:
        raise Conflict("The mailing is sent already; it cannot be cancelled.")
    mailing.state = MailingState.CANCELLED
    session.flush()
    if _job_failed(session, mailing):
        messages.drop_waiting(session, mailing_id, now)


def cancel_of_job(session: Session, job_id: str, now: datetime) -> None:
    """Cancel the mailing whose job this is, unless it is sent."""
    mailing_id = session.scalars(select(Mailing.id).where(Mailing.job_id == job_id)).first()
    if mailing_id is not None and find(session, mailing_id).state is not MailingState.SENT:
        cancel(session, mailing_id, now)


def find(session: Session, mailing_id: UUID) -> Mailing:
    """The mailing, locked; raises NotFound."""
    mailing = session.get(Mailing, mailing_id, with_for_update=True)
    if mailing is None:
        raise NotFound(f"There is no mailing {mailing_id}.", id=mailing_id)
    return mailing
