"""Making tickets: holder from contacts, organiser from commerce, one PDF per confirmed enrolment (K7)."""

from typing import Any
from zoneinfo import ZoneInfo

from chassis import files
from chassis.rpc import client
from chassis.settings import settings
from contracts.base import ByIds, Nothing, Translated
from contracts.commerce import CommerceApi
from contracts.contacts import ContactsApi
from contracts.contacts.recipients import Recipient
from services.courses.documents.ticket import TicketDocument, render_ticket

contacts = client(ContactsApi)
commerce = client(CommerceApi)


def holders(claimed: list[Any]) -> dict[Any, Recipient]:
    """The persons whose tickets these are, by id, as contacts knows them; raises Unavailable."""
    found = contacts.get_recipients(ByIds(ids=[row.person_id for row in claimed])).data
    return {recipient.id: recipient for recipient in found}


def organiser() -> str:
    """The association's name; raises Unavailable."""
    return commerce.get_seller(Nothing()).name


def store_ticket(row: Any, holder: Recipient, organiser_name: str) -> str:
    """Render and store the ticket under a key of the enrolment's own, so that a repeat replaces it; the key."""
    zone = ZoneInfo(settings().talkoo_time_zone)
    document = TicketDocument(
        payload=row.ticket_code,
        code=row.ticket_code,
        holder_name=holder.name,
        title=Translated.model_validate(row.name).in_language(holder.language),
        organiser=organiser_name,
        starts_at=row.starts_at.astimezone(zone),
        ends_at=row.ends_at.astimezone(zone),
        venue=row.place,
        address=row.city,
        issued_at=row.confirmed_at,
    )
    key = f"courses/{row.id}.pdf"
    files.store(key, render_ticket(document, holder.language))
    return key
