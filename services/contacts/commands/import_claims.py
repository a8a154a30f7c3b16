"""What an import may change: the claims of its rows against those that stand (C12).

A value that another source is master of stays as it is, and the row says so; the rest of the row is applied.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from contracts.contacts.masters import DecidedBy, ValueSource
from services.contacts import mastership
from services.contacts.commands import history, import_confirming, import_contests, provenance
from services.contacts.commands.history import Author
from services.contacts.rules.import_contacts import OTHER_EMAILS, OTHER_PHONES
from services.contacts.rules.import_merging import grows
from services.contacts.rules.masters import (
    BY_HAND,
    EVERYTHING,
    LINKING,
    Claim,
    Mastership,
    Outcome,
    has_source,
    is_told,
    judge,
    why,
)

REMARK = text(
    """
    UPDATE import_rows r SET remarks = r.remarks || s.remarks
    FROM jsonb_to_recordset(CAST(:said AS jsonb)) AS s(number int, remarks jsonb)
    WHERE r.import_id = :import_id AND r.number = s.number
    """
)


@dataclass(frozen=True)
class Changed:
    """A contact that a row is about: its stored columns, and the new values of those that change.

    `refused` are fields that another source is master of.
    """

    number: int
    id: UUID
    stored: dict[str, Any]
    new: dict[str, Any]
    refused: tuple[tuple[str, ValueSource], ...] = ()
    origins: Mapping[str, provenance.Origin | None] = field(default_factory=dict)
    """Where the fields that change came from until now, if a row of their own says it."""
    standing: Mapping[str, Any] = field(default_factory=dict)
    """What was said of the fields until now, by the rows of `value_sources`."""
    outdone: frozenset[str] = frozenset()
    """Fields of which something stands that counts more than what the row says."""
    added: frozenset[str] = frozenset()
    """Lists among them that grow nevertheless."""
    without_room: Mapping[str, list[str]] = field(default_factory=dict)
    """What the row adds to lists that are full."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """What the row says, by column."""

    @property
    def differences(self) -> history.Differences:
        """For the history."""
        found: history.Differences = {}
        for name, value in self.new.items():
            found |= history.differences(name, self.stored[name], value)
        return found

    @property
    def told(self) -> history.Differences:
        """The changed values that come from somewhere."""
        return {field: values for field, values in self.differences.items() if has_source(field)}


@dataclass(frozen=True)
class Claims:
    """What an author's file says of one kind of contact."""

    session: Session
    author: Author
    masters: Mastership

    @classmethod
    def of(cls, session: Session, kind: str, author: Author) -> "Claims":
        """The claims of an import, under the masters as they are now."""
        return cls(session, author, mastership.mastership(session, kind))

    def judged(self, changed: list[Changed]) -> list[Changed]:
        """With the changes that are left, without what counts less than what stands or belongs to a master."""
        origins = mastership.origins(self.session, [each.id for each in changed])
        return [self._judged(each, origins) for each in changed]

    def _judged(self, changed: Changed, origins: Mapping[tuple[UUID, str], Any]) -> Changed:
        standing = {field: _standing(changed, field, old, origins) for field, (old, _) in changed.told.items()}
        outcomes = {
            field: self._outcome(changed, field, values, standing.get(field))
            for field, values in changed.differences.items()
        }
        added = frozenset(
            field
            for field, (_, new) in changed.told.items()
            if outcomes[field] is Outcome.OUTDONE and self._adds(field, new, standing.get(field))
        )
        full = {each: self._of_full(changed, each, origins) for each in changed.without_room if each not in outcomes}
        taken = added | {field for field, each in outcomes.items() if each is Outcome.TAKEN}
        refused = [
            (field, self.masters.of_files(field))
            for field, each in (outcomes | full).items()
            if each is Outcome.REFUSED
        ]
        new = {
            name: _taken(name, value, changed.stored[name], taken)
            for name, value in changed.new.items()
            if name == "fields" or name in taken
        }
        return replace(
            changed,
            new={name: value for name, value in new.items() if value != changed.stored[name]},
            refused=tuple((field, each) for field, each in refused if each),
            origins={field: provenance.plain(origins.get((changed.id, field))) for field in changed.told},
            standing=standing,
            outdone=(
                outdone := frozenset(
                    field for field, each in outcomes.items() if each is Outcome.OUTDONE and self._speaks(field)
                )
            ),
            added=added,
            without_room={
                field: left
                for field, left in changed.without_room.items()
                if self._speaks(field)
                and (field in added or field not in outdone)
                and full.get(field) is not Outcome.OUTDONE
            },
        )

    def _of_full(self, changed: Changed, field: str, origins: Mapping[tuple[UUID, str], Any]) -> Outcome:
        """What becomes of a claim on a list that has no room at all; what would be added to it counts as taken."""
        old, given = changed.stored[field], changed.given[field]
        stands = _standing(changed, field, old, origins)
        outcome = self._outcome(changed, field, (old, given), stands)
        adds = outcome is Outcome.OUTDONE and self._adds(field, given, stands)
        return Outcome.TAKEN if adds else outcome

    def _outcome(self, changed: Changed, field: str, values: tuple[Any, Any], stands: Any) -> Outcome:
        if not has_source(field) or self._links(field, values[0]):
            return Outcome.TAKEN
        before = Claim(stands.source, stands.observed_at, values[0]) if stands else None
        claim = Claim(self.author.source, self.author.observed_at, values[1])
        return judge(claim, before, self.masters.of_files(field), bound=self._is_bound(changed, field))

    def _links(self, field: str, old: Any) -> bool:
        """Whether accounting makes a customer of a contact that was none, also where another is master of that."""
        is_link = field in LINKING and old in ({None, "prospect"} if field == "customer_status" else {None})
        return is_link and self.author.source is ValueSource.ACCOUNTING and self.masters.linked

    def _is_bound(self, changed: Changed, field: str) -> bool:
        stored = changed.stored
        return self.masters.binding(field, stored["customer_status"], stored["customer_number"]) is not None

    def _adds(self, field: str, value: Any, stands: Any) -> bool:
        """Whether an older file adds to a list that files have made: what one adds, no other takes away."""
        return self._speaks(field) and grows(field, value) and stands.source not in BY_HAND

    def _speaks(self, field: str) -> bool:
        """Whether the file says anything of the field of a contact that exists."""
        by_accounting = self.author.source is ValueSource.ACCOUNTING
        return not by_accounting or self.masters.of_files(field) is ValueSource.ACCOUNTING

    def remark(self, chunk: Mapping[str, Any], changed: Iterable[Changed], headers: Mapping[str, str]) -> None:
        """Let the rows say which of their values are left out: another source is master of them, or a list is full."""
        remarks = {each.number: _remarks(each, headers) for each in changed}
        said = [{"number": number, "remarks": each} for number, each in remarks.items() if each]
        if said:
            self.session.execute(REMARK, {"import_id": chunk["import_id"], "said": orjson.dumps(said).decode()})

    def note(self, changed: Iterable[Changed]) -> None:
        """The changes that were made come from this file; what it says less of is contested."""
        rows = [self._origin(each, field, old) for each in changed for field, (old, _) in each.told.items()]
        if rows:
            provenance.put(self.session, rows)
        contested = [
            (each.id, field, each.standing.get(field)) for each in changed for field in each.outdone - each.added
        ]
        import_contests.contest(self.session, self.author.import_id, contested)

    def _origin(self, changed: Changed, field: str, old: Any) -> dict[str, Any]:
        stands = changed.standing.get(field)
        first = stands.rule is DecidedBy.FIRST if stands and grows(field, old) else old in (None, "", [], {})
        by: Any = stands if field in changed.added else self.author
        rule = why(by.source, self.masters.of_files(field), first=first)
        said = {"source": by.source, "observed_at": by.observed_at, "rule": rule}
        return {"subject_id": changed.id, "field": field, **said}

    def confirm(self, kind: Any, chunk_sql: str, chunk: Mapping[str, Any], new: list[int]) -> None:
        """What the rows say and the contacts have comes from this file, unless it was said later by another.

        Contacts that rows with `new` numbers have just made come from it anyway.
        """
        if len(new) != chunk["count"]:
            import_confirming.confirm(self.session, kind, chunk_sql, {**chunk, "new": new}, self.author, self.masters)


