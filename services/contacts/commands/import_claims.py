"""What an import may change: the claims of its rows against those that stand (C12).

A value that another source is master of stays as it is, and the row says so; the rest of the row is applied.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.contacts.masters import DecidedBy, ValueSource
from services.contacts import mastership
from services.contacts.commands import history, import_confirming, import_contests, import_written, provenance
from services.contacts.commands.history import Author
from services.contacts.rules.import_merging import changes, grows, may_grow, value_of, without_room
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
class Known:
    """What is known of the contacts of a chunk besides their values."""

    origins: Mapping[tuple[UUID, str], Any]
    customers: Mapping[UUID, tuple[str | None, str | None]]
    """Status and customer number as they were before files changed them."""
    written: Mapping[tuple[UUID, str], datetime] = field(default_factory=dict)
    """When fields were last written by hand."""

    def stands(self, contact_id: UUID, field: str, old: Any) -> Any:
        """Who said the value that a contact has, as a row of `value_sources`."""
        found = self.origins.get((contact_id, field))
        return self.origins.get((contact_id, EVERYTHING)) if found is None and is_told(field, old) else found


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

    def own_lists(self) -> list[str]:
        """Lists of which the author is master: what others said of them does not stay."""
        return [each for each in self.masters.by_field if may_grow(each) and self._is_own(each)]

    def judged(self, table: str, rows: Iterable[Any]) -> list[Changed]:
        """What changes of contacts by what rows say, and what is left out: it counts less, or belongs to a master."""
        found = list(rows)
        ids = [each.id for each in found]
        customers = import_written.customers(self.session, table, ids) if self.masters.by_field and ids else {}
        known = Known(mastership.origins(self.session, ids), customers)
        changed = [each for each in (self._compared(row, known) for row in found) if each.new or each.without_room]
        known = replace(known, written=import_written.times(self.session, self._outlived(changed, known)))
        return [self._judged(each, known) for each in changed]

    def _compared(self, row: Any, known: Known) -> Changed:
        owned = {each for each in self.own_lists() if not self._is_own_already(row, each, known)}
        new, left = changes(row.stored, row.given, owned), without_room(row.stored, row.given, owned)
        return Changed(row.number, row.id, row.stored, new, without_room=left, given=row.given)

    def _is_own(self, field: str) -> bool:
        return self.masters.of_files(field) is self.author.source

    def _is_own_already(self, row: Any, field: str, known: Known) -> bool:
        stands = known.stands(row.id, field, value_of(row.stored, field))
        return stands is not None and stands.source is self.author.source

    def _outlived(self, changed: Iterable[Changed], known: Known) -> Iterator[tuple[UUID, str]]:
        """Fields of which a later file has said something, and the file nevertheless may: lists, or it is the master's.
        What was written by hand in between is later than it, too."""
        for each in changed:
            counting = {name for name, (_, new) in each.told.items() if grows(name, new) or self._is_own(name)}
            for name in counting | {*each.without_room}:
                stands = known.stands(each.id, name, value_of(each.stored, name))
                if stands and stands.source not in BY_HAND and stands.observed_at >= self.author.observed_at:
                    yield each.id, name

    def _judged(self, changed: Changed, known: Known) -> Changed:
        standing = {field: known.stands(changed.id, field, old) for field, (old, _) in changed.told.items()}
        outcomes = {
            field: self._outcome(changed, field, values, known) for field, values in changed.differences.items()
        }
        added = frozenset(
            field
            for field, (_, new) in changed.told.items()
            if outcomes[field] is Outcome.OUTDONE and self._adds(changed, field, new, known)
        )
        full = {each: self._of_full(changed, each, known) for each in changed.without_room if each not in outcomes}
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
            origins={field: provenance.plain(known.origins.get((changed.id, field))) for field in changed.told},
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

    def _of_full(self, changed: Changed, field: str, known: Known) -> Outcome:
        """What becomes of a claim on a list that has no room at all; what would be added to it counts as taken."""
        old, given = changed.stored[field], changed.given[field]
        outcome = self._outcome(changed, field, (old, given), known)
        adds = outcome is Outcome.OUTDONE and self._adds(changed, field, given, known)
        return Outcome.TAKEN if adds else outcome

    def _outcome(self, changed: Changed, field: str, values: tuple[Any, Any], known: Known) -> Outcome:
        if not has_source(field) or self._links(field, values[0]):
            return Outcome.TAKEN
        stands = known.stands(changed.id, field, values[0])
        before = Claim(stands.source, stands.observed_at, values[0]) if stands else None
        claim = Claim(self.author.source, self.author.observed_at, values[1])
        if self._is_outwritten(changed, field, known):
            return Outcome.OUTDONE
        return judge(claim, before, self.masters.of_files(field), bound=self._is_bound(changed, field, known))

    def _is_bound(self, changed: Changed, field: str, known: Known) -> bool:
        return changed.id in known.customers and bool(self.masters.binding(field, *known.customers[changed.id]))

    def _is_outwritten(self, changed: Changed, field: str, known: Known) -> bool:
        """Whether it was written by hand since, and the file is not of a master that held it."""
        written = known.written.get((changed.id, field))
        if written is None or written <= self.author.observed_at:
            return False
        by_accounting = self.author.source is ValueSource.ACCOUNTING
        return not (self._is_own(field) and (by_accounting or self._is_bound(changed, field, known)))

    def _links(self, field: str, old: Any) -> bool:
        """Whether accounting makes a customer of a contact that was none, also where another is master of that."""
        is_link = field in LINKING and old in ({None, "prospect"} if field == "customer_status" else {None})
        return is_link and self.author.source is ValueSource.ACCOUNTING and self.masters.linked

    def _adds(self, changed: Changed, field: str, value: Any, known: Known) -> bool:
        """Whether an older file adds to a list that files have made: what one adds, no other takes away, unless it was
        written by hand since."""
        if not (self._speaks(field) and grows(field, value)):
            return False
        stands = known.stands(changed.id, field, value_of(changed.stored, field))
        return stands.source not in BY_HAND and not self._is_outwritten(changed, field, known)

    def _speaks(self, field: str) -> bool:
        """Whether the file says anything of the field of a contact that exists."""
        by_accounting = self.author.source is ValueSource.ACCOUNTING
        return not by_accounting or self.masters.of_files(field) is ValueSource.ACCOUNTING

    def note(self, changed: Iterable[Changed]) -> None:
        """The changes that were made come from this file; what it says less of is contested."""
        rows = [self._origin(each, field, old) for each in changed for field, (old, _) in each.told.items()]
        if rows:
            provenance.put(self.session, rows)
        contested = [
            (each.id, field, each.standing.get(field))
            for each in changed
            for field in each.outdone - each.added
            if not grows(field, value_of(each.given, field))
        ]
        import_contests.contest(self.session, self.author.import_id, contested)

    def _origin(self, changed: Changed, field: str, old: Any) -> dict[str, Any]:
        stands = changed.standing.get(field)
        first = stands.rule is DecidedBy.FIRST if stands and grows(field, old) else old in (None, "", [], {})
        by: Any = stands if field in changed.added else self.author
        rule = why(by.source, self.masters.of_files(field), first=first)
        said = {"source": by.source, "observed_at": by.observed_at, "rule": rule}
        return {"subject_id": changed.id, "field": field, **said}

    def confirm(self, kind: Any, chunk: Mapping[str, Any]) -> None:
        """What the rows say and the contacts have comes from this file, unless it was said later by another."""
        if chunk["known"]:
            import_confirming.confirm(self.session, kind, chunk, self.author, self.masters)


def _taken(name: str, value: Any, stored: Any, taken: frozenset[str]) -> Any:
    if name != "fields":
        return value
    return {**stored, **{code: each for code, each in value.items() if f"fields.{code}" in taken}}
