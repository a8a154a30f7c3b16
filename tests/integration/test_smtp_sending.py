"""Mail is built, sent over real SMTP and read in the mailbox (N3, N7, N8; faults 43-45 of the fault list)."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from uuid import uuid4

import httpx
import pytest

from ops.launcher.ports import free_port
from ops.simulators.clients import Mailbox
from ops.simulators.faults import Faults
from ops.simulators.mailbox.app import create_app
from ops.simulators.mailbox.smtp_in import FAULTS, controller
from ops.simulators.mailbox.store import Store
from ops.simulators.server import RunningSimulator
from services.notify.providers import mime
from services.notify.providers.failures import OutcomeUnknown, PermanentFailure, TemporaryFailure
from services.notify.providers.smtp import SmtpSender, SmtpServer

pytestmark = pytest.mark.integration
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452")
UNSUBSCRIBE = "https://talkoo.example.org/u/" + "k" * 120


@dataclass
class Running:
    mailbox: Mailbox
    smtp_port: int

    def sender(self, timeout: float = 30.0, size: int = 4) -> SmtpSender:
        return SmtpSender(SmtpServer("127.0.0.1", self.smtp_port), timeout=timeout, size=size)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    store, faults, port = Store(), Faults(FAULTS), free_port()
    smtp = controller(store, faults, "127.0.0.1", port)
    smtp.start()
    with RunningSimulator(create_app(store, faults)) as web, Mailbox(web.url) as mailbox:
        yield Running(mailbox, port)
    smtp.stop()


@pytest.fixture
def mailbox(running: Running) -> Mailbox:
    running.mailbox.clear()
    running.mailbox.clear_faults()
    return running.mailbox


@pytest.fixture
def sender(running: Running) -> Iterator[SmtpSender]:
    sender = running.sender()
    yield sender
    sender.close()


def mail(to: str = "anna@example.org", **changes: object) -> mime.OutgoingMail:
    content = mime.MailContent(
        message_id=f"<{uuid4()}@mail.example.org>",
        sender=mime.Mailbox("office@example.org", "Helsingin Harrastajat ry"),
        to=mime.Mailbox(to, "Åke Öhman"),
        subject="Jäsenmaksu 2027: kiitos, Åke! " + "pitkä otsikko " * 8,
        text="Hei Åke,\n.piste rivin alussa\n..\n.\nTerveisin toimisto\n",
        html='<p>Hei <b>Åke</b> <img src="cid:logo"></p><script>alert(1)</script>',
        sent_at=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
        return_path=mime.verp("bounces@mail.example.org", "0199-a"),
        reply_to=mime.Mailbox("jasenet@example.org", "Jäsenasiat"),
        unsubscribe_url=UNSUBSCRIBE,
        unsubscribe_mail="unsubscribe@example.org",
        attachments=(mime.Attachment("lasku å.pdf", "application/pdf", b"%PDF\r\n.\r\nend"),),
        inline_images=(mime.InlineImage("logo", "logo.png", "image/png", PNG),),
    )
    return mime.build(replace(content, **changes))  # type: ignore[arg-type]


def test_N3_a_message_arrives_whole(sender: SmtpSender, mailbox: Mailbox) -> None:
    sent = mail()
    sender.send(sent)

    read = mailbox.wait_for("anna@example.org", "Jäsenmaksu")
    assert mailbox.raw(read["id"]) == sent.content
    assert (read["message_id"], read["return_path"]) == (sent.message_id, "bounces+0199-a@mail.example.org")
    assert read["text"].startswith("Hei Åke,\n.piste rivin alussa\n..\n.\nTerveisin")
    assert read["subject"].startswith("Jäsenmaksu 2027: kiitos, Åke! pitkä")
    assert read["attachments"] == [{"index": 0, "name": "lasku å.pdf", "type": "application/pdf", "size": 12}]
    assert mailbox.attachment(read["id"], 0) == b"%PDF\r\n.\r\nend"
    headers = dict(read["headers"])
    assert headers["Reply-To"] == "Jäsenasiat <jasenet@example.org>"
    assert headers["Auto-Submitted"] == "auto-generated"


def test_N8_the_unsubscribe_headers_survive_unbroken(sender: SmtpSender, mailbox: Mailbox) -> None:
    sender.send(mail())
    raw = mailbox.raw(mailbox.wait_for("anna@example.org")["id"]).decode("ascii")
    assert f"\r\nList-Unsubscribe: <{UNSUBSCRIBE}>,\r\n <mailto:unsubscribe@example.org>\r\n" in raw
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert max(len(line) for line in raw.split("\r\n")) < 998


def test_N3_the_html_part_is_shown_without_scripts(sender: SmtpSender, mailbox: Mailbox) -> None:
    sender.send(mail())
    found = mailbox.wait_for("anna@example.org")
    page = httpx.get(f"{mailbox.url}/messages/{found['id']}/html")
    assert page.headers["content-security-policy"].startswith("sandbox allow-popups")
    assert "allow-scripts" not in page.headers["content-security-policy"]
    picture = httpx.get(f"{mailbox.url}/messages/{found['id']}/inline/logo")
    assert f"/messages/{found['id']}/inline/logo" in page.text
    assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")
    assert httpx.get(f"{mailbox.url}/messages/{found['id']}").status_code == 200
    assert "anna@example.org" in httpx.get(mailbox.url).text


def test_N3_structure_is_alternative_with_related_inside_mixed() -> None:
    parsed = message_from_bytes(mail().content, policy=default)
    kinds = [part.get_content_type() for part in parsed.walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
        "application/pdf",
    ]  # fmt: skip


@pytest.mark.parametrize(("on", "status"), [("mail", 450), ("rcpt", 450), ("rcpt", 421), ("data", 451)])
def test_N3_a_4xx_reply_is_temporary(sender: SmtpSender, mailbox: Mailbox, on: str, status: int) -> None:
    mailbox.order_fault(on=on, effect="reply", status=status)
    with pytest.raises(TemporaryFailure) as failure:
        sender.send(mail())
    assert failure.value.code == status
    assert mailbox.count() == 0
    sender.send(mail())
    assert mailbox.count() == 1


@pytest.mark.parametrize(("on", "of_recipient"), [("mail", False), ("rcpt", True), ("data", False)])
def test_N8_a_5xx_reply_is_permanent(sender: SmtpSender, mailbox: Mailbox, on: str, of_recipient: bool) -> None:
    mailbox.order_fault(on=on, effect="reply", status=550)
    with pytest.raises(PermanentFailure) as failure:
        sender.send(mail())
    assert (failure.value.code, failure.value.of_recipient) == (550, of_recipient)
    sender.send(mail())
    assert mailbox.count() == 1


def test_N3_a_connection_cut_after_the_final_dot_leaves_the_outcome_unknown(
    sender: SmtpSender, mailbox: Mailbox
) -> None:
    mailbox.order_fault(on="data", effect="drop_after")
    sent = mail()
    with pytest.raises(OutcomeUnknown):
        sender.send(sent)

    sender.send(sent)
    assert {read["message_id"] for read in mailbox.messages("anna@example.org")} == {sent.message_id}
    assert mailbox.count() == 2


def test_N3_silence_after_the_final_dot_leaves_the_outcome_unknown(running: Running, mailbox: Mailbox) -> None:
    sender = running.sender(timeout=1.5)
    mailbox.order_fault(on="data", effect="delay", seconds=4.0)
    with pytest.raises(OutcomeUnknown):
        sender.send(mail())
    sender.close()


@pytest.mark.parametrize("on", ["mail", "rcpt"])
def test_N3_a_connection_cut_earlier_is_temporary(sender: SmtpSender, mailbox: Mailbox, on: str) -> None:
    mailbox.order_fault(on=on, effect="drop")
    with pytest.raises(TemporaryFailure):
        sender.send(mail())
    assert mailbox.count() == 0


def test_N3_a_kept_connection_that_died_is_replaced_unseen(sender: SmtpSender, mailbox: Mailbox) -> None:
    sender.send(mail())
    mailbox.order_fault(on="mail", effect="drop")
    sender.send(mail())
    assert mailbox.count() == 2


def test_N3_a_server_that_is_away_is_temporary() -> None:
    with pytest.raises(TemporaryFailure):
        SmtpSender(SmtpServer("127.0.0.1", free_port())).send(mail())


def test_N3_many_threads_share_the_pool_and_nobody_gets_it_twice(running: Running, mailbox: Mailbox) -> None:
    sender = running.sender(size=3)

    def work(number: int) -> None:
        for turn in range(20):
            sender.send(mail(to=f"m{number}-{turn}@example.org"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sender.close()
    assert mailbox.count() == 120
    assert len({read["to"] for read in mailbox.messages(limit=500)}) == 120


def test_the_mailbox_finds_by_recipient_and_since(sender: SmtpSender, mailbox: Mailbox) -> None:
    sender.send(mail(to="anna@example.org"))
    first = mailbox.messages("ANNA@example.org")[0]
    time.sleep(0.01)
    sender.send(mail(to="anna@example.org"))
    sender.send(mail(to="ben@example.org"))

    assert len(mailbox.messages("anna@example.org")) == 2
    assert len(mailbox.messages("anna@example.org", since=first["id"])) == 1
    assert len(mailbox.messages(since=first["received_at"])) == 2


def test_the_mailbox_forgets_the_oldest_when_full() -> None:
    store = Store(max_messages=3)
    for number in range(5):
        store.add("a@example.org", [f"m{number}@example.org"], b"Subject: x\r\n\r\ny")
    assert [found.to for found in store.listed()] == ["m4@example.org", "m3@example.org", "m2@example.org"]
    assert store.listed("m0@example.org") == []
