"""P7: the whole register looked through for duplicates, and the check when somebody is entered."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from chassis.database import Database
from ops.bench.findings import Finding, within
from ops.bench.load import request
from ops.bench.million.waiting import finished
from ops.bench.reading import p95
from ops.bench.scene import Scene
from ops.bench.turns import Turns
from ops.seed.facts import DOUBLE_OF
from services.contacts import models

SCAN_GOAL, ENTRY_GOAL = 600.0, 50.0
"""Seconds; milliseconds."""


def measure(scene: Scene) -> list[Finding]:
    """P7. The seed's labels say how many of its doubles are found: what else is found nobody has labelled."""
    _, seconds = finished(scene, scene.office.post("/duplicates/scan"))
    found, labelled = _quality(scene)
    asked = [request("GET", f"/api/v1/persons/{each.id}/similar", scene.authorised) for each in scene.persons]
    entry = Turns(scene.pace.rounds, {"P7": lambda: scene.idle(scene.port, asked)})
    return [
        within("P7", "the whole register looked through", "s", seconds, SCAN_GOAL),
        Finding("P7", "of the seeded doubles found", "", found, "labelled", labelled, found / max(labelled, 1)),
        within("P7", "similar ones at entry, idle p95", "ms", entry.median("P7", p95), ENTRY_GOAL, entry.fault("P7")),
    ]


def _quality(scene: Scene) -> tuple[int, int]:
    """How many of the labelled doubles the scan found, and how many there are."""
    database = Database(scene.suite.infrastructure.database_urls["contacts"], "bench", statement_timeout_ms=0)
    person, pair = models.Person, models.DuplicateCandidate
    with database.reader() as reader:
        pairs = {(row.first_id, row.second_id) for row in reader.execute(select(pair.first_id, pair.second_id))}
        labels = set(_labels(reader.execute(select(person.id, person.fields[DOUBLE_OF].astext).where(
            person.fields.has_key(DOUBLE_OF)
        ))))  # fmt: skip
    database.dispose()
    told = {(str(one), str(other)) for one, other in pairs}
    return len(labels & told), len(labels)


def _labels(rows: Any) -> Iterator[tuple[str, str]]:
    for person_id, double_of in rows:
        one, other = sorted((str(person_id), double_of))
        yield one, other
