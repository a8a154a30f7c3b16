"""What the columns of a file may mean, in words (C11)."""

from collections.abc import Iterable
from typing import Any, Final

from flask_babel import lazy_gettext as _

from gateway.field_definitions import Definitions
from gateway.pages.field_words import label
from gateway.pages.history_words import FIELDS

WORDS: Final[dict[str, Any]] = {
    "name": _("Name, of a person or a company"),
    "organisation": _("Organisation"),
    "mobile_phone": _("Mobile phone"),
    "work_phone": _("Phone at work"),
    "home_phone": _("Phone at home"),
    "switchboard_phone": _("Switchboard"),
    "other_phone": _("Other phone"),
    "work_email": _("E-mail at work"),
    "home_email": _("E-mail at home"),
    "billing_email": _("E-mail for invoices"),
    "other_email": _("Other e-mail address"),
    "street": _("Street address"),
    "postal_code": _("Postal code"),
    "city": _("Town"),
    "country": _("Country"),
    "person_name": _("Name of the decision maker"),
    "person_email": _("E-mail of the decision maker"),
    "person_phone": _("Phone of the decision maker"),
    "fields.industry": _("Industry"),
    "fields.size_class": _("Size class"),
    "fields.turnover_class": _("Turnover class"),
    "customer_id": _("Customer"),
    "document": _("Number of the document"),
    "document_line": _("Number of the line"),
    "product_code": _("Code of the product"),
    "product_name": _("Product"),
    "quantity": _("Quantity"),
    "unit": _("Unit of measure"),
    "unit_net": _("Price of one, without VAT"),
    "unit_gross": _("Price of one, with VAT"),
    "net": _("Sum of the line, without VAT"),
    "gross": _("Sum of the line, with VAT"),
    "vat_percent": _("VAT percent"),
    "currency": _("Currency"),
    "delivered_on": _("Day of delivery"),
    "period": _("Period of the batch"),
}
"""Those that the forms of contacts call otherwise, or do not have."""


def options(targets: Iterable[str], known: Definitions) -> list[tuple[str, str]]:
    """Targets with their words, for a choice."""
    return [(target, _in_words(target, known)) for target in targets]


def _in_words(target: str, known: Definitions) -> str:
    code = target.removeprefix("fields.")
    for kind in ("person", "organisation"):
        if target.startswith("fields.") and (found := known.by_code.get((kind, code))):
            return label(found)
    return str(WORDS.get(target) or FIELDS.get(target, target))
