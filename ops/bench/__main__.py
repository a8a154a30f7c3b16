"""`./talkoo bench`: starts a private suite, measures what is asked for, prints a table and writes JSON."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from ops.bench import enrolling, events, reading, resting
from ops.bench.findings import Finding, Report
from ops.bench.scene import Scene, set_up
from ops.bench.turns import FULL, QUICK
from ops.launcher.checkout import find_checkout

MEASUREMENTS: dict[str, Callable[[Scene], list[Finding]]] = {
    "P1": reading.by_id,
    "P2": reading.own_page,
    "P3": reading.by_name,
    "P4": enrolling.measure,
    "P5": events.measure,
    "P13": resting.measure,
}


def main(arguments: list[str]) -> int:
    """0: measured (whatever goals were met); 1: something could not be measured."""
    wanted = _parser().parse_args(arguments)
    report, failed = Report(wanted.persons, wanted.quick), []
    console = Console(width=None if sys.stdout.isatty() else 110)
    console.print(f"A private suite with {wanted.persons:,} contacts starts ...")
    with set_up(wanted.persons, QUICK if wanted.quick else FULL) as scene:
        for name in [each for each in MEASUREMENTS if each in (wanted.figures or MEASUREMENTS)]:
            console.print(f"{name} ...")
            try:
                scene.wait_at_rest()
                report.findings += MEASUREMENTS[name](scene)
            except Exception:
                failed.append(name)
                console.print_exception()
    report.show(console)
    report.write(wanted.json)
    console.print(f"Written to {wanted.json}")
    if failed:
        console.print(f"[red]Could not be measured: {', '.join(failed)}[/]")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./talkoo bench", description="Measurements as ratios to their floors.")
    parser.add_argument("figures", metavar="P1", nargs="*", choices=[*MEASUREMENTS, []], help="default: all")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter measurements")
    parser.add_argument("--persons", type=int, default=100_000, help="contacts in the register (default 100,000)")
    parser.add_argument("--json", type=Path, default=find_checkout() / ".talkoo" / "bench.json", metavar="FILE")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
