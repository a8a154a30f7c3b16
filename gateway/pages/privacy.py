"""What a person allows, and how we know; a copy of all that is held about them; the way to erasure (C17)."""

from uuid import UUID

from flask import Response, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import pgettext

from chassis.rpc import client, with_key
from contracts.access import Permission, Rule
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.consents import ContactChannel, SetConsent
from contracts.contacts.persons import Person
from contracts.errors import Invalid
from gateway import data_copies
from gateway.api.downloads import ZIP, download
from gateway.form_state import FormState
from gateway.pages import history_words
from gateway.pages.consent_forms import CHANNELS, form_key
from gateway.pages.door import Pages
from gateway.pages.own import own_id
from gateway.pages.person_names import may
from gateway.submitted import needed, read, state, typed

contacts = client(ContactsApi)
pages = Pages("privacy", __name__)


@pages.get("/office/contacts/<uuid:person_id>/privacy", may=Permission.CONTACTS_READ)
def privacy(person_id: UUID) -> str:
    """Consents and bans with their evidence, and what the person may ask for."""
    return _show(contacts.get_person(ById(id=person_id)))


def _show(person: Person, f: FormState | None = None) -> str:
    consents = contacts.get_consents(ById(id=person.id)).data
    return render_template(
        "privacy/privacy.html",
        person=person,
        consents=consents,
        labels=CHANNELS,
        author=history_words.channel_of,
        f=f or FormState(),
        answers=(("true", pgettext("consent", "Allowed")), ("false", pgettext("consent", "Banned"))),
        may_write=may(Permission.CONTACTS_WRITE),
        may_copy=may(Permission.CONTACTS_DISCLOSE),
        may_erase=may(Permission.CONTACTS_ERASE),
    )


@pages.post("/office/contacts/<uuid:person_id>/privacy", may=Permission.CONTACTS_WRITE)
def record_consents(person_id: UUID) -> ResponseReturnValue:
    """Record what the person said, one command for each channel; how the office knows is needed."""
    person = contacts.get_person(ById(id=person_id))
    values = typed(*ContactChannel, "evidence")
    try:
        said = _said(person, values)
    except Invalid as error:
        return _show(person, state(values, error)), 422
    for each in said:
        with with_key(form_key(each.channel)):
            contacts.set_consent(each)
    flash(_("The choices are saved and hold from now on."), "good")
    return redirect(f"/office/contacts/{person.id}/privacy")


def _said(person: Person, values: dict[str, str]) -> list[SetConsent]:
    """What was chosen for which channels; raises Invalid when nothing was, or nobody knows how the office knows."""
    needed(values, "evidence")
    chosen = [each for each in ContactChannel if values[each]]
    if not chosen:
        raise Invalid.field("/email", "nothing_chosen", "Choose for one channel at least.")
    told = {"person_id": person.id, "evidence": values["evidence"]}
    return [read(SetConsent, {**told, "channel": each, "allowed": values[each]}) for each in chosen]


@pages.post("/office/contacts/<uuid:person_id>/data-copy", may=Permission.CONTACTS_DISCLOSE)
def copy_for_person(person_id: UUID) -> Response:
    """All that the suite holds about a person, the office's own notes too."""
    return _archive(person_id)


@pages.post("/my/data-copy", may=Rule.OWN)
def own_copy() -> Response:
    """All that the suite holds about the visitor, without the office's own notes."""
    return _archive(own_id())


def _archive(person_id: UUID) -> Response:
    name, content = data_copies.make(person_id)
    return download(content, name, ZIP)
