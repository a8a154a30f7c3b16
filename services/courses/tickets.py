"""Making tickets: holder from contacts, organiser from commerce, one PDF per confirmed enrolment (K7)."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis import files
from chassis.local_forms import span
from chassis.logs import log
from chassis.rpc import client
from chassis.settings import settings
from contracts.base import ById, ByIds, Nothing, Translated
from contracts.commerce import CommerceApi
from contracts.contacts import ContactsApi
from contracts.contacts.recipients import Recipient
from contracts.errors import Internal, NotFound
from services.courses.commands.tickets import file_key
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


def product_names(items: Iterable[Any]) -> dict[UUID, Translated]:
    """What commerce calls the products of items that have no name of their own.

    One that it cannot tell is left out, so that only tickets that name it wait; raises Unavailable.
    """
    found = {}
    for product_id in {item.product_id for item in items if item.name is None}:
        try:
            found[product_id] = commerce.get_product(ById(id=product_id)).name
        except (NotFound, Internal) as error:
            log.error("ticket_without_product", product_id=str(product_id), exc_info=error)
    return found


def store_ticket(
    row: Any, holder: Recipient, organiser_name: str, items: Iterable[Any], products: Mapping[UUID, Translated]
) -> str:
    """Render and store the ticket; the key.

    `items` are those to be named, with the names in `products` of those that have none.
    """
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
        items=tuple(_item_words(item, products, zone, holder.language) for item in items),
        issued_at=row.confirmed_at,
    )
    key = file_key(row.id)
    files.store(key, render_ticket(document, holder.language))
    return key


def _item_words(item: Any, products: Mapping[UUID, Translated], zone: ZoneInfo, language: str) -> str:
    """`Illallinen, 3.12.2026 18.00–22.00`, or the name alone when the item has no times."""
    name = products[item.product_id] if item.name is None else Translated.model_validate(item.name)
    words = name.in_language(language)
    if item.starts_at is None:
        return words
    return f"{words}, {span(item.starts_at.astimezone(zone), item.ends_at.astimezone(zone), language)}"
