"""What notify does in the background."""

from chassis.worker import Worker, periodic
from services.notify import delivery
from services.notify.commands.messages import DELIVER


@periodic(DELIVER, every=1.0)
def deliver_messages(worker: Worker) -> bool:
    """Send a batch of due messages; more of them may wait."""
    return delivery.deliver_due(worker)
