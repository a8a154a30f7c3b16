"""Mailings: prepared, launched once, paused and resumed; nobody gets one twice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import jobs
from chassis.ids import new_id
from contracts import notify
from contracts.errors import Conflict, Invalid, NotFound
from contracts.notify import MailingState
from services.notify.models import Mailing
from services.notify.rules.rendering import unknown_placeholders

PLACEHOLDERS = {"given_name", "family_name", "name", "seller"}


def create(session: Session, request: notify.CreateMailing, by: str, now: datetime) -> Mailing:
    """A draft; raises Invalid when a placeholder has no meaning."""
    for field in ("subject", "body"):
        unknown = unknown_placeholders(getattr(request, field), PLACEHOLDERS)
        if unknown:
            raise Invalid.field(
                f"/{field}",
                "unknown_placeholder",
                f"{{{{{unknown[0]}}}}} means nothing here; use {', '.join(sorted(PLACEHOLDERS))}.",
                placeholder=unknown[0],
            )
    if not request.body:
        raise Invalid.field("/body", "empty", "A mailing needs a text.")
    mailing = Mailing(id=new_id(), **request.model_dump(), state=MailingState.DRAFT, created_at=now, created_by=by)
    session.add(mailing)
    session.flush()
    return mailing


def launch(session: Session, mailing_id: UUID) -> str:
    """Freeze the segment's members as receivers and send, in a job; resumes a paused one. The job's id."""
    mailing = find(session, mailing_id)
    if mailing.state not in {MailingState.DRAFT, MailingState.PAUSED}:
        raise Conflict(f"The mailing is {mailing.state.value}; only a draft or a paused one can be launched.")
    mailing.state = MailingState.SENDING
    if mailing.job_id is None:
        params = {"mailing_id": str(mailing.id), "segment_id": str(mailing.segment_id)}
        mailing.job_id = jobs.start(session, "notify", "send_mailing", params)
    jobs.wake(session, "deliver_messages")
    return mailing.job_id


def pause(session: Session, mailing_id: UUID) -> Mailing:
    """Stop sending what has not left yet."""
    mailing = find(session, mailing_id)
    if mailing.state is not MailingState.SENDING:
        raise Conflict(f"The mailing is {mailing.state.value}; only one that is being sent can be paused.")
    mailing.state = MailingState.PAUSED
    session.flush()
    return mailing


def find(session: Session, mailing_id: UUID) -> Mailing:
    """The mailing; raises NotFound."""
    mailing = session.get(Mailing, mailing_id, with_for_update=True)
    if mailing is None:
        raise NotFound(f"There is no mailing {mailing_id}.", id=mailing_id)
    return mailing
