"""Reading a received message: text, HTML, pictures, attachments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

from ops.simulators.mailbox.store import Mail

CID = re.compile(r"cid:([^\"'\s>)]+)")


@dataclass(frozen=True)
class Part:
    """A decoded part of a message."""

    name: str
    content_type: str
    content: bytes


def content(mail: Mail) -> dict[str, Any]:
    """The summary with `headers` (pairs), `text`, `html` and `attachments` (index, name, type, size)."""
    message = mail.parsed
    attachments = [
        {"index": index, "name": part.name, "type": part.content_type, "size": len(part.content)}
        for index, part in enumerate(_attachments(message))
    ]
    return mail.summary | {
        "headers": [[name, str(value)] for name, value in message.items()],
        "text": _text(message, "plain"),
        "html": _text(message, "html"),
        "attachments": attachments,
    }


def html_page(mail: Mail) -> str | None:
    """The HTML part with its pictures' addresses pointing here and its links opening apart; None without HTML."""
    html = _text(mail.parsed, "html")
    if not html:
        return None
    here = f"/messages/{mail.id}/inline/"
    return '<base target="_blank">' + CID.sub(lambda found: here + quote(found.group(1)), html)


def inline_image(mail: Mail, cid: str) -> Part | None:
    """The picture with this content id; None when there is none or it is no picture."""
    for part in mail.parsed.walk():
        if str(part.get("Content-ID", "")).strip("<> ") == cid and part.get_content_maintype() == "image":
            return _decoded(part)
    return None


def attachment(mail: Mail, index: int) -> Part | None:
    """The attachment at this place, from 0."""
    found = list(_attachments(mail.parsed))
    return found[index] if index < len(found) else None


def _attachments(message: EmailMessage) -> Iterator[Part]:
    for part in message.walk():
        if part.get_content_disposition() == "attachment":
            yield _decoded(part)


def _decoded(part: Any) -> Part:
    payload = part.get_payload(decode=True)
    kept = payload if isinstance(payload, bytes) else part.as_bytes()
    return Part(part.get_filename() or "unnamed", part.get_content_type(), kept)


def _text(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except (LookupError, UnicodeError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
