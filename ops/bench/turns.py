"""Measuring turn about, so that what drifts on the machine drifts for floor and figure alike."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from ops.bench.load import Outcome


@dataclass(frozen=True)
class Pace:
    """How often and how long things are measured."""

    rounds: int
    seconds: float
    """Of load with 16 connections."""
    idle_seconds: float
    """Of one request after the other."""
    buyers_runs: int
    """Runs of 200 buyers for 50 seats."""
    events: int
    """Events in a measurement of throughput."""
    event_seconds: float
    """Of events at a steady rate."""
    imported: int = 100_000
    """Rows of an imported file."""
    import_runs: int = 3
    export_runs: int = 3
    buyers: int = 200
    seats: int = 50
    """How many want how many seats at the same moment."""
    warm_up: float = 0.5
    """Seconds of load before anything is counted."""
    look_seconds: float = 1.0
    """For how long nothing may happen until all is taken to be at rest."""


FULL = Pace(rounds=5, seconds=6.0, idle_seconds=2.0, buyers_runs=20, events=10_000, event_seconds=20.0)
QUICK = Pace(
    rounds=3, seconds=2.0, idle_seconds=1.0, buyers_runs=2, events=3_000, event_seconds=5.0, imported=10_000,
    import_runs=1, export_runs=1,
)  # fmt: skip


class Turns:
    """Outcomes by name, one from each round."""

    def __init__(self, rounds: int, measures: Mapping[str, Callable[[], Outcome]]) -> None:
        self.values: dict[str, list[Outcome]] = {name: [] for name in measures}
        for _ in range(rounds):
            for name, measure in measures.items():
                self.values[name].append(measure())

    def median(self, name: str, of: Callable[[Outcome], float]) -> float:
        """The median over the rounds."""
        return median(of(value) for value in self.values[name])

    def ratio(self, figure: str, floor: str, of: Callable[[Outcome], float]) -> float:
        """The median of the rounds' own ratios of figure to floor; 0 when the floor was never answered."""
        pairs = zip(self.values[figure], self.values[floor], strict=True)
        return median(of(above) / of(below) if of(below) else 0.0 for above, below in pairs)

    def fault(self, name: str) -> str:
        """What was refused, in words; empty when nothing was."""
        refused = sum((Counter(each.refused) for each in self.values[name]), Counter[str]())
        said = next((each.said for each in self.values[name] if each.said), "")
        counted = ", ".join(f"{name}: {count} answers were {status}" for status, count in sorted(refused.items()))
        return f"{counted} ({said})" if said else counted
