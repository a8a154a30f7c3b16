"""The facts on the card of a person or an organisation, each with a stable key, in the order of the card."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from babel import Locale
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from contracts.contacts.addresses import Address
from contracts.contacts.fields import FieldDefinition
from gateway.field_definitions import Definitions
from gateway.i18n import LANGUAGES, language, local_date, money
from gateway.pages import contact_words
from gateway.pages.field_words import label, value_in_words
from gateway.pages.history_words import FIELDS
from gateway.phone_numbers import grouped

Fact = tuple[str, Any, Any]
"""Key, label and value; an empty value is not shown."""


def of_person(person: Any, known: Definitions) -> list[Fact]:
    """All facts about a person."""
    return [
        *_reached(person),
        ("birth_date", _("Born"), local_date(person.birth_date)),
        ("gender", FIELDS["gender"], _word("gender", person.gender)),
        ("title", FIELDS["title"], person.title),
        *_customer(person),
        ("tags", FIELDS["tags"], _tags(person.tags, "/office/contacts?tag=")),
        *_addresses(person.addresses),
        *additional(person, known.chosen("person", list(person.fields))),
    ]


def of_organisation(organisation: Any, parent: Any, known: Definitions) -> list[Fact]:
    """All facts about an organisation; `parent` is the one it belongs to, if it is known."""
    above = _link(f"/office/organisations/{parent.id}", parent.name) if parent else ""
    return [
        ("business_id", FIELDS["business_id"], organisation.business_id),
        ("parent_id", FIELDS["parent_id"], above),
        *_reached(organisation),
        *_customer(organisation),
        ("tags", FIELDS["tags"], _tags(organisation.tags, "/office/organisations?tags_all=")),
        *_addresses(organisation.addresses),
        *additional(organisation, known.chosen("organisation", list(organisation.fields))),
    ]


def _reached(contact: Any) -> list[Fact]:
    return [
        ("email", FIELDS["email"], _mail(contact.email)),
        *(("other_emails", _kind("other_emails", each.kind, FIELDS["email"]), _mail(each.address))
          for each in contact.other_emails),
        ("phone", FIELDS["phone"], _call(contact.phone)),
        *(("other_phones", _kind("other_phones", each.kind, FIELDS["phone"]), _call(each.number))
          for each in contact.other_phones),
        ("fax", FIELDS["fax"], grouped(contact.fax)),
        ("language", FIELDS["language"], LANGUAGES[contact.language]),
    ]  # fmt: skip


def _customer(contact: Any) -> list[Fact]:
    days = contact.payment_days
    return [
        ("customer_number", FIELDS["customer_number"], contact.customer_number),
        ("customer_status", FIELDS["customer_status"], _word("customer_status", contact.customer_status)),
        ("payment_method", FIELDS["payment_method"], _word("payment_method", contact.payment_method)),
        ("payment_days", FIELDS["payment_days"], "" if days is None else ngettext("%(num)s day", "%(num)s days", days)),
        ("delivery_method", FIELDS["delivery_method"], _word("delivery_method", contact.delivery_method)),
        ("credit_limit", FIELDS["credit_limit"], money(contact.credit_limit)),
    ]


def _addresses(addresses: Iterable[Address]) -> list[Fact]:
    return [("addresses", contact_words.PURPOSES[each.purpose], address_line(each)) for each in addresses]


def additional(contact: Any, fields: Iterable[FieldDefinition]) -> list[Fact]:
    """Values of additional fields, classifications first."""
    found = sorted(fields, key=lambda each: not each.classification)
    return [(f"fields.{each.code}", label(each), value_in_words(contact.fields[each.code], each)) for each in found]


def key_of(fact: Fact) -> str:
    """What the fact is about, for the user's own order."""
    return fact[0]


def about_affiliation(known: Definitions, affiliation: Any) -> str:
    """The additional fields of an affiliation on one line."""
    facts = additional(affiliation, known.chosen("affiliation", list(affiliation.fields)))
    return "; ".join(f"{label}: {value}" for _key, label, value in facts)


def address_line(address: Address) -> str:
    """An address on one line, with its country when that is not Finland."""
    country = "" if address.country == "FI" else Locale(language()).territories.get(address.country, address.country)
    return ", ".join(filter(None, (address.street, f"{address.postal_code} {address.city}".strip(), country)))


def _word(field: str, value: str | None) -> Any:
    return contact_words.CHOICES[field].get(value, value) if value else ""


def _kind(field: str, kind: str, label: Any) -> str:
    return f"{label} ({_word(f'{field}.kind', kind)})"


def _link(address: str, text: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, text)


def _mail(address: str | None) -> Markup | None:
    return _link(f"mailto:{quote(address, safe='@+')}", address) if address else None


def _call(phone: str | None) -> Markup | None:
    return _link(f"tel:{phone}", grouped(phone)) if phone else None


def _tags(tags: Iterable[str], list_address: str) -> Markup:
    """Each tag leads to the list of those who bear it."""
    one = Markup('<a class="tag" href="{}{}">{}</a>')
    return Markup(" ").join(one.format(list_address, tag, tag) for tag in tags)
