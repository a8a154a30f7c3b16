"""The whole running suite of a folder's tests: one start, demo data, real broker and databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from ops.demo.stage import Visitor
from ops.launcher import run_file
from ops.launcher.suite import Suite, running_suite
from ops.simulators.clients import Mailbox, PaymentProvider, SmsInbox

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update "
    "--disable-sync --no-first-run"
)
ROOMY = {"TALKOO_RATE_LIMIT_PER_MINUTE": "100000"}
"""All tests come from one address; limits are proven where they are the subject."""


@dataclass
class Whole:
    """A running suite with its demo data; `run` is what `.talkoo/run.json` would hold."""

    suite: Suite
    run: dict[str, Any]
    signed_in: dict[str, Visitor] = field(default_factory=dict)
    open: ExitStack = field(default_factory=ExitStack)

    @property
    def base_url(self) -> str:
        """Where the gateway is."""
        return self.suite.base_url

    @cached_property
    def api(self) -> Visitor:
        """The administrator's API key at the door."""
        return self.visitor(self.run["api_key"])

    @cached_property
    def mailbox(self) -> Mailbox:
        """All e-mail that the suite sent."""
        return self.open.enter_context(Mailbox(self.run["mailbox"]))

    @cached_property
    def sms(self) -> SmsInbox:
        """All text messages that the suite sent."""
        return self.open.enter_context(SmsInbox(self.run["sms"]))

    @cached_property
    def payments(self) -> PaymentProvider:
        """The card payment provider."""
        return self.open.enter_context(PaymentProvider(self.run["payments"]))

    def visitor(self, api_key: str = "") -> Visitor:
        """Somebody new at the door."""
        visitor = Visitor(self.base_url, api_key)
        self.open.callback(visitor.close)
        return visitor

    def account(self, username: str) -> dict[str, str]:
        """Sign-in of the demo data: admin, toimisto, rahasto, kurssit."""
        return next(each for each in self.run["sign_ins"] if each["username"] == username)

    def staff(self, username: str = "toimisto") -> Visitor:
        """A signed-in HTTP client of somebody of the office; signed in once for all tests."""
        if username not in self.signed_in:
            visitor, account = self.visitor(), self.account(username)
            visitor.sign_in(username, account["password"], self.sms, account["phone"])
            self.signed_in[username] = visitor
        return self.signed_in[username]

    def cookies_of(self, username: str = "toimisto") -> list[Any]:
        """The session of a signed-in person as cookies for a browser."""
        found = self.staff(username).cookies()
        return [{"name": name, "value": value, "url": self.base_url} for name, value in found.items()]


@contextmanager
def whole_suite(variables: dict[str, str] | None = None) -> Iterator[Whole]:
    """Start a suite of its own with demo data."""
    with running_suite(variables=ROOMY | (variables or {})) as suite:
        facts = json.loads(suite.run_module("ops.demo_data").strip().splitlines()[-1])
        found = Whole(suite, run_file.content(suite) | facts)
        with found.open:
            yield found


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
        yield browser
        browser.close()


def listening(context: BrowserContext, complaints: list[str]) -> Page:
    """A page that notes script errors and breaches of the content security policy."""
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
    return page


def _is_complaint(message: ConsoleMessage) -> bool:
    """Errors of the console, but for Chromium's note that a page was answered with 4xx or, on purpose, 503."""
    answered = "status of 4" in message.text or "status of 503" in message.text
    return message.type == "error" and not answered
