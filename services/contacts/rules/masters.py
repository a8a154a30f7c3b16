"""Which of several sources is believed about a field (C12).

Claims about a field stand in one total order: those of its master before all others, what accounting says without
being master after them, then the later before the earlier, then by source and value. The highest stands, so the
outcome depends neither on the order in which claims arrive nor on how often.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from contracts.contacts.basics import CustomerStatus
from contracts.contacts.masters import DecidedBy, ValueSource

SHARED = (
    "email", "phone", "fax", "other_emails", "other_phones", "language", "customer_number", "customer_status",
    "payment_method", "payment_days", "delivery_method", "credit_limit", "addresses",
)  # fmt: skip
FIELDS: Mapping[str, tuple[str, ...]] = {
    "person": ("given_name", "family_name", "title", "gender", "birth_date", *SHARED),
    "organisation": ("name", "business_id", "parent_id", *SHARED),
}
"""What can have a master, by kind of contact, besides additional fields. Tags are marks of the office alone."""
OF_AFFILIATIONS = frozenset({"title", "email", "phone", "role", "decision_maker", "starts_on", "ends_on"})
"""What a person's place in an organisation says; nobody is master of these."""
WITH_SOURCE = frozenset({*FIELDS["person"], *FIELDS["organisation"], "tags"})
ADDITIONAL = "fields."
EVERYTHING = "*"
"""Stands for all values that a contact was given when it was made and that nobody has changed since."""
UNTOLD: Mapping[str, Any] = {"language": "fi"}
"""What a new contact has without anybody saying so."""
LINKING = frozenset({"customer_number", "customer_status"})
"""What makes a customer of accounting: its word stands against other files where no other master is set."""
BY_HAND = frozenset({ValueSource.OFFICE, ValueSource.SELF_SERVICE, ValueSource.API})
"""Sources that know the values they replace; the others send files."""
STRENGTH = tuple(ValueSource)
"""At the same moment the later one of these counts."""


@dataclass(frozen=True)
class Claim:
    """What a source says about a field, and when that was true. `value` is the column's value in JSON."""

    source: ValueSource
    observed_at: datetime
    value: Any = None


class Outcome(StrEnum):
    """What becomes of a claim."""

    TAKEN = "taken"
    OUTDONE = "outdone"
    """Another claim counts more; nothing is wrong."""
    REFUSED = "refused"
    """Another source is master of the field."""


def rank(claim: Claim, master: ValueSource | None) -> tuple[bool, bool, datetime, int, bytes]:
    """Where the claim stands in the order."""
    written = orjson.dumps(claim.value, default=str, option=orjson.OPT_SORT_KEYS)
    strength = STRENGTH.index(claim.source)
    return claim.source is master, claim.source is not ValueSource.ACCOUNTING, claim.observed_at, strength, written


def standing(claims: Iterable[Claim], master: ValueSource | None) -> Claim | None:
    """The claim that counts."""
    return max(claims, key=lambda claim: rank(claim, master), default=None)


def judge(claim: Claim, known: Claim | None, master: ValueSource | None, *, bound: bool = True) -> Outcome:
    """What becomes of a file's claim on a contact that exists, `known` being the one that has counted until now.

    While the master has said nothing, files are judged by time, so that it does not matter who comes first. What was
    written by hand they leave alone where the master held its field of the contact (`bound`) before files changed that;
    where it did not, as of prospects, the later counts. Accounting says something only where it is master, and whom it
    sends is its customer.
    """
    if claim.source is ValueSource.ACCOUNTING and master is not ValueSource.ACCOUNTING:
        return Outcome.REFUSED if master else Outcome.OUTDONE
    if master is None or known is None or claim.source is known.source:
        return _compared(claim, known, master)
    by_accounting = claim.source is ValueSource.ACCOUNTING
    if known.source in BY_HAND and known.source is not master and not (bound or by_accounting):
        return _compared(claim, known, None)
    if claim.source is not master and (known.source is master or known.source in BY_HAND):
        return Outcome.REFUSED
    return _compared(claim, known, master)


def _compared(claim: Claim, known: Claim | None, master: ValueSource | None) -> Outcome:
    later = known is None or rank(claim, master) > rank(known, master)
    return Outcome.TAKEN if later else Outcome.OUTDONE


def why(source: ValueSource, master: ValueSource | None, *, first: bool) -> DecidedBy:
    """Why a claim that was taken counts."""
    if source is master:
        return DecidedBy.MASTER
    return DecidedBy.FIRST if first else DecidedBy.LATEST


def has_source(field: str) -> bool:
    """Whether a changed field of the history is a value that comes from somewhere."""
    return field in WITH_SOURCE or field.startswith(ADDITIONAL)


def is_told(field: str, value: Any) -> bool:
    """Whether the value of a contact that nobody has changed was given by who made it."""
    if field == "decision_maker":
        return value is True
    return value not in (None, "", [], {}) and UNTOLD.get(field) != value


@dataclass(frozen=True)
class Mastership:
    """The masters of one kind of contact, as they are set."""

    by_field: Mapping[str, ValueSource]
    linked: bool = True
    """Whether the link to accounting is on."""

    def of(self, field: str) -> ValueSource | None:
        """The master of a field, if it has one at work."""
        found = self.by_field.get(field)
        return None if found is ValueSource.ACCOUNTING and not self.linked else found

    def of_files(self, field: str) -> ValueSource | None:
        """The master by which files are judged."""
        if field in LINKING and self.linked:
            return self.of(field) or ValueSource.ACCOUNTING
        return self.of(field)

    def binding(self, field: str, status: str | None, number: str | None) -> ValueSource | None:
        """The master of a field of a contact with this status and customer number; see `is_bound`."""
        found = self.of(field)
        return found if found and is_bound(found, status, number) else None

    def locked(self, status: str | None, number: str | None) -> dict[str, ValueSource]:
        """The fields of such a contact that only their masters change."""
        found = {field: self.binding(field, status, number) for field in self.by_field}
        return {field: master for field, master in found.items() if master}


def is_bound(master: ValueSource, status: str | None, number: str | None) -> bool:
    """Whether a master holds its fields of a contact: prospects stay editable, and accounting knows customers alone."""
    if status == CustomerStatus.PROSPECT:
        return False
    return master is not ValueSource.ACCOUNTING or bool(number) or status == CustomerStatus.CUSTOMER
