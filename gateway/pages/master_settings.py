"""Which source is master of which field of persons and organisations, and the link to accounting (C12)."""

from typing import Any, Final

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import Nothing
from contracts.contacts import ContactsApi
from contracts.contacts.masters import Masters, SetMasters
from contracts.errors import Invalid, Stale
from gateway.field_definitions import Definitions, all_definitions
from gateway.form_state import FormState
from gateway.pages.contact_input import ORGANISATION, PERSON
from gateway.pages.door import Pages
from gateway.pages.source_words import SOURCES, label
from gateway.submitted import form_command, read, state, typed, without_empty

contacts = client(ContactsApi)
pages = Pages("master_settings", __name__)
LISTS: Final = ("addresses", "other_phones", "other_emails")
FIELDS: Final = {
    "persons": ("person", (*PERSON, *LISTS)),
    "organisations": ("organisation", (*ORGANISATION, "parent_id", *LISTS)),
}
"""By part of the settings: the kind of contact and its fields, in the order of the forms."""


@pages.form("/office/settings/masters", may=Permission.SETTINGS_WRITE)
def masters() -> ResponseReturnValue:
    """Show and change the masters."""
    known = all_definitions()
    names = {part: _fields(part, known) for part in FIELDS}
    if request.method == "GET":
        return _page(FormState(_shown(contacts.get_masters(Nothing()))), names, known)
    values = typed("version", "accounting_link", *(_name(part, each) for part, all_ in names.items() for each in all_))
    try:
        with form_command():
            contacts.set_masters(read(SetMasters, _given(values, names)))
    except (Invalid, Stale) as error:
        return _page(state(values, error), names, known), 422
    flash(_("Saved. The masters count from now on."), "good")
    return redirect("/office/settings/masters")


def _fields(part: str, known: Definitions) -> list[str]:
    kind, fields = FIELDS[part]
    return [*fields, *(f"fields.{each.code}" for each in known.in_use(kind))]


def _name(part: str, field: str) -> str:
    return f"{part}_{field.replace('.', '_', 1)}"


def _shown(found: Masters) -> dict[str, Any]:
    values: dict[str, Any] = {"version": found.version, "accounting_link": "yes" if found.accounting_link else ""}
    for part in FIELDS:
        values |= {_name(part, field): master.value for field, master in getattr(found, part).items()}
    return values


def _given(values: dict[str, str], names: dict[str, list[str]]) -> dict[str, Any]:
    """The settings as typed; masters of retired fields, which the page does not show, go."""
    chosen = {
        part: without_empty({field: values[_name(part, field)] for field in all_}) for part, all_ in names.items()
    }
    return {**chosen, "version": values["version"], "accounting_link": values["accounting_link"] == "yes"}


def _page(f: FormState, names: dict[str, list[str]], known: Definitions) -> str:
    parts = {
        part: [(_name(part, field), label(field, known, FIELDS[part][0])) for field in all_]
        for part, all_ in names.items()
    }
    return render_template("settings/masters.html", f=f, fields=parts, sources=list(SOURCES.items()))
