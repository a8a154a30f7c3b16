"""The words for what a contact can be: genders, kinds of numbers, ways of paying."""

from typing import Any, Final

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p

GENDERS: Final[dict[str, Any]] = {
    "woman": _("Woman"),
    "man": _("Man"),
    "nonbinary": _("Non-binary"),
    "other": _p("gender", "Other"),
}
CUSTOMER_STATUSES: Final[dict[str, Any]] = {"customer": _("Customer"), "prospect": _("Prospect")}
PAYMENT_METHODS: Final[dict[str, Any]] = {
    "email_invoice": _("Invoice by e-mail"),
    "e_invoice": _("E-invoice"),
    "paper_invoice": _("Invoice on paper"),
    "direct_payment": _("Direct payment"),
    "card": _("By card"),
    "cash": _("In cash"),
}
DELIVERY_METHODS: Final[dict[str, Any]] = {
    "post": _("By post"),
    "courier": _("By courier"),
    "freight": _("As freight"),
    "pickup": _("Picked up"),
    "electronic": _("Electronically"),
}
PHONE_KINDS: Final[dict[str, Any]] = {
    "mobile": _("Mobile"),
    "work": _("Work"),
    "home": _p("phone", "Home"),
    "switchboard": _("Switchboard"),
    "other": _p("phone", "Other"),
}
EMAIL_KINDS: Final[dict[str, Any]] = {
    "work": _("Work"),
    "home": _p("phone", "Home"),
    "billing": _("Billing"),
    "other": _p("phone", "Other"),
}
PURPOSES: Final[dict[str, Any]] = {
    "postal": _("Postal address"),
    "visiting": _("Visiting address"),
    "delivery": _("Delivery address"),
    "billing": _("Billing address"),
}
CHOICES: Final = {
    "gender": GENDERS,
    "customer_status": CUSTOMER_STATUSES,
    "payment_method": PAYMENT_METHODS,
    "delivery_method": DELIVERY_METHODS,
    "other_phones.kind": PHONE_KINDS,
    "other_emails.kind": EMAIL_KINDS,
    "addresses.purpose": PURPOSES,
}
"""By field of a contact."""


def options() -> dict[str, list[tuple[str, Any]]]:
    """The choices of the fields of a form, as `form.select` takes them."""
    return {name: list(words.items()) for name, words in CHOICES.items()}
