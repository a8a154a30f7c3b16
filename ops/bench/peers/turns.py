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
    figure = turns.median(id, of)
    if THIS_RUN not in turns.values:
        return peers.on_another_day(id, what, unit, figure, then, at_least, fault=turns.fault(id))
    floor = turns.median(THIS_RUN, of)
    return Finding(
        id, what, unit, figure, THIS_RUN, floor, figure / floor if floor else 0.0, at_least,
        fault=", ".join(filter(None, map(turns.fault, (id, THIS_RUN)))),
    )  # fmt: skip
