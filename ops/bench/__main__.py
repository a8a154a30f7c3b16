"""`./talkoo bench`: starts a private suite, measures what is asked for, prints a table and writes JSON."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from ops.bench import enrolling, events, reading, resting
from ops.bench.findings import Finding, Report
from ops.bench.million import duplicates, growth, importing, names, segments
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
MILLION: dict[str, Callable[[Scene], list[Finding]]] = {
    "P3": names.measure,
    "P15": growth.measure,
    "P8": segments.measure,
    "P7": duplicates.measure,
    "P6": importing.measure,
}
"""With `--million`, in the order in which they disturb each other least."""


def main(arguments: list[str]) -> int:
    """0: measured (whatever goals were met); 1: something could not be measured."""
    wanted = _parser().parse_args(arguments)
    known = MILLION if wanted.million else MEASUREMENTS
    if unknown := sorted({*wanted.figures} - {*known}):
        _parser().error(f"{', '.join(unknown)}: choose among {', '.join(known)}")
    persons = wanted.persons or (1_000_000 if wanted.million else 100_000)
    report = Report(persons, wanted.quick)
    target = wanted.json or find_checkout() / ".talkoo" / ("bench-million.json" if wanted.million else "bench.json")
    console = Console(width=None if sys.stdout.isatty() else 110)
    console.print(f"A private suite with {persons:,} contacts starts ...")
    organisations = persons * 15 // 100 if wanted.million else None
    with set_up(persons, QUICK if wanted.quick else FULL, organisations) as scene:
        scene.peers = wanted.peers
        if wanted.million:
            report.findings.append(Finding("seed", "contacts written", "s", scene.seeding_seconds))
        for name in [each for each in known if each in (wanted.figures or known)]:
            console.print(f"{name} ...")
            try:
                scene.wait_at_rest()
                report.findings += known[name](scene)
            except Exception:  # what one figure meets must not cost the others
                report.failed.append(name)
                console.print_exception()
            report.write(target)
    report.show(console)
    console.print(f"Written to {target}")
    if report.failed:
        console.print(f"[red]Could not be measured: {', '.join(report.failed)}[/]")
    return 1 if report.failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./talkoo bench", description="Measurements as ratios to their floors.")
    parser.add_argument("figures", metavar="P1", nargs="*", help="default: all")
    parser.add_argument("--million", action="store_true", help="what a million persons and 150,000 organisations do")
    parser.add_argument("--peers", action="store_true", help="pretix measured in the same run (P3, P6), not remembered")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter measurements")
    parser.add_argument("--persons", type=int, help="contacts in the register (default 100,000; 1,000,000)")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
