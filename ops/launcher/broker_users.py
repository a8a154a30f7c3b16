"""Who may do what on the broker: a definitions file that the private node loads when it starts.

Rights as RabbitMQ checks them: declaring a queue needs *configure* on it, binding it *write* on the queue and *read*
on the exchange, publishing *write* on the exchange, consuming *read* on the queue; passive declares need nothing.
Only the administrator `talkoo` declares the topology.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

from ops.launcher.services import BROKER_ADMINISTRATOR, BROKER_USERS, SERVICES

NOTHING = "^$"
EVERYTHING = ".*"


def definitions(passwords: dict[str, str]) -> str:
    """RabbitMQ's definitions (JSON) with one user for each password, and nobody else."""
    return json.dumps(
        {
            "vhosts": [{"name": "/"}],
            "users": [_user(name, passwords[name]) for name in BROKER_USERS],
            "permissions": [{"user": name, "vhost": "/", **rights(name)} for name in BROKER_USERS],
        },
        indent=1,
    )


def rights(name: str) -> dict[str, str]:
    """Patterns of what the user may configure, write and read."""
    if name == BROKER_ADMINISTRATOR:
        return {"configure": EVERYTHING, "write": EVERYTHING, "read": EVERYTHING}
    replies = rf"rpc\.reply-{name}-.*"
    exchanges = ["nameko-rpc", *_events_written_by(name)]
    return {
        "configure": f"^{replies}$",
        "write": f"^({'|'.join([*exchanges, replies])})$",
        "read": f"^({'|'.join(['nameko-rpc', replies, *_queues_of(name)])})$",
    }


def _events_written_by(name: str) -> list[str]:
    if name in SERVICES:
        return [rf"{name}\.events", "dlx"]
    if name == "relay":
        return [rf"({'|'.join(SERVICES)})\.events"]
    return []


def _queues_of(name: str) -> list[str]:
    return [f"rpc-{name}(-q)?", rf"evt-.*--{name}\..*"] if name in SERVICES else []


def password_hash(password: str, salt: bytes) -> str:
    """RabbitMQ's `rabbit_password_hashing_sha256`: base64 of the 4-byte salt and SHA-256 of salt and password."""
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _user(name: str, password: str) -> dict[str, Any]:
    return {
        "name": name,
        "password_hash": password_hash(password, secrets.token_bytes(4)),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": ["administrator"] if name == BROKER_ADMINISTRATOR else [],
    }
