"""From the builder's draft to a segment's filter and back; errors find their row again."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from flask_babel import gettext as _

from contracts.contacts.segments import SegmentFilter
from contracts.errors import FieldError, Invalid
from gateway.i18n import typed_number
from gateway.local_input import NotUnderstood, parse_date, parse_decimal
from gateway.pages import segment_drafts as drafts
from gateway.pages.segment_drafts import Draft, below, is_group, named
from gateway.pages.segment_fields import Fields
from gateway.pages.segment_words import JOINS, OPERATORS, told

NUMBER: Final = re.compile(r"[0-9]{1,4}")
WITHOUT_VALUE: Final = frozenset({"empty", "not_empty"})
YES: Final = frozenset({"yes", "y", "1", "true", "kyllä", "kylla", "k", "ja", "j", "on"})
NO: Final = frozenset({"no", "n", "0", "false", "ei", "e", "nej"})
FROM_TODAY: Final = re.compile(r"(?:today|tänään|tanaan|idag)\s*([+-]?)\s*([0-9]{0,5})", re.IGNORECASE)

MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]+)")
SEVERAL: Final = re.compile(r'\s*"((?:[^"]++|"")*+)"\s*(?=,|\Z)|([^,]+)')
"""What stands between commas, perhaps in quotation marks: `Turku, "Lahti, Finland"`."""
ID: Final = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOT_UNDERSTOOD: Final = {"date": "day_not_understood", "number": "decimal_parsing", "id": "uuid_parsing"}


class Reader:
    """Reads a draft; remembers where each part of the filter stands in the form."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self.places: dict[str, str] = {}

    def filter(self, whole: Draft) -> SegmentFilter:
        """The filter of the rows in which a field is chosen; raises Invalid at the row."""
        found = self._group(whole, "", "/filter")
        if not any(draft.get("field") or draft.get("has") for _path, draft in drafts.walked(whole)):
            first = next((path for path, draft in drafts.walked(whole) if not is_group(draft)), "0")
            raise Invalid.field(f"/{named('field', first)}", "missing", _("Choose a field."))
        return SegmentFilter.model_validate(found)

    def _group(self, draft: Draft, path: str, pointer: str) -> dict[str, Any]:
        self.places[pointer] = path
        join = draft["join"] if draft["join"] in JOINS else "all"
        parts: list[dict[str, Any]] = []
        for place, part in enumerate(draft["parts"]):
            here, there = below(path, place), f"{pointer}/{join}/{len(parts)}"
            if is_group(part):
                parts.append(self._group(part, here, there))
            elif part["field"] or part["value"]:
                parts.append(self._row(part, here, there))
        return {join: parts} | self._having(draft, path)

    def _having(self, draft: Draft, path: str) -> dict[str, Any]:
        if not draft["has"]:
            return {}
        typed = draft["least"] or "1"
        least = int(typed) if NUMBER.fullmatch(typed) else 0
        if not 1 <= least <= 1_000:
            raise Invalid.field(f"/{named('least', path)}", "int_parsing", f"{typed} is not a number.")
        return {"has": draft["has"][:40]} | ({"at_least": least} if least > 1 else {})

    def _row(self, draft: Draft, path: str, pointer: str) -> dict[str, Any]:
        self.places[pointer] = path
        field, op, text = draft["field"], draft["op"], draft["value"]
        if not field:
            raise Invalid.field(f"/{named('field', path)}", "missing", _("Choose a field."))
        if op not in OPERATORS or len(field) > 80:
            raise Invalid.field(f"/{named('op', path)}", "enum", "Choose an operator.")
        if op in WITHOUT_VALUE:
            return {"field": field, "op": op}
        if not text:
            raise Invalid.field(f"/{named('value', path)}", "missing", _("This is needed."))
        texts = _several(text) if op == "in" else [text]
        found = [self._value(field, op, each, path) for each in texts]
        return {"field": field, "op": op, "value": found if op == "in" else found[0]}

    def _value(self, field: str, op: str, text: str, path: str) -> Any:
        kind, place = self._fields.kinds.get(field, "text"), f"/{named('value', path)}"
        if kind == "flag":
            if text.lower() not in YES | NO:
                raise Invalid.field(place, "bool_parsing", "Answer yes or no.")
            return text.lower() in YES
        if field in self._fields.values and op not in {"contains", "starts"}:
            return _code(self._fields.values[field], text, place)
        try:
            if kind == "date":
                return typed_day(text)
            if kind == "number":
                return _as_stored(parse_decimal(text) or Decimal())
            if kind == "id":
                return typed_id(text)
        except NotUnderstood:
            raise Invalid.field(place, NOT_UNDERSTOOD[kind], f"{text} is not understood.") from None
        return text

    def at_their_rows(self, error: Invalid) -> Invalid:
        """The error of the contacts service, whose pointers name places in the filter, as one about the form's rows."""
        found = [each.model_copy(update={"pointer": self._at_row(each)}) for each in error.errors]
        return Invalid(error.message, code=error.error_code, errors=found)

    def _at_row(self, error: FieldError) -> str:
        place, _slash, part = error.pointer.rpartition("/")
        known = place in self.places and part in {"field", "op", "value", "has"}
        return f"/{named(part, self.places[place])}" if known else error.pointer


