"""Building of e-mail messages (N3, N7, N8): text with HTML beside it, inline images, attachments, safe headers.

The result is 7-bit and has CRLF lines, so that any server takes it unchanged. One message has one receiver.
"""

import re
from base64 import encodebytes
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

import idna

from services.notify.providers.headers import UnsafeHeader, filename, mailbox, safe, unstructured

LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")
CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")


class BadAddress(ValueError):
    """An e-mail address that no server would take. Names the field, never the address."""


@dataclass(frozen=True)
class Mailbox:
    """An e-mail address and the name shown with it. The domain may be international (öljy.example.fi)."""

    email: str
    name: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file; `content_type` such as application/pdf."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class InlineImage:
    """A picture the HTML shows as `<img src="cid:...">`; `cid` is letters, digits, dots and dashes."""

    cid: str
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class MailContent:
    """All of a message. `message_id` is the caller's, the same on every try: `<delivery-id@mail.example.org>`.

    `return_path` takes the bounces; with `unsubscribe_url` mail programs show their unsubscribe button (RFC 8058).
    """

    message_id: str
    sender: Mailbox
    to: Mailbox
    subject: str
    text: str
    sent_at: datetime
    return_path: str
    html: str = ""
    reply_to: Mailbox | None = None
    unsubscribe_url: str = ""
    unsubscribe_mail: str = ""
    auto_submitted: bool = True
    attachments: tuple[Attachment, ...] = ()
    inline_images: tuple[InlineImage, ...] = ()


@dataclass(frozen=True)
class OutgoingMail:
    """A message ready for SMTP: envelope and bytes with CRLF lines."""

    return_path: str
    recipient: str
    message_id: str
    content: bytes


def build(mail: MailContent) -> OutgoingMail:
    """Make the message. Raises UnsafeHeader or BadAddress; ValueError for a wrong message id or content type."""
    headers = _headers(mail)
    body = _text_and_html(mail)
    if mail.attachments:
        files = (_file(each.name, each.content_type, each.content, "attachment") for each in mail.attachments)
        body = _multipart("mixed", [body, *files])
    recipient, return_path = _ascii(mail.to.email, "to"), _ascii(mail.return_path, "return path")
    return OutgoingMail(return_path, recipient, mail.message_id, headers.encode("ascii") + body)


def verp(bounce_address: str, token: str) -> str:
    """The bounce address that names one delivery: bounces@x -> bounces+token@x. Token: letters, digits, dashes."""
    if not re.fullmatch(r"[A-Za-z0-9-]{1,40}", token):
        raise ValueError("a bounce token has 1 to 40 letters, digits or dashes")
    local, _, domain = bounce_address.rpartition("@")
    return f"{local}+{token}@{domain}"


def verp_token(bounce_address: str, received_at: str) -> str | None:
    """The token in the address a bounce came to, or None when it is not one of ours."""
    local, _, domain = bounce_address.rpartition("@")
    pattern = rf"{re.escape(local)}\+([A-Za-z0-9-]{{1,40}})@{re.escape(domain)}"
    found = re.fullmatch(pattern, received_at, re.IGNORECASE)
    return found.group(1) if found else None


def _headers(mail: MailContent) -> str:
    """All headers but those of the body, each ended by CRLF."""
    if not MESSAGE_ID.fullmatch(mail.message_id):
        raise ValueError("a message id looks like <text@domain>")
    lines = [
        f"From: {_address(mail.sender, 'from')}",
        f"To: {_address(mail.to, 'to')}",
        f"Subject: {unstructured(safe(mail.subject, 'subject'))}",
        f"Date: {format_datetime(mail.sent_at)}",
        f"Message-ID: {mail.message_id}",
    ]
    if mail.reply_to:
        lines.append(f"Reply-To: {_address(mail.reply_to, 'reply-to')}")
    if mail.auto_submitted:
        lines.append("Auto-Submitted: auto-generated")
    return "\r\n".join([*lines, *_unsubscribing(mail), "MIME-Version: 1.0", ""])


def _unsubscribing(mail: MailContent) -> list[str]:
    ways = [mail.unsubscribe_url, f"mailto:{mail.unsubscribe_mail}" if mail.unsubscribe_mail else ""]
    given = [f"<{_safe_url(way)}>" for way in ways if way]
    if not given:
        return []
    header = "List-Unsubscribe: " + ",\r\n ".join(given)
    one_click = ["List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
    return [header, *(one_click if mail.unsubscribe_url.startswith("https:") else [])]


def _text_and_html(mail: MailContent) -> bytes:
    """The text alone, or text and HTML as alternatives, the HTML together with its images."""
    text = _readable("plain", mail.text)
    if not mail.html:
        return text
    page = _readable("html", mail.html)
    if mail.inline_images:
        page = _multipart("related", [page, *map(_inline, mail.inline_images)])
    return _multipart("alternative", [text, page])


def _multipart(subtype: str, parts: list[bytes]) -> bytes:
    """The parts between boundaries. `=_` occurs neither in quoted-printable nor in base64 (RFC 2045, 6.7)."""
    boundary = f"=_talkoo-{subtype}"
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'
    mark = f"--{boundary}\r\n".encode()
    return head.encode() + b"".join(mark + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()


def _readable(subtype: str, text: str) -> bytes:
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
    return head.encode() + b2a_qp(lines.replace("\n", "\r\n").encode("utf-8", "replace"))


def _inline(image: InlineImage) -> bytes:
    if not re.fullmatch(r"[A-Za-z0-9.-]+(?:@[A-Za-z0-9.-]+)?", image.cid):
        raise UnsafeHeader("an image's cid has letters, digits, dots and dashes")
    return f"Content-ID: <{image.cid}>\r\n".encode() + _file(image.name, image.content_type, image.content, "inline")


def _file(name: str, content_type: str, content: bytes, disposition: str) -> bytes:
    if not CONTENT_TYPE.fullmatch(content_type):
        raise ValueError("a content type looks like application/pdf")
    head = (
        f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: {disposition}{filename(safe(name, 'file name'))}\r\n\r\n"
    )
    return head.encode() + encodebytes(content).replace(b"\n", b"\r\n")


def _address(box: Mailbox, field: str) -> str:
    return mailbox(_ascii(box.email, field), safe(box.name, field))


def _ascii(address: str, field: str) -> str:
    """The address with its domain in ASCII (IDNA 2008). BadAddress when no server would take it."""
    local, at, domain = address.rpartition("@")
    if not at or not LOCAL_PART.fullmatch(local) or len(local) > 64:
        raise BadAddress(f"the {field} address has a part before @ that cannot be delivered to")
    try:
        encoded = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as error:
        raise BadAddress(f"the {field} address has a domain that does not exist") from error
    if not DOMAIN.fullmatch(encoded) or len(encoded) > 253:
        raise BadAddress(f"the {field} address has a domain that cannot exist")
    return f"{local}@{encoded}"


def _safe_url(url: str) -> str:
    if not url.isascii() or re.search(r"[\s<>,]", safe(url, "unsubscribe address")):
        raise UnsafeHeader("an unsubscribe address has no spaces, commas, brackets or letters outside ASCII")
    return url
