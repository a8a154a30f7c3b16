"""P6: a file of contacts imported, beside rows copied into a staging table and inserted from there."""

import itertools

from ops import people
from ops.bench import peers
from ops.bench.findings import Finding, against_floor, within
from ops.bench.floors import staging
from ops.bench.load import Outcome
from ops.bench.million.waiting import finished
from ops.bench.processes import peak_megabytes, reset_peaks
from ops.bench.reading import rate
from ops.bench.scene import Scene
from ops.bench.turns import Turns
from ops.demo import papers
from ops.demo.stage import Failed

MEMORY_GOAL = 300.0
"""MB."""
SEEDS = itertools.count(701)


def measure(scene: Scene) -> list[Finding]:
    """P6: new persons every time."""
    count, peaks = scene.pace.imported, list[float]()

    def run() -> Outcome:
        content = papers.csv_file(people.persons(count, seed := next(SEEDS), domain=f"bench{seed}.example.org"))
        scene.wait_at_rest()
        reset_peaks(scene.suite.pids["worker"])
        started = scene.office.upload("/imports", "people.csv", content, profile="contacts", dry_run="false")
        job, seconds = finished(scene, started)
        peaks.append(peak_megabytes(scene.suite.pids["worker"]))
        _refuse_lost(scene, job["result"]["import_id"], count)
        return Outcome.of_events(count, seconds)

    turns = Turns(scene.pace.import_runs, {"F-copy": lambda: staging.run(scene.suite, next(SEEDS), count), "P6": run})
    found = turns.median("P6", rate)
    return [
        against_floor("P6", f"{count:,} contacts imported", "rows/s", turns, rate, "F-copy", at_least=0.25),
        Finding(
            "P6", f"{count:,} contacts imported", "rows/s", found, "pretix", peers.PRETIX_IMPORT,
            found / peers.PRETIX_IMPORT, at_least=50,
        ),
        within("P6", "memory of the importing process, highest", "MB", max(peaks), MEMORY_GOAL),
    ]  # fmt: skip


def _refuse_lost(scene: Scene, import_id: str, count: int) -> None:
    """Every row is told of; most are new persons, some are namesakes born the same day."""
    counts = scene.office.get(f"/imports/{import_id}")["counts"]
    if sum(counts.values()) != count or counts.get("created", 0) < count // 2:
        raise Failed(f"of {count} rows the import told {counts}")
