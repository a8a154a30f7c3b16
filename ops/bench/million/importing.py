"""P6: files of contacts imported, beside rows copied into a staging table, and beside the rows that an import keeps."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from ops import people
from ops.bench import peers
from ops.bench.findings import Finding, against_floor, within
from ops.bench.floors import kept_rows, staging
from ops.bench.load import Outcome
from ops.bench.million.waiting import finished
from ops.bench.peers.pretix import Pretix
from ops.bench.peers.turns import against_pretix, pretix_turns
from ops.bench.processes import watched
from ops.bench.reading import rate
from ops.bench.scene import Scene
from ops.bench.turns import Turns
from ops.demo import papers
from ops.demo.stage import Failed
from ops.people import InventedPerson

MEMORY_GOAL = 300.0
"""MB."""
SEEDS = itertools.count(701)
XLSX_SEED = 601
EMPLOYERS = 50
PRETIX_SHARE = 50
"""pretix gets one row of so many, into an event without orders; it is in no hurry."""
STATES = ("created", "updated", "unchanged", "rejected", "duplicate")
"""What became of a row; other counts are of rows that these count too."""


@dataclass(frozen=True)
class Imported:
    """A file that was brought in: how fast, with how many MB at most, and as which import."""

    outcome: Outcome
    memory: float
    import_id: str


def measure(scene: Scene) -> list[Finding]:
    """P6: new persons every time; then a file whose every other row is known already, and a workbook with employers."""
    count, done = scene.pace.imported, list[Imported]()

    def new() -> Outcome:
        done.append(_imported(scene, "people.csv", papers.csv_file(_invented(next(SEEDS), count)), count))
        return done[-1].outcome

    measures = {
        "F-copy": lambda: staging.run(scene.suite, next(SEEDS), count),
        "P6": new,
        "F-rows": lambda: kept_rows.run(scene.suite, done[-1].import_id),
    }
    with pretix_turns(scene, 0, lambda pretix: _by_pretix(pretix, max(count // PRETIX_SHARE, 1))) as peer:
        turns = Turns(scene.pace.import_runs, measures | peer)
    found, what = turns.median("P6", rate), f"{count:,} contacts imported"
    return [
        against_floor("P6", what, "rows/s", turns, rate, "F-copy", at_least=0.25),
        against_floor("P6", what, "rows/s", turns, rate, "F-rows", at_least=0.4),
        against_pretix("P6", what, "rows/s", turns, rate, peers.PRETIX_IMPORT, at_least=50),
        within("P6", "memory meanwhile, worker and its children", "MB", max(each.memory for each in done), MEMORY_GOAL),
        _half_known(scene, count, found),
        *_workbook(scene, count, found),
    ]


def _by_pretix(pretix: Pretix, count: int) -> Outcome:
    return pretix.imported(papers.csv_file(_invented(next(SEEDS), count)), count)


def _half_known(scene: Scene, count: int, of_new: float) -> Finding:
    """Rows that were imported before, in turn with new ones: they are found by their e-mail addresses."""
    seed = next(SEEDS)
    known = list(_invented(seed, count // 2))
    _imported(scene, "known.csv", papers.csv_file(known), len(known))
    pairs = zip(known, _invented(next(SEEDS), count // 2), strict=True)
    mixed = papers.csv_file(itertools.chain.from_iterable(pairs))
    outcome = _imported(scene, "half.csv", mixed, 2 * len(known), known=len(known)).outcome
    return Finding(
        "P6", f"{count:,} contacts, half of them known", "rows/s", rate(outcome), "new ones", of_new,
        rate(outcome) / of_new,
    )  # fmt: skip


def _workbook(scene: Scene, count: int, of_csv: float) -> list[Finding]:
    employers = list(people.organisations(EMPLOYERS, XLSX_SEED))
    content = papers.xlsx_file(_invented(next(SEEDS), count), employers, "Jäsen")
    found = _imported(scene, "people.xlsx", content, count)
    return [
        Finding(
            "P6", f"{count:,} contacts with employers, XLSX", "rows/s", rate(found.outcome), "CSV", of_csv,
            rate(found.outcome) / of_csv,
        ),
        within("P6", "memory meanwhile, worker and its children, XLSX", "MB", found.memory, MEMORY_GOAL),
    ]  # fmt: skip


def _invented(seed: int, count: int) -> Iterable[InventedPerson]:
    return people.persons(count, seed, domain=f"bench{seed}.example.org")


def _imported(scene: Scene, name: str, content: bytes, count: int, known: int = 0) -> Imported:
    """A file brought in; raises Failed when rows are lost or not matched."""
    scene.wait_at_rest()
    with watched(scene.suite.pids["worker"]) as seen:
        started = scene.office.upload("/imports", name, content, profile="contacts", dry_run="false")
        job, seconds = finished(scene, started)
    import_id = job["result"]["import_id"]
    _refuse_lost(scene, import_id, count, known)
    return Imported(Outcome.of_events(count, seconds), max(seen), import_id)


def _refuse_lost(scene: Scene, import_id: str, count: int, known: int) -> None:
    """Every row is told of; most of those not known are new persons, some are namesakes born the same day."""
    counts = scene.office.get(f"/imports/{import_id}")["counts"]
    again = sum(counts.get(each, 0) for each in ("unchanged", "updated"))
    told = sum(counts.get(each, 0) for each in STATES)
    if told != count or counts.get("created", 0) < (count - known) // 2 or again < known // 2:
        raise Failed(f"of {count} rows, {known} of them known, the import told {counts}")
