"""What is typed about a person or an organisation: from the form to the contract's values, and back."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from babel import Locale
from flask import request
from flask_babel import gettext as _

from chassis.rpc import client
from contracts.base import ListRequest
from contracts.contacts import ContactsApi
from contracts.contacts.fields import FieldDefinition, FieldType
from gateway.i18n import language, local_date, number
from gateway.pages import form_rows
from gateway.submitted import amount, day, typed

contacts = client(ContactsApi)
BASICS: Final = (
    "email", "phone", "fax", "language", "customer_number", "customer_status", "payment_method", "payment_days",
    "delivery_method", "credit_limit",
)  # fmt: skip
PERSON: Final = ("given_name", "family_name", "title", "gender", "birth_date", *BASICS)
ORGANISATION: Final = ("name", "business_id", *BASICS)
NOT_COUNTRIES: Final = frozenset({"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"})


def definitions(applies_to: str) -> list[FieldDefinition]:
    """The additional fields that are in use, in the office's order."""
    found = contacts.list_fields(ListRequest(limit=200)).data
    return [each for each in found if each.applies_to == applies_to and not each.retired]


def countries() -> list[tuple[str, str]]:
    """Codes and names in the language of the request; Finland first."""
    names = Locale(language()).territories
    known = [(code, name) for code, name in names.items() if len(code) == 2 and code not in NOT_COUNTRIES]
    return sorted(known, key=lambda each: (each[0] != "FI", each[1]))


def typed_contact(names: Iterable[str], fields: Sequence[FieldDefinition]) -> dict[str, Any]:
    """The form as it was typed, by name of its fields."""
    values: dict[str, Any] = typed(*names, "tags") | form_rows.typed_lists()
    for each in fields:
        name = f"fields_{each.code}"
        many = each.type is FieldType.MULTI_CHOICE
        values[name] = request.form.getlist(name) if many else request.form.get(name, "").strip()
    return values


def given(values: dict[str, Any], names: Iterable[str], fields: Sequence[FieldDefinition]) -> dict[str, Any]:
    """The contract's values of what was typed; emptied ones are None. Raises Invalid for what nobody understands."""
    wanted = {name: values[name] or None for name in names}
    for name, understand in (("birth_date", day), ("credit_limit", amount)):
        if wanted.get(name):
            understand(wanted, name)
    if wanted["credit_limit"] is not None:
        wanted["credit_limit"] = {"amount": wanted["credit_limit"]}
    for name in form_rows.LISTS:
        wanted[name] = [entry for _place, entry in form_rows.filled(values, name)]
    wanted["tags"] = [tag.lower() for tag in values["tags"].replace(",", " ").split()]
    wanted["fields"] = {each.code: _field(values, each) for each in fields}
    return wanted


def _field(values: dict[str, Any], field: FieldDefinition) -> Any:
    name = f"fields_{field.code}"
    if field.type is FieldType.DATE:
        days = dict(values)
        day(days, name)
        return days[name].isoformat() if days[name] else None
    if field.type is FieldType.YES_NO:
        return {"yes": True, "no": False}.get(values[name])
    return values[name] or None


def shown(contact: Any, names: Iterable[str], fields: Sequence[FieldDefinition]) -> dict[str, Any]:
    """The form that shows a contact of the register."""
    values = {name: as_typed(name, getattr(contact, name)) for name in names}
    values["tags"] = as_typed("tags", contact.tags)
    for each in fields:
        values[f"fields_{each.code}"] = as_typed(f"fields.{each.code}", contact.fields.get(each.code), each)
    for name in form_rows.LISTS:
        values |= form_rows.shown(name, getattr(contact, name))
    return values


def as_typed(name: str, value: Any, field: FieldDefinition | None = None) -> Any:
    """A stored value (also from the history) as the form shows it."""
    if value is None or value == "":
        return [] if field is not None and field.type is FieldType.MULTI_CHOICE else ""
    if name == "birth_date" or (field is not None and field.type is FieldType.DATE):
        return local_date(date.fromisoformat(str(value)))
    if name == "credit_limit":
        return number(Decimal(str(getattr(value, "amount", value))), 2)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(Decimal(str(value)))
    if isinstance(value, list) and (field is None or field.type is not FieldType.MULTI_CHOICE):
        return ", ".join(str(each) for each in value)
    return value if isinstance(value, list) else str(value)


def yes_no() -> list[tuple[str, str]]:
    """The choices of a field that is answered with yes or no."""
    return [("yes", _("Yes")), ("no", _("No"))]
