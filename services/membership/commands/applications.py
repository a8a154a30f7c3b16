"""Applications: submitted on the web, decided by staff, opened when contacts has accepted the person (M7)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import outbox, redirects
from chassis.ids import derived_id
from contracts.errors import Conflict, Invalid, NotFound, Stale
from contracts.membership import (
    ApplicationApproved,
    ApplicationRejected,
    ApplicationState,
    ApplicationSubmitted,
    DecideApplication,
    Decision,
    SubmitApplication,
)
from services.membership.commands import agreements
from services.membership.models import Application
from services.membership.rules.answers import check_answers

STATE_AFTER = {Decision.APPROVE: ApplicationState.APPROVED, Decision.REJECT: ApplicationState.REJECTED}


def applicant_id(application_id: UUID) -> UUID:
    """Under which id the applicant is proposed to contacts: a repeat proposes nobody twice."""
    return derived_id(application_id, "applicant")


def check(request: SubmitApplication, today: date) -> None:
    """Raise Invalid for what the contract's types cannot refuse."""
    if not request.accepts_terms:
        raise Invalid.field("/accepts_terms", "terms_not_accepted", "Accept the terms of membership to apply.")
    if request.birth_date is not None and request.birth_date > today:
        raise Invalid.field("/birth_date", "in_the_future", f"{request.birth_date} is in the future; check the year.")
    check_answers(request.answers)


def submit(session: Session, request: SubmitApplication, application_id: UUID, now: datetime) -> Application:
    """Store the application of a person who is proposed to contacts already; raises Conflict when the id is taken."""
    person_id = applicant_id(application_id)
    application: Application | None = session.scalar(
        insert(Application)
        .values(
            id=application_id,
            membership_type_id=request.membership_type_id,
            proposed_id=person_id,
            person_id=person_id,
            state=ApplicationState.SUBMITTED,
            answers=request.answers,
            message=request.message,
            submitted_at=now,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(Application)
    )
    if application is None:
        raise Conflict(f"There is an application {application_id} already.", code="application_exists")
    outbox.record(
        session,
        ApplicationSubmitted(
            application_id=application_id, person_id=person_id, membership_type_id=request.membership_type_id
        ),
        version=application.version,
    )
    return application


def check_decision(request: DecideApplication) -> None:
    """Raise Invalid for a rejection without reason or with a contact to link."""
    if request.decision is Decision.REJECT and not request.reason:
        raise Invalid.field("/reason", "reason_missing", "Say why; the applicant reads it.")
    if request.decision is Decision.REJECT and request.link_to is not None:
        raise Invalid.field("/link_to", "not_for_rejection", "Only an approved applicant is linked to a contact.")


def decide(session: Session, request: DecideApplication, *, by: str, today: date, now: datetime) -> Application:
    """Approve or reject once; raises NotFound, Stale, or Conflict when decided before.

    An approved application waits for contacts' PersonAccepted, unless the person was accepted before.
    """
    open_one = update(Application).where(Application.id == request.id, Application.state == ApplicationState.SUBMITTED)
    if request.version is not None:
        open_one = open_one.where(Application.version == request.version)
    application: Application | None = session.scalar(
        open_one.values(
            state=STATE_AFTER[request.decision],
            decided_at=now,
            decided_by=by,
            reason=request.reason,
            version=Application.version + 1,
        ).returning(Application)
    )
    if application is None:
        raise _why_not(session.get(Application, request.id), request)
    _record_decision(session, application, request)
    if application.state is ApplicationState.APPROVED and application.accepted_at and request.link_to is None:
        _open(session, application, by=by, today=today, now=now)
    return application


def _why_not(application: Application | None, request: DecideApplication) -> Exception:
    if application is None:
        return NotFound(f"There is no application {request.id}.", id=request.id)
    if application.state is not ApplicationState.SUBMITTED:
        return Conflict(
            f"Application {application.number} is {application.state.value} already; a decision stands.",
            code="already_decided",
            number=application.number,
            state=application.state.value,
        )
    return Stale(
        f"Application {application.number} has changed since you read it (version {application.version}); look again."
    )


def _record_decision(session: Session, application: Application, request: DecideApplication) -> None:
    ids = {"application_id": application.id, "person_id": application.person_id}
    event = (
        ApplicationApproved(**ids, link_to=request.link_to)
        if request.decision is Decision.APPROVE
        else ApplicationRejected(**ids)
    )
    outbox.record(session, event, version=application.version)


def accept_person(session: Session, proposed_id: UUID, person_id: UUID, *, by: str, today: date, now: datetime) -> None:
    """The proposed person is in the register as `person_id`: an approved application is opened, once.

    Persons who did not come by an application are none of our business.
    """
    application = session.scalar(
        select(Application).where(Application.proposed_id == proposed_id).with_for_update(key_share=True)
    )
    if application is None or application.state is ApplicationState.OPENED:
        return
    application.person_id = redirects.known_as(session, person_id)
    application.accepted_at = now
    application.version += 1
    if application.state is ApplicationState.APPROVED:
        _open(session, application, by=by, today=today, now=now)
    session.flush()


def _open(session: Session, application: Application, *, by: str, today: date, now: datetime) -> None:
    opening = agreements.Opening(
        person_id=application.person_id,
        payer_id=application.person_id,
        membership_type_id=application.membership_type_id,
        application_id=application.id,
        by=by,
    )
    held = agreements.find_held(session, opening, today)
    agreement_id = held.agreement_id if held else agreements.open_agreement(session, opening, today, now).agreement_id
    application.agreement_id = agreement_id
    application.state = ApplicationState.OPENED
    session.flush()
