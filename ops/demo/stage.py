"""What the story is played with: HTTP clients of the people in it, the simulators, and checks."""

import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar
from urllib.parse import urljoin

import httpx
from lxml import html

from chassis.ids import new_id
from ops.simulators.clients import PATIENCE, Mailbox, PaymentProvider, SmsInbox, wait_until

T = TypeVar("T")
TRIES = 40


class Failed(Exception):
    """A check of the story did not hold."""


class Visitor:
    """Somebody at the HTTP door: a browser with cookies, or a program with an API key. Waits when told 429.

    Keeps when it asked (`asked_at`), and how often it was told that it asks too much (`slowed_down`).
    """

    def __init__(self, base_url: str, api_key: str = "") -> None:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self.base_url = base_url
        self.csrf = ""
        self.asked_at: list[float] = []
        self.slowed_down = 0
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=30, trust_env=False)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request; again when the door says so, and when it broke off and a repeat is safe."""
        headers = options.pop("headers", {})
        if self.csrf:
            headers["X-CSRF-Token"] = self.csrf
        repeatable = method == "GET" or "Idempotency-Key" in headers
        for remaining in reversed(range(TRIES)):
            self.asked_at.append(time.monotonic())
            try:
                answer = self._http.request(method, path, headers=headers, **options)
            except httpx.TransportError:
                if not (repeatable and remaining):
                    raise
                time.sleep(0.5)
                continue
            self.slowed_down += answer.status_code == 429
            if not (remaining and _try_again(answer)):
                return answer
            time.sleep(min(float(answer.headers.get("Retry-After", "1")), 10))
        raise AssertionError("unreachable")

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON of a resource that must be there."""
        return self._json(self.ask("GET", f"/api/v1{path}", params=parameters))

    def post(self, path: str, body: dict[str, Any] | None = None, **options: Any) -> Any:
        """The JSON answer to a write, under a fresh idempotency key."""
        headers = {"Idempotency-Key": str(new_id())}
        return self._json(self.ask("POST", f"/api/v1{path}", json=body or {}, headers=headers, **options))

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> Any:
        """The JSON answer to a file upload."""
        headers = {"Idempotency-Key": str(new_id())}
        files = {"file": (name, content)}
        return self._json(self.ask("POST", f"/api/v1{path}", data=fields, files=files, headers=headers))

    @staticmethod
    def _json(answer: httpx.Response) -> Any:
        if answer.is_error:
            raise Failed(
                f"{answer.request.method} {answer.request.url.path} answered {answer.status_code}: {answer.text[:400]}"
            )
        return answer.json()

    def page(self, address: str) -> Any:
        """A web page that must be there."""
        answer = self.ask("GET", address, follow_redirects=True)
        if answer.is_error:
            raise Failed(f"the page {answer.request.url.path} answered {answer.status_code}")
        return _document(answer)

    def submit(self, page: Any, form_id: str, **values: str) -> Any:
        """Fill the page's form as a person would and send it; the page that follows."""
        forms = [form for form in page.forms if form.get("id") == form_id]
        if not forms:
            raise Failed(f"the page has no form {form_id}")
        form = forms[0]
        for name, value in values.items():
            form.fields[name] = value
        answer = self.ask(
            "POST", urljoin(self.base_url, form.action), data=dict(form.form_values()), follow_redirects=True
        )
        if answer.is_error:
            raise Failed(f"the form {form_id} was answered {answer.status_code}: {text_of(answer.text)[:300]}")
        return _document(answer)

    def sign_in(self, username: str, password: str, sms: SmsInbox, phone: str) -> str:
        """Sign in with password and, when asked, the code sent by SMS; what was needed."""
        before = {message["sid"] for message in sms.messages(phone)} if phone else set()
        answer = self.post("/sign-in", {"username": username, "password": password})
        way = "password"
        if answer["state"] == "code_required":
            message = wait_until(
                lambda: next((each for each in sms.messages(phone) if each["sid"] not in before), None),
                PATIENCE,
                "SMS code",
            )
            code = re.findall(r"\b[0-9]{6}\b", message["body"])[0]
            answer = self.post("/sign-in/code", {"challenge_id": answer["challenge_id"], "code": code})
            way = "password and SMS code"
        if answer["state"] != "signed_in":
            raise Failed(f"sign-in of {username} ended in {answer['state']}")
        self.csrf = self.get("/me")["csrf_token"]
        return way

    def cookies(self) -> dict[str, str]:
        """What the door has given to keep."""
        return dict(self._http.cookies)

    def close(self) -> None:
        """End the connections."""
        self._http.close()


