"""Files that come in, as multipart forms: checked for size and viruses, stored once, named by a key for services."""

import hashlib
from dataclasses import dataclass

from flask import g, request
from werkzeug.exceptions import RequestEntityTooLarge

from chassis import crash, files
from chassis.ids import derived_id, new_id
from contracts.errors import FieldError, Invalid
from gateway.callers import command_key
from gateway.config import gateway_settings
from gateway.problems import Malformed, TooLarge, UnsupportedMedia
from gateway.virus_scan import refuse_infected


def form_fields(*known: str) -> dict[str, str]:
    """The text fields of a multipart form; raises for other bodies, unknown and repeated fields."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMedia("Send the file as multipart/form-data.")
    try:
        given = request.form
    except RequestEntityTooLarge:
        raise _too_large() from None
    for name, values in given.lists():
        if name not in {*known, "csrf_token", "form_key"}:
            raise _field(name[:60], "extra_forbidden", "There is no such field; check its name.")
        if len(values) > 1:
            raise _field(name, "repeated", "Give this field once.")
    return {name: given[name] for name in known if name in given}


@dataclass(frozen=True)
class Upload:
    """A file that came in; its name is only a name."""

    name: str
    content: bytes

    def store(self, owner: str, content: bytes = b"", suffix: str = "") -> str:
        """Store the file, or what was made of it, for the service `owner`; its key.

        A repeat of the request (same Idempotency-Key, same content) gives the same key.
        """
        wanted = content or self.content
        key = f"{owner}/{_id(wanted)}{suffix}"
        files.store(key, wanted)
        crash.point("gateway.stored")
        return key


def stored_file(owner: str, field: str = "file") -> tuple[str, str]:
    """Key and name of the uploaded file, stored for the service `owner`."""
    upload = uploaded(field)
    return upload.store(owner), upload.name


def uploaded(field: str = "file") -> Upload:
    """The uploaded file; raises for a missing, empty, too large or infected one."""
    upload = request.files.get(field)
    if upload is None or not upload.filename:
        raise _field(field, "missing", "Choose a file.")
    content = upload.stream.read(gateway_settings().talkoo_upload_limit + 1)
    if len(content) > gateway_settings().talkoo_upload_limit:
        raise _too_large()
    if not content:
        raise _field(field, "file_empty", "The file is empty.")
    refuse_infected(content, f"/{field}")
    return Upload(_plain_name(upload.filename), content)


def _id(content: bytes) -> object:
    key = command_key() or request.form.get("form_key", "")
    if not key:
        return new_id()
    who = g.principal.account_id or g.principal.kind if g.principal else ""
    return derived_id("upload", who, key[:255], hashlib.sha256(content).hexdigest())


def _plain_name(name: str) -> str:
    """The file's name without folders and control characters, at most 200 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(each for each in last if each.isprintable())[-200:].strip() or "file"


def _too_large() -> TooLarge:
    most = gateway_settings().talkoo_upload_limit // 1_000_000
    return TooLarge(f"This file is too large; at most {most} MB.", code="file_too_large", megabytes=most)


def _field(name: str, code: str, message: str) -> Invalid | Malformed:
    return Invalid(message, errors=[FieldError(pointer=f"/{name}", code=code, message=message)])
