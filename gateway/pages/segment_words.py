"""Segments in words: how rows are joined and compared, and a whole filter as lines."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p

from contracts.contacts.segments import SegmentFilter
from gateway.i18n import local_date, number
from gateway.pages.segment_fields import Fields

JOINS: Final = {"all": _("All of these hold"), "any": _("Any of these holds"), "none": _("None of these holds")}
OPERATORS: Final = {
    "eq": _("is"),
    "ne": _("is not"),
    "contains": _("contains"),
    "starts": _("begins with"),
    "in": _("is one of (commas between)"),
    "gte": _("is at least, or from the day"),
    "lte": _("is at most, or until the day"),
    "empty": _("is empty"),
    "not_empty": _("is not empty"),
}
SAME: Final = {
    "address": _("The same postal address"),
    "affiliation": _("The same affiliation"),
    "past_affiliation": _("The same past affiliation"),
    "membership": _("The same membership"),
    "purchase": _("The same purchase"),
    "enrolment": _("The same enrolment"),
    "message": _("The same message"),
    "survey_answer": _("The same answer to a survey"),
    "activity": _("The same activity"),
    "contact_point": _("The same address, number or e-mail"),
}
"""What a group with `has` is about."""


def in_words(tree: SegmentFilter, fields: Fields, level: int = 0) -> list[tuple[int, str]]:
    """The filter as lines with their depth, for the segment's page."""
    joins = [(str(words), getattr(tree, join)) for join, words in JOINS.items() if getattr(tree, join) is not None]
    if not joins and not tree.has:
        return [(level, _test(tree, fields))]
    words, parts = joins[0] if joins else ("", [])
    under = [line for part in parts for line in in_words(part, fields, level + 1)]
    return [(level, _heading(tree, words if under or not tree.has else "")), *under]


def _heading(tree: SegmentFilter, words: str) -> str:
    if not tree.has:
        return words
    same = str(SAME.get(tree.has, tree.has))
    times = gettext("at least %(count)s times", count=tree.at_least) if tree.at_least and tree.at_least > 1 else ""
    return ", ".join(filter(None, (same, times))) + (f": {words}" if words else "")


def _test(tree: SegmentFilter, fields: Fields) -> str:
    field = tree.field or ""
    name, op = fields.names.get(field, field), OPERATORS.get(tree.op or "", tree.op)
    return f"{name} {op} {told(tree.value, fields.values.get(field, {}), fields.kinds.get(field, ''))}".strip()


def told(value: Any, words: dict[str, Any], kind: str) -> str:
    """A value of a filter as people read it."""
    if isinstance(value, bool):
        return str(_p("answer", "yes") if value else _p("answer", "no"))
    if isinstance(value, list):
        return ", ".join(told(each, words, kind) for each in value)
    if value is None:
        return ""
    if kind == "number" or isinstance(value, int | float):
        return number(Decimal(str(value)))
    return day_words(str(value)) if kind == "date" else str(words.get(str(value), value))


def day_words(value: str) -> str:
    """A day, or one counted from today, as it is typed here; a moment, which only programs give, as it is."""
    if value.startswith("today"):
        return str(_("today")) + value.removeprefix("today")
    if len(value) > len("2026-01-31"):
        return value
    return local_date(date.fromisoformat(value))
