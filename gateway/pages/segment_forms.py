"""The builder of segments: rows of field, operator and value become a filter tree, and errors find their row again."""

from typing import Any, Final

from flask import request
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p

from contracts.contacts.segments import SegmentFilter
from contracts.errors import FieldError, Invalid
from gateway.local_input import NotUnderstood, parse_date, parse_decimal
from gateway.pages.segment_fields import Fields

MOST_ROWS: Final = 20
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
WITHOUT_VALUE: Final = frozenset({"empty", "not_empty"})
YES: Final = frozenset({"yes", "y", "1", "true", "kyllä", "kylla", "k", "ja", "j", "on"})
NO: Final = frozenset({"no", "n", "0", "false", "ei", "e", "nej"})


def typed_rows() -> dict[str, str]:
    """The builder's fields as they were typed; rows taken away are left out and the others move up."""
    removed = request.form.get("remove", "")
    values, place = {"name": request.form.get("name", "").strip(), "join": request.form.get("join", "all")}, 0
    for row in range(MOST_ROWS):
        if f"field_{row}" not in request.form or str(row) == removed:
            continue
        for part in ("field", "op", "value"):
            values[f"{part}_{place}"] = request.form.get(f"{part}_{row}", "").strip()
        place += 1
    return values


def rows_of(values: dict[str, Any]) -> list[int]:
    """Places of the builder's rows."""
    return [row for row in range(MOST_ROWS) if f"field_{row}" in values] or [0]


def with_one_more(values: dict[str, Any]) -> dict[str, Any]:
    """The builder with an empty row at its end."""
    rows = [row for row in range(MOST_ROWS) if f"field_{row}" in values]
    if len(rows) == MOST_ROWS:
        return values
    new = len(rows)
    return {**values, f"field_{new}": "", f"op_{new}": "eq", f"value_{new}": ""}


def tree(values: dict[str, str], fields: Fields) -> SegmentFilter:
    """The filter of the rows in which a field is chosen; raises Invalid at the row."""
    rows = [row for row in rows_of(values) if values.get(f"field_{row}")]
    if not rows:
        raise Invalid.field("/field_0", "missing", str(_("Choose a field.")))
    tests = [_test(values, row, fields) for row in rows]
    join = values["join"] if values["join"] in JOINS else "all"
    return SegmentFilter.model_validate({join: tests})


def _test(values: dict[str, str], row: int, fields: Fields) -> SegmentFilter:
    field, op, text = (values.get(f"{part}_{row}", "") for part in ("field", "op", "value"))
    if op not in OPERATORS or len(field) > 80:
        raise Invalid.field(f"/op_{row}", "enum", "Choose an operator.")
    if op in WITHOUT_VALUE:
        return SegmentFilter(field=field, op=op)
    if not text:
        raise Invalid.field(f"/value_{row}", "missing", str(_("This is needed.")))
    texts = [each.strip() for each in text.split(",") if each.strip()] if op == "in" else [text]
    found = [_value(fields, field, op, each, row) for each in texts]
    return SegmentFilter(field=field, op=op, value=found if op == "in" else found[0])


def _value(fields: Fields, field: str, op: str, text: str, row: int) -> Any:
    kind = fields.kinds.get(field, "text")
    if kind != "flag" and field in fields.values and op not in {"contains", "starts"}:
        return _code(fields.values[field], text, row)
    try:
        if kind == "date":
            return str(parse_date(text))
        if kind == "number":
            return float(parse_decimal(text) or 0)
    except NotUnderstood:
        code = "day_not_understood" if kind == "date" else "decimal_parsing"
        raise Invalid.field(f"/value_{row}", code, f"{text} is not understood.") from None
    if kind == "flag":
        if text.lower() not in YES | NO:
            raise Invalid.field(f"/value_{row}", "bool_parsing", "Answer yes or no.")
        return text.lower() in YES
    return text


def _code(known: dict[str, Any], text: str, row: int) -> str:
    """The code of a value by itself or by its word."""
    for code, words in known.items():
        if text.casefold() in {code.casefold(), str(words).casefold()}:
            return code
    raise Invalid.field(f"/value_{row}", "not_a_choice", f"{text} is none of the choices.")


def at_their_rows(error: Invalid, values: dict[str, str]) -> Invalid:
    """The error of the contacts service, whose pointers name places in the filter, as one about the form's rows."""
    rows = [row for row in rows_of(values) if values.get(f"field_{row}")]
    found = [each.model_copy(update={"pointer": _at_row(each, rows)}) for each in error.errors]
    return Invalid(error.message, code=error.error_code, errors=found)


def _at_row(error: FieldError, rows: list[int]) -> str:
    parts = error.pointer.strip("/").split("/")
    if len(parts) == 4 and parts[0] == "filter" and parts[2].isdigit() and int(parts[2]) < len(rows):
        return f"/{parts[3]}_{rows[int(parts[2])]}"
    return error.pointer


def in_words(tree: SegmentFilter, fields: Fields, level: int = 0) -> list[tuple[int, str]]:
    """The filter as lines with their depth, for the segment's page."""
    for join in JOINS:
        parts = getattr(tree, join)
        if parts is not None:
            below = [line for part in parts for line in in_words(part, fields, level + 1)]
            return [(level, str(JOINS[join])), *below]
    field = tree.field or ""
    name, op = fields.names.get(field, field), OPERATORS.get(tree.op or "", tree.op)
    return [(level, f"{name} {op} {_told(tree.value, fields.values.get(field, {}))}".strip())]


def _told(value: Any, words: dict[str, Any]) -> str:
    if isinstance(value, bool):
        return str(_p("answer", "yes") if value else _p("answer", "no"))
    if isinstance(value, list):
        return ", ".join(_told(each, words) for each in value)
    return "" if value is None else str(words.get(str(value), value))
