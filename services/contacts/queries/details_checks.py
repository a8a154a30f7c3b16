"""What a person may check and correct, and how many have (C19)."""

from uuid import UUID

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from contracts.contacts.contact_points import ContactPoint
from contracts.contacts.details_checks import DetailsChecks, OwnDetails
from services.contacts import mastership, models, points
from services.contacts.queries import persons

CHECKS = models.DetailsCheck.__table__.c
SHOWN = (
    "version", "given_name", "family_name", "email", "phone", "other_emails", "other_phones", "language", "addresses",
)  # fmt: skip


def own(session: Session, person_id: UUID) -> OwnDetails:
    """The person's own details; raises NotFound."""
    person = persons.get(session.connection(), person_id, person_id)
    locked = mastership.mastership(session, "person").locked(person.customer_status, person.customer_number)
    return OwnDetails(
        **{name: getattr(person, name) for name in SHOWN},
        points=[ContactPoint.model_validate(row._asdict()) for row in points.of_contact(session, person_id)],
        locked=locked,
    )


def count(reader: Connection, mailing_id: UUID) -> DetailsChecks:
    """How many have checked their details after a mailing."""
    corrected = func.count().filter(CHECKS.corrected)
    row = reader.execute(select(func.count(), corrected).where(CHECKS.mailing_id == mailing_id)).one()
    return DetailsChecks(mailing_id=mailing_id, checked=row[0], corrected=row[1])
