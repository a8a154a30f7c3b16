"""From what was typed to what is stored: the columns of a contact with the keys made from them.

Functions take and return plain dicts of column values, so that single commands and imports of whole files store
exactly the same.
"""

from typing import Any

from contracts.errors import FieldError
from services.contacts.rules.names import clean, search_text, sort_key
from services.contacts.rules.reachability import chosen_address, normal_email, normal_phone

TEXTS = ("given_name", "family_name", "name", "title", "role")


def normalise(values: dict[str, Any]) -> tuple[dict[str, Any], list[FieldError]]:
    """The given values as they are stored, and what is wrong with them (pointers into the request)."""
    stored, errors = dict(values), []
    for name in TEXTS:
        if stored.get(name):
            stored[name] = clean(stored[name])
    for name, rule in (("email", normal_email), ("phone", normal_phone)):
        if stored.get(name):
            try:
                stored[name] = rule(stored[name])
            except ValueError as error:
                errors.append(FieldError(pointer=f"/{name}", code=f"bad_{name}", message=str(error)))
    if stored.get("customer_number") == "":
        stored["customer_number"] = None
    if stored.get("tags"):
        stored["tags"] = sorted(set(stored["tags"]))
    return stored, errors


def person_keys(person: Any) -> dict[str, Any]:
    """The derived columns of a person; `person` has the attributes of the table."""
    return _contact_keys(person) | {
        "sort_key": sort_key(person.family_name, person.given_name),
        "search": search_text(f"{person.given_name} {person.family_name}", person.phone),
    }


def organisation_keys(organisation: Any) -> dict[str, Any]:
    """The derived columns of an organisation."""
    return _contact_keys(organisation) | {
        "sort_key": sort_key(organisation.name),
        "search": search_text(organisation.name, organisation.phone),
    }


def _contact_keys(contact: Any) -> dict[str, Any]:
    home = chosen_address(contact.addresses or [], "postal", "visiting")
    return {
        "email_key": contact.email.lower() if contact.email else None,
        "city": home.get("city", ""),
        "postal_code": home.get("postal_code", ""),
    }
