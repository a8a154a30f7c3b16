"""What membership tells of memberships, for the read models of other services."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.telling import Told
from contracts.membership import MembershipFact, MembershipsChanged
from services.membership import models

FACTS = text("""
    SELECT m.id, coalesce(m.merged_person_id, m.person_id) AS person_id, t.code AS type_code, t.grace_days,
           m.joined_on, m.ended_on,
           coalesce((SELECT jsonb_agg(jsonb_build_object('starts_on', p.starts_on, 'ends_on', p.ends_on)
                                      ORDER BY p.starts_on)
                       FROM membership_periods p WHERE p.membership_id = m.id AND p.paid_on IS NOT NULL), '[]') AS paid
      FROM memberships m JOIN membership_types t ON t.id = m.membership_type_id
     WHERE m.id = ANY(:ids) ORDER BY m.id""")


def memberships_changed(session: Session, ids: Sequence[UUID], number: int) -> MembershipsChanged:
    """How the memberships are now."""
    rows = session.execute(FACTS, {"ids": list(ids)})
    return MembershipsChanged(number=number, memberships=[MembershipFact.model_validate(row._asdict()) for row in rows])


TOLD = (Told("membership", models.Membership, memberships_changed),)
