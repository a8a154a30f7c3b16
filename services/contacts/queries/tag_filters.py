"""Lists of contacts by an expression of tags (C9)."""

from typing import Any

from sqlalchemy import ColumnElement, func, literal, literal_column, not_, or_, text
from sqlalchemy.dialects.postgresql import JSONB

from contracts.contacts.tags import ByTags
from services.contacts import models
from services.contacts.models.persons import FEW_TAGS
from services.contacts.rules.tags import codes_of

Condition = ColumnElement[bool]


def conditions(tags: ColumnElement[Any], request: ByTags) -> list[Condition]:
    """What the column of tags has to fulfil; `@>` throughout, which the index serves."""
    found: list[Condition] = []
    if every := codes_of(request.tags_all, "tags_all"):
        found.append(_has(tags, *every))
    if some := codes_of(request.tags_any, "tags_any"):
        found.append(or_(*(_has(tags, each) for each in some)))
    found += [not_(_has(tags, each)) for each in codes_of(request.tags_none, "tags_none")]
    return found


def _has(tags: ColumnElement[Any], *codes: str) -> Condition:
    return tags.op("@>", is_comparison=True)(literal(list(codes), JSONB))


def persons_with_tags() -> tuple[list[Condition], list[Condition]]:
    """Persons with few tags, and with many: nobody is in both parts, and each has an index in order of names."""
    tags = models.Person.__table__.c.tags
    most: ColumnElement[int] = literal_column(str(FEW_TAGS))
    count = func.jsonb_array_length(tags)
    return [tags != text("'[]'"), count <= most], [count > most]