def typed_day(text: str) -> str:
    """A day as typed, counted from today, or a program's moment: `31.12.2026`, `today - 30`; raises NotUnderstood."""
    counted = FROM_TODAY.fullmatch(text.strip())
    if counted is None:
        return text.strip() if MOMENT.fullmatch(text.strip()) else str(parse_date(text))
    sign, days = counted[1], counted[2]
    if bool(sign) != bool(days):
        raise NotUnderstood(text)
    return f"today{sign}{days}"


def _as_stored(number: Decimal) -> int | float | str:
    """A number of JSON's own where that is exact, else its text."""
    plain = int(number) if number == number.to_integral_value() and number.adjusted() < 15 else float(number)
    return plain if Decimal(str(plain)) == number else f"{number.normalize():f}"


def typed_id(text: str) -> str:
    """An id, or that in the address of a page; raises NotUnderstood."""
    found = ID.search(text)
    if found is None:
        raise NotUnderstood(text)
    return found[0].lower()


def _code(known: Mapping[str, Any], text: str, place: str) -> str:
    """The code of a value by itself or by its word."""
    for code, words in known.items():
        if text.casefold() in {code.casefold(), str(words).casefold()}:
            return code
    raise Invalid.field(place, "not_a_choice", f"{text} is none of the choices.")


def draft_of(tree: SegmentFilter, fields: Fields) -> Draft:
    """A saved filter as it stands in the form."""
    whole = _part(tree, fields)
    return whole if is_group(whole) and not whole["has"] else drafts.group(whole)


def _part(tree: SegmentFilter, fields: Fields) -> Draft:
    if tree.field is not None:
        op = tree.op or "eq"
        words = {} if op in {"eq", "ne"} and tree.field in fields.values else fields.values.get(tree.field, {})
        return drafts.row(tree.field, op, _typed_value(tree, words, fields))
    join, parts = next(((each, found) for each in JOINS if (found := getattr(tree, each)) is not None), ("all", []))
    least = str(tree.at_least) if tree.at_least else ""
    return drafts.group(*(_part(each, fields) for each in parts), join=join, has=tree.has or "", least=least)


def _typed_value(tree: SegmentFilter, words: dict[str, Any], fields: Fields) -> str:
    if isinstance(tree.value, bool):
        return "yes" if tree.value else "no"
    kind = fields.kinds.get(tree.field or "", "")
    if isinstance(tree.value, list):
        return ", ".join(_quoted(_typed(each, words, kind)) for each in tree.value)
    return _typed(tree.value, words, kind)


def _typed(value: Any, words: dict[str, Any], kind: str) -> str:
    return typed_number(Decimal(str(value))) if kind == "number" and value is not None else told(value, words, kind)


def _several(text: str) -> list[str]:
    found = ((each[1] or "").replace('""', '"') or each[2] or "" for each in SEVERAL.finditer(text))
    return [each.strip() for each in found if each.strip()]


def _quoted(text: str) -> str:
    if text.startswith('"') or "," in text:
        return '"{}"'.format(text.replace('"', '""'))
    return text
