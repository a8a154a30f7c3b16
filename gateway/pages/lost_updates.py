"""Two people change one contact at the same time: the second one sees what the first one changed, and loses nothing.

Fields that only the other one changed are taken over; where both wrote, the form keeps what was typed here and says
what the other wrote. Saved again, the form counts.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from flask_babel import gettext as _

from chassis.rpc import client
from contracts.contacts import ContactsApi
from contracts.contacts.fields import FieldDefinition
from contracts.contacts.history import Change, History
from gateway.pages import field_inputs, form_rows
from gateway.pages.contact_input import as_typed
from gateway.pages.field_words import value_in_words
from gateway.pages.history_words import in_words, label_of

contacts = client(ContactsApi)


def merge(
    contact: Any, version: int, values: dict[str, Any], names: Iterable[str], fields: Sequence[FieldDefinition]
) -> tuple[dict[str, Any], list[str]]:
    """The form on top of the contact as it is now, and a sentence for each field that the other one changed."""
    by_name = {f"fields.{each.code}": each for each in fields}
    known = {*names, "tags", *form_rows.LISTS, "parent_id", *by_name}
    merged, told = dict(values), []
    for field, (old, new) in _since(contact, version, known).items():
        label = label_of(field, by_name.get(field))
        if field in form_rows.LISTS:
            taken_over = _merge_list(merged, field, old or [], new or [])
        else:
            taken_over = _merge_field(merged, field, old, new, by_name.get(field))
        now = value_in_words(new, by_name[field]) if field in by_name else in_words(new, field)
        if taken_over:
            told.append(_("%(field)s is now: %(new)s", field=label, new=now or "–"))
        else:
            told.append(_("%(field)s: the other one wrote %(new)s. Saving keeps yours.", field=label, new=now))
    return merged, told


def _since(contact: Any, version: int, known: set[str]) -> dict[str, tuple[Any, Any]]:
    """Old and new value by field of what was changed after `version`."""
    history = contacts.list_history(History(id=contact.id, limit=200)).data
    own = [each for each in history if each.field in known]
    groups = [list(group) for _at, group in groupby(own, key=lambda each: each.changed_at)]
    changed: dict[str, tuple[Any, Any]] = {}
    newest_first: list[Change] = [each for group in groups[: contact.version - version] for each in group]
    for each in reversed(newest_first):
        changed[each.field] = (changed.get(each.field, (each.old,))[0], each.new)
    return changed


def _merge_field(values: dict[str, Any], field: str, old: Any, new: Any, definition: FieldDefinition | None) -> bool:
    """Whether the other one's value stands in the form now, because nothing else was typed."""
    name = field.replace("fields.", "fields_", 1)
    before, now = (
        field_inputs.as_typed(each, definition) if definition else as_typed(field, each) for each in (old, new)
    )
    if values.get(name, "") not in (before, now):
        return False
    values[name] = now
    return True


def _merge_list(values: dict[str, Any], name: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> bool:
    rows = form_rows.LISTS[name]
    typed = [entry for _place, entry in form_rows.filled(values, name)]
    before, now = ([form_rows.as_typed(rows, each) for each in entries] for entries in (old, new))
    if typed not in (before, now):
        return False
    for field in [field for field in values if field.startswith(f"{name}_")]:
        del values[field]
    values |= form_rows.shown(name, new)
    return True
