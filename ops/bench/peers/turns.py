"""How a peer takes part: measured turn about with our figure when it is asked for, or its figure of another day."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ops.bench import peers
from ops.bench.findings import Finding
from ops.bench.load import Outcome
from ops.bench.peers.pretix import Pretix, running_pretix
from ops.bench.processes import server_pids
from ops.bench.scene import SEED, Scene
from ops.bench.turns import Turns

THIS_RUN = "pretix (this run)"


@contextmanager
def pretix_turns(
    scene: Scene, orders: int, measure: Callable[[Pretix], Outcome]
) -> Iterator[dict[str, Callable[[], Outcome]]]:
    """What is measured of pretix, by name: nothing unless peers are asked for."""
    if not scene.peers:
        yield {}
        return
    with running_pretix(scene.suite, orders, SEED) as pretix:

        def turn() -> Outcome:
            outcome = measure(pretix)
            scene.wait_at_rest(*pretix.pids, *server_pids(scene.suite))  # what it still does is not ours to bear
            return outcome

        yield {THIS_RUN: turn}


def against_pretix(
    id: str,  # noqa: A002  (the field's name)
    what: str,
    unit: str,
    turns: Turns,
    of: Callable[[Outcome], float],
    then: float,
    at_least: float,
) -> Finding:
    """The figure named like its id beside pretix: what it did meanwhile or, if it was not asked, what it did `then`."""
    asked = THIS_RUN in turns.values
    name, floor = (THIS_RUN, turns.median(THIS_RUN, of)) if asked else (peers.ANOTHER_DAY, then)
    faults = [turns.fault(each) for each in (id, *([THIS_RUN] if asked else []))]
    figure = turns.median(id, of)
    return Finding(
        id, what, unit, figure, name, floor, figure / floor if floor else 0.0, at_least,
        fault=", ".join(filter(None, faults)),
    )  # fmt: skip
