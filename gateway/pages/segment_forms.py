"""The builder of segments: rows of field, operator and value become a filter tree, and errors find their row again."""

from typing import Any, Final

from flask import request
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p

from contracts.contacts.fields import FieldDefinition, FieldType
from contracts.contacts.segments import SegmentFilter
from contracts.errors import FieldError, Invalid
from gateway.i18n import language
from gateway.local_input import NotUnderstood, parse_date, parse_decimal

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
KINDS: Final = {
    "birth_date": "date",
    **dict.fromkeys(("payment_days", "credit_limit"), "number"),
    **dict.fromkeys(("has_email", "has_phone", "has_address", "affiliation.decision_maker"), "flag"),
}
FIELDS: Final = {
    "city": _("Town"),
    "postal_code": _("Postal code"),
    "tag": _("Tag"),
    "language": _("Language (fi, sv, en)"),
    "name": _("Name"),
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "title": _("Title"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "fax": _("Fax"),
    "other_email": _("Another e-mail address"),
    "other_phone": _("Another phone number"),
    "gender": _("Gender"),
    "customer_number": _("Customer number"),
    "customer_status": _("Customer or prospect"),
    "payment_method": _("Way of paying"),
    "payment_days": _("Days to pay"),
    "delivery_method": _("Way of delivery"),
    "credit_limit": _("Credit limit"),
    "birth_date": _("Day of birth"),
    "has_email": _("Has an e-mail address (yes, no)"),
    "has_phone": _("Has a phone number (yes, no)"),
    "has_address": _("Has a postal address (yes, no)"),
    "banned": _("Has banned marketing by (email, sms, post, phone)"),
    "affiliation.title": _("Title in an organisation"),
    "affiliation.role": _("Role in an organisation"),
    "affiliation.decision_maker": _("Decision maker in an organisation (yes, no)"),
}
WITHOUT_VALUE: Final = frozenset({"empty", "not_empty"})
ADDITIONAL: Final = {FieldType.DATE: "date", FieldType.NUMBER: "number", FieldType.YES_NO: "flag"}
YES: Final = frozenset({"yes", "y", "1", "true", "kyllä", "kylla", "k", "ja", "j", "on"})
NO: Final = frozenset({"no", "n", "0", "false", "ei", "e", "nej"})


def fields_to_choose(definitions: list[FieldDefinition]) -> list[tuple[str, Any]]:
    """Fields a row may test, with their names."""
    own = [(f"fields.{each.code}", each.label.in_language(language())) for each in definitions]
    return [*FIELDS.items(), *own]


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


def tree(values: dict[str, str], definitions: list[FieldDefinition]) -> SegmentFilter:
    """The filter of the rows in which a field is chosen; raises Invalid at the row."""
    kinds = KINDS | {f"fields.{each.code}": ADDITIONAL.get(each.type, "text") for each in definitions}
    rows = [row for row in rows_of(values) if values.get(f"field_{row}")]
    if not rows:
        raise Invalid.field("/field_0", "missing", str(_("Choose a field.")))
    tests = [_test(values, row, kinds) for row in rows]
    join = values["join"] if values["join"] in JOINS else "all"
    return SegmentFilter.model_validate({join: tests})


def _test(values: dict[str, str], row: int, kinds: dict[str, str]) -> SegmentFilter:
    field, op, text = (values.get(f"{part}_{row}", "") for part in ("field", "op", "value"))
    if op not in OPERATORS or len(field) > 80:
        raise Invalid.field(f"/op_{row}", "enum", "Choose an operator.")
    if op in WITHOUT_VALUE:
        return SegmentFilter(field=field, op=op)
    if not text:
        raise Invalid.field(f"/value_{row}", "missing", str(_("This is needed.")))
    kind = kinds.get(field, "text")
    value = [_value(kind, each.strip(), row) for each in text.split(",") if each.strip()] if op == "in" else None
    return SegmentFilter(field=field, op=op, value=value if op == "in" else _value(kind, text, row))


def _value(kind: str, text: str, row: int) -> Any:
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


def in_words(tree: SegmentFilter, names: dict[str, Any], level: int = 0) -> list[tuple[int, str]]:
    """The filter as lines with their depth, for the segment's page."""
    for join in JOINS:
        parts = getattr(tree, join)
        if parts is not None:
            below = [line for part in parts for line in in_words(part, names, level + 1)]
            return [(level, str(JOINS[join])), *below]
    name, op = names.get(tree.field or "", tree.field), OPERATORS.get(tree.op or "", tree.op)
    return [(level, f"{name} {op} {_told(tree.value)}".strip())]


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return str(_p("answer", "yes") if value else _p("answer", "no"))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value if value is not None else "")
