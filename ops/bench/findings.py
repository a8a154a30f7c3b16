"""What was found: floor, figure, ratio and goal of each measurement; as a table and as JSON."""

import os
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from ops.bench.load import Outcome
from ops.bench.turns import Turns


@dataclass(frozen=True)
class Finding:
    """One figure beside its floor. Without a goal it is told for information."""

    id: str
    what: str
    unit: str
    figure: float
    floor_name: str = ""
    floor: float | None = None
    ratio: float | None = None
    at_least: float | None = None
    """Goal: the ratio is not below this."""
    at_most: float | None = None
    """Goal: the ratio is not above this."""
    fault: str = ""
    """What was wrong while it was measured, such as refused requests: then no goal counts as met."""

    @property
    def met(self) -> bool | None:
        """Whether the goal holds; None without a goal."""
        if self.fault:
            return False
        if self.ratio is None or (self.at_least is None and self.at_most is None):
            return None
        above = self.at_least is None or self.ratio >= self.at_least
        below = self.at_most is None or self.ratio <= self.at_most
        return above and below

    @property
    def goal(self) -> str:
        """The goal as text."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g} ×"
        return f"≤ {self.at_most:g} ×" if self.at_most is not None else ""


def against_floor(
    id: str,  # noqa: A002  (the field's name)
    what: str,
    unit: str,
    turns: Turns,
    of: Callable[[Outcome], float],
    floor: str,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Finding:
    """The figure named like its id, beside a floor that was measured turn about with it."""
    return Finding(
        id, what, unit, turns.median(id, of), floor, turns.median(floor, of), turns.ratio(id, floor, of), at_least,
        at_most, ", ".join(filter(None, (turns.fault(id), turns.fault(floor)))),
    )  # fmt: skip


def within(id: str, what: str, unit: str, figure: float, goal: float, fault: str = "") -> Finding:  # noqa: A002
    """The figure beside its goal, which it should not be above."""
    return Finding(id, what, unit, figure, "goal", goal, figure / goal, at_most=1.0, fault=fault)


@dataclass
class Report:
    """All findings of a run, and under which circumstances they were made."""

    persons: int
    quick: bool
    findings: list[Finding] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """Figures that could not be measured."""

    def show(self, console: Console) -> None:
        """Print the table."""
        table = Table(title=f"{self.persons:,} contacts{', quick' if self.quick else ''}", title_justify="left")
        for heading in ("", "figure", "measured", "against", "ratio", "goal", "met"):
            right = heading in {"measured", "ratio", "goal"}
            table.add_column(heading, justify="right" if right else "left", no_wrap=heading != "figure")
        for each in self.findings:
            table.add_row(
                each.id,
                each.what,
                _number(each.figure, each.unit),
                f"{each.floor_name} {_number(each.floor, each.unit)}",
                f"{each.ratio:.2f}" if each.ratio is not None else "",
                each.goal,
                {True: "[green]yes[/]", False: "[red]no[/]", None: ""}[each.met],
            )
        console.print(table)
        for each in self.findings:
            if each.fault:
                console.print(f"[red]{each.id} {each.what}: {each.fault}[/]")

    def write(self, path: Path) -> None:
        """Write everything as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(orjson.dumps(self.as_data(), option=orjson.OPT_INDENT_2))

    def as_data(self) -> dict[str, Any]:
        """Circumstances and findings."""
        return {
            "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": {
                "processors": os.cpu_count(),
                "architecture": platform.machine(),
                "system": platform.system(),
                "python": ".".join(map(str, sys.version_info[:3])),
                "load_before": self.load_before,
            },
            "persons": self.persons,
            "failed": self.failed,
            "quick": self.quick,
            "findings": [asdict(each) | {"met": each.met} for each in self.findings],
        }

    def __post_init__(self) -> None:
        self.load_before = round(os.getloadavg()[0], 2)
        """Processes that wanted to run in the minute before: above the number of processors, others took part."""


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}"
