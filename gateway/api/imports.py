"""Files of contacts: looked at, imported, reported row by row; what their columns mean."""

from typing import Any

import orjson
from flask import Response

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import Job
from contracts.contacts import ContactsApi
from contracts.contacts.import_mappings import PreviewImport
from contracts.contacts.imports import ImportProfile, StartImport
from contracts.errors import FieldError, Invalid
from gateway.api.door import answer
from gateway.api.forms import ImportForm, PreviewForm
from gateway.api.routes import Resource, Route
from gateway.api.uploads import form_fields, stored_file
from gateway.submitted import read, without_empty

contacts = client(ContactsApi)
resource = Resource(ContactsApi, "Imports")

resource.get("/imports", ContactsApi.list_imports, "Imports, newest first")
resource.get("/imports/{id}", ContactsApi.get_import, "One import with its counts")
resource.get("/imports/{id}/rows", ContactsApi.list_import_rows, "The report, row by row")
resource.post("/imports/{id}/undo", ContactsApi.undo_import, "Take back what an import made and changed", status=202,
              location="/jobs/{id}")  # fmt: skip
resource.get("/imports/{id}/columns", ContactsApi.get_import_columns,
             "The columns of a file that was looked at, with samples and what they may mean")  # fmt: skip
resource.get("/import-mappings", ContactsApi.list_mappings, "Saved meanings of columns by name")
resource.post("/import-mappings", ContactsApi.save_mapping, "Save what columns mean; the same name is replaced",
              status=201, example={"name": "Old register", "profile": "contacts",
                                   "columns": {"Kuka": "name", "Luuri": "phone", "Muuta": ""}})  # fmt: skip
resource.delete("/import-mappings/{id}", ContactsApi.delete_mapping, "Forget a saved mapping")


def start_import() -> Response:
    """Store the file and queue its import."""
    fields = form_fields("profile", "dry_run", "observed_at", "mapping", "mapping_id")
    dry_run = fields.get("dry_run", "true").lower()
    if dry_run not in {"true", "false"}:
        raise _wrong("dry_run", "Write true or false.")
    wanted = _named(fields, "observed_at", "mapping_id") | {"dry_run": dry_run == "true"}
    if "mapping" in fields:
        wanted["mapping"] = _mapping(fields["mapping"])
    read(StartImport, wanted | {"file_key": "contacts/", "file_name": "unread"})
    key, name = stored_file(ContactsApi.service_name)
    job = contacts.start_import(read(StartImport, wanted | {"file_key": key, "file_name": name}))
    return answer(IMPORT, job.model_dump(mode="json"))


def preview_import() -> Response:
    """Store the file and queue a look at its columns."""
    wanted = _named(form_fields("profile", "mapping_id"), "mapping_id")
    key, name = stored_file(ContactsApi.service_name)
    job = contacts.preview_import(read(PreviewImport, wanted | {"file_key": key, "file_name": name}))
    return answer(PREVIEW, job.model_dump(mode="json"))


def _named(fields: dict[str, str], *more: str) -> dict[str, Any]:
    profile = fields.get("profile", ImportProfile.CONTACTS.value)
    if profile not in set(ImportProfile):
        raise _wrong("profile", f"Choose one of {', '.join(ImportProfile)}.")
    return {"profile": profile, **without_empty({name: fields.get(name) for name in more})}


def _mapping(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        message = "This is not JSON; write an object of headings and meanings."
        raise Invalid(message, errors=[FieldError(pointer="/mapping", code="dict_type", message=message)]) from None


def _wrong(name: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(pointer=f"/{name}", code="enum", message=message)])


def _upload(path: str, view: Any, summary: str, form: Any) -> Route:
    """An operation that takes a file and starts a job."""
    resource.view("POST", path, view, summary, (Permission.CONTACTS_IMPORT,), status=202, location="/jobs/{id}",
                  request=form, reply=Job, consumes="multipart/form-data")  # fmt: skip
    return resource.routes[-1]


IMPORT = _upload("/imports", start_import, "Import a file of contacts; a dry run changes nothing", ImportForm)
PREVIEW = _upload("/imports/preview", preview_import, "Look at the columns of a file; nothing is imported", PreviewForm)
