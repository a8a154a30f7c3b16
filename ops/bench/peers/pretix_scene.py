"""pretix's event, orders and imports: `python -m ops.bench.peers.pretix_scene set-up ORDERS SEED | import FILE`.

Run by pretix's own Python, under which only it and the standard library are there. The last line is JSON.
"""

import itertools
import json
import sys
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.files.base import ContentFile
from django.db import connection
from django.utils.timezone import now
from django_scopes import scopes_disabled
from pretix.base.models import (
    CachedFile,
    Event,
    InvoiceAddress,
    Item,
    Order,
    OrderPayment,
    OrderPosition,
    Organizer,
    Team,
    User,
)
from pretix.base.services.modelimport import import_orders

from ops import people

SLUG = "peer"
SCHEME = "given_family"
PRICE, NO_TAX = Decimal("10.00"), Decimal("0.00")
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ379"
"""Of which pretix makes the codes of orders."""
AT_ONCE = 5_000
READ = ("pretixbase_order", "pretixbase_orderposition", "pretixbase_orderpayment", "pretixbase_invoiceaddress")
"""Tables that a search reads."""
IMPORT = {
    "email": "csv:Sähköposti",
    "phone": "csv:Puhelin",
    "attendee_name_given_name": "csv:Etunimi",
    "attendee_name_family_name": "csv:Sukunimi",
    "attendee_email": "csv:Sähköposti",
    "attendee_street": "csv:Osoite",
    "attendee_zipcode": "csv:Postinumero",
    "attendee_city": "csv:Postitoimipaikka",
    "attendee_country": "static:FI",
    "sales_channel": "static:web",
    "price": "static:10",
    "status": "pending",
    "orders": "many",
    "testmode": False,
}
"""Which column of the file says what; dates of birth and languages have no place in an order of ours.

Orders that are still to be paid are what pretix imports fastest: nothing follows from a payment.
"""


def set_up(orders: int, seed: int) -> dict[str, Any]:
    """An organizer whose event has so many paid orders of one person each."""
    organizer = Organizer.objects.create(name=SLUG, slug=SLUG)
    event = Event.objects.create(
        organizer=organizer, name=SLUG, slug=SLUG, currency="EUR", date_from=now() + timedelta(days=30), live=True
    )
    event.settings.name_scheme = SCHEME
    Item.objects.create(event=event, name="Seat", default_price=PRICE)
    User.objects.create_user("office@example.org")
    invented = people.persons(orders, seed, domain=f"seed{seed}.example.org")
    while chunk := list(itertools.islice(invented, AT_ONCE)):
        _write(event, chunk)
    _settle()
    return {"token": _token(organizer), "orders_path": f"/api/v1/organizers/{SLUG}/events/{SLUG}/orders/"}


def _token(organizer: Any) -> str:
    team = Team.objects.create(organizer=organizer, name=SLUG, all_events=True, all_event_permissions=True)
    return str(team.tokens.create(name=SLUG).token)


def _write(event: Any, persons: list[people.InventedPerson]) -> None:
    """Orders with what an import makes of a person: position, payment, and an address for an invoice."""
    item, channel = event.items.get(), event.organizer.sales_channels.get(identifier="web")
    orders = Order.objects.bulk_create(_order(event, channel, person) for person in persons)
    pairs = list(zip(orders, persons, strict=True))
    OrderPosition.objects.bulk_create(_position(event, item, order, person) for order, person in pairs)
    OrderPayment.objects.bulk_create(map(_payment, orders))
    InvoiceAddress.objects.bulk_create(_address(order, person) for order, person in pairs)


def _order(event: Any, channel: Any, person: people.InventedPerson) -> Any:
    at = now() - timedelta(minutes=person.number)
    return Order(
        event=event, organizer=event.organizer, code=code(person.number), status=Order.STATUS_PAID, email=person.email,
        phone=person.phone, locale="en", datetime=at, expires=at + timedelta(days=14), total=PRICE,
        sales_channel=channel, meta_info="{}",
    )  # fmt: skip


def _position(event: Any, item: Any, order: Any, person: people.InventedPerson) -> Any:
    return OrderPosition(
        order=order, organizer=event.organizer, item=item, price=PRICE, tax_rate=NO_TAX, tax_value=NO_TAX,
        attendee_name_cached=f"{person.given_name} {person.family_name}", attendee_name_parts=_name(person),
        attendee_email=person.email, street=person.street, zipcode=person.postal_code, city=person.city, country="FI",
        secret=f"{order.code}{'0' * 27}", pseudonymization_id=f"{order.code}{'A' * 5}", meta_info="{}",
    )  # fmt: skip


def _payment(order: Any) -> Any:
    return OrderPayment(
        order=order, local_id=1, amount=PRICE, provider="manual", info="{}", payment_date=order.datetime,
        state=OrderPayment.PAYMENT_STATE_CONFIRMED,
    )  # fmt: skip


def _address(order: Any, person: people.InventedPerson) -> Any:
    return InvoiceAddress(
        order=order, name_cached=f"{person.given_name} {person.family_name}", name_parts=_name(person),
        street=person.street, zipcode=person.postal_code, city=person.city, country="FI",
    )  # fmt: skip


def _name(person: people.InventedPerson) -> dict[str, str]:
    return {"_scheme": SCHEME, "given_name": person.given_name, "family_name": person.family_name}


def code(number: int) -> str:
    """Five letters, another for each number; they look as those that pretix draws."""
    mixed = number * 7_368_787 % len(LETTERS) ** 5
    return "".join(LETTERS[mixed // len(LETTERS) ** place % len(LETTERS)] for place in range(5))


def _settle() -> None:
    with connection.cursor() as cursor:
        for table in READ:
            cursor.execute(f"VACUUM (ANALYZE) {table}")


def bring_in(file: Path) -> dict[str, Any]:
    """Have pretix's worker import a file, as its page does; seconds from the hand-over to the end, and orders made."""
    event, user = Event.objects.get(slug=SLUG), User.objects.get(email="office@example.org")
    cached = CachedFile.objects.create(filename="import.csv", type="text/csv")
    cached.file.save("import.csv", ContentFile(file.read_bytes()))
    wanted = {**IMPORT, "item": f"static:{event.items.get().pk}"}
    before, began = event.orders.count(), time.perf_counter()
    import_orders.apply_async(args=(event.pk, str(cached.pk), wanted, "en", user.pk, "utf-8")).get()
    return {"seconds": time.perf_counter() - began, "orders": event.orders.count() - before}


if __name__ == "__main__":
    with scopes_disabled():
        match sys.argv[1:]:
            case ["set-up", orders, seed]:
                print(json.dumps(set_up(int(orders), int(seed))))
            case ["import", name]:
                print(json.dumps(bring_in(Path(name))))
