"""The event entrypoint: one queue per handler; ack, requeue or reject as `execution.consume` says."""

from functools import partial
from typing import Any

from kombu import Exchange, Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint

from chassis.execution import Outcome
from chassis.nameko_host.consumer import SafeQueueConsumer, pause


class EventQueue(Entrypoint):  # type: ignore[misc]  # Nameko is untyped
    """Consumes the queue of one subscription."""

    queue_consumer = SafeQueueConsumer()

    def __init__(self, queue_name: str, **kwargs: Any) -> None:
        self.queue_name = queue_name
        super().__init__(queue_name, **kwargs)

    def setup(self) -> None:
        """The queue is declared by the topology, not here."""
        self.queue = Queue(self.queue_name, exchange=Exchange("", no_declare=True), no_declare=True)
        self.queue_consumer.register_provider(self)

    def stop(self) -> None:
        """Take no more messages."""
        self.queue_consumer.unregister_provider(self)

    def handle_message(self, body: bytes | str, message: Any) -> None:
        """Handle one event in a worker."""
        raw = body.encode() if isinstance(body, str) else body
        try:
            self.container.spawn_worker(self, (raw,), {}, handle_result=partial(self._handle_result, message))
        except ContainerBeingKilled:
            self.queue_consumer.requeue(message)

    def _handle_result(self, message: Any, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        if exc_info is not None or result is Outcome.REQUEUE:
            pause(1)
            self.queue_consumer.requeue(message)
        elif result is Outcome.REJECT:
            self.queue_consumer.reject(message, self.queue_name)
        else:
            self.queue_consumer.ack(message)
        return result, exc_info


event_queue = EventQueue.decorator
