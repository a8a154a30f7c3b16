"""The photo of a person: shown, set, removed (C5)."""

from uuid import UUID

from flask import Response, flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.errors import ServiceError
from gateway.api.photos import photo, put_photo
from gateway.api.uploads import uploaded
from gateway.asked import ask_first
from gateway.config import gateway_settings
from gateway.form_state import FormState
from gateway.pages.door import Pages
from gateway.submitted import form_command, state

contacts = client(ContactsApi)
pages = Pages("photos", __name__)
REFUSED = {"invalid", "too_large", "malformed"}


@pages.get("/office/contacts/<uuid:person_id>/photo.jpg", may=Permission.CONTACTS_READ)
def show_photo(person_id: UUID) -> Response:
    """The photo itself."""
    return photo(person_id)


@pages.get("/office/contacts/<uuid:person_id>/photo", may=Permission.CONTACTS_WRITE)
def photo_page(person_id: UUID) -> str:
    """The photo there is, and the form for another one."""
    return _page(person_id, FormState())


@pages.post("/office/contacts/<uuid:person_id>/photo", may=Permission.CONTACTS_WRITE)
def set_photo(person_id: UUID) -> ResponseReturnValue:
    """Set or replace the photo."""
    try:
        with form_command():
            put_photo(person_id, uploaded())
    except ServiceError as error:
        if error.kind not in REFUSED:
            raise
        return _page(person_id, state({"file": ""}, error)), 422
    flash(_("The photo is set."), "good")
    return redirect(f"/office/contacts/{person_id}")


@pages.post("/office/contacts/<uuid:person_id>/photo/remove", may=Permission.CONTACTS_WRITE)
def remove_photo(person_id: UUID) -> ResponseReturnValue:
    """Remove the photo, once that is confirmed."""
    card = f"/office/contacts/{person_id}"
    if asked := ask_first(_("Remove the photo?"), _("It cannot be brought back."), _("Remove"), f"{card}/photo"):
        return asked
    with form_command():
        contacts.remove_photo(ById(id=person_id))
    flash(_("The photo is removed."), "good")
    return redirect(card)


def _page(person_id: UUID, f: FormState) -> str:
    g.page_path = "/office/contacts"
    person = contacts.get_person(ById(id=person_id))
    most = gateway_settings().talkoo_upload_limit // 1_000_000
    return render_template("contacts/photo.html", person=person, f=f, most=most)
