"""Additional fields in forms: what is typed into them, what they show, and how they are laid out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext as _

from contracts.contacts.fields import FieldDefinition, FieldType
from gateway.i18n import local_date, typed_number
from gateway.pages.field_words import choices, label
from gateway.submitted import day, noted


@dataclass(frozen=True)
class Input:
    """A field of the form; `options` are codes and labels of what may be chosen."""

    name: str
    label: str
    type: str
    options: list[tuple[str, str]]


def groups(fields: Sequence[FieldDefinition], values: Mapping[str, Any]) -> list[tuple[str, list[Input]]]:
    """The inputs under their headings, classifications first. Retired choices are offered to who has them."""
    split = ((_("Classifications"), True), (_("Additional fields"), False))
    found = [
        (title, [_input(each, values) for each in fields if each.classification is classifies])
        for title, classifies in split
    ]
    return [(title, inputs) for title, inputs in found if inputs]


def _input(field: FieldDefinition, values: Mapping[str, Any]) -> Input:
    name = name_of(field)
    yes_no = [("yes", _("Yes")), ("no", _("No"))]
    options = yes_no if field.type is FieldType.YES_NO else choices(field, values.get(name))
    return Input(name, label(field), field.type.value, options)


def name_of(field: FieldDefinition) -> str:
    """What the field is called in forms."""
    return f"fields_{field.code}"


def typed_fields(fields: Sequence[FieldDefinition]) -> dict[str, Any]:
    """The form as it was typed, by name of its fields."""
    return {
        name_of(each): request.form.getlist(name_of(each))
        if each.type is FieldType.MULTI_CHOICE
        else request.form.get(name_of(each), "").strip()
        for each in fields
    }


def given_fields(values: dict[str, Any], fields: Sequence[FieldDefinition]) -> dict[str, Any]:
    """The contract's values by code; emptied ones are None, days that nobody understands their error."""
    return {each.code: _given(values, each) for each in fields}


def _given(values: dict[str, Any], field: FieldDefinition) -> Any:
    name = name_of(field)
    if field.type is FieldType.DATE:
        days = dict(values)
        noted(day, days, name)
        return days[name].isoformat() if isinstance(days[name], date) else days[name]
    if field.type is FieldType.YES_NO:
        return {"yes": True, "no": False}.get(values[name])
    return values[name] or None


def shown_fields(stored: Mapping[str, Any], fields: Sequence[FieldDefinition]) -> dict[str, Any]:
    """The fields of a form that shows stored values."""
    return {name_of(each): as_typed(stored.get(each.code), each) for each in fields}


def as_typed(value: Any, field: FieldDefinition) -> Any:
    """A stored value (also from the history) as its input shows it."""
    if field.type is FieldType.MULTI_CHOICE:
        return list(value or [])
    if value is None or value == "":
        return ""
    if field.type is FieldType.DATE:
        return local_date(date.fromisoformat(str(value)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return typed_number(Decimal(str(value))) if isinstance(value, int | float) else str(value)
