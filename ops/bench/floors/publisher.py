"""F-event: pika with publisher confirms, one message at a time or in batches."""

import json
import time
from typing import Any

import pika

from ops.bench.load import Outcome

EXCHANGE = "plain.events"
ROUTING_KEY = "happened"
QUEUE = "evt-plain-happened--plain.hear"
"""As stock Nameko names the queue of `PlainService.hear`."""
BODY = json.dumps({"invoice_id": "0" * 36, "customer_id": "0" * 36, "kind": "invoice", "about_kind": ""}).encode()
PROPERTIES = pika.BasicProperties(content_type="application/json", content_encoding="utf-8", delivery_mode=2)


def one_by_one(url: str, count: int) -> Outcome:
    """Publish, each message after the confirm of the one before."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.confirm_delivery()
    began = time.perf_counter()
    for _ in range(count):
        channel.basic_publish(EXCHANGE, ROUTING_KEY, BODY, PROPERTIES)
    seconds = time.perf_counter() - began
    connection.close()
    return Outcome.of_events(count, seconds)


def in_batches(url: str, count: int, size: int = 100) -> Outcome:
    """Publish, each batch after the confirms of the one before."""
    return _Batches(url, count, size).run()


class _Batches:
    def __init__(self, url: str, count: int, size: int) -> None:
        self._count, self._size = count, size
        self._published = self._confirmed = 0
        self._connection = pika.SelectConnection(
            pika.URLParameters(url),
            on_open_callback=self._opened,
            on_close_callback=lambda connection, _reason: connection.ioloop.stop(),
        )
        self._channel: Any = None

    def run(self) -> Outcome:
        self._connection.ioloop.start()
        self._connection.ioloop.close()
        return Outcome.of_events(self._count, self._seconds)

    def _opened(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._ready)

    def _ready(self, channel: Any) -> None:
        self._channel = channel
        channel.confirm_delivery(self._on_confirm, callback=lambda _frame: self._begin())

    def _begin(self) -> None:
        self._began = time.perf_counter()
        self._publish_batch()

    def _publish_batch(self) -> None:
        for _ in range(min(self._size, self._count - self._published)):
            self._channel.basic_publish(EXCHANGE, ROUTING_KEY, BODY, PROPERTIES)
            self._published += 1

    def _on_confirm(self, frame: Any) -> None:
        self._confirmed = frame.method.delivery_tag if frame.method.multiple else self._confirmed + 1
        if self._confirmed == self._count:
            self._seconds = time.perf_counter() - self._began
            self._connection.close()
        elif self._confirmed == self._published:
            self._publish_batch()
