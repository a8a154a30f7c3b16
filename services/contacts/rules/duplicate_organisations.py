"""Whether two organisations are one (C13): what their names and what agrees beside the names say together.

Names of organisations are nearly unique, so an equal one needs little beside it. Two business ids are two
organisations, and so are two of one hierarchy: a company and its sites share everything but their places.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from rapidfuzz import fuzz

from services.contacts.rules.duplicates import Likeness, address_key
from services.contacts.rules.names import fold

POINTS: Final = {"same_email": 4, "same_phone": 3, "same_domain": 2, "same_address": 2}
NAMINGS: Final = {"same_name": (70, 0), "similar_name": (58, 2)}
"""By how names compare: the score, and the points that must agree beside it."""
ELSEWHERE: Final = 3
"""The points that are needed when the two are in different towns."""
PER_POINT: Final = 4
ALIKE_FROM: Final = 88.0
SHORTEST_ALIKE: Final = 5
"""Shorter names have to be equal: one letter makes another abbreviation."""
LEGAL_FORMS: Final = frozenset({
    "oy", "oyj", "ab", "abp", "ry", "rf", "ky", "kb", "tmi", "fma", "osk", "andelslag", "ay", "ob", "saatio", "sr",
    "osakeyhtio", "aktiebolag", "yhdistys", "forening", "ltd", "inc", "gmbh",
})  # fmt: skip
PUBLIC_DOMAINS: Final = frozenset({
    "gmail.com", "googlemail.com", "hotmail.com", "hotmail.fi", "outlook.com", "live.com", "live.fi", "icloud.com",
    "yahoo.com", "elisanet.fi", "kolumbus.fi", "luukku.com", "saunalahti.fi", "welho.com", "suomi24.fi",
    "pp.inet.fi", "netti.fi", "proton.me", "protonmail.com",
})  # fmt: skip
"""Domains that say nothing of whose address it is."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared of an organisation."""

    id: UUID
    parent_id: UUID | None
    name: str
    business_id: str | None
    city: str
    emails: frozenset[str]
    phones: frozenset[str]
    addresses: frozenset[str]

    @property
    def reached(self) -> tuple[frozenset[str], ...]:
        """All by which it is reached."""
        return self.emails, self.phones, self.addresses

    @property
    def domains(self) -> set[str]:
        """Domains of its own."""
        return {each.rpartition("@")[2] for each in self.emails} - PUBLIC_DOMAINS


def bare_name(name: str) -> str:
    """The folded name without its legal form: "Lumi Oy Ab" becomes "lumi"."""
    words = fold(name).split()
    return " ".join([each for each in words if each not in LEGAL_FORMS] or words)


def facts_of(organisation: Any) -> Facts:
    """The facts of an organisation; it has the attributes of the table."""
    emails = (organisation.email_key, *(each["address"] for each in organisation.other_emails))
    phones = (organisation.phone, *(each["number"] for each in organisation.other_phones))
    return Facts(
        id=organisation.id,
        parent_id=organisation.parent_id,
        name=bare_name(organisation.name),
        business_id=organisation.business_id,
        city=fold(organisation.city),
        emails=frozenset(filter(None, emails)),
        phones=frozenset(filter(None, phones)),
        addresses=frozenset(filter(None, map(address_key, organisation.addresses))),
    )


def fingerprint(one: Facts, other: Facts) -> str:
    """Changes when one of the two changes in something that is compared."""
    told = [
        (each.name, each.business_id, each.parent_id, each.city, *map(sorted, each.reached)) for each in (one, other)
    ]
    return blake2b(repr(told).encode(), digest_size=12).hexdigest()


def compare(one: Facts, other: Facts, _bearers: Mapping[str, int] | None = None) -> Likeness | None:
    """How alike the two are, or None when they are two organisations as far as anybody can tell."""
    naming = how_named(one.name, other.name)
    if naming is None or _two_business_ids(one, other) or _of_one_hierarchy(one, other):
        return None
    agreeing = list(_agreeing(one, other))
    points = sum(POINTS[each] for each in agreeing)
    score, needed = NAMINGS[naming]
    apart = bool(one.city and other.city and one.city != other.city)
    if points < max(needed, ELSEWHERE if apart else 0):
        return None
    return Likeness(float(min(score + PER_POINT * points, 100)), (naming, *agreeing))


def how_named(one: str, other: str) -> str | None:
    """How two bare names compare: `same_name`, `similar_name` or not at all."""
    if one == other or one.replace(" ", "") == other.replace(" ", ""):
        return "same_name"
    if min(len(one), len(other)) < SHORTEST_ALIKE:
        return None
    return "similar_name" if fuzz.token_sort_ratio(one, other) >= ALIKE_FROM else None


def _two_business_ids(one: Facts, other: Facts) -> bool:
    return bool(one.business_id and other.business_id and one.business_id != other.business_id)


def _of_one_hierarchy(one: Facts, other: Facts) -> bool:
    """Parent and part, or two parts of one."""
    if one.parent_id is not None and one.parent_id in {other.id, other.parent_id}:
        return True
    return other.parent_id == one.id


def _agreeing(one: Facts, other: Facts) -> list[str]:
    """What agrees beside the names, strongest first."""
    here = bool(one.city) and one.city == other.city
    found = {
        "same_email": bool(one.emails & other.emails),
        "same_phone": bool(one.phones & other.phones),
        "same_domain": here and not one.emails & other.emails and bool(one.domains & other.domains),
        "same_address": bool(one.addresses & other.addresses),
    }
    return [name for name, agrees in found.items() if agrees]
