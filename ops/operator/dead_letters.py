"""`dead-letters`: events that a handler could not take, and messages that could not even be read."""

import json

from pydantic import BaseModel
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table

from chassis.service import SERVICES
from contracts.system import ParkedEvent, Replayed
from ops.operator.door import Door, Refused

UNREADABLE = "dlq."


class QueueDepth(BaseModel):
    """A queue of the broker and the messages that wait in it."""

    name: str
    messages: int


class QueueDepths(BaseModel):
    """All queues of the suite."""

    data: list[QueueDepth]


def show_list(door: Door, console: Console, service: str | None) -> int:
    """What is parked or dead in one service or in all, and what lies in dead-letter queues."""
    parked = [(name, event) for name in _named(service) for event in _parked(door, name)]
    unreadable = [queue for queue in door.get(QueueDepths, "/system/queues").data if _is_unreadable(queue, service)]
    if parked:
        console.print(_table_of(parked))
    else:
        console.print("No event is parked or dead.")
    for queue in unreadable:
        console.print(f"[red]{queue.messages:,}[/] unreadable in the queue {queue.name}")
    return 0


def _table_of(parked: list[tuple[str, ParkedEvent]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("service", "id", "event", "handler", "tries", "error", "parked", "next try"):
        table.add_column(heading, justify="right" if heading in {"id", "tries"} else "left")
    for service, event in parked:
        table.add_row(
            service,
            str(event.id),
            _type_of(event),
            event.handler.partition(".")[2],
            str(event.attempts),
            event.error,
            f"{event.parked_at.astimezone():%d.%m. %H:%M:%S}",
            "[red]dead[/]" if event.dead else f"{event.next_at.astimezone():%d.%m. %H:%M:%S}",
        )
    return table


def _is_unreadable(queue: QueueDepth, service: str | None) -> bool:
    own = service is None or queue.name.startswith(f"dlq.rpc-{service}") or f"--{service}." in queue.name
    return own and queue.messages > 0 and queue.name.startswith(UNREADABLE)


def show_one(door: Door, console: Console, service: str, number: int) -> int:
    """One parked event with its whole envelope."""
    event = next((each for name in _named(service) for each in _parked(door, name) if each.id == number), None)
    if event is None:
        raise Refused(f"{service} has no parked event {number}. (Which there are: ./talkoo dead-letters list)")
    facts = event.model_dump(exclude={"envelope"}, mode="json")
    width = max(map(len, facts))
    for name, value in facts.items():
        console.print(f"{name:<{width}}  {value}", markup=False, highlight=False)
    console.print(Syntax(_pretty(event.envelope), "json", background_color="default", word_wrap=True))
    return 0


def replay(door: Door, console: Console, service: str, number: int | None) -> int:
    """Try one parked event again now, or all dead ones of a service."""
    _named(service)
    wanted = {"all_dead": True} if number is None else {"id": number}
    count = door.post(Replayed, f"/system/services/{service}/parked/replay", wanted).count
    console.print(f"{count} put back in line in {service}; what fails again is parked again.")
    return 0


def _named(service: str | None) -> tuple[str, ...]:
    if service is None:
        return SERVICES
    if service not in SERVICES:
        raise Refused(f"There is no service {service}. There are: {', '.join(SERVICES)}.")
    return (service,)


def _parked(door: Door, service: str) -> list[ParkedEvent]:
    return list(door.pages(ParkedEvent, f"/system/services/{service}/parked", limit=200))


def _type_of(event: ParkedEvent) -> str:
    try:
        return str(json.loads(event.envelope)["type"])
    except (ValueError, KeyError, TypeError):
        return ""


def _pretty(envelope: str) -> str:
    try:
        return json.dumps(json.loads(envelope), indent=2, ensure_ascii=False)
    except ValueError:
        return envelope
