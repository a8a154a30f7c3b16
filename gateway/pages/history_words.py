"""The history of a contact in words: what changed, and who or what changed it."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext, lazy_pgettext
from markupsafe import Markup

from contracts.contacts.about import ContactKind, NamedContact
from contracts.contacts.fields import FieldDefinition
from contracts.contacts.history import Change
from gateway.field_definitions import Definitions
from gateway.i18n import local_date, money
from gateway.pages import contact_words
from gateway.pages.field_words import label as label_of_additional
from gateway.pages.field_words import value_in_words
from gateway.phone_numbers import grouped

FIELDS: Final[dict[str, Any]] = {
    "given_name": lazy_gettext("Given name"),
    "family_name": lazy_gettext("Family name"),
    "name": lazy_gettext("Name"),
    "role": lazy_gettext("Role"),
    "decision_maker": lazy_gettext("Decision maker"),
    "starts_on": lazy_gettext("Begins"),
    "ends_on": lazy_gettext("Ends"),
    "title": lazy_gettext("Title"),
    "email": lazy_gettext("E-mail"),
    "phone": lazy_gettext("Phone"),
    "fax": lazy_gettext("Fax"),
    "other_emails": lazy_gettext("Other e-mail addresses"),
    "other_phones": lazy_gettext("Other phone numbers"),
    "language": lazy_gettext("Language"),
    "gender": lazy_gettext("Gender"),
    "photo": lazy_gettext("Photo"),
    "birth_date": lazy_gettext("Day of birth"),
    "customer_number": lazy_gettext("Customer number"),
    "customer_status": lazy_gettext("Customer or prospect"),
    "payment_method": lazy_gettext("Way of paying"),
    "payment_days": lazy_gettext("Days to pay"),
    "delivery_method": lazy_gettext("Way of delivery"),
    "credit_limit": lazy_gettext("Credit limit"),
    "business_id": lazy_gettext("Business id"),
    "parent_id": lazy_gettext("Belongs to"),
    "addresses": lazy_gettext("Addresses"),
    "tags": lazy_gettext("Tags"),
}
CHANNELS: Final[dict[str, Any]] = {
    "office": lazy_gettext("Office"),
    "api": lazy_gettext("Another program"),
    "own": lazy_gettext("The person, on the own pages"),
    "link": lazy_gettext("By a personal link"),
    "web": lazy_gettext("Public pages"),
    "application": lazy_gettext("Membership application"),
    "import": lazy_gettext("Import"),
    "accounting": lazy_pgettext("source of values", "Accounting"),
    "address_provider": lazy_pgettext("source of values", "Address provider"),
    "system": lazy_gettext("Talkoo"),
    "bounce": lazy_gettext("A message that came back"),
}
LABELS: Final[dict[str, Any]] = {
    "account": lazy_gettext("Signed in"),
    "api_key": CHANNELS["api"],
    "link": CHANNELS["link"],
    "anonymous": CHANNELS["web"],
    "system": CHANNELS["system"],
}
STATES: Final[dict[str, Any]] = {
    "active": lazy_gettext("Is in the register"),
    "proposed": lazy_gettext("Came from the public pages"),
    "linked": lazy_gettext("Is the same as another contact"),
    "erased": lazy_gettext("Was deleted"),
    "deleted": lazy_gettext("Was deleted"),
}


MERGES: Final[dict[str, Any]] = {
    "merged": lazy_gettext("%(name)s was merged into this contact"),
    "unmerged": lazy_gettext("The merge with %(name)s was undone"),
}
POINTS: Final[dict[str, Any]] = {
    "contact_point.confirmed": (lazy_gettext("Confirmed: %(value)s"), lazy_gettext("No longer confirmed: %(value)s")),
    "contact_point.returned": (
        lazy_gettext("A letter was returned from %(value)s"),
        lazy_gettext("No letter was returned after all: %(value)s"),
    ),
    "contact_point.bounced": (
        lazy_gettext("A message to %(value)s came back"),
        lazy_gettext("No message came back after all: %(value)s"),
    ),
}
"""What was said of a value by which a contact is reached, and that this was taken back."""
HAPPENED: Final = frozenset(
    {"state", "affiliation.started", "affiliation.ended", "data_copy", "photo", *MERGES, *POINTS}
)
"""What a sentence tells better than two values."""
HIDDEN: Final = frozenset({"linked_to"})
"""Ids, which tell nobody anything; the state says it in words."""
NUMBERS: Final = frozenset({"phone", "fax"})


def entries(changes: list[Change], known: Definitions, kind: str) -> list[dict[str, Any]]:
    """The changes of a contact of this kind as the macro `card.history` shows them."""
    return [
        {"at": each.changed_at, "text": _text(each, _definition(each.field, known, kind)), "by": author(each)}
        for each in changes
        if each.field not in HIDDEN
    ]


def _definition(field: str, known: Definitions, kind: str) -> FieldDefinition | None:
    """The definition of an additional field of the contact itself, or of its affiliations."""
    owner, _dot, code = field.rpartition("fields.")
    if owner not in {"", "affiliation."} or not code:
        return None
    return known.by_code.get(("affiliation" if owner else kind, code))


def author(change: Change) -> str:
    """Through which channel a change came."""
    return str(CHANNELS.get(change.channel, change.channel))


def account_of(change: Change) -> UUID | None:
    """The account that made a change, when it was one."""
    kind, _colon, name = change.changed_by.partition(":")
    return UUID(name) if kind == "account" else None


def before_and_after(change: Change, known: Definitions, kind: str) -> dict[str, Any]:
    """What was changed, with the old and the new value; what happened is told in one."""
    definition = _definition(change.field, known, kind)
    if change.field in HAPPENED:
        return {"what": _text(change, definition), "old": "", "new": ""}
    old, new = (_value(each, change.field, definition) for each in (change.old, change.new))
    return {"what": _label(change, definition), "old": old, "new": new}


def channel_of(label: str) -> str:
    """Through which channel something came that `label` (kind and id of a principal) recorded."""
    return str(LABELS.get(label.partition(":")[0], ""))


def _text(change: Change, definition: FieldDefinition | None) -> str:
    if change.field == "state":
        return str(STATES.get(str(change.new), change.new))
    if change.field in {"affiliation.started", "affiliation.ended"}:
        return _affiliation(change)
    if change.field in MERGES:
        return _merge(change)
    if change.field in POINTS:
        return _point(change)
    if change.field == "photo":
        return str(_("The photo was set") if change.new else _("The photo was removed"))
    if change.field == "data_copy":
        return str(_("A copy of all data was made"))
    label = _label(change, definition)
    old, new = (_value(each, change.field, definition) for each in (change.old, change.new))
    if not new:
        return str(_("%(field)s removed: %(old)s", field=label, old=old))
    if not old:
        return str(_("%(field)s: %(new)s", field=label, new=new))
    return str(_("%(field)s: %(new)s (was %(old)s)", field=label, new=new, old=old))


def _value(value: Any, field: str, definition: FieldDefinition | None) -> str:
    return value_in_words(value, definition) if definition else in_words(value, field)


def _merge(change: Change) -> Markup:
    """A merge or its end, with a way to the merges of the other contact."""
    what = change.new or change.old or {}
    told = MERGES[change.field] % {"name": what.get("name") or _("a deleted contact")}
    named = next((name for name in ("person_id", "organisation_id") if name in what), "person_id")
    return Markup('<a href="/office/merges?{}={}">{}</a>').format(named, what.get(named, ""), told)


def _point(change: Change) -> str:
    said, taken_back = POINTS[change.field]
    what = change.new or change.old or {}
    reason = what.get("reason")
    told = str((said if change.new else taken_back) % {"value": grouped(what.get("value", ""))})
    return f"{told} ({reason})" if reason else told


def label_of(field: str, definition: FieldDefinition | None = None) -> str:
    """The name of a changed field as the forms call it."""
    part = field.removeprefix("affiliation.")
    label = label_of_additional(definition) if definition else str(FIELDS.get(part, part))
    return label if part == field else _("%(field)s in an organisation", field=label)


def _label(change: Change, definition: FieldDefinition | None) -> str:
    """The name of a changed field, of an affiliation with whose it is."""
    label = label_of(change.field, definition)
    return f"{label} ({_name(change.other)})" if change.other else label


def _name(contact: NamedContact) -> str:
    return contact.name or str(_("a deleted contact"))


def _affiliation(change: Change) -> str | Markup:
    """An affiliation that begins or ends, with a way to its other side."""
    what = change.new if isinstance(change.new, dict) else {}
    told = [_name(change.other)] if change.other else []
    told += [what["title"]] if what.get("title") else [] if told else [_("no title")]
    sentence = _("Affiliation begins: %(title)s", title=", ".join(told))
    if change.field == "affiliation.ended":
        ends_on = local_date(date.fromisoformat(what["ends_on"])) if what.get("ends_on") else ""
        sentence = _("Affiliation ends %(day)s: %(title)s", day=ends_on, title=", ".join(told))
    return _linked(change.other, str(sentence)) if change.other and change.other.name else str(sentence)


def _linked(contact: NamedContact, text: str) -> Markup:
    cards = {ContactKind.PERSON: "contacts", ContactKind.ORGANISATION: "organisations"}
    return Markup('<a href="/office/{}/{}">{}</a>').format(cards[contact.kind], contact.id, text)


def in_words(value: Any, field: str = "") -> str:
    """A stored value of a field on one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return "; ".join(in_words(each, field) for each in value)
    if isinstance(value, dict):
        return _entry(value, field)
    if field == "credit_limit":
        return money(value)
    if field.rpartition(".")[2] in NUMBERS:
        return grouped(str(value))
    return str(contact_words.CHOICES.get(field, {}).get(value, value))


def _entry(value: dict[str, Any], field: str) -> str:
    """An address, or a further number or e-mail address with its kind."""
    if "kind" in value:
        kind = contact_words.CHOICES.get(f"{field}.kind", {}).get(value["kind"], value["kind"])
        return f"{grouped(value.get('number')) or value.get('address')} ({kind})"
    parts = (value.get("street"), f"{value.get('postal_code', '')} {value.get('city', '')}".strip())
    return ", ".join(part for part in parts if part)
