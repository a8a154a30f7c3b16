"""The Twilio adapter and the simulated SMS provider over real HTTP (N5, I2; fault 47 of the fault list)."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from pydantic import SecretStr

from ops.simulators.clients import SmsInbox
from ops.simulators.server import RunningSimulator
from ops.simulators.twilio.app import create_app
from services.notify.providers.failures import OutcomeUnknown, PermanentFailure, TemporaryFailure
from services.notify.providers.twilio import SIGNATURE_HEADER, SmsStatus, Twilio

pytestmark = pytest.mark.integration
ACCOUNT, TOKEN = "AC0123", "token"
ANNA = "+358501234567"


class Hook:
    """Takes status callbacks and reads them as the suite would."""

    def __init__(self, twilio: Twilio) -> None:
        self.statuses: list[SmsStatus | None] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())
                hook.statuses.append(
                    twilio.read_status(hook.url + self.path, form, self.headers.get(SIGNATURE_HEADER, ""))
                )
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_line: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def after(self, count: int) -> list[str]:
        end = time.monotonic() + 180
        while len(self.statuses) < count:
            assert time.monotonic() < end, f"only {self.statuses}"
            time.sleep(0.01)
        return [status.status if status else "forged" for status in self.statuses]


@pytest.fixture
def inbox() -> Iterator[SmsInbox]:
    with RunningSimulator(create_app(ACCOUNT, TOKEN, retry_after=(0.05,))) as running, SmsInbox(running.url) as inbox:
        yield inbox


@pytest.fixture
def twilio(inbox: SmsInbox) -> Twilio:
    return Twilio(inbox.url, ACCOUNT, SecretStr(TOKEN), "Talkoo")


@pytest.fixture
def hasty(inbox: SmsInbox) -> Iterator[Twilio]:
    """Waits a second and a half for an answer."""
    with httpx.Client(timeout=1.5) as http:
        yield Twilio(inbox.url, ACCOUNT, SecretStr(TOKEN), "Talkoo", http=http)


@pytest.fixture
def hook(twilio: Twilio) -> Iterator[Hook]:
    hook = Hook(twilio)
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


def test_N5_a_message_is_sent_and_its_delivery_told(twilio: Twilio, inbox: SmsInbox, hook: Hook) -> None:
    sent = twilio.send(ANNA, "Koodi 123456 åäö €", hook.url + "/sms?delivery=1")

    received = inbox.wait_for(ANNA, "123456")
    assert (received["sid"], received["from"], received["body"]) == (sent.sid, "Talkoo", "Koodi 123456 åäö €")
    assert (sent.status, sent.segments) == ("queued", 1)
    assert hook.after(3) == ["queued", "sent", "delivered"]


def test_N5_the_same_message_twice_is_two_messages(twilio: Twilio, inbox: SmsInbox) -> None:
    twilio.send(ANNA, "Hei")
    twilio.send(ANNA, "Hei")
    assert len(inbox.messages(ANNA)) == 2


def test_N5_an_unreachable_number_ends_undelivered(twilio: Twilio, hook: Hook) -> None:
    twilio.send("+358500000991", "Hei", hook.url + "/sms")
    assert hook.after(3)[-1] == "undelivered"
    last = hook.statuses[-1]
    assert last is not None
    assert last.error_code == 30003


@pytest.mark.parametrize(("to", "code"), [("0501234567", 21211), ("+358401111111", 21610)])
def test_N5_refused_numbers_are_permanent_and_the_receivers(
    twilio: Twilio, inbox: SmsInbox, to: str, code: int
) -> None:
    inbox.unsubscribe("+358401111111")
    with pytest.raises(PermanentFailure) as refused:
        twilio.send(to, "Hei")
    assert (refused.value.code, refused.value.of_recipient) == (code, True)
    assert inbox.messages() == []


def test_N5_wrong_credentials_are_permanent_but_not_the_receivers(inbox: SmsInbox) -> None:
    with pytest.raises(PermanentFailure) as refused:
        Twilio(inbox.url, ACCOUNT, SecretStr("other"), "Talkoo").send(ANNA, "Hei")
    assert (refused.value.code, refused.value.of_recipient) == (20003, False)


@pytest.mark.parametrize("status", [429, 503])
def test_N5_a_busy_provider_is_temporary(twilio: Twilio, inbox: SmsInbox, status: int) -> None:
    inbox.order_fault(on="send", effect="error", status=status)
    with pytest.raises(TemporaryFailure):
        twilio.send(ANNA, "Hei")
    assert inbox.messages() == []
    twilio.send(ANNA, "Hei")


def test_N5_an_unreachable_provider_is_temporary() -> None:
    with pytest.raises(TemporaryFailure):
        Twilio("http://127.0.0.1:9", ACCOUNT, SecretStr(TOKEN), "Talkoo").send(ANNA, "Hei")


@pytest.mark.parametrize(("effect", "seconds"), [("drop", 0), ("delay", 4), ("error_after", 0)])
def test_N5_a_lost_answer_leaves_the_outcome_unknown(
    hasty: Twilio, inbox: SmsInbox, effect: str, seconds: float
) -> None:
    inbox.order_fault(on="send", effect=effect, seconds=seconds)
    with pytest.raises(OutcomeUnknown):
        hasty.send(ANNA, "Hei")
    inbox.wait_for(ANNA)
    assert len(inbox.messages(ANNA)) == 1


def test_N5_a_forged_status_is_recognised(twilio: Twilio, inbox: SmsInbox, hook: Hook) -> None:
    inbox.order_fault(on="callback", effect="forge", times=3)
    twilio.send(ANNA, "Hei", hook.url + "/sms")
    assert hook.after(3) == ["forged"] * 3


def test_the_page_shows_messages_newest_first_and_inert(twilio: Twilio, inbox: SmsInbox) -> None:
    twilio.send(ANNA, "eka")
    twilio.send(ANNA, "<script>toka</script>")
    page = httpx.get(inbox.url + "/").text
    assert page.index("toka") < page.index("eka")
    assert "<script>" not in page
