"""The change history of every contact (C18): who, when, which field, old and new, through which channel."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from contracts.access import Principal, PrincipalKind
from contracts.contacts.masters import ValueSource
from services.contacts import models

CHANNELS = {
    PrincipalKind.ACCOUNT: "office",
    PrincipalKind.API_KEY: "api",
    PrincipalKind.LINK: "link",
    PrincipalKind.SYSTEM: "system",
    PrincipalKind.ANONYMOUS: "web",
}


SOURCES = {
    "office": ValueSource.OFFICE,
    "system": ValueSource.OFFICE,
    "bounce": ValueSource.OFFICE,
    "api": ValueSource.API,
    "import": ValueSource.IMPORT,
    "accounting": ValueSource.ACCOUNTING,
    "address_provider": ValueSource.ADDRESS_PROVIDER,
}
"""Where values come from, by channel; through all others people speak of themselves."""


@dataclass(frozen=True)
class Author:
    """Who changes something, when, and through which channel. `said_at`: when it was true, if that was earlier."""

    label: str
    channel: str
    at: datetime
    said_at: datetime | None = None
    import_id: UUID | None = None
    """The import that works for the author."""

    @property
    def source(self) -> ValueSource:
        """Where the values come from."""
        return SOURCES.get(self.channel, ValueSource.SELF_SERVICE)

    @property
    def observed_at(self) -> datetime:
        """When the values were true."""
        return self.said_at or self.at

    @classmethod
    def of(cls, principal: Principal, at: datetime, channel: str = "") -> "Author":
        """The author that a principal is; a person on the own card writes through `own`."""
        return cls(principal.label, channel or CHANNELS[principal.kind], at)


Differences = dict[str, tuple[Any, Any]]
"""Old and new value by field."""


def record(session: Session, subject_id: UUID, author: Author, differences: Differences) -> None:
    """Write the differences into the history of one contact."""
    record_many(session, author, [(subject_id, differences)])


def record_many(
    session: Session,
    author: Author,
    changed: Iterable[tuple[UUID, Differences]],
    origins: Mapping[tuple[UUID, str], Any] | None = None,
) -> None:
    """Write the differences into the histories of many contacts.

    `origins` say where the old values came from, by contact and field.
    """
    known = origins or {}
    _store(session, [
        _row(author, subject_id, field, values, origin=known.get((subject_id, field)))
        for subject_id, differences in changed
        for field, values in differences.items()
    ])  # fmt: skip


def record_of_affiliations(
    session: Session,
    author: Author,
    changed: Iterable[tuple[UUID, UUID, Differences]],
    origins: Mapping[tuple[UUID, str], Any] | None = None,
) -> None:
    """The same of affiliations, told by one of their sides: affiliation, side, differences."""
    known = origins or {}
    _store(session, [
        _row(author, subject_id, field, values, affiliation_id=place_id, origin=known.get((place_id, field)))
        for place_id, subject_id, differences in changed
        for field, values in differences.items()
    ])  # fmt: skip


def _row(author: Author, subject_id: UUID, field: str, values: tuple[Any, Any], **more: Any) -> dict[str, Any]:
    return {
        "subject_id": subject_id,
        "changed_at": author.at,
        "changed_by": author.label,
        "channel": author.channel,
        "field": field,
        "old": _plain(values[0]),
        "new": _plain(values[1]),
        "import_id": author.import_id,
        **more,
    }


def _store(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(models.Change), rows)


def assign(row: Any, values: dict[str, Any]) -> Differences:
    """Set those attributes of `row` that differ from `values`; what was different."""
    found = differing(row, values)
    for name, new in values.items():
        if getattr(row, name) != new:
            setattr(row, name, new)
    return found


def differing(row: Any, values: dict[str, Any]) -> Differences:
    """What differs between `values` and the attributes of `row`."""
    found: Differences = {}
    for name, new in values.items():
        old = getattr(row, name)
        if old != new:
            found |= differences(name, old, new)
    return found


def differences(name: str, old: Any, new: Any) -> Differences:
    """What the history tells of one changed column; additional fields one by one."""
    if name == "photo_key":
        return {"photo": (old is not None, new is not None)}
    if name != "fields":
        return {name: (old, new)}
    return {
        f"fields.{code}": (old.get(code), new.get(code))
        for code in sorted({*old, *new})
        if old.get(code) != new.get(code)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date | UUID | Decimal):
        return str(value)
    return value
