"""Products and price agreements: what is sold, and what certain customers pay for it."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel import lazy_pgettext as _p

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById
from contracts.commerce import CommerceApi
from contracts.commerce.prices import CreatePriceAgreement
from contracts.commerce.products import CreateProduct, ListProducts, Product
from contracts.contacts import ContactsApi
from contracts.contacts.persons import ListPersons, PersonSummary
from contracts.errors import Conflict, Invalid, NotFound
from gateway.asked import asked, list_state
from gateway.form_state import FormState
from gateway.i18n import language, money
from gateway.listing import Column
from gateway.pages.door import Pages
from gateway.pages.person_names import persons_by_id
from gateway.submitted import amount, day, form_command, read, state, typed, without_empty

commerce = client(CommerceApi)
contacts = client(ContactsApi)
pages = Pages("office_products", __name__)
COLUMNS: Final = (
    Column("name", lazy_gettext("Name"), "main"),
    Column("code", _p("short name", "Code")),
    Column("category", lazy_gettext("Category")),
    Column("vat", lazy_gettext("VAT")),
    Column("price", lazy_gettext("Price with VAT"), "number"),
)
VAT: Final[Mapping[str, Any]] = {
    "standard": _p("VAT", "Standard rate"),
    "reduced": _p("VAT", "Reduced rate: food, medicine"),
    "culture": _p("VAT", "Reduced rate: culture, sport, accommodation"),
    "press": _p("VAT", "Magazines"),
    "zero": _p("VAT", "Zero-rated"),
    "exempt": _p("VAT", "Exempt"),
    "outside": _p("VAT", "Outside the tax, such as membership fees"),
    "reverse": _p("VAT", "The buyer pays the tax"),
}
MOST: Final = 200


def all_products() -> list[Product]:
    """The products for a choice in a form, at most 200."""
    return list(commerce.list_products(ListProducts(limit=MOST)).data)


def choices(products: list[Product]) -> list[tuple[UUID, str]]:
    """Ids with name and price for `form.select`."""
    return [(each.id, f"{each.name.in_language(language())}, {money(each.price)}") for each in products]


@pages.get("/office/products", may=Permission.COMMERCE_READ)
def list_products() -> str:
    """Products by code."""
    return render_template(
        "money/products.html",
        state=list_state(),
        columns=COLUMNS,
        found=commerce.list_products(asked(ListProducts, "category")),
        vat=VAT,
    )


@pages.form("/office/products/new", may=Permission.COMMERCE_WRITE)
def new_product() -> ResponseReturnValue:
    """A new product with its price."""
    if request.method == "GET":
        return _product_page(FormState({"vat_code": "standard", "category": request.args.get("category", "")}))
    values = typed("code", "name_fi", "name_sv", "name_en", "category", "price", "vat_code", "for_sale")
    try:
        with form_command():
            product = commerce.create_product(_product(dict(values)))
    except (Invalid, Conflict) as error:
        return _product_page(state(values, error)), 422
    flash(_("%(name)s is in the list of products.", name=product.name.in_language(language())), "good")
    return redirect("/office/products")


def _product(values: dict[str, Any]) -> CreateProduct:
    amount(values, "price")
    name = without_empty({each: values.pop(f"name_{each}") for each in ("fi", "sv", "en")})
    return read(CreateProduct, {**without_empty(values), "name": name, "for_sale": bool(values["for_sale"])})


def _product_page(f: FormState) -> str:
    return render_template("money/product_form.html", f=f, vat=[(code, text) for code, text in VAT.items()])


@pages.form("/office/price-agreements/new", may=Permission.COMMERCE_WRITE)
def new_price_agreement() -> ResponseReturnValue:
    """A customer's own price: first the customer is found, then the price is agreed."""
    customer = _customer()
    if customer is None:
        return _choose_customer()
    names = ("product_id", "category", "price", "percent", "valid_from", "valid_to")
    if request.method == "GET":
        return _agreement_page(FormState(), customer)
    values = typed(*names)
    try:
        with form_command():
            commerce.create_price_agreement(_agreement(dict(values), customer.id))
    except Invalid as error:
        return _agreement_page(state(values, error), customer), 422
    flash(_("The price of %(name)s is agreed.", name=customer.name), "good")
    return redirect("/office/products")


def _customer() -> PersonSummary | None:
    given = request.values.get("customer_id", "")
    if not given:
        return None
    wanted = read(ById, {"id": given}).id
    found = persons_by_id([wanted])
    if wanted not in found:
        raise NotFound("There is no such person in the register.")
    return found[wanted]


def _choose_customer() -> str:
    q = request.args.get("q", "").strip()
    found = contacts.list_persons(asked(ListPersons, "q", limit=20)).data if q else None
    return render_template("money/choose_customer.html", q=q, found=found)


def _agreement(values: dict[str, Any], customer_id: UUID) -> CreatePriceAgreement:
    amount(values, "price")
    day(values, "valid_from")
    day(values, "valid_to")
    return read(CreatePriceAgreement, {**without_empty(values), "customer_id": customer_id})


def _agreement_page(f: FormState, customer: PersonSummary) -> str:
    products = all_products()
    categories = [(each, each) for each in sorted({product.category for product in products})]
    return render_template(
        "money/price_agreement_form.html", f=f, customer=customer, products=choices(products), categories=categories
    )