def _document(answer: httpx.Response) -> Any:
    """The page with absolute links."""
    document: Any = html.fromstring(answer.text)
    document.make_links_absolute(str(answer.url))
    return document


def text_of(page: Any) -> str:
    """The visible words of a page."""
    element: Any = html.fromstring(page) if isinstance(page, str) else page
    return " ".join(element.text_content().split())


def _try_again(answer: httpx.Response) -> bool:
    """Too many requests, a part that is away, or the same command still running."""
    return answer.status_code in {429, 503} or (answer.status_code == 409 and '"still_running"' in answer.text)


@dataclass
class Stage:
    """The running suite and what the story has learned so far (`facts`)."""

    run: dict[str, Any]
    checks: int = 0
    midway: Callable[[], object] = lambda: None
    """What happens in the middle of the rush for seats: nothing, or what a chaos test does to the suite."""
    facts: dict[str, Any] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._open = ExitStack()
        self.visitors: list[Visitor] = []
        self.office = self._visitor(self.run["api_key"])
        self.mailbox = self._open.enter_context(Mailbox(self.run["mailbox"]))
        self.sms = self._open.enter_context(SmsInbox(self.run["sms"]))
        self.payments = self._open.enter_context(PaymentProvider(self.run["payments"]))
        self.tale = int(time.time()) % 10_000_000
        """Tells this run's people from those of other runs."""
        return self

    def __exit__(self, *_error: object) -> None:
        self._open.close()

    def visitor(self) -> Visitor:
        """Somebody new at the door, with a browser."""
        return self._visitor()

    def _visitor(self, api_key: str = "") -> Visitor:
        visitor = Visitor(self.run["base_url"], api_key)
        self._open.callback(visitor.close)
        self.visitors.append(visitor)
        return visitor

    def check(self, claim: str, holds: object, seen: object = "") -> None:
        """Fail the story unless the claim holds."""
        self.checks += 1
        if not holds:
            raise Failed(f"{claim} does not hold{f' (seen: {seen})' if seen != '' else ''}")

    def soon(
        self,
        claim: str,
        find: Callable[[], T | bool | None],
        seconds: float = PATIENCE,
        seen: Callable[[], object] = lambda: "",
    ) -> T:
        """Wait until `find` gives something; fail the story, with what is `seen`, when it does not."""
        self.checks += 1
        end = time.monotonic() + seconds
        while True:
            found = find()
            if found is not None and found is not False:
                return found  # type: ignore[return-value]
            if time.monotonic() > end:
                raise Failed(f"{claim} did not happen within {seconds:.0f} s {seen()}".rstrip())
            time.sleep(0.15)

    def until(
        self,
        claim: str,
        path: str,
        holds: Callable[[dict[str, Any]], bool],
        seconds: float = PATIENCE,
        watch: Callable[[dict[str, Any]], object] = lambda _found: None,
    ) -> dict[str, Any]:
        """Read a resource until something holds of it, and tell `watch` each state; the resource."""

        def find() -> dict[str, Any] | None:
            found: dict[str, Any] = self.office.get(path)
            watch(found)
            return found if holds(found) else None

        return self.soon(claim, find, seconds)

    def job(
        self, job_id: str, seconds: float = 180, watch: Callable[[dict[str, Any]], object] = lambda _job: None
    ) -> dict[str, Any]:
        """Wait for a job to succeed; `watch` is told how far it is."""
        ended = {"succeeded", "failed", "cancelled"}
        done = self.until(f"job {job_id}", f"/jobs/{job_id}", lambda job: job["state"] in ended, seconds, watch)
        self.check(f"job {job_id} succeeded", done["state"] == "succeeded", done)
        return done

    def mail(self, to: str, containing: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """The e-mail to somebody whose subject contains the text, read."""
        self.checks += 1
        return self.mailbox.wait_for(to, containing, seconds=seconds)


def link_in(mail: dict[str, Any], path: str) -> str:
    """The address in a mail's text that leads to `path`."""
    found = re.search(rf"https?://[^\s]+{re.escape(path)}/[A-Za-z0-9_.~-]+", mail["text"])
    if not found:
        raise Failed(f"the mail has no link to {path}")
    return found.group(0)
