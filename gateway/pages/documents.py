"""Documents of a person or an organisation: all of them with the form that brings one in, changing, deleting (C15)."""

from typing import Any, Final
from uuid import UUID

from flask import Response, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis import clock
from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.documents import DeleteDocument, Document, ListDocuments, UpdateDocument
from contracts.errors import Invalid, ServiceError
from gateway.api.documents import add_document, document_content, document_preview
from gateway.api.uploads import uploaded
from gateway.asked import asked, list_state
from gateway.config import gateway_settings
from gateway.form_state import FormState
from gateway.i18n import local_date
from gateway.pages.document_words import TYPE, size_in_words, types
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.submitted import day, form_command, needed, read, state, typed, without_empty
from gateway.undo import our_page, undo

contacts = client(ContactsApi)
pages = Pages("documents", __name__)
AT_ONCE: Final = 20
FIELDS: Final = ("type", "title", "dated_on", "author", "private")
REFUSED: Final = {"invalid", "too_large", "malformed"}


@pages.get("/office/contacts/<uuid:person_id>/documents", may=Permission.ACTIVITIES_READ)
def of_person(person_id: UUID) -> ResponseReturnValue:
    """Documents of a person, the latest first."""
    person = contacts.get_person(ById(id=person_id))
    if person.id != person_id:
        return redirect(f"/office/contacts/{person.id}/documents")
    return _list(f"/office/contacts/{person_id}", person.name, _empty(), person_id=person_id)


@pages.get("/office/organisations/<uuid:organisation_id>/documents", may=Permission.ACTIVITIES_READ)
def of_organisation(organisation_id: UUID) -> str:
    """Documents of an organisation, the latest first."""
    name = contacts.get_organisation(ById(id=organisation_id)).name
    return _list(f"/office/organisations/{organisation_id}", name, _empty(), organisation_id=organisation_id)


@pages.post("/office/contacts/<uuid:person_id>/documents", may=Permission.ACTIVITIES_WRITE)
def add_to_person(person_id: UUID) -> ResponseReturnValue:
    """Store a document of a person."""
    name = contacts.get_person(ById(id=person_id)).name
    return _added(f"/office/contacts/{person_id}", name, person_id=person_id)


@pages.post("/office/organisations/<uuid:organisation_id>/documents", may=Permission.ACTIVITIES_WRITE)
def add_to_organisation(organisation_id: UUID) -> ResponseReturnValue:
    """Store a document of an organisation."""
    name = contacts.get_organisation(ById(id=organisation_id)).name
    return _added(f"/office/organisations/{organisation_id}", name, organisation_id=organisation_id)


def _empty() -> FormState:
    return FormState({"type": "offer", "dated_on": local_date(clock.today()), "author": g.principal.username})


def _added(card: str, name: str, **side: UUID) -> ResponseReturnValue:
    try:
        _add(side)
    except ServiceError as error:
        if error.kind not in REFUSED:
            raise
        return _list(card, name, state({**typed(*FIELDS), "file": ""}, error), **side), 422
    flash(_("The document is stored."), "good")
    return redirect(f"{card}#documents")


def _add(side: dict[str, UUID]) -> None:
    values: dict[str, Any] = typed(*FIELDS)
    day(values, "dated_on")
    with form_command():
        add_document(uploaded(), **side, **without_empty({**values, "private": values["private"] == "yes"}))


def _list(card: str, name: str, f: FormState, **side: UUID) -> str:
    g.page_path = card.rpartition("/")[0]
    return render_template(
        "documents/list.html",
        card=card,
        name=name,
        f=f,
        state=list_state(),
        found=contacts.list_documents(asked(ListDocuments, limit=AT_ONCE, **side)),
        words=TYPE,
        size=size_in_words,
        types=types(),
        most=gateway_settings().talkoo_upload_limit // 1_000_000,
        may_write=may(Permission.ACTIVITIES_WRITE),
    )


@pages.get("/office/documents/<uuid:document_id>/content", may=Permission.ACTIVITIES_READ)
def content(document_id: UUID) -> Response:
    """The file, to be saved."""
    return document_content(document_id)


@pages.get("/office/documents/<uuid:document_id>/preview.jpg", may=Permission.ACTIVITIES_READ)
def preview(document_id: UUID) -> Response:
    """A small picture of it."""
    return document_preview(document_id)


@pages.form("/office/documents/<uuid:document_id>/edit", may=Permission.ACTIVITIES_WRITE)
def edit_document(document_id: UUID) -> ResponseReturnValue:
    """Rename a document, change what is said of it."""
    document = contacts.get_document(ById(id=document_id))
    version = request.form.get("version", "") or document.version
    if request.method == "GET":
        return _form(FormState(_shown(document)), document, version)
    values: dict[str, Any] = typed(*FIELDS)
    try:
        needed(values, "title", "dated_on")
        _change(document, values, version)
    except Invalid as error:
        return _form(state(typed(*FIELDS), error), document, version), 422
    flash(_("Saved."), "good")
    return redirect(f"{_card(document)}#documents")


def _change(document: Document, values: dict[str, Any], version: Any) -> None:
    day(values, "dated_on")
    values["private"] = (values["private"] == "yes") if document.own else None
    with form_command():
        contacts.update_document(read(UpdateDocument, {**values, "id": document.id, "version": version}))


def _shown(document: Document) -> dict[str, Any]:
    shown = {"type": document.type.value, "title": document.title, "author": document.author}
    return shown | {"dated_on": local_date(document.dated_on), "private": "yes" if document.private else ""}


def _form(f: FormState, document: Document, version: Any) -> str:
    g.page_path = _card(document).rpartition("/")[0]
    return render_template(
        "documents/form.html",
        f=f,
        document=document,
        version=version,
        types=types(),
        size=size_in_words,
        back=_card(document),
    )


def _card(document: Document) -> str:
    if document.person_id:
        return f"/office/contacts/{document.person_id}"
    return f"/office/organisations/{document.organisation_id}"


@pages.post("/office/documents/<uuid:document_id>/delete", may=Permission.ACTIVITIES_WRITE)
def delete_document(document_id: UUID) -> ResponseReturnValue:
    """Take a document away; the next page offers to undo it."""
    back = our_page(request.form.get("back", ""), "/office/contacts")
    with form_command():
        contacts.delete_document(read(DeleteDocument, {"id": document_id, "version": request.form.get("version", "")}))
    flash(_("The document is deleted."), undo(f"/office/documents/{document_id}/restore", back))
    return redirect(back)


@pages.post("/office/documents/<uuid:document_id>/restore", may=Permission.ACTIVITIES_WRITE)
def restore_document(document_id: UUID) -> ResponseReturnValue:
    """Bring a deleted document back."""
    contacts.restore_document(ById(id=document_id))
    flash(_("The document is back."), "good")
    return redirect(our_page(request.args.get("back", ""), "/office/contacts"))
