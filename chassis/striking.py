"""Texts about others lose the name of an erased person, in every service the same way (C17, ADR 8).

A service says in its module `personal_data` which columns hold texts that may name anybody:

    WRITTEN = (
        Written(models.Mailing, ("name", "subject", "body")),
        Written(models.InvoiceLine, ("name", "about"), kept=invoices_of_lines),
    )

How the person is named the register alone knows. It keeps that sealed until all services have searched twice: at once,
and when what was just being written is there. It is asked for by the worker before each search and kept nowhere else.
A search that is cut short begins again.
"""

import importlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import searching, tables
from chassis.ids import made_at
from chassis.mentions import Mentions, struck
from contracts.personal_data import RetainedDocument, Sought

Ids = Sequence[UUID]
AT_ONCE: Final = 20_000
"""Rows of a table without an index of words that one transaction looks through."""
MOST_ALIKE: Final = 1_000
JUST_BEING_WRITTEN: Final = timedelta(seconds=10)
"""So long after an erasure somebody may still write what was known before it."""
ANY_ROW: Final = true()
BETWEEN_DIGITS: Final = " ()-./\u00a0"
ALLOWED: Final = text("SELECT set_config('talkoo.striking', 'on', true)")
"""Triggers let an erasure change what else nobody may."""


@dataclass(frozen=True)
class Written:
    """Columns of a table with texts, or JSON with texts, that may name anybody.

    Tables whose index of words has all the columns are searched by it, others are read, some rows at a time.
    """

    model: Any
    columns: tuple[str, ...]
    linked: Callable[[Ids], Select[Any]] | None = None
    """Ids of rows that are linked to the persons: from these also goes what somebody else bears too."""
    how: Callable[[Any, Mentions], Any] | None = None
    """What is left of a value, where that is not simply the value without what names the person."""
    keys: bool = False
    """Keys of the JSON are texts too, such as headings of columns."""
    coded: Collection[str] = ()
    """Keys of the JSON under which are codes, which other things refer to."""
    dated: bool = False
    """Rows whose first key was given after the erasure tell of somebody who came since, and stay."""
    unique: str = ""
    """A column that may not say the same twice: numbers tell apart what is left."""
    then: Callable[[Session, Sequence[Any]], None] | None = None
    """What else has to go when these rows named somebody. Rows are told by the first column of their keys."""
    kept: Callable[[Session, Sequence[Any]], Iterable[RetainedDocument]] | None = None
    """The law keeps the rows as they are: the documents with these ids are listed in the report."""

    @property
    def table(self) -> Table:
        """The table itself; the chassis has no classes for its own."""
        found: Table = getattr(self.model, "__table__", self.model)
        return found

    @property
    def words(self) -> ColumnElement[Any] | None:
        """The words of the table's index, if it knows all columns."""
        names = {each.name for each in self.table.indexes}
        if f"ix_{self.table.name}_words" not in names or not hasattr(self.model, "__table__"):
            return None
        said = searching.words(self.model)
        known = all(re.search(rf"\b{name}\b(?!\()", said) for name in self.columns)
        return literal_column(said) if known else None


ITS_OWN: Final = (Written(tables.jobs, ("params", "cursor", "result")),)
"""Of every service."""


@dataclass(frozen=True)
class Wanted:
    """Whom a search is about."""

    ids: Ids
    everything: Mentions
    free: Mentions
    """Without what somebody else in the register bears too."""
    erased_at: datetime | None = None

    @classmethod
    def of(cls, ids: Ids, sought: Sought, erased_at: datetime) -> "Wanted":
        """As the register says."""
        return cls(ids, Mentions.read(sought.everything), Mentions.read(sought.free), erased_at)

    def spares(self, row_id: UUID) -> bool:
        """Whether the row was begun well after the erasure."""
        return self.erased_at is not None and made_at(row_id) > self.erased_at + JUST_BEING_WRITTEN


def written(service: str) -> Sequence[Written]:
    """What a service declares, and what the chassis writes in each."""
    own: Sequence[Written] = importlib.import_module(f"services.{service}.personal_data").WRITTEN
    return [*own, *ITS_OWN]


