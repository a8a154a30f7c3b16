"""What is typed about a person or an organisation: from the form to the contract's values, and back."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from babel import Locale

from contracts.contacts.fields import FieldDefinition
from gateway.i18n import language, local_date, number
from gateway.pages import form_rows
from gateway.pages.field_inputs import given_fields, shown_fields, typed_fields
from gateway.submitted import amount, day, noted, typed

BASICS: Final = (
    "email", "phone", "fax", "language", "customer_number", "customer_status", "payment_method", "payment_days",
    "delivery_method", "credit_limit",
)  # fmt: skip
PERSON: Final = ("given_name", "family_name", "title", "gender", "birth_date", *BASICS)
ORGANISATION: Final = ("name", "business_id", *BASICS)
NOT_COUNTRIES: Final = frozenset({"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"})


def countries() -> list[tuple[str, str]]:
    """Codes and names in the language of the request; Finland first."""
    names = Locale(language()).territories
    known = [(code, name) for code, name in names.items() if len(code) == 2 and code not in NOT_COUNTRIES]
    return sorted(known, key=lambda each: (each[0] != "FI", each[1]))


def typed_contact(names: Iterable[str], fields: Sequence[FieldDefinition]) -> dict[str, Any]:
    """The form as it was typed, by name of its fields."""
    return {**typed(*names, "tags"), **form_rows.typed_lists(), **typed_fields(fields)}


def given(values: dict[str, Any], names: Iterable[str], fields: Sequence[FieldDefinition]) -> dict[str, Any]:
    """The contract's values of what was typed; emptied ones are None, what nobody understands is its error."""
    wanted = {name: values[name] or None for name in names}
    for name, understand in (("birth_date", day), ("credit_limit", amount)):
        if wanted.get(name):
            noted(understand, wanted, name)
    if isinstance(wanted["credit_limit"], Decimal):
        wanted["credit_limit"] = {"amount": wanted["credit_limit"]}
    for name in form_rows.LISTS:
        wanted[name] = [entry for _place, entry in form_rows.filled(values, name)]
    wanted["tags"] = [tag.lower() for tag in values["tags"].replace(",", " ").split()]
    wanted["fields"] = given_fields(values, fields)
    return wanted


def begun(kind: str, words: str) -> dict[str, str]:
    """The form of a new contact that was searched for by these words and not found."""
    words = " ".join(words.split())[:100]
    if "@" in words:
        return {"email": words}
    if any(each.isdigit() for each in words) and not any(each.isalpha() for each in words):
        return {"phone": words}
    given_name, _space, family_name = words.rpartition(" ")
    return {"name": words} if kind == "organisation" else {"given_name": given_name, "family_name": family_name}


def shown(contact: Any, names: Iterable[str], fields: Sequence[FieldDefinition]) -> dict[str, Any]:
    """The form that shows a contact of the register."""
    values = {name: as_typed(name, getattr(contact, name)) for name in (*names, "tags")}
    for name in form_rows.LISTS:
        values |= form_rows.shown(name, getattr(contact, name))
    return values | shown_fields(contact.fields, fields)


def as_typed(name: str, value: Any) -> str:
    """A stored value (also from the history) as the form shows it."""
    if value is None or value == "":
        return ""
    if name == "birth_date":
        return local_date(date.fromisoformat(str(value)))
    if name == "credit_limit":
        return number(Decimal(str(getattr(value, "amount", value))), 2)
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)
