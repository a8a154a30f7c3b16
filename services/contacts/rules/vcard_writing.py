"""A contact as a vCard (C11): version 3.0, which address books of all makers read.

Customer numbers, terms, consents and additional fields stay here; a card is made to be passed on.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from services.contacts.rules.vcard_lines import escaped, folded

PHONES = {"mobile": "CELL", "work": "WORK", "home": "HOME", "switchboard": "MAIN", "other": "OTHER"}
EMAILS = {"work": "WORK", "home": "HOME", "billing": "X-BILLING", "other": "OTHER"}
ADDRESSES = {"postal": "POSTAL,PREF", "visiting": "WORK", "delivery": "PARCEL", "billing": "X-BILLING"}
Property = tuple[str, str]
"""What stands before the colon, and behind it."""


def person_card(person: Mapping[str, Any], affiliations: Iterable[Mapping[str, str]] = ()) -> str:
    """The card of a person (columns of the table), with the first of the organisations it belongs to.

    An affiliation has `organisation`, `title` and `role`.
    """
    given, family = person["given_name"], person["family_name"]
    belongs = next(iter(affiliations), {"organisation": "", "title": person["title"], "role": ""})
    born: date | None = person["birth_date"]
    return _card(
        ("FN", escaped(f"{given} {family}".strip())),
        ("N", f"{escaped(family)};{escaped(given)};;;"),
        ("ORG", escaped(belongs["organisation"])),
        ("TITLE", escaped(belongs["title"] or person["title"])),
        ("ROLE", escaped(belongs["role"])),
        *_reached(person),
        ("BDAY", born.isoformat() if born else ""),
        ("X-GENDER", _gender(person["gender"])),
    )


def organisation_card(organisation: Mapping[str, Any]) -> str:
    """The card of an organisation."""
    name = escaped(organisation["name"])
    return _card(("FN", name), ("N", ";;;;"), ("ORG", name), ("X-ABSHOWAS", "COMPANY"), *_reached(organisation))


def _reached(contact: Mapping[str, Any]) -> Iterator[Property]:
    yield "EMAIL;TYPE=INTERNET,PREF", escaped(contact["email"] or "")
    for each in contact["other_emails"]:
        yield f"EMAIL;TYPE=INTERNET,{EMAILS[each['kind']]}", escaped(each["address"])
    yield "TEL;TYPE=VOICE,PREF", escaped(contact["phone"] or "")
    for each in contact["other_phones"]:
        yield f"TEL;TYPE={PHONES[each['kind']]}", escaped(each["number"])
    yield "TEL;TYPE=FAX", escaped(contact["fax"] or "")
    for each in sorted(contact["addresses"], key=lambda each: list(ADDRESSES).index(each["purpose"])):
        parts = ("", "", each["street"], each["city"], "", each["postal_code"], each["country"])
        yield f"ADR;TYPE={ADDRESSES[each['purpose']]}", ";".join(map(escaped, parts))
    yield "X-LANGUAGE", contact["language"]
    yield "CATEGORIES", ",".join(map(escaped, contact["tags"]))


def _gender(code: str | None) -> str:
    return {"woman": "F", "man": "M", "nonbinary": "O;nonbinary", "other": "O"}.get(code or "", "")


def _card(*properties: Property) -> str:
    lines = (folded(f"{name}:{value}") for name, value in properties if value)
    return f"BEGIN:VCARD\r\nVERSION:3.0\r\n{''.join(lines)}END:VCARD\r\n"
