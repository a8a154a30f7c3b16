"""The SMTP side: takes every message, unless a fault was ordered."""

import asyncio
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from ops.simulators.faults import Fault, Faults
from ops.simulators.mailbox.store import Store

MAX_SIZE = 30 * 1024 * 1024
FAULTS = {
    "mail": frozenset({"reply", "drop", "delay"}),
    "rcpt": frozenset({"reply", "drop", "delay"}),
    "data": frozenset({"reply", "drop", "drop_after", "delay"}),
}
"""`reply` answers with `status`; `drop` cuts the connection first, `drop_after` once the message is kept."""


class Receiver:
    """The handler of aiosmtpd: one method per SMTP command."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults

    async def handle_MAIL(  # noqa: N802  (aiosmtpd finds it by this name)
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take any sender."""
        refused = await self._fault("mail", server, "")
        if refused is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return refused or "250 OK"

    async def handle_RCPT(  # noqa: N802  (aiosmtpd finds it by this name)
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take any recipient."""
        refused = await self._fault("rcpt", server, address)
        if refused is None:
            envelope.rcpt_tos.append(address)
        return refused or "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message."""
        to = envelope.rcpt_tos[0] if envelope.rcpt_tos else ""
        fault = self._faults.take("data", to=to)
        if fault is None or fault.effect in ("drop_after", "delay"):
            content = envelope.content or b""
            kept = content if isinstance(content, bytes) else content.encode()
            self._store.add(envelope.mail_from or "", list(envelope.rcpt_tos), kept)
        refused = await self._strike(fault, server)
        return refused or "250 OK"

    async def _fault(self, step: str, server: SMTP, to: str) -> str | None:
        return await self._strike(self._faults.take(step, to=to), server)

    @staticmethod
    async def _strike(fault: Fault | None, server: Any) -> str | None:
        if fault is None:
            return None
        if fault.effect == "reply":
            return f"{fault.status} ordered fault"
        if fault.effect == "delay":
            await asyncio.sleep(fault.seconds)
            return None
        server.transport.abort()
        return "421 closed"


def controller(store: Store, faults: Faults, host: str, port: int) -> Controller:
    """A server that is started with `.start()` and runs in a thread of its own."""
    return Controller(
        Receiver(store, faults),
        hostname=host,
        port=port,
        data_size_limit=MAX_SIZE,
        enable_SMTPUTF8=True,
        ready_timeout=10,
    )
