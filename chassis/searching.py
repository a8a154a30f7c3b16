"""Finding things of a service by words (A7). A service says in its module `searched` what can be found:

    SEARCHED = (Searched("tasks", Permission.ACTIVITIES_READ, models.Task, "title", at="due_on"),)

and the table has the index `searching.index("tasks", "title", "text")`. Words are PostgreSQL's full text without a
language, so that names and codes are found as well; the beginning of a word is enough.
"""

import importlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Date, Index, Select, String, cast, null, select, text, true
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.orm import aliased

from contracts.access import Permission, Principal
from contracts.search import Hit, Hits, SearchWords

MOST_WORDS: Final = 8
NEWEST: Final = 2_000
"""Rows that are looked through one by one, before the index of words is asked for all that there are."""
WORD: Final = re.compile(r"\w{1,60}")
Visible = Callable[[Any, str], ColumnElement[bool]]
"""Which rows of a model a principal with this label may find."""


def index(table: str, *expressions: str) -> Index:
    """The index by which the words of a table are found; each expression gives text, or JSON with texts."""
    words = reduce("({} || {})".format, (f"to_tsvector('simple', {each})" for each in expressions))
    return Index(f"ix_{table}_words", text(f"({words})"), postgresql_using="gin")


@dataclass(frozen=True)
class Searched:
    """Rows that can be found by who has the right `may`; `title`, `at`, `within` are columns. The latest come first.

    `day` is a column that rows of whole days fill: it is told instead of their `at`. With `part_of`, a column too, what
    the rows are parts of is found, once each.
    """

    kind: str
    may: Permission
    model: Any
    title: str
    at: str = ""
    day: str = ""
    within: str = ""
    part_of: str = ""
    visible: Visible = lambda _model, _label: true()


def search(connection: Connection, service: str, request: SearchWords, principal: Principal) -> Hits:
    """What the principal may see and has all the words."""
    wanted = _query_of(request.q)
    found: list[Hit] = []
    more = []
    for each in searched(service):
        if wanted and principal.has(each.may):
            hits = _hits(connection, each, wanted, request.limit + 1, principal.label)
            found += hits[: request.limit]
            more += [each.kind] if len(hits) > request.limit else []
    return Hits(data=found, more=more)


def _query_of(q: str) -> str:
    return " & ".join(f"'{word}':*" for word in WORD.findall(q)[:MOST_WORDS])


def searched(service: str) -> Sequence[Searched]:
    """What can be found in a service."""
    found: Sequence[Searched] = importlib.import_module(f"services.{service}.searched").SEARCHED
    return found


def _hits(connection: Connection, each: Searched, wanted: str, limit: int, label: str) -> list[Hit]:
    """Where ids give the order, the newest rows have frequent words; if they lack some, the index of words decides."""
    rows: Sequence[Any] = ()
    if not each.at:
        rows = connection.execute(_among(each, _newest(each), label).limit(limit), {"wanted": wanted}).all()
    if len(rows) < limit:
        rows = connection.execute(_first(each, _found(each, label)).limit(limit), {"wanted": wanted}).all()
    of_days = isinstance(getattr(each.model, each.at or "id").type, Date)
    when = [{"on": row.day or row.at} if of_days or row.day else {"at": row.at} for row in rows]
    return [
        Hit(kind=each.kind, id=row.id, title=row.title, within_id=row.within_id, **told)
        for row, told in zip(rows, when, strict=True)
    ]


def _newest(each: Searched) -> Any:
    """The newest rows, whatever they say."""
    model = each.model
    newest = getattr(model, each.part_of or "id").desc()
    return aliased(model, select(model).order_by(newest).limit(NEWEST).subquery("newest"))


def _among(each: Searched, model: Any, label: str) -> Select[Any]:
    """Those of the rows that are found, in order."""
    return _first(each, _matching(each, model, label).subquery("among"))


def _found(each: Searched, label: str) -> Any:
    """All rows that are found. Materialised where ids give the order: else the planner, who takes words for independent
    of each other, may walk along the ids and read every row for two frequent words that never stand together."""
    found = _matching(each, each.model, label)
    return found.subquery("found") if each.at else found.cte("found").prefix_with("MATERIALIZED")


def _matching(each: Searched, model: Any, label: str) -> Select[Any]:
    title, found = getattr(model, each.title), getattr(model, each.part_of or "id")
    at, day, within = (getattr(model, name) if name else null() for name in (each.at, each.day, each.within))
    shown = title if isinstance(title.type, JSONB) else cast(title, String)
    having = text(f"{words(each.model)} @@ to_tsquery('simple', :wanted)")
    query = select(found.label("id"), shown.label("title"), at.label("at"), day.label("day"), within.label("within_id"))
    return query.where(having, each.visible(model, label))


def _first(each: Searched, rows: Any) -> Select[Any]:
    """The rows in order, the latest first, each thing once."""
    found = rows.c
    query = select(rows).order_by(*([found.at.desc().nulls_last()] if each.at else []), found.id.desc())
    return query.ext(distinct_on(found.id)) if each.part_of else query


def words(model: Any) -> str:
    """The expression of the table's index."""
    name = f"ix_{model.__tablename__}_words"
    return next(str(each.expressions[0]) for each in model.__table__.indexes if each.name == name)
