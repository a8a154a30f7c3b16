"""The simulators as processes: they start with their arguments, answer, and end at once on SIGTERM."""

import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from ops.launcher.ports import free_port
from ops.simulators.clients import Mailbox, PaymentProvider, SmsInbox, wait_until

pytestmark = pytest.mark.integration


@contextmanager
def started(name: str, http_port: int, *arguments: str) -> Iterator[str]:
    """The address of a running simulator; checks that SIGTERM ends it within seconds."""
    command = [sys.executable, "-m", f"ops.simulators.{name}", *arguments]
    url = f"http://127.0.0.1:{http_port}"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: True if answers(url) else None, 180, f"answer from {name}")
            yield url
        finally:
            asked_at = time.monotonic()
            process.send_signal(signal.SIGTERM)
            code = process.wait(180)
    assert code == 0
    assert time.monotonic() - asked_at < 30


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_the_payment_provider_runs_as_a_process() -> None:
    port = free_port()
    arguments = ("--port", str(port), "--merchant", "1", "--secret", "s")
    with started("paytrail", port, *arguments) as url, PaymentProvider(url) as provider:
        assert provider.payments() == []


def test_the_sms_provider_runs_as_a_process() -> None:
    port = free_port()
    with started("twilio", port, "--port", str(port), "--account", "AC1", "--token", "t") as url:
        sent = httpx.post(
            f"{url}/2010-04-01/Accounts/AC1/Messages.json",
            data={"To": "+358501234567", "From": "Talkoo", "Body": "Hei"},
            auth=("AC1", "t"),
        )
        assert sent.status_code == 201
        with SmsInbox(url) as inbox:
            assert inbox.wait_for("+358501234567")["body"] == "Hei"


def test_the_mailbox_runs_as_a_process_and_finds_one_of_two_thousand() -> None:
    http_port, smtp_port = free_port(), free_port()
    arguments = ("--smtp-port", str(smtp_port), "--http-port", str(http_port))
    with started("mailbox", http_port, *arguments) as url, Mailbox(url) as mailbox:
        with smtplib.SMTP("127.0.0.1", smtp_port) as smtp:
            for number in range(2000):
                smtp.sendmail("o@example.org", f"m{number}@example.org", f"Subject: n {number}\r\n\r\nHei\r\n")
        asked_at = time.monotonic()
        found = mailbox.messages("m7@example.org")
        assert time.monotonic() - asked_at < 15
        assert [mail["subject"] for mail in found] == ["n 7"]
        assert mailbox.count() == 2000
