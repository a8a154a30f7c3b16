"""What a person may be written about (C17)."""

from uuid import UUID

from sqlalchemy import Connection, func, select

from contracts.contacts.consents import Consent, Consents, ContactChannel
from services.contacts import models

PERSONS, CONSENTS = models.Person.__table__.c, models.Consent.__table__.c


def of_person(reader: Connection, person_id: UUID) -> Consents:
    """Every channel with the ban that holds now, and the time of the last word about it."""
    banned = set(reader.execute(select(PERSONS.banned_channels).where(PERSONS.id == person_id)).scalar() or [])
    last = select(CONSENTS.channel, func.max(CONSENTS.recorded_at)).where(CONSENTS.person_id == person_id)
    said = {row[0]: row[1] for row in reader.execute(last.group_by(CONSENTS.channel))}
    return Consents(
        data=[
            Consent(channel=channel, allowed=channel.value not in banned, recorded_at=said.get(channel))
            for channel in ContactChannel
        ]
    )
