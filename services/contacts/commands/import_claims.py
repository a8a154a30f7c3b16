"""What an import may change: the claims of its rows against those that stand (C12).

A value that another source is master of stays as it is, and the row says so; the rest of the row is applied.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.contacts.masters import DecidedBy, ValueSource
from services.contacts import mastership
from services.contacts.commands import (
    import_addresses,
    import_confirming,
    import_contests,
    import_retired,
    import_written,
    provenance,
)
from services.contacts.commands.history import Author
from services.contacts.commands.import_changed import Changed, Known
from services.contacts.rules.import_addresses import PARTS, JudgedAddress, claims_of, postal, told_by
from services.contacts.rules.import_merging import changes, grows, may_grow, value_of, without_room
from services.contacts.rules.import_retired import NONE, Retired
from services.contacts.rules.masters import (
    BY_HAND,
    LINKING,
    Claim,
    Mastership,
    Outcome,
    has_source,
    judge,
    why,
)


@dataclass(frozen=True)
class Claims:
    """What an author's file says of one kind of contact."""

    session: Session
    author: Author
    masters: Mastership
    retired: Retired
    """Of the author's own lists: no file says anything of these choices, so that none takes them away."""

    @classmethod
    def of(cls, session: Session, kind: str, author: Author) -> "Claims":
        """The claims of an import, under the masters as they are now."""
        found = cls(session, author, mastership.mastership(session, kind), NONE)
        return replace(found, retired=import_retired.retired(session, kind, found.own_lists()))

    def own_lists(self) -> list[str]:
        """Lists of which the author is master: what others said of them does not stay."""
        return [each for each in self.masters.by_field if may_grow(each) and self._is_own(each)]

    def judged(self, table: str, rows: Iterable[Any]) -> list[Changed]:
        """What changes of contacts by what rows say, and what is left out: it counts less, or belongs to a master."""
        found = list(rows)
        ids = [each.id for each in found]
        customers = import_written.customers(self.session, table, ids) if self.masters.by_field and ids else {}
        known = Known(mastership.origins(self.session, ids), customers)
        changed = [each for each in (self._compared(row, known) for row in found) if each.says_something]
        known = replace(known, written=import_written.times(self.session, self._outlived(changed, known)))
        return [self._judged(each, known) for each in changed]

    def _compared(self, row: Any, known: Known) -> Changed:
        owned = {each for each in self.own_lists() if not self._is_own_already(row, each, known)}
        new, left = changes(row.stored, row.given, owned, self.retired), without_room(row.stored, row.given, owned)
        return Changed(row.number, row.id, row.stored, new, without_room=left, given=row.given, in_parts=row.in_parts)

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
            counting |= {"addresses"} if each.in_parts and self._is_own("addresses") else set()
            for name in counting | {*each.without_room}:
                stands = known.stands(each.id, name, value_of(each.stored, name))
                if stands and stands.source not in BY_HAND and stands.observed_at >= self.author.observed_at:
                    yield each.id, name

    def _judged(self, changed: Changed, known: Known) -> Changed:
        standing = {field: known.stands(changed.id, field, old) for field, (old, _) in changed.told.items()}
        outcomes = {
            field: self._outcome(changed, field, values, known) for field, values in changed.differences.items()
        }
        address = self._address(changed, known) if changed.in_parts or "addresses" in outcomes else None
        if address:
            standing["addresses"] = known.stands(changed.id, "addresses", changed.stored["addresses"])
            outcomes.pop("addresses", None)
            outcomes |= {"addresses": address.outcome} if address.outcome else {}
            changed = replace(changed, new=changed.new | changed.moved(address), address=address)
        added = frozenset(
            field
            for field, (_, new) in changed.told.items()
            if outcomes.get(field) is Outcome.OUTDONE and self._adds(changed, field, new, known)
        )
        full = {each: self._of_full(changed, each, known) for each in changed.without_room if each not in outcomes}
        partly = {"addresses"} if address and address.refused else set[str]()
        refused = [field for field, each in (outcomes | full).items() if each is Outcome.REFUSED or field in partly]
        outdone = {field for field, each in outcomes.items() if each is Outcome.OUTDONE and self._speaks(field)}
        return replace(
            changed,
            new=_taken_of(changed, added | {field for field, each in outcomes.items() if each is Outcome.TAKEN}),
            refused=tuple((each, master) for each in refused if (master := self.masters.of_files(each))),
            origins={field: provenance.plain(known.origins.get((changed.id, field))) for field in standing},
            standing=standing,
            outdone=frozenset(outdone),
            added=added,
            without_room={
                field: left
                for field, left in changed.without_room.items()
                if self._speaks(field) and field not in outdone - added and full.get(field) is not Outcome.OUTDONE
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
        return self._judge(changed, field, known, claim, before)

    def _judge(self, changed: Changed, field: str, known: Known, claim: Claim, before: Claim | None) -> Outcome:
        outcome = judge(claim, before, self.masters.of_files(field), bound=self._is_bound(changed, field, known))
        is_late = outcome is Outcome.TAKEN and self._is_outwritten(changed, field, known)
        return Outcome.OUTDONE if is_late else outcome

    def _judge_part(self, changed: Changed, known: Known, part: str, claim: Claim, before: Claim | None) -> Outcome:
        """The same of a part of the address; which parts the office knew of is another thing than when it wrote."""
        written = known.written.get((changed.id, "addresses"))
        if written and written.as_made and not postal(written.old or changed.stored["addresses"]).get(part):
            known = replace(known, written={})
        return self._judge(changed, "addresses", known, claim, before)

    def _address(self, changed: Changed, known: Known) -> JudgedAddress:
        stands = known.stands(changed.id, "addresses", changed.stored["addresses"])
        own = (changed.id, "addresses") in known.origins
        stood = claims_of(postal(changed.stored["addresses"]), provenance.plain(stands), own=own)
        given = postal(changed.given["addresses"])
        said = {
            part: Claim(self.author.source, self.author.observed_at, given[part]) for part in PARTS if part in given
        }
        return JudgedAddress.of(stood, said, partial(self._judge_part, changed, known))

    def _is_bound(self, changed: Changed, field: str, known: Known) -> bool:
        return changed.id in known.customers and bool(self.masters.binding(field, *known.customers[changed.id]))

    def _is_outwritten(self, changed: Changed, field: str, known: Known) -> bool:
        """Whether it was written by hand since, and the file is not of a master that held it."""
        written = known.written.get((changed.id, field))
        if written is None or written.at <= self.author.observed_at:
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
        found = list(changed)
        rows = [self._origin(each, field, old) for each in found for field, (old, _) in each.told.items()]
        confirming = [each for each in found if each.confirms_parts]
        import_addresses.remember(self.session, self.author.import_id, [each.id for each in confirming])
        rows += [self._origin(each, "addresses", None) for each in confirming]
        if rows:
            provenance.put(self.session, rows)
        contested = [
            (each.id, field, each.standing.get(field))
            for each in found
            for field in each.outdone - each.added
            if not grows(field, value_of(each.given, field)) and not (field == "addresses" and each.confirms_parts)
        ]
        import_contests.contest(self.session, self.author.import_id, contested)

    def _origin(self, changed: Changed, field: str, old: Any) -> dict[str, Any]:
        stands = changed.standing.get(field)
        if field == "addresses" and changed.address:
            return self._origin_of_address(changed.id, changed.address, stands)
        first = stands.rule is DecidedBy.FIRST if stands and grows(field, old) else old in (None, "", [], {})
        by: Any = stands if field in changed.added else self.author
        rule = why(by.source, self.masters.of_files(field), first=first)
        said = {"source": by.source, "observed_at": by.observed_at, "rule": rule}
        return {"subject_id": changed.id, "field": field, **said}

    def _origin_of_address(self, contact_id: UUID, address: JudgedAddress, stands: Any) -> dict[str, Any]:
        master = self.masters.of_files("addresses")
        told = told_by(address.claims, master)
        first = not address.contested and (stands is None or stands.rule is DecidedBy.FIRST)
        rule = why(ValueSource(told["source"]), master, first=first)
        at = datetime.fromisoformat(told["observed_at"])
        return {"subject_id": contact_id, "field": "addresses", **told, "observed_at": at, "rule": rule}

    def confirm(self, kind: Any, chunk: Mapping[str, Any]) -> None:
        """What the rows say and the contacts have comes from this file, unless it was said later by another."""
        if chunk["known"]:
            import_confirming.confirm(self.session, kind, chunk, self.author, self.masters)


def _taken_of(changed: Changed, taken: frozenset[str]) -> dict[str, Any]:
    """The new values of the columns that change by what is taken."""
    new = {
        name: _taken(name, value, changed.stored[name], taken)
        for name, value in changed.new.items()
        if name == "fields" or name in taken
    }
    return {name: value for name, value in new.items() if value != changed.stored[name]}


def _taken(name: str, value: Any, stored: Any, taken: frozenset[str]) -> Any:
    if name != "fields":
        return value
    return {**stored, **{code: each for code, each in value.items() if f"fields.{code}" in taken}}
