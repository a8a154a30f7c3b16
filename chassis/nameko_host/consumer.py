"""A queue consumer that no message can kill and that finishes what it took before it stops."""

from collections.abc import Callable
from functools import partial
from typing import Any

import eventlet
from amqp.exceptions import AMQPError
from nameko.messaging import QueueConsumer

from chassis import metrics
from chassis.logs import log

CONNECTION_ERRORS = (AMQPError, OSError)


class SafeQueueConsumer(QueueConsumer):  # type: ignore[misc]  # Nameko is untyped
    """Gives entrypoints the raw message; counts deliveries in flight, so that SIGTERM waits for their acks."""

    def __init__(self) -> None:
        self.in_flight = 0
        super().__init__()

    @property
    def connect_max_retries(self) -> None:
        """Never give up."""
        return

    def create_connection(self) -> Any:
        """A connection that looks for the broker again every 1-3 seconds."""
        return self.connection.clone()

    def establish_connection(self) -> Any:
        """Connect, with a back-off of at most 3 seconds (kombu's own grows to 30)."""
        connection = self.create_connection()
        connection.ensure_connection(
            self.on_connection_error, None, interval_start=0.2, interval_step=0.5, interval_max=3
        )
        return connection

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:  # noqa: ARG002  (kombu's signature)
        """One consumer per provider, on raw messages: nothing is decoded before our own checks."""
        self._consumers.clear()
        self.in_flight = 0
        for provider in self._providers:
            consumer = consumer_cls(queues=[provider.queue], on_message=partial(self._receive, provider))
            consumer.qos(prefetch_count=self.prefetch_count)
            self._consumers[provider] = consumer
        return list(self._consumers.values())

    def _receive(self, provider: Any, message: Any) -> None:
        self.in_flight += 1
        self.container.spawn_managed_thread(partial(self._hand_over, provider, message), identifier="message")

    def _hand_over(self, provider: Any, message: Any) -> None:
        try:
            provider.handle_message(message.body, message)
        except Exception as error:
            log.error("message_refused", queue=provider.queue.name, exc_info=error)
            self.reject(message, provider.queue.name)

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """A message that cannot be unpacked (compression) goes to the dead-letter queue."""
        self.in_flight += 1
        log.error("message_undecodable", error=type(exc).__name__, bytes=len(message.body or b""))
        self.reject(message, "undecodable")

    def settle(self, message: Any, action: Callable[[], None]) -> None:
        """Ack, requeue or reject once; a lost connection means the broker has taken the message back already."""
        self.in_flight -= 1
        if message.channel is not None and message.channel.connection:
            try:
                action()
            except CONNECTION_ERRORS:
                log.warning("settle_failed")

    def ack(self, message: Any) -> None:
        """The message is done."""
        self.settle(message, message.ack)

    def requeue(self, message: Any) -> None:
        """The message shall be delivered again."""
        self.settle(message, message.requeue)

    def reject(self, message: Any, queue: str) -> None:
        """The message goes to the dead-letter queue."""
        metrics.DEAD_LETTERS.labels(queue).inc()
        self.settle(message, message.reject)

    def on_iteration(self) -> None:
        """Stop only when every consumer is cancelled and nothing is in flight."""
        self._cancel_consumers_if_requested()
        if not self._consumers and self.in_flight <= 0:
            self.should_stop = True

    def consume(self, limit: Any, timeout: Any = None, **kwargs: Any) -> Any:
        """Look at `on_iteration` often enough for a quick stop."""
        return super().consume(limit, timeout=timeout, **{**kwargs, "safety_interval": 0.2})


def pause(seconds: float) -> None:
    """Sleep without holding up other messages."""
    eventlet.sleep(seconds)
