"""From what was typed to what is stored: the columns of a contact with the keys made from them.

Functions take and return plain dicts of column values, so that single commands and imports of whole files store
exactly the same.
"""

from collections.abc import Callable
from typing import Any

from contracts.contacts.basics import BasicChanges, ContactBasics
from contracts.errors import FieldError
from services.contacts.rules.names import clean, search_text, sort_key
from services.contacts.rules.reachability import chosen_address, normal_email, normal_phone

TEXTS = ("given_name", "family_name", "name", "title", "role")
REACHED: dict[str, tuple[str, Callable[[str], str]]] = {
    "email": ("bad_email", normal_email),
    "phone": ("bad_phone", normal_phone),
    "fax": ("bad_phone", normal_phone),
}
OTHERS: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "other_emails": ("address", "bad_email", lambda typed: normal_email(typed).lower()),
    "other_phones": ("number", "bad_phone", normal_phone),
}
"""Lists of further ways to reach a contact: what an entry holds, and how it is read."""


def as_columns(given: ContactBasics | BasicChanges, **chosen: Any) -> dict[str, Any]:
    """What a request gives, under the names of the columns. `chosen` goes to pydantic: include, exclude_none ..."""
    wanted = given.model_dump(mode="python", **chosen)
    for name in ("addresses", *OTHERS):
        if name in wanted:
            wanted[name] = [each.model_dump(mode="json") for each in getattr(given, name)]
    if given.credit_limit is not None:
        wanted["credit_limit"] = given.credit_limit.amount
    return wanted


def normalise(values: dict[str, Any]) -> tuple[dict[str, Any], list[FieldError]]:
    """The given values as they are stored, and what is wrong with them (pointers into the request)."""
    stored = dict(values)
    errors: list[FieldError] = []
    for name in TEXTS:
        if stored.get(name):
            stored[name] = clean(stored[name])
    for name, (code, rule) in REACHED.items():
        if stored.get(name):
            stored[name] = _read(stored[name], rule, f"/{name}", code, errors)
    for name, (part, code, rule) in OTHERS.items():
        if stored.get(name):
            stored[name] = [
                {**each, part: _read(each[part], rule, f"/{name}/{number}/{part}", code, errors)}
                for number, each in enumerate(stored[name])
            ]
    if stored.get("addresses"):
        stored["addresses"] = [{part: clean(text) for part, text in each.items()} for each in stored["addresses"]]
    if values.get("name") and not stored["name"]:
        errors.append(FieldError(pointer="/name", code="empty", message="Nothing of this name can be seen."))
    if stored.get("customer_number") == "":
        stored["customer_number"] = None
    if stored.get("tags"):
        stored["tags"] = sorted(set(stored["tags"]))
    return stored, errors


def _read(text: str, rule: Callable[[str], str], pointer: str, code: str, errors: list[FieldError]) -> str:
    try:
        return rule(text)
    except ValueError as error:
        errors.append(FieldError(pointer=pointer, code=code, message=str(error)))
        return text


def person_keys(person: Any) -> dict[str, Any]:
    """The derived columns of a person; `person` has the attributes of the table."""
    return _contact_keys(person) | {
        "sort_key": sort_key(person.family_name, person.given_name),
        "search": search_text(f"{person.given_name} {person.family_name}", *phones_of(person)),
    }


def organisation_keys(organisation: Any) -> dict[str, Any]:
    """The derived columns of an organisation."""
    return _contact_keys(organisation) | {
        "sort_key": sort_key(organisation.name),
        "search": search_text(organisation.name, *phones_of(organisation)),
    }


def phones_of(contact: Any) -> list[str | None]:
    """Every phone number that a search by digits finds."""
    return [contact.phone, *(each["number"] for each in contact.other_phones or [])]


def _contact_keys(contact: Any) -> dict[str, Any]:
    home = chosen_address(contact.addresses or [], "postal", "visiting")
    return {
        "email_key": contact.email.lower() if contact.email else None,
        "city": home.get("city", ""),
        "postal_code": home.get("postal_code", ""),
    }
