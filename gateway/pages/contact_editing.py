"""Entering a contact, and changing one without losing what others wrote: alike for persons and organisations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import or_nothing
from contracts.base import ById
from contracts.contacts.fields import FieldDefinition
from contracts.errors import Conflict, Invalid, ServiceError, Stale
from gateway.field_definitions import definitions
from gateway.form_state import FormState
from gateway.i18n import LANGUAGES
from gateway.known_tags import known_tags
from gateway.pages import contact_words, field_inputs, form_rows, source_words
from gateway.pages.contact_input import begun, countries, given, shown, typed_contact
from gateway.pages.lost_updates import merge
from gateway.submitted import form_command, read, state, without_empty

FRESH: Mapping[str, str] = {"language": "fi", "addresses_0_street": "", "addresses_0_country": "FI"}
"""What the form of a new contact begins with."""

JOINS: Final = ("joins", "starts_on")
"""Of an address: whom the new contact is entered for, to join it from that day."""

ALIKE_FROM: Final = 55.0
"""Score from which a similar contact is shown before one is entered anew: nearly the same name is enough."""


@dataclass(frozen=True)
class ContactForm:
    """The form of one kind of contact.

    `names` are its plain fields, some of them `required`; `taken` are the fields at which a number stands that somebody
    else has, by code of the error. `hint` may stop a new contact once, with what the form shall then show.
    """

    kind: str
    address: str
    template: str
    names: Sequence[str]
    request: tuple[type[Any], type[Any]]
    """To create and to change one."""
    create: Callable[[Any], Any]
    get: Callable[[ById], Any]
    update: Callable[[Any], Any]
    sources: Callable[[ById], Any]
    """Where the contact's values come from, with what is locked."""
    taken: Mapping[str, str]
    required: frozenset[str] = frozenset()
    hint: Callable[[Any], dict[str, Any]] = field(default=lambda _wanted: {})

    def enter(self) -> ResponseReturnValue:
        """Enter a new contact."""
        fields = definitions(self.kind)
        if request.method == "GET":
            return self._page(FormState({**FRESH, **begun(self.kind, request.args.get("q", ""))}), fields)
        values = typed_contact(self.names, fields)
        try:
            wanted = read(self.request[0], without_empty(given(values, self.names, fields)))
            if not request.form.get("seen") and (shown_first := self.hint(wanted)):
                return self._page(FormState(values), fields, **shown_first), 422
            with form_command():
                made = self.create(wanted)
        except (Invalid, Conflict) as error:
            return self._page(self._wrong(values, error), fields), 422
        flash(_("%(name)s is in the register now.", name=made.name), "good")
        return redirect(_joining(self.kind, made.name) or f"{self.address}/{made.id}")

    def change(self, contact_id: UUID) -> ResponseReturnValue:
        """Change a contact; what somebody else changed meanwhile is shown and not lost."""
        fields = definitions(self.kind)
        contact = self.get(ById(id=contact_id))
        g.locked = self._locked(contact_id)
        stored = FormState(shown(contact, self.names, fields), locked=g.locked)
        if request.method == "GET":
            return self._page(stored, fields, contact)
        values = self._with_locked(typed_contact(self.names, fields), stored)
        try:
            wanted = self._changes(contact_id, values, fields)
            with form_command():
                self.update(wanted)
        except Stale:
            merged, told = merge(contact, wanted.version, values, self.names, fields)
            return self._page(FormState(merged), fields, contact, told=told), 422
        except (Invalid, Conflict) as error:
            return self._page(self._wrong(values, error), fields, contact, version=request.form.get("version")), 422
        flash(_("Saved."), "good")
        return redirect(f"{self.address}/{contact_id}")

    def _locked(self, contact_id: UUID) -> dict[str, str]:
        """Why fields of the form cannot be edited, by their names in it."""
        found = source_words.reasons(self.sources(ById(id=contact_id)).locked)
        return {field.replace(".", "_", 1): reason for field, reason in found.items()}

    def _with_locked(self, values: dict[str, Any], stored: FormState) -> dict[str, Any]:
        """What was typed, with what the register has in locked fields, as browsers do not send those."""
        free = {name: value for name, value in values.items() if not stored.lock(name)}
        return free | {name: value for name, value in stored.values.items() if stored.lock(name)}

    def _changes(self, contact_id: UUID, values: dict[str, Any], fields: Sequence[FieldDefinition]) -> Any:
        wanted = given(values, self.names, fields)
        empty = [name for name in self.names if wanted[name] is None and name not in {"language", *self.required}]
        written = {name: value for name, value in wanted.items() if value is not None}
        written |= {name: values[name] for name in self.required}
        version = request.form.get("version", "")
        return read(self.request[1], {**written, "id": contact_id, "version": version, "clear": empty})

    def _wrong(self, values: dict[str, Any], error: ServiceError) -> FormState:
        """The form with what is wrong; a number that is taken stands at its field."""
        if error.error_code in self.taken:
            error = Invalid.field(self.taken[error.error_code], error.error_code, error.message)
        return state(values, error, form_rows.names_in_form(values))

    def _page(self, f: FormState, fields: Sequence[FieldDefinition], contact: Any = None, **more: Any) -> str:
        return render_template(
            self.template,
            f=replace(f, locked=g.get("locked", {})),
            groups=field_inputs.groups(fields, f.values),
            contact=contact,
            places=form_rows.places(f.values),
            choices=contact_words.options(),
            countries=countries(),
            languages_known=list(LANGUAGES.items()),
            known_tags=[each.code for each in known_tags()],
            joins={name: request.values[name] for name in JOINS if request.values.get(name)},
            **more,
        )


def _joining(kind: str, name: str) -> str:
    """Where whom the new contact was entered for joins it; empty when it was for nobody."""
    try:
        other = UUID(request.form.get("joins", ""))
    except ValueError:
        return ""
    side = "organisation" if kind == "person" else "person"
    asked = {side: other, "starts_on": request.form.get("starts_on", ""), "q": name}
    return f"/office/affiliations/new?{urlencode(without_empty(asked))}"


def alike(find: Callable[[], Any]) -> dict[str, Any]:
    """Contacts of the register that the new one may be; nothing when nobody can tell."""
    found = or_nothing(find)
    near = [each for each in found.data if each.score >= ALIKE_FROM] if found else []
    return {"alike": near} if near else {}
