"""All that a customer has bought, whatever it is known by, and single orders (E5)."""

from typing import Final
from uuid import UUID

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.rpc import client, or_nothing
from contracts.access import Permission
from contracts.base import ById
from contracts.commerce import CommerceApi
from contracts.commerce.deliveries import ListPurchases, PurchaseSource
from contracts.contacts import ContactsApi
from gateway.asked import asked, list_state
from gateway.listing import Column, Filter, Option
from gateway.pages.door import Pages
from gateway.pages.person_names import customers_by_id, may, persons_by_id
from gateway.pages.segment_values import PURCHASE_SOURCES
from gateway.pages.state_words import ORDER

commerce, contacts = client(CommerceApi), client(ContactsApi)
pages = Pages("purchases", __name__)
ORGANISATIONS: Final = "/office/organisations"
COLUMNS: Final = (
    Column("name", lazy_gettext("Product"), "main"),
    Column("source", lazy_gettext("Known by")),
    Column("bought_on", lazy_gettext("Day"), "date"),
    Column("quantity", lazy_gettext("Quantity"), "number"),
    Column("gross", lazy_gettext("Sum"), "number"),
)
SOURCES: Final = Filter(
    "source",
    lazy_gettext("Known by"),
    tuple(Option(each.value, PURCHASE_SOURCES[each.value]) for each in PurchaseSource),
)


@pages.get("/office/contacts/<uuid:person_id>/purchases", may=Permission.COMMERCE_READ)
def purchases_of_person(person_id: UUID) -> str:
    """What a person has bought, newest first."""
    person = persons_by_id([person_id]).get(person_id)
    return _page(person_id, person.name if person else "", (_("Contacts"), "/office/contacts"))


@pages.get("/office/organisations/<uuid:organisation_id>/purchases", may=Permission.COMMERCE_READ)
def purchases_of_organisation(organisation_id: UUID) -> str:
    """What an organisation has bought, newest first."""
    organisation = None
    if may(Permission.CONTACTS_READ):
        organisation = or_nothing(lambda: contacts.get_organisation(ById(id=organisation_id)))
    return _page(organisation_id, organisation.name if organisation else "", (_("Organisations"), ORGANISATIONS))


@pages.get("/office/orders/<uuid:order_id>", may=Permission.COMMERCE_READ)
def show_order(order_id: UUID) -> str:
    """One order: its lines and where it stands."""
    order = commerce.get_order(ById(id=order_id))
    customers = customers_by_id([order.customer_id])
    return render_template("money/order.html", order=order, customers=customers, standing=ORDER[order.state])


def _page(who: UUID, name: str, above: tuple[str, str]) -> str:
    found = commerce.list_purchases(asked(ListPurchases, "source", customer_id=who))
    crumbs = [above, (name, f"{above[1]}/{who}")] if name else []
    return render_template(
        "money/purchases.html",
        state=list_state(),
        columns=COLUMNS,
        filters=(SOURCES,),
        found=found,
        crumbs=crumbs,
    )
