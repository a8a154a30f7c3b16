"""The environment of each process: what it needs and no secret more."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from ops.launcher import keys, spawn
from ops.launcher.services import BROKER_ADMINISTRATOR, ISSUERS, SERVICES

PASSED_ON = (
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "TALKOO_QUEUE_TYPE", "TALKOO_CRASH_AT"),
    *("TALKOO_MAX_WORKERS", "TALKOO_STOP_SECONDS", "TALKOO_GATEWAY_WORKERS", "TALKOO_GATEWAY_THREADS", "METRICS_HOST"),
    *("TALKOO_CLAMD", "TALKOO_TRUSTED_PROXIES", "TALKOO_RATE_LIMIT_PER_MINUTE", "TALKOO_UPLOAD_LIMIT", "MAIL_FROM"),
    *("TALKOO_START_SECONDS", "TALKOO_S3_ENDPOINT", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"),
)
PASSED_ON_ENDING = "_METRICS_PORT"
RETURN_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "1000000", "MALLOC_ARENA_MAX": "2"}
"""glibc gives large blocks back when they are freed. Otherwise each thread that hashed a password keeps 19 MB."""


@dataclass(frozen=True)
class Scope:
    """What one process may reach: databases by service, issuers it signs as, its broker user, outside companies."""

    broker_user: str
    databases: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


OUTSIDE_OF_SERVICE = {"notify": ("mail", "sms"), "commerce": ("payments",)}
EVERYTHING = Scope(BROKER_ADMINISTRATOR, SERVICES, ISSUERS, ("mail", "sms", "payments"))
GATEWAY = Scope("gateway", issuers=("gateway",))
RELAY = Scope("relay", SERVICES)
WORKER = Scope("worker", SERVICES, ISSUERS, ("mail", "sms", "payments"))
NOTHING = Scope("")


def of_service(name: str) -> Scope:
    """A service reaches its own database, its own broker user and the companies it deals with."""
    return Scope(name, (name,), (name,), OUTSIDE_OF_SERVICE.get(name, ()))


@dataclass(frozen=True)
class Wiring:
    """All addresses and secrets of one running suite."""

    base_url: str
    home: str
    files: str
    secret: str
    signing_keys: dict[str, str]
    database_urls: dict[str, str]
    amqp_urls: dict[str, str]
    outside: dict[str, dict[str, str]] = field(default_factory=dict)
    """Variables by company: mail, sms, payments."""
    extra: dict[str, str] = field(default_factory=dict)
    """Variables that a test gives to every process."""


def environment(wiring: Wiring, scope: Scope) -> dict[str, str]:
    """The whole environment of a process of this scope; nothing else of the launcher's own is inherited."""
    variables = {
        "PATH": spawn.SYSTEM_PATH,
        "LANG": "C.UTF-8",
        "HOME": wiring.home,
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        **RETURN_MEMORY,
        **_passed_on(os.environ),
        "TALKOO_BASE_URL": wiring.base_url,
        "TALKOO_FILES": wiring.files,
        "TALKOO_TIME_ZONE": os.environ.get("TALKOO_TIME_ZONE", "Europe/Helsinki"),
        "TALKOO_LOG_FORMAT": os.environ.get("TALKOO_LOG_FORMAT", "console"),
        "TALKOO_BACKUP_DAYS": os.environ.get("TALKOO_BACKUP_DAYS", "35"),
        "TALKOO_SIGNING_KEYS": json.dumps(keys.only(wiring.signing_keys, scope.issuers)),
        "TALKOO_VERIFY_KEYS": json.dumps(keys.verify_keys(wiring.signing_keys)),
    }
    if scope.broker_user:
        variables.update(AMQP_URL=wiring.amqp_urls[scope.broker_user], TALKOO_SECRET=wiring.secret)
    for service in scope.databases:
        variables[f"{service.upper()}_DATABASE_URL"] = wiring.database_urls[service]
    for company in scope.outside:
        variables.update(wiring.outside.get(company, {}))
    return {**variables, **wiring.extra}


def _passed_on(own: Mapping[str, str]) -> dict[str, str]:
    return {name: own[name] for name in own if name in PASSED_ON or name.endswith(PASSED_ON_ENDING)}


def as_file(variables: Mapping[str, str]) -> str:
    """The variables as lines that a shell can source: NAME='value'."""
    lines = [f"{name}='{value.replace(chr(39), chr(39) + chr(92) + chr(39) * 2)}'" for name, value in variables.items()]
    return "\n".join(lines) + "\n"
