"""P1: one person by id."""

from ops.bench.findings import Finding
from ops.bench.load import Outcome, request
from ops.bench.scene import Scene
from ops.bench.turns import Turns


def by_id(scene: Scene) -> list[Finding]:
    """P1, beside the floors it stands on."""
    ours = [request("GET", f"/api/v1/persons/{each.id}", scene.authorised) for each in scene.persons]
    plain = [request("GET", f"/persons/{each.id}") for each in scene.persons]
    busy = Turns(
        scene.pace.rounds,
        {
            "F-http": lambda: scene.busy(scene.floor_port, [request("GET", "/http")]),
            "F-rpc": lambda: scene.busy(scene.floor_port, [request("GET", "/nothing")]),
            "F-read": lambda: scene.busy(scene.floor_port, plain),
            "P1": lambda: scene.busy(scene.port, ours),
        },
    )
    idle = Turns(
        scene.pace.rounds,
        {
            "F-read": lambda: scene.idle(scene.floor_port, plain),
            "P1": lambda: scene.idle(scene.port, ours),
        },
    )
    floors = [
        Finding(name, what, "req/s", busy.median(name, rate), fault=fault(busy.values[name]))
        for name, what in (("F-http", "Flask alone"), ("F-rpc", "and a method that returns at once"))
    ]
    return [
        *floors,
        Finding(
            "P1", "a person by id", "req/s", busy.median("P1", rate), "F-read", busy.median("F-read", rate),
            busy.ratio("P1", "F-read", rate), at_least=1.2, fault=fault([*busy.values["P1"], *busy.values["F-read"]]),
        ),
        Finding(
            "P1", "processor time per request", "ms", busy.median("P1", cpu), "F-read", busy.median("F-read", cpu),
            busy.ratio("P1", "F-read", cpu),
        ),
        Finding(
            "P1", "a person by id, idle p50", "ms", idle.median("P1", p50), "F-read", idle.median("F-read", p50),
            idle.ratio("P1", "F-read", p50), at_most=1.2, fault=fault([*idle.values["P1"], *idle.values["F-read"]]),
        ),
    ]  # fmt: skip


def rate(outcome: Outcome) -> float:
    """Requests per second."""
    return outcome.per_second


def cpu(outcome: Outcome) -> float:
    """Processor time behind the door per request, in milliseconds."""
    return outcome.cpu_per_request


def p50(outcome: Outcome) -> float:
    """Median of the time to an answer, in milliseconds."""
    return outcome.p50


def fault(outcomes: list[Outcome]) -> str:
    """What was refused, in words; empty when nothing was."""
    refused: dict[str, int] = {}
    for outcome in outcomes:
        for status, count in outcome.refused.items():
            refused[status] = refused.get(status, 0) + count
    return ", ".join(f"{count} answers were {status}" for status, count in sorted(refused.items()))
