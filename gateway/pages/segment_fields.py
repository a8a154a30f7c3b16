"""What a segment may test: the names of the fields, what they hold, and what they can be chosen from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p

from contracts.contacts.fields import FieldDefinition, FieldType
from gateway.field_definitions import Definitions
from gateway.i18n import LANGUAGES, language
from gateway.pages import contact_words
from gateway.pages.field_words import label

KINDS: Final = {
    "birth_date": "date",
    **dict.fromkeys(("payment_days", "credit_limit"), "number"),
    **dict.fromkeys(("has_email", "has_phone", "has_address", "affiliation.decision_maker"), "flag"),
}
CHANNELS: Final = {"email": _("E-mail"), "sms": _("Text message"), "post": _("Post"), "phone": _("Phone")}
CHOICES: Final[dict[str, Any]] = {
    **{
        name: contact_words.CHOICES[name] for name in ("gender", "customer_status", "payment_method", "delivery_method")
    },
    "organisation.customer_status": contact_words.CUSTOMER_STATUSES,
    "language": LANGUAGES,
    "banned": CHANNELS,
}
"""Codes and words of the values of fields that take no others."""
FIELDS: Final = {
    "city": _("Town"),
    "postal_code": _("Postal code"),
    "tag": _("Tag"),
    "language": _("Language"),
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
    "has_email": _("Has an e-mail address"),
    "has_phone": _("Has a phone number"),
    "has_address": _("Has a postal address"),
    "banned": _("Has banned marketing by"),
    "affiliation.title": _("Title in an organisation"),
    "affiliation.role": _("Role in an organisation"),
    "affiliation.decision_maker": _("Decision maker in an organisation"),
    "organisation.name": _("Name of an organisation"),
    "organisation.city": _("Town of an organisation"),
    "organisation.tag": _("Tag of an organisation"),
    "organisation.customer_status": _("An organisation as a customer"),
    "organisation.customer_number": _("Customer number of an organisation"),
}
OWNERS: Final = {
    "person": ("fields.", "%(name)s"),
    "affiliation": ("affiliation.fields.", _("%(name)s in an organisation")),
    "organisation": ("organisation.fields.", _("%(name)s of an organisation")),
}
"""How tests name additional fields, and how the builder does."""
ADDITIONAL: Final = {
    FieldType.DATE: "date",
    FieldType.NUMBER: "number",
    FieldType.YES_NO: "flag",
    FieldType.CHOICE: "choice",
    FieldType.MULTI_CHOICE: "choice",
}


@dataclass(frozen=True)
class Fields:
    """What a row may test: names, kinds, and the values of those that take no others."""

    names: dict[str, Any]
    kinds: dict[str, str]
    values: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, known: Definitions) -> "Fields":
        """The register's own fields and the office's."""
        flags = {name: dict(yes_no()) for name, kind in KINDS.items() if kind == "flag"}
        found = cls(dict(FIELDS), dict(KINDS), {name: dict(words) for name, words in CHOICES.items()} | flags)
        for kind, (prefix, words) in OWNERS.items():
            for each in known.in_use(kind):
                found._add(f"{prefix}{each.code}", str(words) % {"name": label(each)}, each)
        return found

    def _add(self, name: str, words: str, field: FieldDefinition) -> None:
        self.names[name] = words
        self.kinds[name] = ADDITIONAL.get(field.type, "text")
        if field.choices:
            self.values[name] = {each.code: each.label.in_language(language()) for each in field.choices}
        elif field.type is FieldType.YES_NO:
            self.values[name] = dict(yes_no())

    def options(self, values: Mapping[str, Any], row: int) -> list[tuple[str, Any]]:
        """What the row's value can be chosen from; empty where it is typed."""
        choosing = values.get(f"op_{row}", "eq") in {"eq", "ne"}
        return list(self.values.get(values.get(f"field_{row}", ""), {}).items()) if choosing else []


def yes_no() -> list[tuple[str, Any]]:
    """The values of a flag."""
    return [("yes", _p("answer", "yes")), ("no", _p("answer", "no"))]
