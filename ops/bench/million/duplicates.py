"""P7: the whole register looked through for duplicates, and the check when somebody is entered."""

import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from chassis.database import Database
from ops.bench.findings import Finding, within
from ops.bench.load import request
from ops.bench.million.waiting import finished
from ops.bench.reading import mistyped, p95
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
    typed = [request("GET", path, scene.authorised) for path in _typed(scene)]
    entry = Turns(
        scene.pace.rounds,
        {"P7": lambda: scene.idle(scene.port, asked), "typed": lambda: scene.idle(scene.port, typed)},
    )
    return [
        within("P7", "the whole register looked through", "s", seconds, SCAN_GOAL),
        Finding("P7", "of the seeded doubles found", "", found, "labelled", labelled, found / max(labelled, 1)),
        within("P7", "those like a card, idle p95", "ms", entry.median("P7", p95), ENTRY_GOAL, entry.fault("P7")),
        within(
            "P7", "those like what is typed, idle p95", "ms", entry.median("typed", p95), ENTRY_GOAL,
            entry.fault("typed"),
        ),
    ]  # fmt: skip


def _typed(scene: Scene) -> Iterator[str]:
    """The check before somebody is entered who is there already: the family name mistyped, every other with a phone."""
    chance = random.Random(7)
    for number, each in enumerate(scene.persons):
        known = {"given_name": each.given_name, "family_name": mistyped(each.family_name, chance)}
        if number % 2:
            known["phone"] = f"+35840{chance.randrange(10**7):07d}"
        yield f"/api/v1/persons/similar?{urlencode(known)}"


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
