"""Agreements: opening one gives a membership and a first period, which commerce bills (M6)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.ids import new_id
from contracts.errors import Conflict, NotFound
from contracts.membership import AgreementOpened, MembershipState
from services.membership.commands.history import note
from services.membership.models import Agreement, Membership, MembershipPeriod, MembershipType
from services.membership.rules.states import lapses_on, state_on
from services.membership.rules.terms import Term, first_term


@dataclass(frozen=True)
class Opening:
    """Who becomes a member of which type, who pays, and on whose word."""

    person_id: UUID
    payer_id: UUID
    membership_type_id: UUID
    application_id: UUID | None
    by: str


def find_type(session: Session, type_id: UUID) -> MembershipType:
    """The membership type; raises NotFound."""
    found = session.get(MembershipType, type_id)
    if found is None:
        raise NotFound(f"There is no membership type {type_id}.", id=type_id)
    return found


def find_held(session: Session, opening: Opening, today: date) -> Membership | None:
    """The person's membership of this type that has neither ended nor lapsed; a lapsed one is ended here."""
    memberships = session.scalars(
        select(Membership)
        .where(
            Membership.person_id == func.known_as(opening.person_id),
            Membership.membership_type_id == opening.membership_type_id,
            or_(Membership.ended_on.is_(None), Membership.ended_on > today),
        )
        .order_by(Membership.number)
        .with_for_update(key_share=True)
    ).all()
    held = [each for each in memberships if not _end_lapsed(session, each, today)]
    return held[0] if held else None


def _end_lapsed(session: Session, membership: Membership, today: date) -> bool:
    """End the membership if it has lapsed; whether it has."""
    grace_days = find_type(session, membership.membership_type_id).grace_days
    paid = paid_terms(session, membership.id)
    if state_on(today, ended_on=membership.ended_on, paid=paid, grace_days=grace_days) is not MembershipState.LAPSED:
        return False
    membership.ended_on = lapses_on(paid, grace_days)
    membership.version += 1
    session.flush()
    return True


def paid_terms(session: Session, membership_id: UUID) -> list[Term]:
    """The terms paid so far."""
    periods = session.scalars(
        select(MembershipPeriod).where(
            MembershipPeriod.membership_id == membership_id, MembershipPeriod.paid_on.is_not(None)
        )
    )
    return [period.term for period in periods]


def open_agreement(session: Session, opening: Opening, today: date, now: datetime) -> Membership:
    """A new agreement with its membership and first period, from today; raises Conflict for a second of the type."""
    membership_type = find_type(session, opening.membership_type_id)
    agreement = Agreement(
        id=new_id(),
        person_id=opening.person_id,
        payer_id=opening.payer_id,
        membership_type_id=membership_type.id,
        application_id=opening.application_id,
        opened_on=today,
        opened_by=opening.by,
    )
    membership = Membership(
        id=new_id(),
        agreement_id=agreement.id,
        membership_type_id=membership_type.id,
        person_id=opening.person_id,
        payer_id=opening.payer_id,
        joined_on=today,
        version=1,
    )
    term = first_term(membership_type.period, today)
    period = MembershipPeriod(id=new_id(), membership_id=membership.id, starts_on=term.starts_on, ends_on=term.ends_on)
    _insert(session, agreement, membership, period)
    note(session, membership.id, "joined", today, by=opening.by, now=now)
    outbox.record(
        session,
        AgreementOpened(
            agreement_id=agreement.id,
            membership_id=membership.id,
            person_id=opening.person_id,
            payer_id=opening.payer_id,
            product_ids=membership_type.product_ids,
            period_starts_on=term.starts_on,
            period_ends_on=term.ends_on,
        ),
        version=membership.version,
    )
    return membership


def _insert(session: Session, *rows: Agreement | Membership | MembershipPeriod) -> None:
    try:
        for row in rows:
            session.add(row)
            session.flush()
    except IntegrityError as error:
        if "ex_memberships_one_of_a_type" in str(error.orig):
            raise already_member() from error
        raise


def already_member() -> Conflict:
    """The answer to a second membership of the same type at a time."""
    return Conflict("This person holds a membership of this type already; end it first.", code="already_member")
