"""P13: memory at rest, and the time until the suite is ready on existing data."""

import time

from ops.bench import peers
from ops.bench.findings import Finding
from ops.bench.processes import megabytes
from ops.bench.scene import Scene
from ops.launcher.suite import Suite

SIMULATORS = frozenset({"mailbox", "twilio", "paytrail"})
"""They stand in for outside companies and run only on a developer's machine."""


def measure(scene: Scene) -> list[Finding]:
    """P13. Ends with servers and processes started anew: measure everything else before."""
    memory = {name: megabytes(pid) for name, pid in scene.suite.pids.items()}
    simulators = sum(memory[name] for name in SIMULATORS & memory.keys())
    processes, everything = _restart(scene.suite)
    return [
        _against_pretix("memory at rest (PSS)", "MB", sum(memory.values()) - simulators, peers.PRETIX_MEMORY, 0.75),
        Finding("P13", "and of the simulators", "MB", simulators),
        _against_pretix("start on existing data until /readyz", "s", processes, peers.PRETIX_START, 3.0),
        Finding("P13", "with the starts of PostgreSQL and RabbitMQ", "s", everything),
    ]


def _against_pretix(what: str, unit: str, value: float, peer: float, at_most: float) -> Finding:
    return Finding("P13", what, unit, value, "pretix", peer, value / peer, at_most=at_most)


def _restart(suite: Suite) -> tuple[float, float]:
    """Seconds until ready: of the processes on running servers, and of everything."""
    suite.stop()
    began = time.monotonic()
    suite.start_servers()
    servers_ready = time.monotonic()
    suite.start_again()
    ready = time.monotonic()
    return ready - servers_ready, ready - began
