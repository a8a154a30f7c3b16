"""The one search box: typo-tolerant names, beginnings of names, e-mail addresses and numbers, digits of phones.

Hits are gathered in a materialised subquery by the trigram and prefix indexes, then sorted by likeness and name: a
plain ORDER BY ... LIMIT would make the planner walk the order index and test every row.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache, partial
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)

from contracts.base import Page
from services.contacts import models
from services.contacts.queries import names, work_numbers
from services.contacts.queries.most_alike import (
    MAX_LIKENESS,
    SHAPES,
    Condition,
    Contacts,
    Place,
    Rank,
    Search,
    Values,
)
from services.contacts.queries.pages import page_of, position, printed
from services.contacts.rules.names import fold, sort_key, swaps

Summary = TypeVar("Summary")
Exact = tuple[Condition, ...]
"""Tests for addresses and numbers; whoever passes one is found as though the name were the same."""
HIGHEST, LOWEST = literal(MAX_LIKENESS, Integer), literal(0, Integer)
EVERYBODY = true()
THRESHOLD = 0.39
"""Least word similarity of a hit: one letter missing, doubled or wrong in a name of five or more."""
OF_WORDS = 0.25
"""Least similarity of two words of which one may be the other with two letters swapped."""
LEAST = round(THRESHOLD * 1000)
DIGITS = re.compile(r"[\d ()./-]{3,}")
BUSINESS_ID = re.compile(r"(?:FI)? ?([0-9]{1,7})-?([0-9]?)", re.IGNORECASE)
NUMBER = re.compile(r"[A-Za-z0-9._/-]*\d[A-Za-z0-9._/-]*")


def prepare(reader: Connection) -> Connection:
    """Set the threshold once per database connection."""
    if "likeness" not in reader.info:
        reader.exec_driver_sql(f"SET pg_trgm.word_similarity_threshold = {THRESHOLD}")
        reader.exec_driver_sql(f"SET pg_trgm.similarity_threshold = {OF_WORDS}")
        reader.info["likeness"] = True
    return reader


def search_page(
    reader: Connection,
    model: type[models.Person] | type[models.Organisation],
    columns: list[Any],
    conditions: list[Condition],
    request: Any,
    reply: Callable[[Any], Summary],
) -> Page[Summary]:
    """A page of the rows of `model` that `request.q` finds, most alike first."""
    after = position(request.cursor, int, printed, UUID)
    if not fold(request.q) or "\0" in request.q:
        return Page[Any](data=[])
    search = Search(prepare(reader), model, tuple(columns), tuple(conditions), request.limit + 1)
    rows = _by_words(search, request.q, after)
    rows = search.rows(*_matching(model, request.q), after) if rows is None else rows
    if not rows and after is None and (swapped := _swapped(model, request.q)) is not None:
        rows = search.rows(swapped, LOWEST, {}, None)[: request.limit]
    return page_of(rows, request.limit, lambda row: [MAX_LIKENESS - row.likeness, row.sort_key, str(row.id)], reply)


def _by_words(search: Search, q: str, after: Place | None) -> list[Any] | None:
    """Persons by the words of their names; None when this is no name, or nobody bears words like these.

    Who bears words less like is shown only when nobody bears very like ones.
    """
    typed, words = q.strip(), fold(q)
    if search.model is not models.Person or "@" in typed or DIGITS.fullmatch(typed.lstrip("+")):
        return None
    exact, values = _exact(models.Person, typed)
    levels: list[Callable[[Place | None], list[Any]]] = []
    if " " in words:
        values |= {"typed": words}
        for each, likes in names.every_word(search.reader, [[word] for word in words.split()], LEAST):
            levels.append(partial(search.rows, *_either(exact, (each, _likeness(models.Person))), values | likes))
    elif names.is_word(words):
        levels.append(partial(_by_ranks, search, names.ranks(search.reader, words, LEAST), exact, values))
    for level in levels:
        rows = level(after)
        if rows or (after is not None and level(None)):
            return rows
    return None


def _by_ranks(search: Search, ranks: list[Rank], exact: Exact, values: Values, after: Place | None) -> list[Any]:
    """First who bears the word itself or is meant by it, then who bears words like it."""
    same = [word for likeness, words in ranks if likeness == MAX_LIKENESS for word in words]
    reached = MAX_LIKENESS - after[0] if after else MAX_LIKENESS
    rows: list[Any] = []
    if reached == MAX_LIKENESS:
        rows = search.rows(_borne(exact), HIGHEST, values | {"same": same}, after)
    left = [each for each in ranks if each[0] < MAX_LIKENESS and each[0] <= reached]
    if len(rows) >= search.limit or not left:
        return rows
    if after is None and not rows:
        return search.bearers(left, [], EVERYBODY, {}, None)
    before = [word for likeness, words in ranks if likeness > left[0][0] for word in words]
    return [*rows, *search.bearers(left, before, _none_of(exact), values, after)][: search.limit]


@lru_cache(SHAPES)
def _borne(exact: Exact) -> Condition:
    return or_(*exact, names.bears("same"))


@lru_cache(SHAPES)
def _none_of(exact: Exact) -> Condition:
    return not_(func.coalesce(or_(*exact), false()))


@cache
def _likeness(model: Contacts) -> ColumnElement[int]:
    """Of what is typed and the name, as a parameter."""
    return cast(func.round(func.word_similarity(bindparam("typed"), model.__table__.c.search) * MAX_LIKENESS), Integer)


def _swapped(model: Any, typed: str) -> ColumnElement[bool] | None:
    """For what finds nothing: names with two neighbouring letters swapped. Trigrams of short names cannot tell."""
    search = model.__table__.c.search
    variants = swaps(fold(typed))
    if not variants or "@" in typed or "\0" in typed:
        return None
    return or_(
        *(and_(*(search.contains(f" {word}", autoescape=True) for word in variant.split())) for variant in variants)
    )


def _matching(model: Contacts, typed: str) -> tuple[Condition, ColumnElement[int], Values]:
    """Which rows match and how well (0-1000), with the parameters of both."""
    table, typed = model.__table__.c, typed.strip()
    words = fold(typed)
    exact, values = _exact(model, typed)
    if DIGITS.fullmatch(typed.lstrip("+")):
        return or_(*exact, *_phones(model, typed)), HIGHEST, values
    if len(words) == 1:
        return or_(*exact, table.sort_key.startswith(sort_key(typed) or words, autoescape=True)), HIGHEST, values
    if len(words) == 2:
        return or_(*exact, table.search.contains(f" {words}", autoescape=True)), HIGHEST, values
    if "@" in typed:
        return or_(*exact), HIGHEST, values
    return (*_either(exact, (_is_like(model), _likeness(model))), {**values, "typed": words})


@cache
def _is_like(model: Contacts) -> Condition:
    return cast(bindparam("typed"), Text).op("<%", is_comparison=True)(model.__table__.c.search)


@lru_cache(SHAPES)
def _either(exact: Exact, alike: tuple[Condition, ColumnElement[int]]) -> tuple[Condition, ColumnElement[int]]:
    if not exact:
        return alike
    return or_(alike[0], *exact), case((func.coalesce(or_(*exact), False), MAX_LIKENESS), else_=alike[1])


def _exact(model: Contacts, typed: str) -> tuple[Exact, Values]:
    """Addresses and numbers that begin so, and parameters."""
    table, address = model.__table__.c, typed.lower()
    found = () if " " in typed or len(typed) < 3 else _addresses(model)
    further = [models.has_other_email(table, address)] if found and "@" in typed else []
    return (*found, *further, *_numbers(table, typed)), {"address": work_numbers.beginning(address)}


@cache
def _addresses(model: Contacts) -> Exact:
    """The beginning of the first e-mail address or of one at work."""
    pattern = bindparam("address", type_=Text())
    first = model.__table__.c.email_key.like(pattern, escape="/")
    return (first, work_numbers.has_work_email(pattern)) if model is models.Person else (first,)


def _numbers(table: Any, typed: str) -> list[ColumnElement[bool]]:
    """The beginning of a customer number, in either case, or of a business id."""
    found = _business_id(table, typed)
    if NUMBER.fullmatch(typed):
        found += [_begins(table.customer_number, each) for each in sorted({typed, typed.upper(), typed.lower()})]
    return found


def _business_id(table: Any, typed: str) -> list[ColumnElement[bool]]:
    """Of organisations; also without its hyphen, or as the VAT number that is made of it."""
    written = BUSINESS_ID.fullmatch(typed)
    if "business_id" not in table or written is None:
        return []
    return [_begins(table.business_id, f"{written[1]}-{written[2]}" if written[2] else written[1])]


def _begins(column: ColumnElement[Any], typed: str) -> ColumnElement[bool]:
    return and_(column.is_not(None), column.startswith(typed, autoescape=True))


def _phones(model: Contacts, typed: str) -> list[Condition]:
    """Digits anywhere in a phone number; a leading 0, 00 or + is how numbers are typed, not stored."""
    digits = re.sub(r"\D", "", typed).lstrip("0")
    if len(digits) < 3:
        return []
    at_work = [work_numbers.has_work_phone(digits)] if model is models.Person else []
    return [model.__table__.c.search.contains(digits, autoescape=True), *at_work]
