"""Erasing a person everywhere: what goes, what stays and why, and the report of it (C17)."""

from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById, ListRequest
from contracts.contacts import ContactsApi
from contracts.contacts.erasures import ErasePerson
from contracts.contacts.persons import Person
from contracts.errors import Conflict, Invalid, Stale
from gateway.asked import asked, list_state
from gateway.form_state import FormState
from gateway.listing import Column
from gateway.pages import erasure_words as words
from gateway.pages.door import Pages
from gateway.service_words import SERVICES
from gateway.submitted import form_command, needed, read, state, typed

contacts = client(ContactsApi)
pages = Pages("erasures", __name__)
COLUMNS: Final = (
    Column("asked_at", lazy_gettext("Time"), "main"),
    Column("reason", lazy_gettext("Reason")),
)


@pages.form("/office/contacts/<uuid:person_id>/erase", may=Permission.CONTACTS_ERASE)
def erase_contact(person_id: UUID) -> ResponseReturnValue:
    """Say what goes, what stays and until when; erase once a reason is given."""
    person = contacts.get_person(ById(id=person_id))
    if request.method == "GET":
        return _ask(person, FormState())
    values = typed("reason", "version")
    try:
        needed(values, "reason")
        with form_command():
            contacts.erase_person(read(ErasePerson, {"id": person.id, **values}))
    except (Invalid, Conflict, Stale) as error:
        return _ask(person, state(values, error)), 422
    flash(_("%(name)s is erased.", name=person.name), "good")
    return redirect(f"/office/erasures/{person.id}")


def _ask(person: Person, f: FormState) -> str:
    found = contacts.preview_erasure(ById(id=person.id))
    return render_template(
        "erasures/erase.html",
        person=person,
        f=f,
        reasons=[(each.value, label, "") for each, label in words.REASONS.items()],
        touched=words.rows_of(found.parts),
        documents=words.documents_of(found.parts),
        away=[SERVICES[each] for each in found.away],
        backup_days=found.backup_days,
    )


@pages.get("/office/erasures", may=Permission.CONTACTS_ERASE)
def list_erasures() -> str:
    """Who was erased is not known any more: when, and why."""
    found = contacts.list_erasures(asked(ListRequest, limit=50))
    return render_template(
        "erasures/list.html", state=list_state(), columns=COLUMNS, found=found, reasons=words.REASONS
    )


@pages.get("/office/erasures/<uuid:erased_id>", may=Permission.CONTACTS_ERASE)
def show_erasure(erased_id: UUID) -> str:
    """What each service did when, and which documents stay."""
    report = contacts.get_erasure(ById(id=erased_id))
    return render_template(
        "erasures/report.html",
        report=report,
        reason=words.REASONS[report.reason],
        touched=words.rows_of(report.parts),
        documents=words.documents_of(report.parts),
    )
