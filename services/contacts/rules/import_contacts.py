"""From the values of a row to the columns of a person, an organisation and an affiliation, with the keys by which
rows of one file are recognised as the same (services.contacts.rules.repeats)."""

from hashlib import blake2b
from typing import Any

import orjson

from chassis.ids import new_id
from contracts.contacts.basics import MOST_OTHERS
from services.contacts.rules import cells
from services.contacts.rules.import_merging import in_order
from services.contacts.rules.names import search_text, sort_key

OTHER_PHONES = {f"{kind}_phone": kind for kind in ("mobile", "work", "home", "switchboard", "other")}
OTHER_EMAILS = {f"{kind}_email": kind for kind in ("work", "home", "billing", "other")}
"""Columns of further phones and addresses, with their kinds."""
PLAIN = (
    "email", "phone", "fax", "language", "tags", "customer_status", "payment_method", "payment_days", "delivery_method",
    "credit_limit",
)  # fmt: skip
ADDRESS = ("street", "postal_code", "city", "country")


def person_of(values: dict[str, Any]) -> dict[str, Any]:
    """Columns of the table of persons. The title belongs to the affiliation when there is one."""
    given, family = values.get("given_name", ""), values.get("family_name", "")
    person = {"given_name": given, "family_name": family}
    person |= {name: values[name] for name in ("gender", "birth_date", "customer_number") if name in values}
    if "organisation" not in values and "title" in values:
        person["title"] = values["title"]
    person |= _reachable(values)
    person["sort_key"] = sort_key(family, given)
    person["search"] = search_text(f"{given} {family}", *_phones(person))
    return person


def organisation_of(values: dict[str, Any], *, alone: bool) -> dict[str, Any]:
    """Columns of the table of organisations; `alone` when the row names no person, so that its details are these."""
    name = values["organisation"]
    organisation = {"name": name, "sort_key": sort_key(name)}
    if "business_id" in values:
        organisation["business_id"] = values["business_id"]
    if alone:
        organisation |= _reachable(values)
        if "customer_number" in values:
            organisation["customer_number"] = values["customer_number"]
    organisation["search"] = search_text(name, *_phones(organisation))
    return organisation


def affiliation_of(values: dict[str, Any]) -> dict[str, Any]:
    """Columns of the table of affiliations."""
    shown: dict[str, Any] = {name: values[name] for name in ("title", "role", "decision_maker") if name in values}
    return {"id": str(new_id()), **shown}


def _reachable(values: dict[str, Any]) -> dict[str, Any]:
    """What persons and organisations have alike."""
    values = _first_of_several(values)
    found: dict[str, Any] = {name: values[name] for name in PLAIN if name in values}
    _add_others(found, values)
    if "email" in found:
        found["email_key"] = found["email"].lower()
    address = {name: values[name] for name in ADDRESS if name in values}
    if address.keys() - {"country"}:
        found["addresses"] = [{"purpose": "postal", **address}]
        found["city"], found["postal_code"] = address.get("city", ""), address.get("postal_code", "")
    fields = {target[7:]: value for target, value in values.items() if target.startswith("fields.")}
    if fields:
        found["fields"] = fields
    return found


def _first_of_several(values: dict[str, Any]) -> dict[str, Any]:
    """One e-mail address and one phone number; what else stands in their cells is further ones of no kind."""
    for first, other in (("email", "other_email"), ("phone", "other_phone")):
        if first in values:
            only, *rest = values[first]
            more = {other: [*rest, *values.get(other, ())]} if rest else {}
            values = values | {first: only} | more
    return values


def _add_others(found: dict[str, Any], values: dict[str, Any]) -> None:
    """Further phones and addresses; where the first one is missing, the first of them takes its place.

    Raises DoesNotFit.
    """
    for first, columns, others, part in (
        ("phone", OTHER_PHONES, "other_phones", "number"),
        ("email", OTHER_EMAILS, "other_emails", "address"),
    ):
        if columns.keys().isdisjoint(values):
            continue
        further = [
            {"kind": kind, part: each} for name, kind in columns.items() if name in values for each in values[name]
        ]
        if further and first not in found:
            found[first] = further.pop(0)[part]
        further = [each for each in further if each[part] != found[first]]
        if len(further) > MOST_OTHERS:
            raise cells.too_many(len(further), next(name for name in (*columns, first) if name in values))
        if further:
            found[others] = in_order(further)


def _phones(contact: dict[str, Any]) -> list[str | None]:
    return [contact.get("phone"), *(each["number"] for each in contact.get("other_phones", ()))]


def person_keys(person: dict[str, Any]) -> dict[str, int]:
    """Hashes of what a person is recognised by, weak ones with the name; they hold within this process."""
    name = person["sort_key"]
    keys = {
        key: hash((key, person[column], name))
        for key, column in (("email", "email_key"), ("birth", "birth_date"), ("phone", "phone"))
        if column in person
    }
    if "customer_number" in person:
        keys["number"] = hash(("number", person["customer_number"]))
    for address in person.get("addresses", ()):
        if "street" in address:
            keys["address"] = hash(("address", address["street"], address.get("postal_code", ""), name))
    return keys


def fingerprint(person: dict[str, Any]) -> int:
    """64 bits (a signed bigint), always the same for a row that says the same, for rows with no other key."""
    known = {name: value for name, value in person.items() if name not in {"title", "search"}}
    digest = blake2b(orjson.dumps(known, option=orjson.OPT_SORT_KEYS), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def organisation_keys(organisation: dict[str, Any]) -> dict[str, int]:
    """Hashes of what an organisation is recognised by."""
    columns = (("business", "business_id"), ("number", "customer_number"), ("name", "sort_key"))
    return {key: hash((key, organisation[column])) for key, column in columns if column in organisation}
