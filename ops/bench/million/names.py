"""P3 at a million: persons by a name with a typing error."""

from dataclasses import replace

from ops.bench import reading
from ops.bench.findings import Finding, within
from ops.bench.scene import Scene
from ops.bench.turns import Turns

GOAL = 30.0
"""Milliseconds."""


def measure(scene: Scene) -> list[Finding]:
    """P3: many at once beside the floor, then one after the other."""
    ours, plain = reading.name_searches(scene)
    idle = Turns(
        scene.pace.rounds,
        {"F-search": lambda: scene.idle(scene.floor_port, plain), "P3": lambda: scene.idle(scene.port, ours)},
    )
    busy, against_pretix = reading.by_name(replace(scene, peers=False))  # pretix was measured among 100,000
    return [
        busy,
        replace(against_pretix, at_least=None),
        Finding("F-search", "by a mistyped name, idle p95", "ms", idle.median("F-search", reading.p95)),
        within("P3", "by a mistyped name, idle p95", "ms", idle.median("P3", reading.p95), GOAL, idle.fault("P3")),
    ]
