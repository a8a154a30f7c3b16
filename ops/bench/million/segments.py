"""P8: a segment of five mixed criteria counted, and its like exported."""

from dataclasses import replace
from functools import partial
from typing import Any

import orjson

from ops.bench.findings import Finding, within
from ops.bench.load import Outcome, request
from ops.bench.million.waiting import finished
from ops.bench.reading import p95, rate
from ops.bench.scene import Scene
from ops.bench.turns import Turns
from ops.people import CITIES

COUNT_GOAL = 300.0
"""Milliseconds."""
EXPORT_GOAL = 20_000.0
"""Rows per second."""
JSON = {"Content-Type": "application/json"}
EXPORT_CITIES = 5
"""Of 14, with the tag that three of ten have: a little more than a tenth of the register."""


def measure(scene: Scene) -> list[Finding]:
    """P8."""
    counts = [_counting(scene, tree) for tree in mixed_filters()]
    counted = Turns(scene.pace.rounds, {"P8": lambda: scene.idle(scene.port, counts)})
    segment = scene.office.post("/segments", {"name": "Bench", "of": "persons", "filter": _tenth()})
    exports = Turns(
        scene.pace.export_runs, {form: partial(_export, scene, segment["id"], form) for form in ("csv", "xlsx")}
    )
    rows, speed = exports.values["csv"][0].answered, exports.median("csv", rate)
    in_time = within("P8", "five criteria counted, idle p95", "ms", counted.median("P8", p95), COUNT_GOAL)
    return [
        replace(in_time, fault=counted.fault("P8")),
        Finding(
            "P8", f"{rows:,} rows exported, CSV", "rows/s", speed, "goal", EXPORT_GOAL, speed / EXPORT_GOAL, at_least=1
        ),
        Finding("P8", f"{rows:,} rows exported, XLSX", "rows/s", exports.median("xlsx", rate)),
    ]


def mixed_filters() -> list[dict[str, Any]]:
    """Filters of a column, a tag, an additional field, a membership and a purchase, one for each city."""
    return [
        {"all": [
            {"field": "city", "op": "eq", "value": city},
            {"field": "tag", "op": "eq", "value": "newsletter"},
            {"field": "fields.seed_class", "op": "in", "value": ["a", "b"]},
            {"field": "membership.state", "op": "in", "value": ["active", "grace"]},
            {"has": "purchase", "all": [
                {"field": "purchase.category", "op": "eq", "value": "courses"},
                {"field": "purchase.bought_on", "op": "gte", "value": "2023-01-01"}]},
        ]}
        for _code, city in CITIES
    ]  # fmt: skip


def _tenth() -> dict[str, Any]:
    cities = [city for _code, city in CITIES[:EXPORT_CITIES]]
    return {"all": [
        {"field": "city", "op": "in", "value": cities},
        {"field": "tag", "op": "eq", "value": "newsletter"},
    ]}  # fmt: skip


def _counting(scene: Scene, tree: dict[str, Any]) -> str:
    headers = {**JSON, **scene.authorised}
    body = orjson.dumps({"of": "persons", "filter": tree})
    return request("POST", "/api/v1/segments/preview", headers, body)


def _export(scene: Scene, segment_id: str, form: str) -> Outcome:
    """A whole export, from the request until the file is there."""
    job, seconds = finished(scene, scene.office.post("/exports", {"segment_id": segment_id, "format": form}))
    return Outcome.of_events(int(job["result"]["rows"]), seconds)
