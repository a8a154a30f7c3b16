"""Entering a person, with a hint at who may be there already, and changing one without losing what others wrote."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client, or_nothing
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.fields import FieldDefinition
from contracts.contacts.persons import CreatePerson, Person, UpdatePerson
from contracts.contacts.similar import FindSimilarTo, SimilarPerson
from contracts.errors import Conflict, Invalid, ServiceError, Stale
from gateway.field_definitions import definitions
from gateway.form_state import FormState
from gateway.i18n import LANGUAGES
from gateway.pages import contact_words, field_inputs, form_rows
from gateway.pages.contact_input import (
    PERSON,
    countries,
    given,
    shown,
    typed_contact,
)
from gateway.pages.door import Pages
from gateway.pages.lost_updates import merge
from gateway.submitted import form_command, read, state, without_empty

contacts = client(ContactsApi)
pages = Pages("contact_forms", __name__)
ALIKE_FROM: Final = 55.0
"""Score from which a similar person is shown before one is entered anew: nearly the same name is enough."""


@pages.form("/office/contacts/new", may=Permission.CONTACTS_WRITE)
def new_contact() -> ResponseReturnValue:
    """Enter a person; who may be in the register already is shown first, once."""
    fields = definitions("person")
    if request.method == "GET":
        return _form(FormState({"language": "fi", "addresses_0_street": "", "addresses_0_country": "FI"}), fields)
    values = typed_contact(PERSON, fields)
    try:
        wanted = read(CreatePerson, without_empty(given(values, PERSON, fields)))
        if not request.form.get("seen") and (alike := _alike(wanted)):
            return _form(FormState(values), fields, alike=alike), 422
        with form_command():
            person = contacts.create_person(wanted)
    except (Invalid, Conflict) as error:
        return _form(_wrong(values, error), fields), 422
    flash(_("%(name)s is in the register now.", name=person.name), "good")
    return redirect(f"/office/contacts/{person.id}")


def _alike(wanted: CreatePerson) -> list[SimilarPerson]:
    """Persons of the register that the new one may be; none when nobody can tell."""
    asked = FindSimilarTo(**wanted.model_dump(include=set(FindSimilarTo.model_fields) - {"limit"}))
    found = or_nothing(lambda: contacts.find_similar_to(asked))
    return [each for each in found.data if each.score >= ALIKE_FROM] if found else []


def _wrong(values: dict[str, Any], error: ServiceError) -> FormState:
    """The form with what is wrong; a number that is taken stands at its field."""
    if error.error_code == "customer_number_taken":
        error = Invalid.field("/customer_number", error.error_code, error.message)
    return state(values, error, form_rows.names_in_form(values))


def _form(f: FormState, fields: Sequence[FieldDefinition], person: Person | None = None, **more: Any) -> str:
    return render_template(
        "contacts/form.html",
        f=f,
        groups=field_inputs.groups(fields, f.values),
        person=person,
        places=form_rows.places(f.values),
        choices=contact_words.options(),
        countries=countries(),
        languages_known=list(LANGUAGES.items()),
        **more,
    )


@pages.form("/office/contacts/<uuid:person_id>/edit", may=Permission.CONTACTS_WRITE)
def edit_contact(person_id: UUID) -> ResponseReturnValue:
    """Change a person; what somebody else changed meanwhile is shown and not lost."""
    fields = definitions("person")
    person = contacts.get_person(ById(id=person_id))
    if request.method == "GET":
        return _form(FormState(shown(person, PERSON, fields)), fields, person)
    values = typed_contact(PERSON, fields)
    try:
        wanted = _update(person_id, values, fields)
        with form_command():
            contacts.update_person(wanted)
    except Stale:
        return _changed_meanwhile(person, wanted.version, values, fields)
    except (Invalid, Conflict) as error:
        return _form(_wrong(values, error), fields, person, version=request.form.get("version")), 422
    flash(_("Saved."), "good")
    return redirect(f"/office/contacts/{person_id}")


def _update(person_id: UUID, values: dict[str, Any], fields: Sequence[FieldDefinition]) -> UpdatePerson:
    wanted = given(values, PERSON, fields)
    empty = [name for name in PERSON if wanted[name] is None and name != "language"]
    kept = {name: value for name, value in wanted.items() if value is not None}
    return read(UpdatePerson, {**kept, "id": person_id, "version": request.form.get("version", ""), "clear": empty})


def _changed_meanwhile(
    person: Person, version: int, values: dict[str, Any], fields: Sequence[FieldDefinition]
) -> ResponseReturnValue:
    merged, told = merge(person, version, values, PERSON, fields)
    return _form(FormState(merged), fields, person, told=told), 422
