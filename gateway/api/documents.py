"""Documents of persons and organisations, and photos of persons: files that come in, are shown small, and go out."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response
from pydantic import ValidationError

from chassis import files, pictures
from chassis.rpc import client
from chassis.validation import as_invalid
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.documents import AddDocument, Document, DocumentDetails
from contracts.errors import NotFound
from gateway.api.door import answer
from gateway.api.downloads import download
from gateway.api.forms import DocumentForm
from gateway.api.routes import Resource, Route
from gateway.api.uploads import Upload, form_fields, uploaded

contacts = client(ContactsApi)
resource = Resource(ContactsApi, "Documents")
FIELDS = tuple(DocumentDetails.model_fields)
PREVIEW_SIDE = 480
JPEG = "image/jpeg"


def add_document(upload: Upload, **given: Any) -> Document:
    """Store an uploaded file as a document, with a small picture of it if it is one; `given` as typed."""
    checked = {**given, "file_key": "contacts/", "file_name": upload.name}
    try:
        wanted = AddDocument.model_validate(checked)
    except ValidationError as error:
        raise as_invalid(error) from None
    stored = {"file_key": upload.store(ContactsApi.service_name), "preview_key": _preview(upload)}
    return contacts.add_document(wanted.model_copy(update=stored))


def _preview(upload: Upload) -> str | None:
    """The key of the small picture; None for what is no picture, or one larger than we decode."""
    try:
        small = pictures.small(upload.content, PREVIEW_SIDE)
    except (pictures.NotAPicture, pictures.TooManyPixels):
        return None
    return upload.store(ContactsApi.service_name, small, ".jpg")


def document_content(document_id: UUID) -> Response:
    """The document's file, to be saved, never to be opened inside a page."""
    found = contacts.get_document_file(ById(id=document_id))
    response = download(files.load(found.file_key), found.file_name, found.content_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def document_preview(document_id: UUID) -> Response:
    """The small picture of a document; raises NotFound when there is none."""
    key = contacts.get_document_file(ById(id=document_id)).preview_key
    if key is None:
        raise NotFound("There is no preview of this document.", code="no_preview")
    return download(files.load(key), "preview.jpg", JPEG, inline=True)


def get_document_content(id: UUID) -> Response:  # noqa: A002  (the name in the address)
    """The file itself."""
    return document_content(id)


def get_document_preview(id: UUID) -> Response:  # noqa: A002  (the name in the address)
    """A small picture of it."""
    return document_preview(id)


def _taking(side: str) -> Callable[[UUID], Response]:
    def take(id: UUID) -> Response:  # noqa: A002  (the name in the address)
        fields = form_fields(*FIELDS)
        made = add_document(uploaded(), **{f"{side}_id": id}, **fields)
        return answer(_ROUTES[side], made.model_dump(mode="json"))

    take.__name__ = f"add_document_of_{side}"
    return take


def _add(side: str) -> Route:
    resource.view(
        "POST", f"/{side}s/{{id}}/documents", _taking(side), f"Store a document of the {side}",
        (Permission.ACTIVITIES_WRITE,), status=201, location="/documents/{id}", request=DocumentForm, reply=Document,
        consumes="multipart/form-data",
    )  # fmt: skip
    return resource.routes[-1]


_ROUTES: dict[str, Route] = {}
for _side in ("person", "organisation"):
    resource.get(f"/{_side}s/{{{_side}_id}}/documents", ContactsApi.list_documents, f"Documents of the {_side}",
                 operation=f"list_documents_of_{_side}")  # fmt: skip
    _ROUTES[_side] = _add(_side)
resource.get("/documents", ContactsApi.list_documents, "Documents, the latest date first")
resource.get("/documents/{id}", ContactsApi.get_document, "One document")
resource.patch("/documents/{id}", ContactsApi.update_document, "Rename a document, change what is said of it",
               example={"title": "Offer 12/2026", "type": "offer"})  # fmt: skip
resource.delete("/documents/{id}", ContactsApi.delete_document, "Take a document away; it can be restored")
resource.post("/documents/{id}/restore", ContactsApi.restore_document, "Bring a deleted document back")
resource.view("GET", "/documents/{id}/content", get_document_content, "The document's file",
              (Permission.ACTIVITIES_READ,), produces="application/octet-stream")  # fmt: skip
resource.view("GET", "/documents/{id}/preview", get_document_preview, "A small picture of the document",
              (Permission.ACTIVITIES_READ,), produces=JPEG)  # fmt: skip
