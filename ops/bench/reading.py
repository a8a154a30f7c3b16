"""P1: one person by id. P2: a member's own page. P3: persons by a name with a typing error."""

import random
import secrets
from contextlib import closing
from urllib.parse import quote_plus

from ops.bench import peers
from ops.bench.findings import Finding, against_floor
from ops.bench.load import Outcome, request
from ops.bench.peers.turns import against_pretix, pretix_turns
from ops.bench.scene import Scene
from ops.bench.turns import Turns
from ops.demo.stage import Failed, Visitor, text_of

NAMES = 200
"""Persons that are searched for by full name, and as many by family name."""
PRETIX_LONGER = 3
"""Sixteen searches at once take pretix some four seconds: what is under way at the end of a short turn would matter."""


def by_id(scene: Scene) -> list[Finding]:
    """P1, beside the floors it stands on."""
    ours = [request("GET", f"/api/v1/persons/{each.id}", scene.authorised) for each in scene.persons]
    plain = [request("GET", f"/persons/{each.id}") for each in scene.persons]
    busy = Turns(
        scene.pace.rounds,
        {
            "F-http": lambda: scene.busy(scene.floor_port, [request("GET", "/http")]),
            "F-rpc": lambda: scene.busy(scene.floor_port, [request("GET", "/nothing")]),
            "F-read": lambda: scene.busy(scene.floor_port, plain),
            "P1": lambda: scene.busy(scene.port, ours),
        },
    )
    idle = Turns(
        scene.pace.rounds,
        {"F-read": lambda: scene.idle(scene.floor_port, plain), "P1": lambda: scene.idle(scene.port, ours)},
    )
    return [
        Finding("F-http", "Flask alone", "req/s", busy.median("F-http", rate), fault=busy.fault("F-http")),
        Finding("F-rpc", "and RPC, returning at once", "req/s", busy.median("F-rpc", rate), fault=busy.fault("F-rpc")),
        against_floor("P1", "a person by id", "req/s", busy, rate, "F-read", at_least=1.2),
        against_floor("P1", "processor time per request", "ms", busy, cpu, "F-read"),
        against_floor("P1", "a person by id, idle p50", "ms", idle, p50, "F-read", at_most=1.2),
    ]


def own_page(scene: Scene) -> list[Finding]:
    """P2: a member with a membership, an unpaid invoice and an enrolment looks at the overview."""
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in _signed_in_member(scene).items())}
    plain = [request("GET", f"/persons/{each.id}") for each in scene.persons]
    idle = Turns(
        scene.pace.rounds,
        {
            "F-read": lambda: scene.idle(scene.floor_port, plain),
            "P2": lambda: scene.idle(scene.port, [request("GET", "/my", cookie)]),
        },
    )
    return [against_floor("P2", "the member's own page, idle p50", "ms", idle, p50, "F-read", at_most=2.5)]


def _signed_in_member(scene: Scene) -> dict[str, str]:
    """The cookies of somebody whose page has something from every service on it."""
    person_id, office = str(scene.persons[0].id), scene.office
    membership_type = office.get("/membership-types")["data"][0]
    session = office.get("/sessions")["data"][0]
    office.post("/memberships", {"person_id": person_id, "membership_type_id": membership_type["id"]})
    office.post("/enrolments", {"session_id": session["id"], "person_id": person_id, "payment": "invoice"})
    sign_in = {"username": f"bench-{secrets.token_hex(4)}", "password": secrets.token_urlsafe(16)}
    office.post("/accounts", {**sign_in, "person_id": person_id})
    scene.wait_at_rest()
    invoice = office.get("/invoices", customer_id=person_id)["data"][0]
    with closing(Visitor(scene.suite.base_url)) as member:
        member.post("/sign-in", sign_in)
        if invoice["number"] not in text_of(member.page("/my")):
            raise Failed("the member's page does not show the invoice")
        return member.cookies()


def searched_names(scene: Scene) -> list[str]:
    """Full names and family names in turn."""
    full = [f"{each.given_name} {each.family_name}" for each in scene.persons[:NAMES]]
    families = [each.family_name for each in scene.persons[NAMES : 2 * NAMES]]
    return [name for pair in zip(full, families, strict=True) for name in pair]


def name_searches(scene: Scene) -> tuple[list[str], list[str]]:
    """Requests for a page of at most 50 persons by a mistyped name, to the suite and to the plain stack."""
    chance = random.Random(3)
    names = [mistyped(name, chance) for name in searched_names(scene)]
    ours = [request("GET", f"/api/v1/persons?q={quote_plus(name)}", scene.authorised) for name in names]
    return ours, [request("GET", f"/persons?q={quote_plus(name)}") for name in names]


def by_name(scene: Scene) -> list[Finding]:
    """P3: many at once. pretix forgives no typing error and is asked for the same names as they are."""
    ours, plain = name_searches(scene)
    names, what = searched_names(scene), "persons by a mistyped name"
    measures = {"F-search": lambda: scene.busy(scene.floor_port, plain), "P3": lambda: scene.busy(scene.port, ours)}
    with pretix_turns(
        scene, scene.register, lambda pretix: scene.busy(pretix.port, pretix.searches(names), longer=PRETIX_LONGER)
    ) as peer:
        busy = Turns(scene.pace.rounds, measures | peer)
    return [
        against_floor("P3", what, "req/s", busy, rate, "F-search", at_least=0.6),
        against_pretix("P3", what, "req/s", busy, rate, peers.PRETIX_SEARCH, at_least=80),
    ]


def mistyped(name: str, chance: random.Random) -> str:
    """The name with one letter of its last word missing, doubled or swapped with the next."""
    rest, _, last = name.rpartition(" ")
    at = chance.randrange(1, max(len(last) - 1, 2))
    before, letters, after = last[:at], last[at : at + 2], last[at + 2 :]
    wrong = (before + letters[1:] + after, before + letters[0] + letters + after, before + letters[::-1] + after)
    return f"{rest} {chance.choice(wrong)}".strip()


def rate(outcome: Outcome) -> float:
    """Requests per second."""
    return outcome.per_second


def cpu(outcome: Outcome) -> float:
    """Processor time behind the door per request, in milliseconds."""
    return outcome.cpu_per_request


def p50(outcome: Outcome) -> float:
    """Median of the time to an answer, in milliseconds."""
    return outcome.p50


def p95(outcome: Outcome) -> float:
    """The time within which 95 of 100 are answered, in milliseconds."""
    return outcome.p95
