"""What a person may be written about (C17)."""

from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import distinct_on

from contracts.contacts.consents import Consent, Consents, ContactChannel
from services.contacts import models

PERSONS, CONSENTS = models.Person.__table__.c, models.Consent.__table__.c


def of_person(reader: Connection, person_id: UUID) -> Consents:
    """Every channel with the ban that holds now, and the last word about it with its evidence."""
    banned = set(reader.execute(select(PERSONS.banned_channels).where(PERSONS.id == person_id)).scalar() or [])
    last = (
        select(CONSENTS.channel, CONSENTS.recorded_at, CONSENTS.recorded_by, CONSENTS.evidence)
        .ext(distinct_on(CONSENTS.channel))
        .where(CONSENTS.person_id == person_id)
        .order_by(CONSENTS.channel, CONSENTS.recorded_at.desc(), CONSENTS.id.desc())
    )
    said = {row.channel: row._asdict() for row in reader.execute(last)}
    return Consents(
        data=[
            Consent(allowed=channel.value not in banned, **said.get(channel, {"channel": channel}))
            for channel in ContactChannel
        ]
    )
