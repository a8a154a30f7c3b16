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
from contracts.contacts.addresses import Address
from contracts.contacts.fields import FieldDefinition, FieldType
from gateway.i18n import language, local_date, number
from gateway.submitted import day, typed

contacts = client(ContactsApi)
ADDRESS: Final = ("purpose", "street", "postal_code", "city", "country")
MOST_ADDRESSES: Final = 8
PERSON: Final = ("given_name", "family_name", "title", "email", "phone", "language", "birth_date", "customer_number")
ORGANISATION: Final = ("name", "business_id", "email", "phone", "language", "customer_number")
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
    values: dict[str, Any] = typed(*names, "tags")
    for place in range(MOST_ADDRESSES):
        if f"addresses_{place}_street" in request.form:
            values |= typed(*(f"addresses_{place}_{part}" for part in ADDRESS))
    for each in fields:
        name = f"fields_{each.code}"
        many = each.type is FieldType.MULTI_CHOICE
        values[name] = request.form.getlist(name) if many else request.form.get(name, "").strip()
    return values


def given(values: dict[str, Any], names: Iterable[str], fields: Sequence[FieldDefinition]) -> dict[str, Any]:
    """The contract's values of what was typed; emptied ones are None. Raises Invalid for days nobody understands."""
    wanted = {name: values[name] or None for name in names}
    if "birth_date" in wanted:
        days = dict(values)
        day(days, "birth_date")
        wanted["birth_date"] = days["birth_date"]
    wanted["addresses"] = [address for _place, address in typed_addresses(values)]
    wanted["tags"] = [tag.lower() for tag in values["tags"].replace(",", " ").split()]
    wanted["fields"] = {each.code: _field(values, each) for each in fields}
    return wanted


def typed_addresses(values: dict[str, Any]) -> list[tuple[int, dict[str, str]]]:
    """Places in the form and content of the addresses in which something is typed."""
    found = []
    for place in range(MOST_ADDRESSES):
        address = {part: values.get(f"addresses_{place}_{part}", "") for part in ADDRESS}
        if any(address[part] for part in ("street", "postal_code", "city")):
            found.append((place, address))
    return found


def names_of_addresses(values: dict[str, Any]) -> dict[str, str]:
    """Where in the form the addresses of the request stand, for `submitted.state`."""
    places = enumerate(place for place, _address in typed_addresses(values))
    return {f"addresses_{sent}_{part}": f"addresses_{place}_{part}" for sent, place in places for part in ADDRESS}


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
    return values | shown_addresses(contact.addresses)


def shown_addresses(addresses: Sequence[Address]) -> dict[str, Any]:
    """The addresses as fields of the form."""
    return {
        f"addresses_{place}_{part}": str(getattr(address, part))
        for place, address in enumerate(addresses)
        for part in ADDRESS
    }


def as_typed(name: str, value: Any, field: FieldDefinition | None = None) -> Any:
    """A stored value (also from the history) as the form shows it."""
    if value is None or value == "":
        return [] if field is not None and field.type is FieldType.MULTI_CHOICE else ""
    if name == "birth_date" or (field is not None and field.type is FieldType.DATE):
        return local_date(date.fromisoformat(str(value)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(Decimal(str(value)))
    if isinstance(value, list) and (field is None or field.type is not FieldType.MULTI_CHOICE):
        return ", ".join(str(each) for each in value)
    return value if isinstance(value, list) else str(value)


def address_places(values: dict[str, Any]) -> list[int]:
    """Places of the form's addresses, and one more for a new one."""
    used = [place for place in range(MOST_ADDRESSES) if f"addresses_{place}_street" in values]
    return used if len(used) == MOST_ADDRESSES else [*used, len(used)]


def yes_no() -> list[tuple[str, str]]:
    """The choices of a field that is answered with yes or no."""
    return [("yes", _("Yes")), ("no", _("No"))]
