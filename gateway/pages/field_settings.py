"""The office's own classifications and additional fields: what there is, in which order, and what was retired."""

from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client
from contracts.access import Permission
from contracts.contacts import ContactsApi
from contracts.contacts.fields import ChangeField, ContactKind, FieldByCode, FieldDefinition, MoveField
from contracts.errors import Conflict, Invalid, Stale
from gateway.field_definitions import all_definitions
from gateway.form_state import FormState
from gateway.pages import field_forms as forms
from gateway.pages.door import Pages
from gateway.pages.field_words import KINDS, TYPES, label
from gateway.submitted import form_command, read, state

contacts = client(ContactsApi)
pages = Pages("office_fields", __name__)


@pages.get("/office/settings/fields", may=Permission.SETTINGS_WRITE)
def list_fields() -> str:
    """The definitions of one kind of contact, in use and retired."""
    kind, found = _kind(request.args.get("kind", "")), all_definitions()
    return render_template(
        "settings/fields.html",
        kind=kind,
        kinds=[(words, list_address(each), len(found.in_use(each))) for each, words in KINDS.items()],
        here=list_address(kind),
        in_use=found.in_use(kind),
        retired=[each for each in found.of(kind) if each.retired],
        types=TYPES,
        label=label,
        moved=request.args.get("moved", ""),
    )


def _kind(text: str) -> ContactKind:
    return ContactKind(text) if text in set(ContactKind) else ContactKind.PERSON


def list_address(kind: str, **more: str) -> str:
    """The page of one kind."""
    return f"/office/settings/fields?{urlencode({'kind': str(kind), **more})}"


@pages.form("/office/settings/fields/new", may=Permission.SETTINGS_WRITE)
def new_field() -> ResponseReturnValue:
    """Define a field."""
    kind = _kind(request.values.get("kind", ""))
    if request.method == "GET":
        return _form(FormState({"type": "text", "kind": kind}), kind)
    values = forms.typed_definition()
    try:
        wanted = forms.new_definition(values, kind, all_definitions().of(kind))
        with form_command():
            made = contacts.define_field(wanted)
    except (Invalid, Conflict) as error:
        return _form(state(values, error, forms.names_in_form(values)), kind), 422
    return _saved(made)


@pages.form("/office/settings/fields/<kind>/<code>", may=Permission.SETTINGS_WRITE)
def edit_field(kind: str, code: str) -> ResponseReturnValue:
    """Rename a field, rename and retire its choices, add some."""
    field = contacts.get_field(read(FieldByCode, {"applies_to": kind, "code": code}))
    if request.method == "GET":
        return _form(FormState(forms.shown_definition(field)), field.applies_to, field)
    values = forms.typed_definition()
    if moved := forms.moved_choice(values):
        return _form(FormState(moved), field.applies_to, field)
    try:
        with form_command():
            changed = contacts.change_field(forms.changes(values, field))
    except (Invalid, Conflict, Stale) as error:
        return _form(state(values, error, forms.names_in_form(values)), field.applies_to, field), 422
    return _saved(changed)


def _form(f: FormState, kind: ContactKind, field: FieldDefinition | None = None) -> str:
    return render_template(
        "settings/field_form.html",
        f=f,
        kind=kind,
        kind_words=KINDS[kind],
        field=field,
        title=label(field) if field else "",
        types=[(each.value, words) for each, words in TYPES.items()],
        type_words=TYPES[field.type] if field else "",
        rows=forms.rows_of(f.values),
        back=list_address(kind),
    )


def _saved(field: FieldDefinition) -> ResponseReturnValue:
    flash(_("Saved."), "good")
    return redirect(list_address(field.applies_to))


@pages.post("/office/settings/fields/<kind>/<code>/move", may=Permission.SETTINGS_WRITE)
def move_field(kind: str, code: str) -> ResponseReturnValue:
    """Move a field up or down; the same button has the focus again, so that one can go on."""
    direction = request.form.get("direction", "")
    with form_command():
        contacts.move_field(read(MoveField, {"applies_to": kind, "code": code, "direction": direction}))
    return redirect(list_address(kind, moved=f"{code}-{direction}"))


@pages.post("/office/settings/fields/<kind>/<code>/retire", may=Permission.SETTINGS_WRITE)
def retire_field(kind: str, code: str) -> ResponseReturnValue:
    """Take a field out of use; its values stay."""
    return _set_retired(kind, code, retired=True)


@pages.post("/office/settings/fields/<kind>/<code>/bring-back", may=Permission.SETTINGS_WRITE)
def bring_field_back(kind: str, code: str) -> ResponseReturnValue:
    """Take a retired field into use again, with the values it had."""
    return _set_retired(kind, code, retired=False)


def _set_retired(kind: str, code: str, *, retired: bool) -> ResponseReturnValue:
    wanted: dict[str, Any] = {"applies_to": kind, "code": code, "version": request.form.get("version", "")}
    try:
        with form_command():
            changed = contacts.change_field(read(ChangeField, wanted | {"retired": retired}))
    except Stale:
        flash(_("Somebody else changed this field meanwhile. Look at it as it is now."), "warn")
        return redirect(list_address(kind))
    told = _("%(name)s is retired. Its values stay.") if retired else _("%(name)s is in use again.")
    flash(told % {"name": label(changed)}, "good")
    return redirect(list_address(kind))
