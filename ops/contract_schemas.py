"""JSON Schemas of everything the services say to each other, and the AsyncAPI document of their events.

    python -m ops.contract_schemas write    after a change of contracts/, to be committed with it
    python -m ops.contract_schemas check    exit code 1 when a committed schema differs

What a reader of `docs/contracts/` sees is generated from the same models that check every message.
"""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from chassis.service import SERVICES
from contracts.base import Event, Service, methods_of

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "contracts"


def api_of(service: str) -> type[Service]:
    """The interface class of a service."""
    module = importlib.import_module(f"contracts.{service}")
    found: type[Service] = getattr(module, f"{service.capitalize()}Api")
    return found


def events_of(service: str) -> list[type[Event]]:
    """The events a service records, by type."""
    importlib.import_module(f"contracts.{service}")
    own = [
        each for each in Event.__subclasses__() if each.__module__.startswith("contracts.") and each.source == service
    ]
    return sorted(own, key=lambda event: event.type)


def interface_schema(service: str) -> dict[str, Any]:
    """Methods with rights, deadlines, request and reply schemas; events with their data's schema."""
    methods = {
        method.name: {
            "kind": method.kind.value,
            "may": sorted(right.value for right in method.may),
            "deadline_seconds": method.deadline,
            "request": TypeAdapter(method.request).json_schema(mode="validation"),
            "reply": TypeAdapter(method.reply).json_schema(mode="serialization"),
        }
        for method in methods_of(api_of(service)).values()
    }
    events = {event.type: event.model_json_schema() for event in events_of(service)}
    return {"service": service, "methods": dict(sorted(methods.items())), "events": events}


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.0: one channel per event type, in the CloudEvents-compatible envelope."""
    channels, messages, operations = {}, {}, {}
    for service in SERVICES:
        for event in events_of(service):
            name = event.__name__
            messages[name] = {
                "name": event.type,
                "summary": (event.__doc__ or "").splitlines()[0],
                "contentType": "application/json",
                "payload": envelope_schema(event),
            }
            channels[name] = {
                "address": event.type,
                "description": f"Topic exchange {service}.events, routing key {event.type}",
                "messages": {name: {"$ref": f"#/components/messages/{name}"}},
            }
            operations[f"record{name}"] = {"action": "send", "channel": {"$ref": f"#/channels/{name}"}}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Talkoo events", "version": "1"},
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
    }


def envelope_schema(event: type[Event]) -> dict[str, Any]:
    """The schema of an event message."""
    text = {"type": "string"}
    return {
        "type": "object",
        "required": ["specversion", "id", "type", "source", "subject", "time", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "format": "uuid"},
            "type": {"const": event.type},
            "source": {"const": event.source},
            "subject": {"type": "string", "description": f"The event's {event.subject_id}"},
            "subject_version": {"type": ["integer", "null"]},
            "time": {"type": "string", "format": "date-time"},
            "correlation_id": text,
            "causation_id": text,
            "data": event.model_json_schema(),
        },
    }


def documents() -> dict[str, str]:
    """File name -> content of every generated document."""
    found = {f"{service}.json": interface_schema(service) for service in SERVICES}
    found["events.asyncapi.json"] = asyncapi()
    return {name: json.dumps(content, indent=1, ensure_ascii=False) + "\n" for name, content in found.items()}


def differing() -> list[str]:
    """Names of committed documents that are not what the contracts give now."""
    wanted = documents()
    return [name for name, content in wanted.items() if not _same(FOLDER / name, content)]


def _same(path: Path, content: str) -> bool:
    return path.is_file() and path.read_text() == content


def main(arguments: list[str]) -> int:
    """Write or check."""
    if arguments == ["write"]:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, content in documents().items():
            (FOLDER / name).write_text(content)
        return 0
    if arguments == ["check"]:
        print("\n".join(differing()))
        return 1 if differing() else 0
    print("usage: python -m ops.contract_schemas write|check")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