def _taken(name: str, value: Any, stored: Any, taken: frozenset[str]) -> Any:
    if name != "fields":
        return value
    return {**stored, **{code: each for code, each in value.items() if f"fields.{code}" in taken}}


def _standing(changed: Changed, field: str, old: Any, origins: Mapping[tuple[UUID, str], Any]) -> Any:
    """Who said the value that a contact has, as a row of `value_sources`."""
    found = origins.get((changed.id, field))
    return origins.get((changed.id, EVERYTHING)) if found is None and is_told(field, old) else found


def _remarks(changed: Changed, headers: Mapping[str, str]) -> list[dict[str, Any]]:
    why: list[tuple[str, dict[str, Any]]] = [(field, {"master": master.value}) for field, master in changed.refused]
    refused = {field for field, _ in why}
    why += [(field, {"values": left}) for field, left in changed.without_room.items() if field not in refused]
    return [{"field": field, **each, "column": header_of(field, headers)} for field, each in why]


PARTS = {
    "addresses": ("street", "postal_code", "city", "country"),
    "other_phones": (*OTHER_PHONES, "phone"),
    "other_emails": (*OTHER_EMAILS, "email"),
    "given_name": ("name",),
    "family_name": ("name",),
    "name": ("organisation",),
    "customer_number": ("business_id",),
}
"""Columns of a file that make a field, where they have other names."""


def header_of(field: str, headers: Mapping[str, str]) -> str:
    """The heading of the column that a field comes from; `headers` by what columns mean."""
    return next((headers[each] for each in (field, *PARTS.get(field, ())) if each in headers), "")
