"""P15: the same reads on a register of ten thousand and on the large one, turn about."""

import secrets
from contextlib import closing

from ops.bench.findings import Finding
from ops.bench.load import request
from ops.bench.reading import name_searches, p50
from ops.bench.scene import Scene, filled_suite
from ops.bench.turns import Turns
from ops.demo.stage import Visitor

SMALL, SMALL_ORGANISATIONS = 10_000, 1_500
GOAL = 1.5
ASKED = 200
READERS = ["contacts.read", "activities.read"]


def measure(scene: Scene) -> list[Finding]:
    """P15: one finding for each kind of read."""
    with filled_suite(SMALL, scene.pace, SMALL_ORGANISATIONS) as small:
        few = _requests(small)
        return [_growth(scene, small, name, large, few[name]) for name, large in _requests(scene).items()]


def _growth(scene: Scene, small: Scene, name: str, large: list[str], few: list[str]) -> Finding:
    turns = Turns(
        scene.pace.rounds,
        {"small": lambda: scene.idle(small.port, few), "large": lambda: scene.idle(scene.port, large)},
    )
    return Finding(
        "P15", f"{name}, idle p50", "ms", turns.median("large", p50), f"{SMALL:,} contacts", turns.median("small", p50),
        turns.ratio("large", "small", p50), at_most=GOAL, fault=turns.fault("large") or turns.fault("small"),
    )  # fmt: skip


def _requests(scene: Scene) -> dict[str, list[str]]:
    """What is asked of each kind of read."""
    persons = [str(each.id) for each in scene.persons[:ASKED]]
    organisations = [each["id"] for each in scene.office.get("/organisations", limit=200)["data"]]
    cookie = _reader(scene)

    def api(paths: list[str]) -> list[str]:
        return [request("GET", f"/api/v1{each}", scene.authorised) for each in paths]

    def pages(paths: list[str]) -> list[str]:
        return [request("GET", each, cookie) for each in paths]

    return {
        "a person": api([f"/persons/{each}" for each in persons]),
        "a person's affiliations": api([f"/persons/{each}/affiliations" for each in persons]),
        "a person's history": api([f"/persons/{each}/history" for each in persons]),
        "a person's activities": api([f"/activities?person_id={each}" for each in persons]),
        "a person's card, the page": pages([f"/office/contacts/{each}" for each in persons]),
        "an organisation": api([f"/organisations/{each}" for each in organisations]),
        "an organisation's card, the page": pages([f"/office/organisations/{each}" for each in organisations]),
        "persons by name, a page": api(["/persons?limit=50"]),
        "persons of a tag, a page": api(["/persons?limit=50&tag=press"]),
        "persons by a mistyped name": name_searches(scene)[0],
    }


def _reader(scene: Scene) -> dict[str, str]:
    """The session of somebody who may open cards."""
    code = f"bench-{secrets.token_hex(4)}"
    sign_in = {"username": code, "password": secrets.token_urlsafe(16)}
    scene.office.post("/roles", {"code": code, "name": code, "permissions": READERS})
    scene.office.post("/accounts", {**sign_in, "roles": [code]})
    with closing(Visitor(scene.suite.base_url)) as reader:
        reader.post("/sign-in", sign_in)
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in reader.cookies().items())}
