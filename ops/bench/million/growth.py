"""P15: the same reads on a register of ten thousand and on the large one, turn about."""

from ops.bench.findings import Finding
from ops.bench.load import request
from ops.bench.reading import name_searches, p50
from ops.bench.scene import Scene, filled_suite
from ops.bench.turns import Turns

SMALL, SMALL_ORGANISATIONS = 10_000, 1_500
GOAL = 1.5
ASKED = 200


def measure(scene: Scene) -> list[Finding]:
    """P15: one finding for each kind of read."""
    with filled_suite(SMALL, scene.pace, SMALL_ORGANISATIONS) as small:
        few = _paths(small)
        return [_growth(scene, small, name, paths, few[name]) for name, paths in _paths(scene).items()]


def _growth(scene: Scene, small: Scene, name: str, large_paths: list[str], small_paths: list[str]) -> Finding:
    turns = Turns(
        scene.pace.rounds,
        {
            "small": lambda: scene.idle(small.port, [request("GET", each, small.authorised) for each in small_paths]),
            "large": lambda: scene.idle(scene.port, [request("GET", each, scene.authorised) for each in large_paths]),
        },
    )
    return Finding(
        "P15", f"{name}, idle p50", "ms", turns.median("large", p50), f"{SMALL:,} contacts", turns.median("small", p50),
        turns.ratio("large", "small", p50), at_most=GOAL, fault=turns.fault("large") or turns.fault("small"),
    )  # fmt: skip


def _paths(scene: Scene) -> dict[str, list[str]]:
    """What is asked of each kind of read."""
    persons = scene.persons[:ASKED]
    organisations = [each["id"] for each in scene.office.get("/organisations", limit=200)["data"]]
    searches = [each.split(" ", 2)[1] for each in name_searches(scene)[0]]
    return {
        "a person": [f"/api/v1/persons/{each.id}" for each in persons],
        "a person's affiliations": [f"/api/v1/persons/{each.id}/affiliations" for each in persons],
        "a person's history": [f"/api/v1/persons/{each.id}/history" for each in persons],
        "a person's activities": [f"/api/v1/activities?person_id={each.id}" for each in persons],
        "an organisation": [f"/api/v1/organisations/{each}" for each in organisations],
        "persons by name, a page": ["/api/v1/persons?limit=50"],
        "persons of a tag, a page": ["/api/v1/persons?limit=50&tag=press"],
        "persons by a mistyped name": searches,
    }
