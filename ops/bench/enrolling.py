"""P4: enrolments on a limited session, with price, order, outbox and idempotency key."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import orjson

from chassis.ids import new_id
from ops.bench import load, peers
from ops.bench.findings import Finding, against_floor
from ops.bench.load import Outcome, Plan, request
from ops.bench.reading import cpu, rate
from ops.bench.scene import Scene
from ops.bench.turns import Turns

ROOMY = 100_000
JSON = {"Content-Type": "application/json"}


def measure(scene: Scene) -> list[Finding]:
    """P4: how many a second, then 200 buyers for 50 seats."""
    product = next(each for each in scene.office.get("/products", limit=200)["data"] if each["code"] == "course-day")
    course = scene.office.get("/courses")["data"][0]
    what = {"course_id": course["id"], "product_id": product["id"], "place": "Bench"}
    return [*_throughput(scene, what), *_last_seats(scene, what)]


def _throughput(scene: Scene, what: dict[str, str]) -> list[Finding]:
    plain = [request("POST", "/orders", JSON, orjson.dumps({"person_id": str(each.id)})) for each in scene.persons]

    def enrol() -> Outcome:
        requests = _enrolments(scene, _session(scene, what, ROOMY), len(scene.persons))
        return scene.busy(scene.port, requests, once=True)

    busy = Turns(scene.pace.rounds, {"F-write": lambda: scene.busy(scene.floor_port, plain), "P4": enrol})
    found = busy.median("P4", rate)
    return [
        against_floor("P4", "enrolments with seat, price, order", "/s", busy, rate, "F-write", at_least=0.5),
        against_floor("P4", "processor time per enrolment", "ms", busy, cpu, "F-write"),
        peers.on_another_day(
            "P4", "enrolments with seat, price, order", "/s", found, peers.PRETIX_ORDER, at_least=15,
            fault=busy.fault("P4"),
        ),
    ]  # fmt: skip


def _last_seats(scene: Scene, what: dict[str, str]) -> list[Finding]:
    """Many buyers at the same moment for few seats; every run must hold exactly as many as there are."""
    buyers, seats = scene.pace.buyers, scene.pace.seats
    times, right, seen = [], 0, []
    for _ in range(scene.pace.buyers_runs):
        session_id = _session(scene, what, seats)
        scene.wait_at_rest()
        requests = _enrolments(scene, session_id, buyers)
        plan = Plan(
            port=scene.port, requests=requests, connections=buyers, seconds=60, warm_up=0, once=True, keep_bodies=True
        )
        outcome = load.run(plan)
        states = Counter(orjson.loads(body.encode("latin-1"))["state"] for body in outcome.bodies)
        free = scene.office.get(f"/sessions/{session_id}")["seats_free"]
        right += states == {"held": seats, "waiting": buyers - seats} and free == 0
        times.append(outcome.seconds)
        seen.append(f"{dict(states)}, {free} free, {outcome.refused}")
    runs = scene.pace.buyers_runs
    wrong = "" if right == runs else "; ".join(seen)
    return [
        Finding(
            "P4", f"runs that held exactly {seats}", "", right, "runs", runs, right / runs, at_least=1, fault=wrong
        ),
        peers.on_another_day(
            "P4", f"{buyers} buyers for {seats} seats are answered", "s", median(times), peers.PRETIX_BUYERS,
            at_most=0.25,
        ),
    ]  # fmt: skip


def _session(scene: Scene, what: dict[str, str], seats: int) -> str:
    """The id of a new session."""
    starts_at = datetime.now(UTC) + timedelta(days=60)
    times = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=7)).isoformat()}
    made: dict[str, Any] = scene.office.post("/sessions", {**what, **times, "seats": seats})
    return str(made["id"])


def _enrolments(scene: Scene, session_id: str, count: int) -> list[str]:
    """Requests of different persons, each under a key of its own."""
    return [
        request(
            "POST",
            "/api/v1/enrolments",
            {**JSON, **scene.authorised, "Idempotency-Key": str(new_id())},
            orjson.dumps({"session_id": session_id, "person_id": str(each.id)}),
        )
        for each in scene.persons[:count]
    ]
