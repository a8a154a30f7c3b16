"""Building mail: what is refused, and how addresses and names are written (N3, N8)."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from typing import Any

import pytest

from services.notify.providers.headers import UnsafeHeader
from services.notify.providers.mime import (
    Attachment,
    BadAddress,
    InlineImage,
    Mailbox,
    MailContent,
    build,
    verp,
    verp_token,
)
from services.notify.providers.smtp import SmtpServer

pytestmark = pytest.mark.unit
PLAIN = MailContent(
    message_id="<1@mail.example.org>",
    sender=Mailbox("office@example.org"),
    to=Mailbox("anna@example.org"),
    subject="Hei",
    text="Hei",
    sent_at=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
    return_path="bounces@example.org",
)


@pytest.mark.parametrize(
    "evil", ["x\r\nBcc: a@example.org", "x\nBcc: a", "x\r", "x\x00", "x\x0b", "x\u2028y", "\ud800"]
)
@pytest.mark.parametrize("field", ["subject", "to", "sender", "reply_to", "attachments", "unsubscribe_url"])
def test_N3_no_value_can_add_a_header(field: str, evil: str) -> None:
    values: dict[str, Any] = {
        "subject": evil,
        "to": Mailbox("anna@example.org", evil),
        "sender": Mailbox("office@example.org", evil),
        "reply_to": Mailbox("office@example.org", evil),
        "attachments": (Attachment(evil, "text/plain", b""),),
        "unsubscribe_url": evil,
    }
    with pytest.raises(UnsafeHeader):
        build(replace(PLAIN, **{field: values[field]}))


@pytest.mark.parametrize(
    "address",
    ["anna", "@example.org", "anna@", "a b@example.org", '"a b"@example.org', "anna@ex ample.org", "anna@-x.org",
     "anna@example.org\r\nBcc: b@example.org", "anna@example.org, ben@example.org", "<anna@example.org>",
     "ånna@example.org", "a" * 65 + "@example.org", "anna@" + "x" * 64 + ".org"],
)  # fmt: skip
def test_N3_addresses_that_cannot_be_delivered_to_are_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        build(replace(PLAIN, to=Mailbox(address)))


def test_N3_international_domains_are_written_in_ascii() -> None:
    built = build(replace(PLAIN, to=Mailbox("anna@öljy.example.org", "Anna")))
    assert built.recipient == "anna@xn--ljy-rna.example.org"


@pytest.mark.parametrize("name", ["Öhman, Åke", 'Anna "Anu" Ö', "Jöns <b@example.org>", "名前", "😀" * 6, "a" * 200])
def test_N3_names_are_read_back_as_given_and_address_one_person(name: str) -> None:
    built = build(replace(PLAIN, to=Mailbox("anna@example.org", name)))
    parsed = message_from_bytes(built.content, policy=default)["To"].addresses
    assert [(address.display_name, address.addr_spec) for address in parsed] == [(name, "anna@example.org")]


def test_N3_a_long_name_is_split_between_letters() -> None:
    built = build(replace(PLAIN, to=Mailbox("anna@example.org", "😀" * 60)))
    raw = message_from_bytes(built.content)["To"]
    assert str(make_header(decode_header(raw))).replace(" ", "") == "😀" * 60 + "<anna@example.org>"


@pytest.mark.parametrize("subject", ["", "Ä" * 300, "a" * 2000, "sana " * 300, "=?utf-8?q?x?="])
def test_N3_messages_are_ascii_with_short_lines(subject: str) -> None:
    built = build(replace(PLAIN, subject=subject, text="ä" * 5000 + "\n.\n" + "x" * 3000, html="<p>" + "ö" * 5000))
    built.content.decode("ascii")
    lines = built.content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)


def test_N3_the_same_content_has_the_same_message_id() -> None:
    assert build(PLAIN).message_id == build(PLAIN).message_id == "<1@mail.example.org>"
    assert b"Message-ID: <1@mail.example.org>\r\n" in build(PLAIN).content


@pytest.mark.parametrize(
    "change",
    [
        {"message_id": "1@x"},
        {"attachments": (Attachment("a", "pdf", b""),)},
        {"html": "<p>", "inline_images": (InlineImage("a b", "a.png", "image/png", b""),)},
    ],
)
def test_N3_malformed_parts_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"looks like|letters"):
        build(replace(PLAIN, **change))


def test_N8_a_bounce_address_names_its_delivery() -> None:
    address = verp("bounces@mail.example.org", "0199-af")
    assert address == "bounces+0199-af@mail.example.org"
    assert verp_token("bounces@mail.example.org", address) == "0199-af"
    assert verp_token("bounces@mail.example.org", "Bounces+0199-af@MAIL.example.org") == "0199-af"
    assert verp_token("bounces@mail.example.org", "other+0199@mail.example.org") is None


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:2525", SmtpServer("127.0.0.1", 2525)),
        ("smtp+starttls://u:p%40w@mail.example.org", SmtpServer("mail.example.org", 587, "starttls", "u", "p@w")),
        ("smtps://mail.example.org", SmtpServer("mail.example.org", 465, "tls")),
    ],
)
def test_N3_the_server_is_read_from_an_address(url: str, server: SmtpServer) -> None:
    assert SmtpServer.from_url(url) == server
