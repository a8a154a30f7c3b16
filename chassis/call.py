"""One message being worked on: who asks, when, under which ids, and its one transaction.

A command's transaction begins when `session` is first used. Its first statement takes the command's key: a
twin that runs at the same moment is told so, a twin that has finished gets the stored reply. The reply is
stored in the same transaction as the effect.
"""

import hashlib
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, insert, text
from sqlalchemy.orm import Session

from chassis import tables
from chassis.database import Database
from contracts.access import Principal
from contracts.errors import Invalid, KeyReused, StillRunning

LONGEST_KEY = 300
CURRENT: ContextVar["Call | None"] = ContextVar("call", default=None)


@dataclass(frozen=True)
class Trace:
    """The ids that join what belongs to one request through gateway, RPC and events."""

    request_id: str = ""
    correlation_id: str = ""
    causation_id: str = ""


class Replayed(Exception):
    """The command was carried out before; `reply` is what it answered."""

    def __init__(self, reply: dict[str, Any]) -> None:
        super().__init__("replayed")
        self.reply = reply


@dataclass
class CommandKey:
    """The caller-chosen id of a command, and what it asked, so that a repeat is recognised."""

    key: str
    method: str
    fingerprint: str

    @classmethod
    def of(cls, key: str, method: str, payload: Any) -> "CommandKey":
        """The key with the fingerprint of method and payload; raises Invalid for what is no key."""
        if len(key) > LONGEST_KEY or not key.isprintable():
            message = f"A command's key has 1-{LONGEST_KEY} printable characters."
            raise Invalid(message, code="bad_idempotency_key")
        body = orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)
        return cls(key, method, hashlib.sha256(method.encode() + b"\0" + body).hexdigest())


TAKE_KEY = text(
    """SELECT pg_try_advisory_xact_lock(hashtextextended(:principal || chr(10) || :key, 0)) AS taken,
              (SELECT reply FROM handled_commands WHERE principal = :principal AND key = :key) AS reply,
              (SELECT fingerprint FROM handled_commands WHERE principal = :principal AND key = :key) AS fingerprint"""
)


@dataclass
class Call:
    """What a service method works with; made anew for every try of every message."""

    database: Database
    principal: Principal
    now: datetime
    trace: Trace = field(default_factory=Trace)
    command: CommandKey | None = None
    only_person: UUID | None = None
    """Set when the caller may see only what belongs to this person (Rule.OWN)."""
    only_object: UUID | None = None
    """Set when the caller came by a personal link that opens only this."""
    _session: Session | None = None
    _reader: Connection | None = None

    @property
    def session(self) -> Session:
        """The transaction of this call; begun on first use."""
        if self._session is None:
            self._session = Session(self.database.write, expire_on_commit=False)
            if self.command is not None:
                self._take(self.command)
        return self._session

    @property
    def reader(self) -> Connection:
        """An AUTOCOMMIT connection for queries."""
        if self._reader is None:
            self._reader = self.database.read.connect()
        return self._reader

    @property
    def in_transaction(self) -> bool:
        """Whether the transaction has begun (then no RPC may be made)."""
        return self._session is not None

    def _take(self, command: CommandKey) -> None:
        assert self._session is not None
        row = self._session.execute(TAKE_KEY, {"principal": self.principal.label, "key": command.key}).one()
        if row.fingerprint is not None:
            if row.fingerprint != command.fingerprint:
                raise KeyReused("This idempotency key was used before for another request; use a new key.")
            raise Replayed(row.reply)
        if not row.taken:
            raise StillRunning("The same request is being carried out; ask again in a moment.")

    def checkpoint(self) -> None:
        """Commit what was done so far, before talking to the outside (an atomic phase ends)."""
        if self._session is not None:
            self._session.commit()
            self._session.close()
            self._session = None

    def finish(self, reply: dict[str, Any] | None = None) -> None:
        """Store the reply of a command and commit."""
        if self._session is None and self.command is not None:
            self.session  # noqa: B018  (a command without an effect of its own still remembers its reply)
        if self._session is not None:
            if self.command is not None:
                self._session.execute(
                    insert(tables.handled_commands).values(
                        principal=self.principal.label,
                        key=self.command.key,
                        method=self.command.method,
                        fingerprint=self.command.fingerprint,
                        reply=reply,
                    )
                )
            self._session.commit()

    def close(self) -> None:
        """Give connections back; what was not committed is rolled back."""
        if self._session is not None:
            self._session.close()
            self._session = None
        if self._reader is not None:
            self._reader.close()
            self._reader = None
