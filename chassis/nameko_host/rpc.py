"""The RPC entrypoint: checks the envelope, drops what nobody waits for any more, answers on its own channel."""

import time
from functools import partial
from typing import Any

import amqp
import orjson
from kombu import Exchange, Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint
from nameko.rpc import RpcConsumer

from chassis import topology
from chassis.execution import wire_error
from chassis.logs import log
from chassis.nameko_host.consumer import CONNECTION_ERRORS, SafeQueueConsumer
from contracts.errors import NotFound


class SafeRpcConsumer(RpcConsumer):  # type: ignore[misc]  # Nameko is untyped
    """Consumes the service's RPC queue and finds the method by routing key."""

    queue_consumer = SafeQueueConsumer()
    queue: Any

    def setup(self) -> None:
        """The queue is declared by the topology, not here."""
        if self.queue is None:
            name = topology.rpc_queue(self.container.service_name)
            self.queue = Queue(name, exchange=Exchange(topology.RPC_EXCHANGE, no_declare=True), no_declare=True)
            self.queue_consumer.register_provider(self)
            self._registered = True

    def handle_message(self, body: bytes, message: Any) -> None:
        """Route one request to its method's worker, or settle it here."""
        if not self._answerable(message):
            self.queue_consumer.reject(message, self.queue.name)
            return
        deadline = message.headers.get("x-deadline")
        if isinstance(deadline, int | float) and time.time() * 1000 > deadline:
            log.info("request_too_late", method=message.delivery_info["routing_key"])
            self.queue_consumer.ack(message)
            return
        try:
            payload = orjson.loads(body)["args"][0]
        except (ValueError, KeyError, IndexError, TypeError, RecursionError):
            self.queue_consumer.reject(message, self.queue.name)
            return
        name = message.delivery_info["routing_key"].split(".", 1)[-1]
        method = next((each for each in self._providers if each.method_name == name), None)
        if method is None:
            error = NotFound(f"The service has no method {name}.", code="method_not_found")
            self.reply(message, {"result": None, "error": wire_error(error)})
            return
        method.run(payload, message)

    @staticmethod
    def _answerable(message: Any) -> bool:
        properties = message.properties
        return (
            message.content_type == "application/json"
            and isinstance(properties.get("reply_to"), str)
            and isinstance(properties.get("correlation_id"), str)
            and isinstance(message.headers, dict)
        )

    def reply(self, message: Any, body: dict[str, Any]) -> None:
        """Publish the answer, then ack. Unconfirmed on purpose: a caller without an answer asks again."""
        if message.channel is not None and message.channel.connection:
            try:
                message.channel.basic_publish(
                    amqp.Message(
                        orjson.dumps(body),
                        content_type="application/json",
                        content_encoding="utf-8",
                        correlation_id=message.properties["correlation_id"],
                        delivery_mode=1,
                    ),
                    exchange=topology.RPC_EXCHANGE,
                    routing_key=message.properties["reply_to"],
                )
            except CONNECTION_ERRORS:
                log.warning("reply_lost", method=message.delivery_info["routing_key"])
        self.queue_consumer.ack(message)


class RpcMethod(Entrypoint):  # type: ignore[misc]  # Nameko is untyped
    """One RPC method of a service."""

    rpc_consumer = SafeRpcConsumer()

    def setup(self) -> None:
        """Join the service's one RPC consumer."""
        self.rpc_consumer.register_provider(self)

    def stop(self) -> None:
        """Leave it."""
        self.rpc_consumer.unregister_provider(self)

    def run(self, payload: Any, message: Any) -> None:
        """Answer in a worker of its own."""
        try:
            self.container.spawn_worker(
                self, (payload, message.headers), {}, handle_result=partial(self._handle_result, message)
            )
        except ContainerBeingKilled:
            self.rpc_consumer.queue_consumer.requeue(message)

    def _handle_result(self, message: Any, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        if exc_info is None:
            self.rpc_consumer.reply(message, result)
        else:
            self.rpc_consumer.queue_consumer.requeue(message)
        return result, exc_info


rpc_method = RpcMethod.decorator
