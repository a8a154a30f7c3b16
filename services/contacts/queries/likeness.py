"""The one search box: typo-tolerant names, beginnings of names, e-mail addresses and numbers, digits of phones.

Hits are gathered in a materialised subquery by the trigram and prefix indexes, then sorted by likeness and name: a
plain ORDER BY ... LIMIT would make the planner walk the order index and test every row.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
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
from services.contacts.queries.most_alike import MAX_LIKENESS, PERSONS, Place, Rank, Search
from services.contacts.queries.pages import page_of, position, printed
from services.contacts.rules.names import fold, sort_key, swaps

Summary = TypeVar("Summary")
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
    conditions: list[ColumnElement[bool]],
    request: Any,
    reply: Callable[[Any], Summary],
) -> Page[Summary]:
    """A page of the rows of `model` that `request.q` finds, most alike first."""
    after = position(request.cursor, int, printed, UUID)
    found = _matching(model, request.q)
    if found is None:
        return Page[Any](data=[])
    search = Search(prepare(reader), model, columns, conditions, request.limit + 1)
    rows = _by_words(search, request.q, after)
    rows = search.rows(*found, after) if rows is None else rows
    if not rows and after is None and (swapped := _swapped(model, request.q)) is not None:
        rows = search.rows(swapped, literal(0, Integer), None)[: request.limit]
    return page_of(rows, request.limit, lambda row: [MAX_LIKENESS - row.likeness, row.sort_key, str(row.id)], reply)


def _by_words(search: Search, q: str, after: Place | None) -> list[Any] | None:
    """Persons by the words of their names; None when this is no name, or nobody bears words like these.

    Who bears words less like is shown only when nobody bears very like ones.
    """
    typed, words = q.strip(), fold(q)
    if search.model is not models.Person or "@" in typed or "\0" in typed or DIGITS.fullmatch(typed.lstrip("+")):
        return None
    exact = [*_addresses(PERSONS, typed), *_numbers(PERSONS, typed)]
    levels: list[Callable[[Place | None], list[Any]]] = []
    if " " in words:
        groups, scored = [[word] for word in words.split()], _likeness(words, PERSONS.search)
        found = names.every_word(search.reader, groups, LEAST)
        levels.extend(partial(search.rows, *_either(exact, (each, scored))) for each in found)
    elif names.is_word(words):
        levels.append(partial(_by_ranks, search, names.ranks(search.reader, words, LEAST), exact))
    for level in levels:
        rows = level(after)
        if rows or (after is not None and level(None)):
            return rows
    return None


def _by_ranks(search: Search, ranks: list[Rank], exact: list[ColumnElement[bool]], after: Place | None) -> list[Any]:
    """First who bears the word itself or is meant by it, then who bears words like it."""
    same = [word for likeness, words in ranks if likeness == MAX_LIKENESS for word in words]
    reached = MAX_LIKENESS - after[0] if after else MAX_LIKENESS
    rows: list[Any] = []
    if reached == MAX_LIKENESS:
        rows = search.rows(or_(*exact, names.bears(same)), literal(MAX_LIKENESS, Integer), after)
    left = [each for each in ranks if each[0] < MAX_LIKENESS and each[0] <= reached]
    if len(rows) >= search.limit or not left:
        return rows
    if after is None and not rows:
        return search.bearers(left, [], true(), None)
    before = [word for likeness, words in ranks if likeness > left[0][0] for word in words]
    others = not_(func.coalesce(or_(*exact), false()))
    return [*rows, *search.bearers(left, before, others, after)][: search.limit]


def _likeness(words: str, search: ColumnElement[str]) -> ColumnElement[int]:
    return cast(func.round(func.word_similarity(words, search) * MAX_LIKENESS), Integer)


def _swapped(model: Any, typed: str) -> ColumnElement[bool] | None:
    """For what finds nothing: names with two neighbouring letters swapped. Trigrams of short names cannot tell."""
    search = model.__table__.c.search
    variants = swaps(fold(typed))
    if not variants or "@" in typed or "\0" in typed:
        return None
    return or_(
        *(and_(*(search.contains(f" {word}", autoescape=True) for word in variant.split())) for variant in variants)
    )


def _matching(model: Any, typed: str) -> tuple[ColumnElement[bool], ColumnElement[int]] | None:
    """Which rows match and how well (0-1000), or None when nothing can."""
    table, typed = model.__table__.c, typed.strip()
    words = fold(typed)
    if not words or "\0" in typed:
        return None
    exact = [*_addresses(table, typed), *_numbers(table, typed)]
    if DIGITS.fullmatch(typed.lstrip("+")):
        return _either([*exact, *_phones(table, typed)], None)
    if len(words) == 1:
        return _either([*exact, table.sort_key.startswith(sort_key(typed) or words, autoescape=True)], None)
    if len(words) == 2:
        return _either([*exact, table.search.contains(f" {words}", autoescape=True)], None)
    if "@" in typed:
        return _either(exact, None)
    alike = literal(words).op("<%", is_comparison=True)(table.search)
    return _either(exact, (alike, _likeness(words, table.search)))


def _either(
    exact: list[ColumnElement[bool]], alike: tuple[ColumnElement[bool], ColumnElement[int]] | None
) -> tuple[ColumnElement[bool], ColumnElement[int]]:
    if alike is None:
        return or_(*exact), literal(MAX_LIKENESS, Integer)
    if not exact:
        return alike
    return or_(alike[0], *exact), case((func.coalesce(or_(*exact), False), MAX_LIKENESS), else_=alike[1])


def _addresses(table: Any, typed: str) -> list[ColumnElement[bool]]:
    """The beginning of the first e-mail address or of one at work, or the whole of a further one."""
    if " " in typed or len(typed) < 3:
        return []
    first = table.email_key.startswith(typed.lower(), autoescape=True)
    at_work = [work_numbers.has_work_email(typed.lower())] if _are_persons(table) else []
    return [first, *at_work, *([models.has_other_email(table, typed.lower())] if "@" in typed else [])]


def _are_persons(table: Any) -> bool:
    return table is models.Person.__table__.c


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


def _phones(table: Any, typed: str) -> list[ColumnElement[bool]]:
    """Digits anywhere in a phone number; a leading 0, 00 or + is how numbers are typed, not stored."""
    digits = re.sub(r"\D", "", typed).lstrip("0")
    if len(digits) < 3:
        return []
    at_work = [work_numbers.has_work_phone(digits)] if _are_persons(table) else []
    return [table.search.contains(digits, autoescape=True), *at_work]
