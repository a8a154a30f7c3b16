"""Where measurements take place: a private suite with many contacts, and the plain stack beside it."""

import json
import random
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from chassis.database import Database
from ops.bench import load
from ops.bench.floors.stack import running_floors
from ops.bench.load import Outcome, Plan
from ops.bench.processes import processor_seconds, server_pids
from ops.bench.turns import Pace
from ops.demo.stage import Visitor
from ops.launcher.suite import Suite, running_suite
from ops.seed.__main__ import fill
from ops.seed.rows import seeded_id
from services.contacts import models

PER_ORGANISATION = 100
"""Persons for each organisation, unless it is said how many there are."""
SEED = 1
SAMPLE = 5_000
AT_REST = 0.25
"""Seconds of processor time per second that all processes take together when they have nothing to do."""
REST_PATIENCE = 600.0
UNLIMITED = {"TALKOO_RATE_LIMIT_PER_MINUTE": "1000000"}
"""The bench is one caller who asks for thousands of callers."""


@dataclass
class Scene:
    """The running suite, the plain stack beside it, and whom to ask about."""

    suite: Suite
    floor_port: int
    """Of the plain stack's door."""
    floor_pids: tuple[int, ...]
    """Process ids of the plain stack's service and door."""
    pace: Pace
    facts: dict[str, Any]
    """What the demo data told: API key and sign-ins."""
    office: Visitor
    """The administrator at the door."""
    persons: list[Any]
    """A sample of rows (id, given_name, family_name) of the seeded persons."""
    register: int
    """How many persons were seeded."""
    seeding_seconds: float = 0.0
    peers: bool = False
    """Whether the programs that a user would pick instead are measured too."""

    @property
    def authorised(self) -> dict[str, str]:
        """Headers of the administrator's API key."""
        return {"Authorization": f"Bearer {self.facts['api_key']}"}

    @property
    def port(self) -> int:
        """The port of the suite's door."""
        return self.suite.ports["gateway"]

    def wait_at_rest(self, *others: int) -> None:
        """Wait until the suite, and other processes, have worked off what earlier measurements gave them to do."""
        deadline = time.monotonic() + REST_PATIENCE
        while time.monotonic() < deadline:
            before = processor_seconds([*self.suite.pids.values(), *others])
            time.sleep(self.pace.look_seconds)
            if processor_seconds([*self.suite.pids.values(), *others]) - before < AT_REST * self.pace.look_seconds:
                return
        raise TimeoutError(f"the suite does not come to rest within {REST_PATIENCE:.0f} s")

    def busy(self, port: int, requests: list[str], *, once: bool = False, longer: int = 1) -> Outcome:
        """Load with 16 connections, `longer` for what is slow, and the processor time it costs behind the door."""
        behind = [*self.suite.pids.values(), *self.floor_pids, *server_pids(self.suite)]
        before = processor_seconds(behind)
        seconds, warm_up = self.pace.seconds * longer, self.pace.warm_up * longer
        plan = Plan(port=port, requests=requests, seconds=seconds, warm_up=warm_up, once=once)
        outcome = load.run(plan)
        return outcome.model_copy(update={"server_cpu": processor_seconds(behind) - before})

    def idle(self, port: int, requests: list[str]) -> Outcome:
        """One request after the other."""
        seconds, warm_up = self.pace.idle_seconds, self.pace.warm_up
        return load.run(Plan(port=port, requests=requests, connections=1, seconds=seconds, warm_up=warm_up))


@contextmanager
def set_up(persons: int, pace: Pace, organisations: int | None = None) -> Iterator[Scene]:
    """Start everything, fill it, and stop it in the end."""
    with filled_suite(persons, pace, organisations) as scene, running_floors(scene.suite) as (port, pids):
        yield replace(scene, floor_port=port, floor_pids=pids)


@contextmanager
def filled_suite(persons: int, pace: Pace, organisations: int | None = None) -> Iterator[Scene]:
    """A private suite with contacts, without the plain stack."""
    with running_suite(variables=UNLIMITED) as suite:
        facts = json.loads(suite.run_module("ops.demo_data").strip().splitlines()[-1])
        url = suite.infrastructure.database_urls["contacts"]
        began = time.monotonic()
        fill(url, persons, persons // PER_ORGANISATION if organisations is None else organisations, SEED)
        seconds = time.monotonic() - began
        with closing(Visitor(suite.base_url, facts["api_key"])) as office:
            yield Scene(suite, 0, (), pace, facts, office, _sample(url, persons), persons, seconds)


def _sample(url: str, persons: int) -> list[Any]:
    """Rows of some of the seeded persons."""
    numbers = random.Random(SEED).sample(range(1, persons + 1), min(SAMPLE, persons))
    ids = [seeded_id("person", SEED, number) for number in numbers]
    columns = (models.Person.id, models.Person.given_name, models.Person.family_name)
    database = Database(url, "bench")
    with database.reader() as connection:
        rows = {row.id: row for row in connection.execute(select(*columns).where(models.Person.id == func.any(ids)))}
    database.dispose()
    return [rows[each] for each in ids]
