"""The declared list of the suite's processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ops.launcher import environment
from ops.launcher.companies import Company
from ops.launcher.environment import Scope
from ops.launcher.services import SERVICES

DOOR, WORK, OUTSIDE = 0, 1, 2
"""Stages of stopping: first the door, then what works, last the simulators it talks to."""

GREEN = (("EVENTLET_HUB", "poll"), ("EVENTLET_NO_GREENDNS", "yes"))
"""The quickest hub for few sockets; names are looked up by the system, as libpq does (8 MB less in each service)."""


@dataclass(frozen=True)
class ProcessSpec:
    """A process that runs as long as the suite: `arguments` follow the Python interpreter."""

    name: str
    arguments: tuple[str, ...]
    scope: Scope
    stage: int = WORK
    variables: tuple[tuple[str, str], ...] = ()
    patience: float = 20.0
    """Seconds to finish what it took, after SIGTERM."""


def declared(host: str, ports: Mapping[str, int], outside: Mapping[str, Company]) -> list[ProcessSpec]:
    """All processes; a simulator only for a company that is simulated."""
    return [
        *_simulators(ports, outside),
        *(_service(name) for name in SERVICES),
        ProcessSpec("relay", ("-m", "chassis.relay"), environment.RELAY),
        ProcessSpec("worker", ("-m", "chassis.worker"), environment.WORKER),
        _gateway(host, ports["gateway"]),
    ]


def _service(name: str) -> ProcessSpec:
    arguments = ("-m", "chassis.serve", name)
    return ProcessSpec(name, arguments, environment.of_service(name), variables=GREEN)


def _gateway(host: str, port: int) -> ProcessSpec:
    bind = ("--bind", f"{host}:{port}")
    arguments = ("-m", "gunicorn", "-c", "gateway/gunicorn.conf.py", *bind, "gateway.app:create_app()")
    return ProcessSpec("gateway", arguments, environment.GATEWAY, stage=DOOR)


def _simulators(ports: Mapping[str, int], outside: Mapping[str, Company]) -> list[ProcessSpec]:
    every = {
        "mail": _simulator("mailbox", outside["mail"], "--smtp-port", ports["smtp"], "--http-port", ports["mailbox"]),
        "sms": _simulator("twilio", outside["sms"], "--port", ports["sms"]),
        "payments": _simulator("paytrail", outside["payments"], "--port", ports["payments"]),
    }
    return [spec for company, spec in every.items() if outside[company].page is not None]


def _simulator(module: str, company: Company, *arguments: str | int) -> ProcessSpec:
    return ProcessSpec(
        module,
        ("-m", f"ops.simulators.{module}", *map(str, arguments)),
        environment.NOTHING,
        stage=OUTSIDE,
        variables=tuple(company.variables.items()),
        patience=5.0,
    )
