"""Persons by the words of their names: alike words first, which are few, then who bears them, by index.

Comparing trigrams with a million names takes as long as there are names; comparing with the words that they are made
of does not. What is typed counts as a word of its own, whether anybody bears it or not.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from rapidfuzz.distance import OSA
from sqlalchemy import ARRAY, ColumnElement, Connection, Text, and_, bindparam, cast, or_, text

from services.contacts import models

Condition = ColumnElement[bool]
Shape = tuple[tuple[str | None, ...], ...]
"""Groups of words: one that is looked for as it is, None in place of one that is compared."""
SEARCH = models.Person.__table__.c.search
BORNE = models.words_of(SEARCH)
SAME = 1000
CLOSE = {1: 700, 2: 600}
"""The least likeness of words that differ in so many letters; neighbours that changed places count as one."""
LONG = 8
"""Words of this length may differ in two letters."""
SHORTEST = 3
MOST_TYPED = 8
MOST_ALIKE = 60
ALIKE = text(
    """
    SELECT typed, found.word, found.likeness
    FROM unnest(CAST(:typed AS text[])) AS typed CROSS JOIN LATERAL (
        SELECT DISTINCT word, word_similarity(typed, word) AS likeness
        FROM name_words WHERE word %> typed OR word % typed OR word LIKE typed || '%'
        ORDER BY likeness DESC, word LIMIT 500) AS found
    """
)


def alike(reader: Connection, typed: Sequence[str], least: int) -> dict[str, dict[str, int]]:
    """For each typed word: words of names and how alike they are (`least` to 1000), the most alike."""
    found: dict[str, dict[str, int]] = {word: {word: SAME} for word in typed}
    for row in reader.execute(ALIKE, {"typed": list(typed)}):
        likeness = _likeness(row.typed, row.word, round(row.likeness * SAME))
        if likeness >= least or row.word.startswith(row.typed):
            found[row.typed][row.word] = max(likeness, found[row.typed].get(row.word, 0))
    return {word: _most(words) for word, words in found.items()}


def _likeness(typed: str, word: str, likeness: int) -> int:
    allowed = 2 if min(len(typed), len(word)) >= LONG else 1
    differing = OSA.distance(typed, word, score_cutoff=allowed)
    return max(likeness, CLOSE.get(differing, 0)) if differing <= allowed else likeness


def _most(words: dict[str, int]) -> dict[str, int]:
    return dict(sorted(words.items(), key=lambda each: (-each[1], each[0]))[:MOST_ALIKE])


def is_word(typed: str) -> bool:
    """Whether it can be compared: long enough and no number."""
    return len(typed) >= SHORTEST and not any(letter.isdigit() for letter in typed)


def every_word(
    reader: Connection, groups: Sequence[Sequence[str]], least: int
) -> list[tuple[Condition, dict[str, Any]]]:
    """Whether somebody bears a word like one of each group: first very like ones, then as alike as `least`.

    Each a condition, the same for groups of the same shape, and its parameters. Nothing when no word can be compared.
    """
    groups = [group for group in groups if group]
    typed = list(dict.fromkeys(word for group in groups for word in group))
    compared = [word for word in typed if is_word(word)]
    if not compared or len(typed) > MOST_TYPED:
        return []
    found = alike(reader, compared, least)
    close = {word: [each for each in words if _is_close(word, each, words)] for word, words in found.items()}
    shape = tuple(tuple(None if word in found else word for word in group) for group in groups)
    return [(_of_each(shape), _parameters(groups, words)) for words in (close, found)]


def _is_close(typed: str, word: str, likeness: dict[str, int]) -> bool:
    return likeness[word] >= min(CLOSE.values()) or word.startswith(typed)


@lru_cache(200)
def _of_each(shape: Shape) -> Condition:
    return and_(
        *(or_(*(_one(typed, group, place) for place, typed in enumerate(words))) for group, words in enumerate(shape))
    )


def _one(typed: str | None, group: int, place: int) -> Condition:
    if typed is None:
        return bears(_parameter(group, place))
    return SEARCH.contains(typed.lstrip("0") if typed.isdigit() else f" {typed}", autoescape=True)


def _parameters(groups: Sequence[Sequence[str]], words: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    return {
        _parameter(group, place): [*words[word]]
        for group, several in enumerate(groups)
        for place, word in enumerate(several)
        if word in words
    }


def _parameter(group: int, place: int) -> str:
    return f"like_{group}_{place}"


def bears(parameter: str) -> Condition:
    """Whether somebody's name has one of the words that a parameter lists."""
    return BORNE.op("&&", is_comparison=True)(cast(bindparam(parameter), ARRAY(Text)))


def ranks(reader: Connection, word: str, least: int) -> list[tuple[int, list[str]]]:
    """The words like this one by how alike they are, the most alike first."""
    found = alike(reader, [word], least)[word].items()
    return [(likeness, [each for each, _ in same]) for likeness, same in groupby(found, key=lambda each: each[1])]
