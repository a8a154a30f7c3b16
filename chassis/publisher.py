"""Publishing batches with publisher confirms, on pika's asynchronous connection driven by the calling thread."""

from dataclasses import dataclass
from typing import Any

import pika
from pika.exceptions import AMQPError


@dataclass(frozen=True)
class OutgoingMessage:
    """A message for a topic exchange; `message_id` comes back in the result."""

    exchange: str
    routing_key: str
    body: bytes
    message_id: str
    mandatory: bool


class PublishFailed(Exception):
    """The broker did not confirm in time, or the connection broke: nothing is known of the batch."""


class ConfirmingPublisher:
    """One connection and channel in confirm mode. Not thread-safe; make a new one after `PublishFailed`."""

    def __init__(self, url: str, name: str, timeout: float = 10.0) -> None:
        self._timeout = timeout
        self._unconfirmed: set[int] = set()
        self._returned: set[str] = set()
        self._next_tag = 1
        self._failure: str | None = None
        self._channel: Any = None
        parameters = pika.URLParameters(url)
        parameters.heartbeat = 10
        parameters.socket_timeout = 5
        parameters.blocked_connection_timeout = timeout
        parameters.client_properties = {"connection_name": name}
        self._connection = pika.SelectConnection(
            parameters,
            on_open_callback=self._on_open,
            on_open_error_callback=lambda _connection, error: self._fail(repr(error)),
            on_close_callback=lambda _connection, error: self._fail(repr(error)),
        )
        self._run_until_done()

    def _on_open(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Any) -> None:
        self._channel = channel
        channel.add_on_close_callback(lambda _channel, error: self._fail(repr(error)))
        channel.add_on_return_callback(lambda _c, _m, properties, _b: self._returned.add(properties.message_id))
        channel.confirm_delivery(self._on_confirm, callback=lambda _frame: self._stop())

    def _on_confirm(self, frame: Any) -> None:
        last = frame.method.delivery_tag
        first = min(self._unconfirmed, default=last) if frame.method.multiple else last
        if isinstance(frame.method, pika.spec.Basic.Nack):
            self._fail("the broker refused a message")
            return
        self._unconfirmed.difference_update(range(first, last + 1))
        if not self._unconfirmed:
            self._stop()

    def _fail(self, reason: str) -> None:
        self._failure = reason
        self._stop()

    def _stop(self) -> None:
        self._connection.ioloop.stop()

    def _run_until_done(self) -> None:
        timer = self._connection.ioloop.call_later(self._timeout, lambda: self._fail("no answer in time"))
        self._connection.ioloop.start()
        self._connection.ioloop.remove_timeout(timer)
        if self._failure:
            raise PublishFailed(self._failure)

    def publish(self, messages: list[OutgoingMessage]) -> set[str]:
        """Publish and wait for all confirms; the ids of mandatory messages that no queue took."""
        self._returned.clear()
        self._unconfirmed = set(range(self._next_tag, self._next_tag + len(messages)))
        self._next_tag += len(messages)
        try:
            for message in messages:
                self._channel.basic_publish(
                    message.exchange,
                    message.routing_key,
                    message.body,
                    pika.BasicProperties(
                        content_type="application/json",
                        content_encoding="utf-8",
                        delivery_mode=2,
                        message_id=message.message_id,
                    ),
                    mandatory=message.mandatory,
                )
        except AMQPError as error:
            raise PublishFailed(repr(error)) from error
        if messages:
            self._run_until_done()
        return set(self._returned)

    def breathe(self) -> None:
        """Let heartbeats through while there is nothing to publish; raises PublishFailed when the broker is gone."""
        self._connection.ioloop.call_later(0, self._stop)
        self._connection.ioloop.start()
        if self._failure:
            raise PublishFailed(self._failure)

    def close(self) -> None:
        """Close without waiting."""
        if self._connection.is_open:
            self._connection.close()
            self._connection.ioloop.call_later(1, self._stop)
            self._connection.ioloop.start()
