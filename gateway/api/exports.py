"""Exports of segments and lists: begun here, worked off by a job, fetched by who asked for them (C10)."""

from typing import Final
from uuid import UUID

from flask import Response, send_file

from chassis import files
from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from gateway.api.routes import Resource

contacts = client(ContactsApi)
resource = Resource(ContactsApi, "Exports")
CONTENT_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "vcf": "text/vcard; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export_file(export_id: UUID) -> Response:
    """The file of an export, as it is; raises NotFound for whom it is not, and when it is gone."""
    found = contacts.fetch_export_file(ById(id=export_id))
    kind = CONTENT_TYPES[found.file_name.rpartition(".")[2]]
    file = files.opened(found.file_key)
    response = send_file(file, kind, as_attachment=True, download_name=found.file_name, etag=False, conditional=False)
    response.call_on_close(file.close)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def get_export_file(id: UUID) -> Response:  # noqa: A002  (the name in the address)
    """The file; asking for it is noted in the audit log."""
    return export_file(id)


resource.post(
    "/exports",
    ContactsApi.start_export,
    "Write a segment or a filtered list to a file",
    status=202,
    location="/jobs/{id}",
    example={"format": "xlsx", "columns": ["city", "email"], "tags_all": "board"},
)
resource.get("/exports/{id}", ContactsApi.get_export, "An export: how many rows, and until when its file is kept")
resource.view("GET", "/exports/{id}/content", get_export_file, "The exported file",
              (Permission.CONTACTS_READ,), produces="application/octet-stream")  # fmt: skip
