"""Received messages, newest first, found by recipient, in bounded memory."""

import threading
import zlib
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from functools import cached_property
from typing import Any

MAX_MESSAGES = 120_000
MAX_BYTES = 256 * 1024 * 1024
"""Of compressed content; the oldest messages go first."""


@dataclass
class Mail:
    """One received message for one recipient; the content is kept compressed and read when asked for."""

    id: int
    to: str
    sender: str
    received_at: datetime
    size: int
    packed: bytes

    @property
    def raw(self) -> bytes:
        """The message as it came."""
        return zlib.decompress(self.packed)

    @property
    def parsed(self) -> EmailMessage:
        """The message with its parts."""
        parsed = message_from_bytes(self.raw, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @cached_property
    def summary(self) -> dict[str, Any]:
        """What a list shows."""
        head = self.raw.partition(b"\r\n\r\n")[0]
        headers = BytesHeaderParser(policy=default).parsebytes(head)
        return {
            "id": self.id,
            "to": self.to,
            "return_path": self.sender,
            "from": str(headers.get("From", "")),
            "subject": str(headers.get("Subject", "")),
            "message_id": str(headers.get("Message-ID", "")).strip(),
            "received_at": self.received_at.isoformat(timespec="milliseconds"),
            "size": self.size,
        }


class Store:
    """All messages. Thread safe."""

    def __init__(self, max_messages: int = MAX_MESSAGES, max_bytes: int = MAX_BYTES) -> None:
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._mails: OrderedDict[int, Mail] = OrderedDict()
        self._by_recipient: dict[str, deque[int]] = {}
        self._bytes = 0
        self._last_id = 0

    def add(self, sender: str, recipients: list[str], content: bytes) -> None:
        """Keep the message for each recipient."""
        now = datetime.now(UTC)
        packed, now = zlib.compress(content, 1), now.replace(microsecond=now.microsecond // 1000 * 1000)
        with self._lock:
            for recipient in recipients:
                self._last_id += 1
                mail = Mail(self._last_id, recipient, sender, now, len(content), packed)
                self._mails[mail.id] = mail
                self._by_recipient.setdefault(recipient.lower(), deque()).append(mail.id)
                self._bytes += len(packed)
            while self._mails and (len(self._mails) > self._max_messages or self._bytes > self._max_bytes):
                self._forget_oldest()

    def get(self, mail_id: int) -> Mail | None:
        """The message, or None when there is none or it was forgotten."""
        with self._lock:
            return self._mails.get(mail_id)

    def listed(self, to: str = "", since: str = "", limit: int = 200) -> list[Mail]:
        """Messages newest first. `since` is an id or an aware ISO time; ValueError when it is neither."""
        after_id = int(since) if since.isdecimal() else 0
        after = datetime.fromisoformat(since) if since and not since.isdecimal() else None
        if after is not None and after.tzinfo is None:
            raise ValueError("since needs a time zone, as in 2026-11-23T12:00:00+00:00")
        found: list[Mail] = []
        with self._lock:
            ids = reversed(self._by_recipient.get(to.lower(), deque())) if to else reversed(self._mails)
            for mail_id in ids:
                mail = self._mails[mail_id]
                if mail.id <= after_id or (after is not None and mail.received_at <= after) or len(found) >= limit:
                    break
                found.append(mail)
        return found

    def count(self) -> int:
        """How many messages are kept."""
        return len(self._mails)

    def clear(self) -> None:
        """Forget all messages; ids go on counting."""
        with self._lock:
            self._mails.clear()
            self._by_recipient.clear()
            self._bytes = 0

    def _forget_oldest(self) -> None:
        _, mail = self._mails.popitem(last=False)
        self._bytes -= len(mail.packed)
        ids = self._by_recipient[mail.to.lower()]
        ids.popleft()
        if not ids:
            del self._by_recipient[mail.to.lower()]
