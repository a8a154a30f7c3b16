"""What a search finds, most alike first: ids and names are sorted alone, and what is shown is read for one page.

Who bears words like what was typed is read a rank at a time, the most alike words first: PostgreSQL takes the ranks as
they come and begins with none that the page does not need.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
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
PERSONS = models.Person.__table__.c
Place = tuple[Any, ...]
"""Of a row: how far it is from the highest likeness, its sort key and its id."""
Rank = tuple[int, list[str]]
"""How alike, and the words that are so alike."""


@dataclass(frozen=True)
class Search:
    """Rows of a model that fulfil some conditions, `limit` at a time."""

    reader: Connection
    model: type[models.Person] | type[models.Organisation]
    columns: list[Any]
    conditions: list[ColumnElement[bool]]
    limit: int

    def rows(self, matches: ColumnElement[bool], score: ColumnElement[int], after: Place | None) -> list[Any]:
        """Those that match, each with the score."""
        table = self.model.__table__.c
        found = select(table.id, table.sort_key, score.label("likeness")).where(matches, *self.conditions)
        hits = found.cte("hits").prefix_with("MATERIALIZED", dialect="postgresql")
        keys = (MAX_LIKENESS - hits.c.likeness, hits.c.sort_key, hits.c.id)
        page = select(hits).order_by(*keys).limit(self.limit)
        return self._shown((page.where(tuple_(*keys) > tuple_(*after)) if after else page).cte("page"))

    def bearers(self, ranks: list[Rank], but: list[str], others: ColumnElement[bool], after: Place | None) -> list[Any]:
        """Persons who bear words of the ranks, but none of the words `but`; of `others` alone."""
        alike = _table(ranks, but)
        bearers = (
            select(PERSONS.id, PERSONS.sort_key)
            .where(_bears(alike.c.words), or_(alike.c.taken == "", not_(_bears(alike.c.taken))), others)
            .where(*self.conditions)
            .correlate(alike)
            .offset(literal_column("0"))
        )
        if after:
            bearers = bearers.where(
                tuple_(MAX_LIKENESS - alike.c.likeness, PERSONS.sort_key, PERSONS.id) > tuple_(*after)
            )
        rows = bearers.subquery("bearers")
        first = select(rows).order_by(rows.c.sort_key, rows.c.id).limit(self.limit).lateral("first")
        page = select(first.c.id, first.c.sort_key, alike.c.likeness).select_from(alike).join(first, true())
        return self._shown(page.limit(self.limit).cte("page"))

    def _shown(self, page: CTE) -> list[Any]:
        table, page = self.model.__table__.c, page.prefix_with("MATERIALIZED", dialect="postgresql")
        shown: Select[Any] = select(*self.columns, page.c.sort_key, page.c.likeness).join(page, page.c.id == table.id)
        return list(self.reader.execute(shown.order_by(MAX_LIKENESS - page.c.likeness, page.c.sort_key, page.c.id)))


def _table(ranks: list[Rank], but: list[str]) -> Any:
    """The ranks as rows, each with the words of those before it."""
    likeness, words, taken = [], [], list[str]()
    before = [*but]
    for each, same in ranks:
        likeness.append(each)
        words.append(" ".join(same))
        taken.append(" ".join(before))
        before += same
    columns = (cast(likeness, ARRAY(Integer)), cast(words, ARRAY(Text)), cast(taken, ARRAY(Text)))
    named = (column("likeness", Integer), column("words", Text), column("taken", Text))
    return func.unnest(*columns).table_valued(*named).render_derived("alike")


def _bears(words: ColumnElement[str]) -> ColumnElement[bool]:
    return BORNE.op("&&", is_comparison=True)(func.string_to_array(words, literal_column("' '")))
