"""Whether two contacts are the same person (C13): what their names and what agrees beside the names say together.

How the names compare decides how much else must agree. An equal name needs one more thing in common, initials or a new
family name need more. Another given name, or another date of birth, is another person: the members of a household share
a family name, an address, a phone, even an e-mail address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from itertools import product as pairs
from types import MappingProxyType
from typing import Any

from rapidfuzz.distance import OSA

from services.contacts.rules.known_names import GIVEN_NAMES
from services.contacts.rules.names import fold

POINTS = {"same_email": 4, "same_phone": 3, "same_birth_date": 3, "near_birth_date": 0, "same_address": 2}


@dataclass(frozen=True, slots=True)
class Naming:
    """A way in which names compare: its `score`, the `points` that must agree beside it, one of them from `among`."""

    score: int
    points: int
    among: frozenset[str] = frozenset(POINTS)


BIRTH_DATE = frozenset({"same_birth_date"})
BIRTH_DATE_OR_EMAIL = frozenset({"same_birth_date", "same_email"})
NAMINGS = {
    "same_name": Naming(70, 2),
    "swapped_name": Naming(66, 2),
    "similar_name": Naming(60, 2),
    "doubtful_name": Naming(44, 7, BIRTH_DATE),
    "other_family_name": Naming(52, 4, BIRTH_DATE_OR_EMAIL),
    "initials": Naming(52, 4, BIRTH_DATE_OR_EMAIL),
    "part_of_name": Naming(50, 5, BIRTH_DATE),
}
PER_POINT = 4
WITH_NEAR_BIRTH_DATE = 3
"""The least points that a date of birth with a typing error needs beside it."""
SHARED_MAILBOXES = frozenset({
    "admin", "asiakaspalvelu", "hallitus", "info", "kansli", "kontakt", "kontor", "mail", "myynti", "office", "post",
    "posti", "sihteeri", "toimisto",
})  # fmt: skip
"""Local parts of addresses that belong to an office, not to a person."""
SHORTEST_MISTYPED = 4
LONG = 8
"""Names of this length may have two typing errors."""
RARER = 50
"""A spelling that is so many times rarer than the other is a typing error; else the two are two names."""
NOBODY: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a contact is compared: folded words of the names, keys of the rest, None or nothing where unknown."""

    given: str
    family: str
    birth_date: date | None
    emails: frozenset[str]
    phones: frozenset[str]
    addresses: frozenset[str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` 0-100; `reasons` as in contracts.contacts.duplicates."""

    score: float
    reasons: tuple[str, ...]


def facts_of(person: Any) -> Facts:
    """The facts of a contact; `person` has the attributes of the table."""
    return Facts(
        given=fold(person.given_name),
        family=fold(person.family_name),
        birth_date=person.birth_date,
        emails=frozenset(filter(_own, (person.email_key, *(each["address"] for each in person.other_emails)))),
        phones=frozenset(filter(None, (person.phone, *(each["number"] for each in person.other_phones)))),
        addresses=frozenset(filter(None, map(address_key, person.addresses))),
    )


def _own(email: str | None) -> bool:
    """Whether this is an address, and not one of an office."""
    return bool(email) and str(email).partition("@")[0] not in SHARED_MAILBOXES


def address_key(address: dict[str, Any]) -> str:
    """Street and postal code as they are compared; empty without both."""
    street, code = fold(address.get("street", "")), address.get("postal_code", "")
    return f"{code} {street.replace(' ', '')}" if street and code else ""


def fingerprint(one: Facts, other: Facts) -> str:
    """Changes when one of the two changes in something that is compared."""
    told = [
        (each.given, each.family, each.birth_date, *map(sorted, (each.emails, each.phones, each.addresses)))
        for each in (one, other)
    ]
    return blake2b(repr(told).encode(), digest_size=12).hexdigest()


def compare(one: Facts, other: Facts, bearers: Mapping[str, int] = NOBODY) -> Likeness | None:
    """How alike the two are, or None when they are two persons as far as anybody can tell.

    `bearers` says how many bear which word of a name; words that few bear may be missing.
    """
    agreeing = _agreeing(one, other)
    if not agreeing:
        return None
    name = _name(one, other, bearers)
    if name is None:
        return None
    naming, points = NAMINGS[name], sum(POINTS[each] for each in agreeing)
    needed = max(naming.points, WITH_NEAR_BIRTH_DATE) if "near_birth_date" in agreeing else naming.points
    if points < needed or not any(each in naming.among for each in agreeing):
        return None
    return Likeness(float(min(naming.score + PER_POINT * points, 100)), (name, *agreeing))


def _agreeing(one: Facts, other: Facts) -> list[str]:
    """What agrees beside the names, strongest first; nothing when something tells the two apart."""
    found = []
    if one.emails & other.emails:
        found.append("same_email")
    if one.phones & other.phones:
        found.append("same_phone")
    if one.birth_date and other.birth_date:
        if one.birth_date == other.birth_date:
            found.append("same_birth_date")
        elif _nearly(one.birth_date, other.birth_date):
            found.append("near_birth_date")
        else:
            return []
    if one.addresses & other.addresses:
        found.append("same_address")
    return [] if found == ["same_address"] and _reached_apart(one, other) else found


def _nearly(one: date, other: date) -> bool:
    """One digit typed wrong, two swapped, or day and month swapped."""
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return True
    return OSA.distance(one.isoformat(), other.isoformat(), score_cutoff=1) == 1


def _reached_apart(one: Facts, other: Facts) -> bool:
    """They have different e-mail addresses or phones: father and son of one name."""
    return bool((one.emails and other.emails) or (one.phones and other.phones))


def _name(one: Facts, other: Facts, bearers: Mapping[str, int]) -> str | None:
    """How the names compare, None when they are different ones."""
    if one.given == other.given and one.family == other.family:
        return "same_name"
    if sorted(f"{one.given} {one.family}".split()) == sorted(f"{other.given} {other.family}".split()):
        return "swapped_name"
    straight = _part(one.given, other.given, bearers), _part(one.family, other.family, bearers)
    if straight in NAMES:
        return NAMES[straight]
    crossed = _part(one.given, other.family, bearers), _part(one.family, other.given, bearers)
    return "swapped_name" if crossed in SWAPPED else None


def _part(one: str, other: str, bearers: Mapping[str, int]) -> str:
    """How two given names, or two family names, compare: same, alike, doubtful, initial, missing, other."""
    if one == other:
        return "same"
    if not one or not other:
        return "missing"
    if one.replace(" ", "") == other.replace(" ", ""):
        return "same"
    mine, theirs = one.split(), other.split()
    if _initials(mine, theirs) or _initials(theirs, mine):
        return "initial"
    if set(mine) <= set(theirs) or set(theirs) <= set(mine):
        return "alike"
    differing = [pair for pair in zip(mine, theirs, strict=False) if pair[0] != pair[1]]
    if len(mine) != len(theirs) or len(differing) != 1:
        return "other"
    return _word(*differing[0], bearers)


def _initials(short: list[str], whole: list[str]) -> bool:
    """Whether the words stand for the whole ones, at least one of them by its first letter alone: "m j", "matti j"."""
    if len(short) > len(whole) or not any(len(word) == 1 for word in short):
        return False
    return all(
        full == word or (len(word) == 1 and full.startswith(word)) for word, full in zip(short, whole, strict=False)
    )


def _word(one: str, other: str, bearers: Mapping[str, int]) -> str:
    """Whether one is a typing error of the other: alike, doubtful or other."""
    shorter = min(len(one), len(other))
    allowed = 2 if shorter >= LONG else 1
    if OSA.distance(one, other, score_cutoff=allowed) > allowed:
        return "other"
    return "doubtful" if shorter < SHORTEST_MISTYPED or _two_names(one, other, bearers) else "alike"


def _two_names(one: str, other: str, bearers: Mapping[str, int]) -> bool:
    """Whether both are names that people bear, as Jari and Jani."""
    if one in GIVEN_NAMES and other in GIVEN_NAMES:
        return True
    rarer, other_one = sorted((bearers.get(one, 0), bearers.get(other, 0)))
    return rarer > 0 and other_one < rarer * RARER


NAMES: dict[tuple[str, str], str] = {
    **dict.fromkeys(pairs(("same", "alike"), ("same", "alike")), "similar_name"),
    **dict.fromkeys(pairs(("same", "alike", "doubtful"), ("doubtful",)), "doubtful_name"),
    **dict.fromkeys(pairs(("doubtful",), ("same", "alike")), "doubtful_name"),
    ("same", "same"): "same_name",
    ("initial", "same"): "initials",
    ("initial", "alike"): "initials",
    ("same", "other"): "other_family_name",
    ("missing", "same"): "part_of_name",
    ("same", "missing"): "part_of_name",
}
"""By how given names and family names compare."""
SWAPPED = {("same", "same"), ("same", "alike"), ("alike", "same"), ("initial", "same"), ("same", "initial")}
