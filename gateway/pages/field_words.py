"""Additional fields in words: their labels, types, and values with the labels of choices."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p

from contracts.contacts.fields import ContactKind, FieldDefinition, FieldType
from gateway.i18n import language, local_date, number

TYPES: Final = {
    FieldType.TEXT: _p("type of field", "Text"),
    FieldType.NUMBER: _p("type of field", "Number"),
    FieldType.DATE: _p("type of field", "Date"),
    FieldType.CHOICE: _p("type of field", "One choice"),
    FieldType.MULTI_CHOICE: _p("type of field", "Several choices"),
    FieldType.YES_NO: _p("type of field", "Yes or no"),
}
KINDS: Final = {
    ContactKind.PERSON: _("Persons"),
    ContactKind.ORGANISATION: _("Organisations"),
    ContactKind.AFFILIATION: _("Affiliations"),
}


def label(field: FieldDefinition) -> str:
    """What the field is called in the language of the request."""
    return field.label.in_language(language())


def choice_label(field: FieldDefinition, code: Any) -> str:
    """What one of the field's choices is called."""
    return next((each.label.in_language(language()) for each in field.choices if each.code == code), str(code))


def choices(field: FieldDefinition, kept: Any = None) -> list[tuple[str, str]]:
    """Codes and labels of the choices that may be taken, and of those that are kept though retired."""
    held = kept if isinstance(kept, list) else [kept]
    return [
        (each.code, each.label.in_language(language()))
        for each in field.choices
        if not each.retired or each.code in held
    ]


def every_choice(field: FieldDefinition) -> dict[str, str]:
    """Labels of all choices by code; of retired ones too, which contacts may still have."""
    return {each.code: each.label.in_language(language()) for each in field.choices}


def value_in_words(value: Any, field: FieldDefinition) -> str:
    """A stored value on one line."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(gettext("Yes") if value else gettext("No"))
    if isinstance(value, list):
        return ", ".join(choice_label(field, each) for each in value)
    if field.type is FieldType.CHOICE:
        return choice_label(field, value)
    if field.type is FieldType.DATE:
        return local_date(date.fromisoformat(str(value)))
    if isinstance(value, int | float):
        return number(Decimal(str(value)))
    return str(value)
