"""What a search finds, most alike first: ids and names are sorted alone, and what is shown is read for one page.

Who bears words like what was typed is read a rank at a time, the most alike words first: PostgreSQL takes the ranks as
they come and begins with none that the page does not need.

A statement is made once for all searches of its shape, since to make it takes longer than to run it: what is asked for
are its parameters, and whatever it is made of must be the same object again. Numbers, telephones and tags are part of
their statements, which are made for one search alone and are forgotten when others come.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from services.contacts import models
from services.contacts.queries.names import BORNE

MAX_LIKENESS = 1000
SHAPES = 200
"""Of statements are kept; most searches need one of five."""
PERSONS = models.Person.__table__.c
Contacts = type[models.Person] | type[models.Organisation]
Condition = ColumnElement[bool]
Columns = tuple[ColumnElement[Any], ...]
Values = dict[str, Any]
"""Parameters of a statement."""
Place = tuple[Any, ...]
"""Of a row: how far it is from the highest likeness, its sort key and its id."""
PLACE: dict[str, Any] = {"after_likeness": Integer(), "after_key": Text(), "after_id": Uuid()}
AFTER = tuple_(*(bindparam(name, type_=kind) for name, kind in PLACE.items()))
LIMIT = bindparam("limit", type_=Integer())
Rank = tuple[int, list[str]]
"""How alike, and the words that are so alike."""
ALIKE = (
    func.unnest(
        cast(bindparam("likeness"), ARRAY(Integer)),
        cast(bindparam("words"), ARRAY(Text)),
        cast(bindparam("taken"), ARRAY(Text)),
    )
    .table_valued(column("likeness", Integer), column("words", Text), column("taken", Text))
    .render_derived("alike")
)
"""The ranks as rows, each with the words of those before it."""


@dataclass(frozen=True)
class Search:
    """Rows of a model that fulfil some conditions, `limit` at a time."""

    reader: Connection
    model: Contacts
    columns: Columns
    conditions: tuple[Condition, ...]
    limit: int

    def rows(self, matches: Condition, score: ColumnElement[int], values: Values, after: Place | None) -> list[Any]:
        """Those that match, each with the score; `values` are parameters of both."""
        query = _matching(self.model, self.columns, self.conditions, matches, score, later=after is not None)
        return self._found(query, values, after)

    def bearers(
        self, ranks: list[Rank], but: list[str], others: Condition, values: Values, after: Place | None
    ) -> list[Any]:
        """Persons who bear words of the ranks, but none of the words `but`; of `others` alone."""
        query = _bearing(self.columns, (others, *self.conditions), later=after is not None)
        return self._found(query, values | _ranked(ranks, but), after)

    def _found(self, query: Select[Any], values: Values, after: Place | None) -> list[Any]:
        place = zip(PLACE, after, strict=True) if after else ()
        return list(self.reader.execute(query, {"limit": self.limit, **dict(place), **values}))


@lru_cache(SHAPES)
def _matching(
    model: Contacts,
    columns: Columns,
    conditions: tuple[Condition, ...],
    matches: Condition,
    score: ColumnElement[int],
    *,
    later: bool,
) -> Select[Any]:
    table = model.__table__.c
    found = select(table.id, table.sort_key, score.label("likeness")).where(matches, *conditions)
    hits = found.cte("hits").prefix_with("MATERIALIZED", dialect="postgresql")
    keys = (MAX_LIKENESS - hits.c.likeness, hits.c.sort_key, hits.c.id)
    page = select(hits).order_by(*keys).limit(LIMIT)
    return _shown(model, columns, (page.where(tuple_(*keys) > AFTER) if later else page).cte("page"))


@lru_cache(SHAPES)
def _bearing(columns: Columns, conditions: tuple[Condition, ...], *, later: bool) -> Select[Any]:
    alike = ALIKE.c
    bearers = (
        select(PERSONS.id, PERSONS.sort_key)
        .where(_bears(alike.words), or_(alike.taken == "", not_(_bears(alike.taken))), *conditions)
        .correlate(ALIKE)
        .offset(literal_column("0"))
    )
    if later:
        bearers = bearers.where(tuple_(MAX_LIKENESS - alike.likeness, PERSONS.sort_key, PERSONS.id) > AFTER)
    rows = bearers.subquery("bearers")
    first = select(rows).order_by(rows.c.sort_key, rows.c.id).limit(LIMIT).lateral("first")
    page = select(first.c.id, first.c.sort_key, alike.likeness).select_from(ALIKE).join(first, true())
    return _shown(models.Person, columns, page.limit(LIMIT).cte("page"))


def _shown(model: Contacts, columns: Columns, page: CTE) -> Select[Any]:
    table, page = model.__table__.c, page.prefix_with("MATERIALIZED", dialect="postgresql")
    shown: Select[Any] = select(*columns, page.c.sort_key, page.c.likeness).join(page, page.c.id == table.id)
    return shown.order_by(MAX_LIKENESS - page.c.likeness, page.c.sort_key, page.c.id)


def _ranked(ranks: list[Rank], but: list[str]) -> Values:
    likeness, words, taken = [], [], list[str]()
    before = [*but]
    for each, same in ranks:
        likeness.append(each)
        words.append(" ".join(same))
        taken.append(" ".join(before))
        before += same
    return {"likeness": likeness, "words": words, "taken": taken}


def _bears(words: ColumnElement[str]) -> Condition:
    return BORNE.op("&&", is_comparison=True)(func.string_to_array(words, literal_column("' '")))
