"""Calls from a simulator to the shop, made in the background and repeated until the shop says 2xx."""

import bisect
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

RETRY_AFTER = (1.0, 3.0, 10.0, 30.0, 60.0)
"""Seconds before each repetition of a call that was not answered with 2xx."""
TIMEOUT = httpx.Timeout(10.0, connect=2.0)
KEPT = 2_000
WORKERS = 4


@dataclass
class Callback:
    """One call to the shop: what was sent and what came back (`answer` is a status, or 0 when nothing came)."""

    subject: str
    method: str
    url: str
    form: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    attempt: int = 0
    answer: int = 0
    error: str = ""
    sent_at: str = ""

    @property
    def delivered(self) -> bool:
        return 200 <= self.answer < 300


class Deliverer:
    """Sends callbacks from a few threads, those about one subject one after the other.

    `sent` keeps the last of them with the shop's answers.
    """

    def __init__(self, retry_after: tuple[float, ...] = RETRY_AFTER) -> None:
        self.retry_after = retry_after
        self.sent: deque[Callback] = deque(maxlen=KEPT)
        self._due: list[tuple[float, int, Callback]] = []
        self._changed = threading.Condition()
        self._count = 0
        self._under_way: set[str] = set()
        self._http = httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False)
        for _ in range(WORKERS):
            threading.Thread(target=self._work, daemon=True).start()

    def later(self, callback: Callback, seconds: float = 0.0) -> None:
        """Send `callback` in the background, not before `seconds` from now."""
        with self._changed:
            self._count += 1
            bisect.insort(self._due, (time.monotonic() + seconds, self._count, callback))
            self._changed.notify()

    def now(self, callback: Callback) -> Callback:
        """Send `callback` from this thread, once, and return it with the answer."""
        callback.attempt += 1
        callback.sent_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        try:
            answer = self._http.request(
                callback.method, callback.url, data=callback.form or None, headers=callback.headers
            )
            callback.answer, callback.error = answer.status_code, ""
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            callback.answer, callback.error = 0, type(error).__name__
        self.sent.appendleft(Callback(**asdict(callback)))
        return callback

    def idle(self) -> bool:
        """True when nothing is due at this moment and nothing is under way; repetitions for later do not count."""
        with self._changed:
            return not self._under_way and (not self._due or self._due[0][0] > time.monotonic())

    def listed(self, subject: str = "") -> list[dict[str, Any]]:
        """The calls made, newest first; only those about `subject` when it is given."""
        return [asdict(callback) for callback in list(self.sent) if subject in ("", callback.subject)]

    def _work(self) -> None:
        while True:
            callback = self._next()
            self.now(callback)
            with self._changed:
                self._under_way.discard(callback.subject)
                self._changed.notify_all()
            if not callback.delivered and callback.attempt <= len(self.retry_after):
                self.later(callback, self.retry_after[callback.attempt - 1])

    def _next(self) -> Callback:
        with self._changed:
            while (place := self._first()) is None:
                now = time.monotonic()
                self._changed.wait(next((due_at - now for due_at, *_ in self._due if due_at > now), None))
            callback = self._due.pop(place)[2]
            self._under_way.add(callback.subject)
            return callback

    def _first(self) -> int | None:
        """The place of the first that is due and waits for no other about its subject."""
        now = time.monotonic()
        waiting = (place for place, (_, _, each) in enumerate(self._due) if each.subject not in self._under_way)
        place = next(waiting, None)
        return None if place is None or self._due[place][0] > now else place
