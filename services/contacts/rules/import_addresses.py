"""The parts of a postal address: files give them in pieces, so that each part is a claim of its own (C12).

The source of the address is that of the highest claim; parts that stand by other claims are kept beside it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.contacts.masters import ValueSource
from services.contacts.rules.masters import BY_HAND, Claim, Outcome, rank

PARTS = ("street", "postal_code", "city", "country")
Parts = Mapping[str, Claim]
"""Who said each part, and its value."""


def postal(addresses: Iterable[Mapping[str, str]]) -> Mapping[str, str]:
    """The postal one among the addresses of a contact; empty if there is none."""
    return next((each for each in addresses if each.get("purpose", "postal") == "postal"), {})


def claims_of(address: Mapping[str, str], origin: Mapping[str, Any] | None, *, own: bool) -> dict[str, Claim]:
    """Who said the parts of an address, whose `origin` is JSON as it is stored; `own` if only it has this origin.

    Who writes an address by hand, after the contact was made, says also what is empty.
    """
    if origin is None:
        return {}
    others = origin.get("parts") or {}
    by_hand = own and not others and origin["source"] in BY_HAND
    told = [part for part in PARTS if part in others or by_hand or address.get(part)]
    return {part: _claim(others.get(part, origin), address.get(part, "")) for part in told}


def _claim(origin: Mapping[str, Any], value: str) -> Claim:
    return Claim(ValueSource(origin["source"]), datetime.fromisoformat(origin["observed_at"]), value)


def told_by(claims: Parts, master: ValueSource | None) -> dict[str, Any]:
    """Source and time of an address whose parts were said so, with the parts that come from elsewhere; without rule."""
    highest = max(claims.values(), key=lambda claim: rank(claim, master)[:-1])
    others = {part: _told(claim) for part, claim in claims.items() if _told(claim) != _told(highest)}
    return {**_told(highest), "parts": others or None}


def _told(claim: Claim) -> dict[str, str]:
    return {"source": claim.source.value, "observed_at": claim.observed_at.isoformat()}


@dataclass(frozen=True)
class JudgedAddress:
    """What becomes of the parts that a file gives of an address."""

    stood: Parts
    said: Parts
    outcomes: Mapping[str, Outcome]

    @classmethod
    def of(cls, stood: Parts, said: Parts, judge: Callable[[str, Claim, Claim | None], Outcome]) -> "JudgedAddress":
        """Judge each part by what stood of it."""
        return cls(stood, said, {part: judge(part, claim, stood.get(part)) for part, claim in said.items()})

    @property
    def claims(self) -> dict[str, Claim]:
        """Who says each part from now on."""
        return {**self.stood, **{part: claim for part, claim in self.said.items() if self._is(part, Outcome.TAKEN)}}

    @property
    def outcome(self) -> Outcome | None:
        """What becomes of the address: taken if any part is that differs; None if none differs."""
        found = {self.outcomes[part] for part in self._different()}
        return next((each for each in (Outcome.TAKEN, Outcome.REFUSED, Outcome.OUTDONE) if each in found), None)

    @property
    def refused(self) -> bool:
        """Whether a master keeps a part that differs."""
        return any(self._is(part, Outcome.REFUSED) for part in self._different())

    @property
    def contested(self) -> bool:
        """Whether two have said different things of a part."""
        return any(part in self.stood and not self._is(part, Outcome.REFUSED) for part in self._different())

    @property
    def taken(self) -> dict[str, str]:
        """The values that change."""
        return {part: self.said[part].value for part in self._different() if self._is(part, Outcome.TAKEN)}

    def _different(self) -> list[str]:
        return [part for part, claim in self.said.items() if part not in self.stood or self._value(part) != claim.value]

    def _value(self, part: str) -> Any:
        return self.stood[part].value

    def _is(self, part: str, outcome: Outcome) -> bool:
        return self.outcomes[part] is outcome
