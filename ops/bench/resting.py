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
    """P13. Ends with the suite's processes started anew; the servers go on, as the plain stack stands on them too."""
    memory = {name: megabytes(pid) for name, pid in scene.suite.pids.items()}
    simulators = sum(memory[name] for name in SIMULATORS & memory.keys())
    return [
        peers.on_another_day(
            "P13", "memory at rest (PSS)", "MB", sum(memory.values()) - simulators, peers.PRETIX_MEMORY, at_most=0.75
        ),
        Finding("P13", "and of the simulators", "MB", simulators),
        peers.on_another_day(
            "P13", "start on existing data until /readyz", "s", _restart(scene.suite), peers.PRETIX_START, at_most=3.0
        ),
    ]


def _restart(suite: Suite) -> float:
    """Seconds until the processes are ready again."""
    suite.supervisor.stop()
    began = time.monotonic()
    suite.start_again()
    return time.monotonic() - began
