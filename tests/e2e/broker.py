"""Talking to the services of a running suite directly on its broker, with any principal, as no client of ours would."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pika
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis import topology
from chassis.ids import new_id
from contracts.access import Principal
from ops.launcher.suite import Suite

SECONDS = 60


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(principal: Principal, private_key: str, issuer: str, expires_in: float | None = 600) -> str:
    """The principal signed with any key in any issuer's name; `expires_in` seconds from now, None for never."""
    expires_at = None if expires_in is None else datetime.now(UTC) + timedelta(seconds=expires_in)
    content = principal.model_copy(update={"expires_at": expires_at}).model_dump(mode="json")
    body = json.dumps({"iss": issuer, "p": content}).encode()
    signature = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private_key)).sign(body)
    return f"{encoded(body)}.{encoded(signature)}"


@dataclass(frozen=True)
class Ask:
    """One message: `service.method` with a token (None: no such header) and a payload."""

    service: str
    method: str
    token: str | None
    payload: Any


class Stranger:
    """A connection as one of the broker's users, with a reply queue of its own."""

    def __init__(self, suite: Suite, user: str = "gateway") -> None:
        self.connection = pika.BlockingConnection(pika.URLParameters(suite.wiring.amqp_urls[user]))
        self.channel = self.connection.channel()
        self.reply_to = str(new_id())
        self.queue = f"rpc.reply-{user}-{self.reply_to}"
        self.channel.queue_declare(self.queue, exclusive=True)
        self.channel.queue_bind(self.queue, topology.RPC_EXCHANGE, self.reply_to)

    def ask(self, wanted: Sequence[Ask]) -> list[Any]:
        """Send all, then collect the answers, in the order of the questions."""
        for number, each in enumerate(wanted):
            self._publish(str(number), each)
        found: dict[str, Any] = {}
        for _, properties, body in self.channel.consume(self.queue, auto_ack=True, inactivity_timeout=SECONDS):
            assert body is not None, f"{len(found)} of {len(wanted)} answers"
            found[properties.correlation_id] = json.loads(body)
            if len(found) == len(wanted):
                break
        self.channel.cancel()
        return [found[str(number)] for number in range(len(wanted))]

    def _publish(self, number: str, wanted: Ask) -> None:
        headers = {} if wanted.token is None else {"x-principal": wanted.token}
        properties = pika.BasicProperties(
            content_type="application/json", reply_to=self.reply_to, correlation_id=number, headers=headers
        )
        body = json.dumps({"args": [wanted.payload], "kwargs": {}}).encode()
        self.channel.basic_publish(topology.RPC_EXCHANGE, f"{wanted.service}.{wanted.method}", body, properties)

    def close(self) -> None:
        self.connection.close()
