"""Building of e-mail messages (N3, N7, N8): text with HTML beside it, inline images, attachments, safe headers.

The result is 7-bit and has CRLF lines, so that any server takes it unchanged. One message has one receiver.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from typing import Any

import idna

CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")
CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")


class UnsafeHeader(ValueError):
    """A header value holds a line break or another control character: somebody tries to add headers."""


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


class _UnfoldedHeader:
    """A structured header of addresses in angle brackets, which must be neither encoded nor broken inside."""

    max_count = 1

    @classmethod
    def parse(cls, value: str, keywords: dict[str, Any]) -> None:
        """The value as it is (interface of `email.headerregistry`)."""
        keywords["parse_tree"] = None
        keywords["decoded"] = value

    def fold(self, *, policy: EmailPolicy) -> str:
        """One address a line."""
        lines = str(self).replace(", ", f",{policy.linesep} ")
        return f"{self.name}: {lines}{policy.linesep}"  # type: ignore[attr-defined]


def _policy() -> "EmailPolicy[EmailMessage]":
    registry = HeaderRegistry()
    for name in ("list-unsubscribe", "message-id"):
        registry.map_to_type(name, _UnfoldedHeader)  # type: ignore[arg-type]  # a mix-in, as its own types are
    return SMTP.clone(header_factory=registry, cte_type="7bit")


POLICY = _policy()


def build(mail: MailContent) -> OutgoingMail:
    """Make the message. Raises UnsafeHeader or BadAddress; ValueError for a wrong message id or content type."""
    message = EmailMessage(policy=POLICY)
    for name, value in _headers(mail).items():
        message[name] = value
    _add_body(message, mail)
    for attachment in mail.attachments:
        main, sub = _content_type(attachment.content_type)
        name = _safe(attachment.name, "attachment name")
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=name)
    recipient, return_path = _ascii(mail.to.email, "to"), _ascii(mail.return_path, "return path")
    return OutgoingMail(return_path, recipient, mail.message_id, message.as_bytes())


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


def _headers(mail: MailContent) -> Mapping[str, Any]:
    if not MESSAGE_ID.fullmatch(mail.message_id):
        raise ValueError("a message id looks like <text@domain>")
    headers: dict[str, Any] = {
        "From": _address(mail.sender, "from"),
        "To": _address(mail.to, "to"),
        "Subject": _safe(mail.subject, "subject"),
        "Date": mail.sent_at,
        "Message-ID": mail.message_id,
    }
    if mail.reply_to:
        headers["Reply-To"] = _address(mail.reply_to, "reply-to")
    if mail.auto_submitted:
        headers["Auto-Submitted"] = "auto-generated"
    return headers | _unsubscribing(mail)


def _unsubscribing(mail: MailContent) -> dict[str, str]:
    ways = [mail.unsubscribe_url, f"mailto:{mail.unsubscribe_mail}" if mail.unsubscribe_mail else ""]
    given = [_safe_url(way) for way in ways if way]
    if not given:
        return {}
    headers = {"List-Unsubscribe": ", ".join(f"<{way}>" for way in given)}
    if mail.unsubscribe_url.startswith("https:"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _add_body(message: EmailMessage, mail: MailContent) -> None:
    message.set_content(mail.text, cte="quoted-printable")
    if not mail.html:
        return
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    page = message.get_payload()[1]  # type: ignore[index]
    assert isinstance(page, EmailMessage)
    for image in mail.inline_images:
        if not re.fullmatch(r"[A-Za-z0-9.-]+(?:@[A-Za-z0-9.-]+)?", image.cid):
            raise UnsafeHeader("an image's cid has letters, digits, dots and dashes")
        main, sub = _content_type(image.content_type)
        page.add_related(
            image.content,
            maintype=main,
            subtype=sub,
            cid=f"<{image.cid}>",
            filename=_safe(image.name, "image name"),
            disposition="inline",
        )


def _address(mailbox: Mailbox, field: str) -> HeaderAddress:
    return HeaderAddress(_safe(mailbox.name, field), addr_spec=_ascii(mailbox.email, field))


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


def _safe(value: str, field: str) -> str:
    if CONTROL.search(value):
        raise UnsafeHeader(f"the {field} holds a line break or control character")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise UnsafeHeader(f"the {field} holds half a character")
    return value


def _safe_url(url: str) -> str:
    if not url.isascii() or re.search(r"[\s<>,]", _safe(url, "unsubscribe address")):
        raise UnsafeHeader("an unsubscribe address has no spaces, commas, brackets or letters outside ASCII")
    return url


def _content_type(content_type: str) -> tuple[str, str]:
    if not CONTENT_TYPE.fullmatch(content_type):
        raise ValueError("a content type looks like application/pdf")
    main, _, sub = content_type.partition("/")
    return main, sub
