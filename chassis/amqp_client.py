"""An RPC client in Nameko's protocol on pika: one connection and one I/O thread per process, many calls in flight.

Threads hand their request over and wait on a future with a deadline. The I/O thread owns the connection
(pika is not thread-safe), reconnects by itself and fails what was in flight when a connection is lost.
"""

import threading
import time
from collections import deque
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import Any

import orjson
import pika
from pika.exceptions import AMQPError
from pika.spec import Basic, BasicProperties

from chassis.ids import new_id
from chassis.logs import log
from contracts.errors import Unavailable

RPC_EXCHANGE = "nameko-rpc"
RECONNECT_SECONDS = (0.05, 0.2, 0.5, 1.0, 2.0)


@dataclass(frozen=True)
class Request:
    """One call on its way: `deadline` in seconds from now; only commands are written to disk by the broker."""

    service: str
    method: str
    payload: dict[str, Any]
    headers: dict[str, Any]
    deadline: float
    persistent: bool


class AmqpRpcClient:
    """Started by its first call (so after a fork), closed by `close`."""

    def __init__(self, url: str, name: str) -> None:
        self._parameters = pika.URLParameters(url)
        self._parameters.heartbeat = 10
        self._parameters.socket_timeout = 5
        self._parameters.blocked_connection_timeout = 10
        self._parameters.client_properties = {"connection_name": f"talkoo-{name}-rpc"}
        self._name = name
        self._outgoing: deque[tuple[str, bytes, BasicProperties]] = deque()
        self._waiting: dict[str, Future[bytes]] = {}
        self._lock = threading.Lock()
        self._wake_pending = False
        self._connection: pika.BlockingConnection | None = None
        self._channel: Any = None
        self._reply_key = str(new_id())
        self._thread: threading.Thread | None = None
        self._closing = False

    def call(self, request: Request) -> dict[str, Any]:
        """Send and wait; raises Unavailable when no answer comes within the deadline."""
        self._ensure_thread()
        correlation_id = str(new_id())
        future: Future[bytes] = Future()
        self._waiting[correlation_id] = future
        self._outgoing.append(self._message(request, correlation_id))
        self._wake()
        try:
            body: dict[str, Any] = orjson.loads(future.result(timeout=request.deadline))
            return body
        except (FutureTimeout, ConnectionError) as error:
            raise Unavailable(
                f"The service {request.service} does not answer; try again in a moment.", service=request.service
            ) from error
        finally:
            self._waiting.pop(correlation_id, None)

    def _message(self, request: Request, correlation_id: str) -> tuple[str, bytes, BasicProperties]:
        """The service leaves out what comes after `x-deadline`; AMQP's own expiration would make it a dead letter."""
        milliseconds = int(request.deadline * 1000)
        properties = BasicProperties(
            content_type="application/json",
            content_encoding="utf-8",
            reply_to=self._reply_key,
            correlation_id=correlation_id,
            delivery_mode=2 if request.persistent else 1,
            headers={**request.headers, "x-deadline": int(time.time() * 1000) + milliseconds},
        )
        body = orjson.dumps({"args": [request.payload], "kwargs": {}})
        return f"{request.service}.{request.method}", body, properties

    def close(self) -> None:
        """End the connection and the thread; calls in flight fail."""
        self._closing = True
        self._wake()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _ensure_thread(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="amqp-rpc", daemon=True)
                    self._thread.start()

    def _wake(self) -> None:
        with self._lock:
            if self._wake_pending or self._connection is None:
                return
            self._wake_pending = True
            try:
                self._connection.add_callback_threadsafe(self._drain)
            except AMQPError:
                self._wake_pending = False

    def _run(self) -> None:
        failures = 0
        while not self._closing:
            try:
                self._serve()
                failures = 0
            except (AMQPError, OSError) as error:
                connected, self._channel = self._channel is not None, None
                with self._lock:
                    self._connection = None
                self._fail_waiting()
                failures = 0 if connected else failures + 1
                log.warning("broker_away", client=self._name, error=type(error).__name__)
                time.sleep(RECONNECT_SECONDS[min(failures, len(RECONNECT_SECONDS) - 1)])

    def _serve(self) -> None:
        connection = pika.BlockingConnection(self._parameters)
        channel = connection.channel()
        queue = f"rpc.reply-{self._name}-{self._reply_key}"
        channel.queue_declare(queue, exclusive=True, auto_delete=True)
        channel.queue_bind(queue, RPC_EXCHANGE, self._reply_key)
        channel.basic_consume(queue, self._on_reply, auto_ack=True)
        channel.add_on_return_callback(self._on_return)
        self._channel = channel
        with self._lock:
            self._connection, self._wake_pending = connection, False
        self._drain()
        channel.start_consuming()
        connection.close()

    def _drain(self) -> None:
        with self._lock:
            self._wake_pending = False
        while self._outgoing:
            routing_key, body, properties = self._outgoing.popleft()
            if properties.correlation_id in self._waiting:
                self._channel.basic_publish(RPC_EXCHANGE, routing_key, body, properties, mandatory=True)
        if self._closing:
            self._channel.stop_consuming()

    def _on_reply(self, _channel: Any, _method: Basic.Deliver, properties: BasicProperties, body: bytes) -> None:
        future = self._waiting.get(properties.correlation_id)
        if future is not None and not future.done():
            future.set_result(body)

    def _on_return(self, _channel: Any, _method: Basic.Return, properties: BasicProperties, _body: bytes) -> None:
        self._fail(properties.correlation_id, "no queue takes this request")

    def _fail_waiting(self) -> None:
        """Fail what was sent on the lost connection; what still waits to be sent goes on waiting."""
        unsent = {properties.correlation_id for _, _, properties in self._outgoing}
        for correlation_id in list(self._waiting):
            if correlation_id not in unsent:
                self._fail(correlation_id, "the connection was lost")

    def _fail(self, correlation_id: str, reason: str) -> None:
        future = self._waiting.get(correlation_id)
        if future is not None and not future.done():
            future.set_exception(ConnectionError(reason))