def strike(
    session: Session,
    each: Written,
    wanted: Sequence[Wanted],
    within: ColumnElement[bool] = ANY_ROW,
    *,
    linked_alone: bool = False,
) -> list[list[Any]]:
    """Strike what names these persons in rows of a table; for each person the ids of the rows that named them."""
    linked = [set(session.scalars(each.linked(one.ids))) if each.linked else set() for one in wanted]
    may: ColumnElement[bool] = each.table.c.id.in_(set().union(*linked)) if any(linked) else false()
    if not linked_alone:
        may = or_(may, _naming(each, Mentions.together(one.free for one in wanted), within))
    session.execute(ALLOWED)
    found: list[list[Any]] = [[] for _ in wanted]
    for row in session.execute(_rows(each, may)).all():
        left = {name: row._mapping[name] for name in each.columns}
        for one, theirs, rows in zip(wanted, linked, found, strict=True):
            if each.dated and one.spares(row[0]):
                continue
            changes = dict(_changes(each, left, one.everything if row[0] in theirs else one.free))
            if changes:
                left |= changes
                rows.append(row[0])
        _store(session, each, row, {name: value for name, value in left.items() if value != row._mapping[name]})
    if each.then and any(found):
        each.then(session, [row_id for rows in found for row_id in rows])
    return found


def _rows(each: Written, may: ColumnElement[bool]) -> Select[Any]:
    rows = select(*each.table.primary_key.columns, *(each.table.c[name] for name in each.columns)).where(may)
    return rows if each.kept else rows.with_for_update(key_share=True)


def _changes(each: Written, values: dict[str, Any], mentions: Mentions) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        left = each.how(value, mentions) if each.how else _left(each, value, mentions)
        if left != value:
            yield name, left


def _left(each: Written, value: Any, mentions: Mentions) -> Any:
    return struck(value, mentions.pattern, keys=each.keys, coded=each.coded)


def _store(session: Session, each: Written, row: Any, changes: dict[str, Any]) -> None:
    if each.kept or not changes:
        return
    table = each.table
    if "version" in table.c:
        changes["version"] = table.c.version + 1
    key = table.primary_key.columns
    which = and_(*(column == value for column, value in zip(key, row[: len(key)], strict=True)))
    plain = changes.get(each.unique)
    for number in count(2):
        try:
            with session.begin_nested():
                session.execute(update(table).where(which).values(changes))
        except IntegrityError:
            if plain is None or number > MOST_ALIKE:
                raise
            changes[each.unique] = f"{plain} {number}"
        else:
            return


def _naming(each: Written, mentions: Mentions, within: ColumnElement[bool]) -> ColumnElement[bool]:
    """Which rows may name the person; what they say has to be looked at."""
    words = each.words
    if words is None:
        return naming(each, mentions, within)
    query = query_of(mentions)
    return false() if query is None else words.op("@@", is_comparison=True)(query)


def naming(each: Written, mentions: Mentions, within: ColumnElement[bool]) -> ColumnElement[bool]:
    """Which of some rows may name the person in texts or JSON, read as they are; each is made into one text once."""
    key = list(each.table.primary_key.columns)
    text_of = func.lower(func.concat_ws(" ", *(cast(each.table.c[name], Text) for name in each.columns))).label("said")
    read = select(*key, text_of).where(within).offset(0).subquery("read")
    said, digits = read.c.said, func.translate(read.c.said, BETWEEN_DIGITS, "")
    may = or_(
        false(),
        *(said.contains(email, autoescape=True) for email in sorted(mentions.emails)),
        *(and_(*(said.contains(part, autoescape=True) for part in reversed(parts))) for parts in mentions.parts),
        *(digits.contains(number, autoescape=True) for number in mentions.numbers),
    )
    return tuple_(*key).in_(select(*(read.c[column.name] for column in key)).where(may))


def query_of(mentions: Mentions) -> ColumnElement[Any] | None:
    """What the index of words is asked; None when there is nothing to ask."""
    asked = [
        *(func.to_tsquery(text("'simple'"), each) for each in mentions.queries),
        *(func.plainto_tsquery(text("'simple'"), each) for each in mentions.phrases),
    ]
    found: ColumnElement[Any] | None = None
    for each in asked:
        found = each if found is None else found.op("||")(each)
    return found


def part_after(session: Session, each: Written, after: ColumnElement[bool]) -> tuple[ColumnElement[bool], Any]:
    """The next rows that one transaction looks through, and what comes after them; None when these are the last.

    An index of words finds all at once.
    """
    if each.words is not None:
        return true(), None
    key = list(each.table.primary_key.columns)
    end = session.execute(select(*key).where(after).order_by(*key).offset(AT_ONCE - 1).limit(1)).first()
    if end is None:
        return after, None
    last = tuple_(*(literal(value, column.type) for value, column in zip(end, key, strict=True)))
    return and_(after, tuple_(*key) <= last), tuple_(*key) > last
