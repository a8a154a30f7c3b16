"""Calling a Nameko service from threads by pika: one connection and one I/O thread per process."""

import json
import threading
from concurrent.futures import Future
from functools import partial
from typing import Any
from uuid import uuid4

import pika

EXCHANGE = "nameko-rpc"
READY_SECONDS = 60


class PlainRpc:
    """`call("plain", "read", person_id=...)` from any thread. Lost connections are not looked for again."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._reply_to = str(uuid4())
        self._waiting: dict[str, Future[Any]] = {}
        self._ready = threading.Event()
        threading.Thread(target=self._consume, daemon=True).start()
        if not self._ready.wait(READY_SECONDS):
            raise TimeoutError("the broker does not answer")

    def _consume(self) -> None:
        parameters = pika.URLParameters(self._url)
        parameters.connection_attempts, parameters.retry_delay, parameters.stack_timeout = 10, 1, 60
        self._connection = pika.BlockingConnection(parameters)
        self._channel = self._connection.channel()
        self._channel.exchange_declare(EXCHANGE, "topic", durable=True)
        queue = self._channel.queue_declare("", exclusive=True).method.queue
        self._channel.queue_bind(queue, EXCHANGE, self._reply_to)
        self._channel.basic_consume(queue, self._answered, auto_ack=True)
        self._ready.set()
        self._channel.start_consuming()

    def _answered(self, _channel: Any, _method: Any, properties: Any, body: bytes) -> None:
        self._waiting.pop(properties.correlation_id).set_result(json.loads(body))

    def call(self, service: str, method: str, **arguments: Any) -> Any:
        """The method's result; raises RuntimeError with the service's error."""
        correlation_id, future = str(uuid4()), Future[Any]()
        self._waiting[correlation_id] = future
        properties = pika.BasicProperties(
            reply_to=self._reply_to,
            correlation_id=correlation_id,
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=2,
        )
        body = json.dumps({"args": [], "kwargs": arguments})
        publish = partial(self._channel.basic_publish, EXCHANGE, f"{service}.{method}", body, properties)
        self._connection.add_callback_threadsafe(publish)
        reply = future.result(timeout=10)
        if reply["error"]:
            raise RuntimeError(str(reply["error"]))
        return reply["result"]
