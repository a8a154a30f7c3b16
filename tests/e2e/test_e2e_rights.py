"""Who gets in where, over HTTP: every operation, every page and every role, and one member at another's things (R6).

All addresses come from the table of routes and the pages' URL map.
"""

import types
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

import pytest

from chassis.ids import new_id
from contracts.access import Permission, Rule
from gateway.api import openapi
from tests import members, statements
from tests.gateway_pages import first_things, page_rules

SIGNED_BY_OTHERS = {"receive_payment_callback", "receive_message_status"}
"""Open to everybody, but only what a company has signed counts."""
ENDS_THE_SESSION = {"sign_out"}
STAFF = ("admin", "toimisto", "rahasto", "kurssit")
BODIES = {
    "set_consent": {"channel": "email", "allowed": False},
    "cancel_enrolment": {"reason": "malice"},
    "take_offer": {},
    "cancel_job": {},
}
"""What operations on one's own things take, so that only the rights can refuse."""


@pytest.fixture(scope="module")
def owner(whole):
    """A member with one of everything."""
    member = members.seated_member(whole, "Omena")
    member.facts["applications"] = an_application(whole)
    segment = {"name": f"Omena {new_id()}", "filter": {"field": "city", "op": "eq", "value": "Helsinki"}}
    sheet = whole.api.post("/label-sheets", {"segment_id": whole.api.post("/segments", segment)["id"]})
    member.facts["jobs"] = sheet["job_id"]
    address = f"/jobs/{sheet['job_id']}"
    members.wait_until(lambda: whole.api.get(address)["state"] == "succeeded" or None, 180, "the labels")
    return member


@pytest.fixture(scope="module")
def stranger(whole):
    return members.new_member(whole, "Vieras")


def an_application(whole):
    kind = whole.api.get("/membership-types")["data"][0]["id"]
    applicant = {"given_name": "Hilla", "family_name": "Hakija", "email": f"{new_id()}@example.org"}
    wanted = {"membership_type_id": kind, "accepts_terms": True} | applicant
    return whole.visitor().post("/applications", wanted)["id"]


def address_of(route, facts):
    """The operation's address with ids from `facts` by resource, else with the id of nothing."""
    kind = route.path.split("/")[1]
    path = route.path
    for name in route.path_names:
        found = facts.get(kind, str(new_id())) if name.endswith("id") else "contacts"
        path = path.replace(f"{{{name}}}", found)
    return f"/api/v1{path}"


def send(visitor, route, facts, body=None, **headers):
    options = {"json": body or {}} if route.has_body else {}
    return visitor.ask(route.verb, address_of(route, facts), headers=dict(headers), **options)


def is_open_to(route, permissions, *, signed_in, person):
    rights = set(route.may)
    if Rule.PUBLIC in rights or (signed_in and Rule.SIGNED_IN in rights) or (person and Rule.OWN in rights):
        return True
    return any(isinstance(right, Permission) and right.value in permissions for right in rights)


def rights_of(door):
    """Permissions of which one is enough, as a refusal names them."""
    return [right.value for right in door.may if isinstance(right, Permission)]


def check_matrix(visitor, permissions, *, signed_in, person):
    """No operation lets in whom its contract does not name, and none keeps out whom it names.

    A refusal says which permissions would do.
    """
    wrong = []
    for route in openapi.routes():
        if route.operation in SIGNED_BY_OTHERS | ENDS_THE_SESSION:
            continue
        answer = send(visitor, route, {})
        refused = answer.status_code == (403 if signed_in else 401)
        silent = answer.status_code == 403 and answer.json()["needs_permission"] != rights_of(route)
        if silent or refused is is_open_to(route, permissions, signed_in=signed_in, person=person):
            wrong.append((route.operation, answer.status_code, answer.text[:200]))
    assert wrong == []


def test_R6_nobody_gets_into_what_is_not_public(whole):
    check_matrix(whole.visitor(), set(), signed_in=False, person=False)


@pytest.mark.parametrize("username", STAFF)
def test_R6_staff_get_into_what_their_role_says_and_nothing_else(whole, username):
    staff = whole.staff(username)
    check_matrix(staff, set(staff.get("/me")["permissions"]), signed_in=True, person=False)


def test_R6_a_member_gets_into_the_own_things_only(whole, stranger):
    check_matrix(stranger.visitor, set(), signed_in=True, person=True)


def test_R6_an_api_key_gets_into_what_it_was_made_for(whole):
    key = whole.api.post("/api-keys", {"name": "Calendar", "permissions": ["courses.read"]})["secret"]
    check_matrix(whole.visitor(key), {"courses.read"}, signed_in=True, person=False)


def snapshot(whole, facts):
    """All that the member has, as the office sees it."""
    things = {kind: whole.api.get(f"/{kind}/{found}") for kind, found in facts.items()}
    return things | {"consents": whole.api.get(f"/persons/{facts['persons']}/consents")}


@pytest.fixture(scope="module")
def things(whole, owner):
    """An id for every kind of thing in an address: the owner's where there is one, else the office's first."""
    return first_things(whole.api) | owner.facts


def marks(whole, owner):
    """What tells the owner's data in an answer, ids apart."""
    invoice = whole.api.get(f"/invoices/{owner.facts['invoices']}")
    message = whole.api.get(f"/messages/{owner.facts['messages']}")
    return {"Omena ", owner.username, invoice["reference"], invoice["barcode"], message["body"][:40]}


def is_shown(text, marked):
    return [mark for mark in marked if mark in text]


def test_R6_no_address_with_an_id_gives_another_member_anything(whole, owner, stranger, things):
    before, marked, wrong = snapshot(whole, owner.facts), marks(whole, owner), []
    routes = [each for each in openapi.routes() if any(name.endswith("id") for name in each.path_names)]
    for route in routes:
        answer = send(stranger.visitor, route, things, BODIES.get(route.operation), **fresh_key())
        is_refused = answer.status_code in {403, 404} or is_empty_list(answer) or Rule.PUBLIC in route.may
        if not is_refused or answer.status_code >= 500 or is_shown(answer.text, marked):
            wrong.append((route.operation, answer.status_code, answer.text[:200]))
    assert wrong == []
    assert snapshot(whole, owner.facts) == before
    assert owner.facts.keys() <= {route.path.split("/")[1] for route in routes}


def is_empty_list(answer):
    is_json = answer.headers.get("Content-Type") == "application/json"
    return answer.status_code == 200 and is_json and answer.json().get("data") == []


def fresh_key():
    return {"Idempotency-Key": str(new_id())}


def test_R6_no_page_with_an_id_shows_or_does_anything_of_another_member(whole, owner, stranger, things):
    before, marked, wrong = snapshot(whole, owner.facts), marks(whole, owner), []
    pages = [each for each in pages_to_open() if each.arguments and not (each.is_public and each.verb == "POST")]
    for page in pages:
        address = page.address(things)
        if page.verb == "GET":
            answer = stranger.visitor.ask("GET", address)
        else:
            answer = stranger.send(address, confirmed="1", reason="malice", action="delete", decision="approve")
        refused = answer.status_code in {403, 404} or page.is_public
        if not refused or answer.status_code >= 500 or is_shown(answer.text, marked):
            wrong.append((page.verb, address, answer.status_code))
    assert wrong == []
    assert snapshot(whole, owner.facts) == before
    assert {"/my", "/office"} <= {"/".join(page.rule.split("/")[:2]) for page in pages}


def test_R6_the_same_ids_open_everything_to_their_owner(whole, owner):
    """The tests above would pass on a door that is shut for all; this one shows that it is not."""
    for route in openapi.routes():
        kind = route.path.split("/")[1]
        if (
            route.verb == "GET"
            and Rule.OWN in route.may
            and route.path_names
            and kind in owner.facts.keys() - {"applications"}
        ):
            answer = send(owner.visitor, route, owner.facts)
            assert answer.status_code == 200, (route.operation, answer.text[:200])


def own_lists():
    """(path, parameter) of every list that a person may ask for, by each id that it takes."""
    for route in openapi.routes():
        if route.verb == "GET" and Rule.OWN in route.may and not route.path_names:
            fields = route.method.request.model_fields
            yield from ((route.path, name) for name in route.open_fields if takes_id(fields[name].annotation))


def takes_id(annotation):
    return annotation is UUID or (isinstance(annotation, types.UnionType) and UUID in annotation.__args__)


def test_R6_no_list_gives_anything_by_the_ids_of_another_member(owner, stranger, things):
    asked, wrong = sorted(own_lists()), []
    assert {path for path, _ in asked} >= {
        "/memberships",
        "/enrolments",
        "/messages",
        "/invoices",
        "/orders",
        "/payments",
    }
    known = {"person_id": owner.person_id, "customer_id": owner.person_id}
    for path, name in asked:
        value = known.get(name) or things.get(f"{name.removesuffix('_id')}s") or str(new_id())
        answer = stranger.visitor.ask("GET", f"/api/v1{path}", params={name: value})
        if answer.status_code not in {403, 404} and answer.json()["data"] != []:
            wrong.append((path, name, answer.text[:200]))
    assert wrong == []


def test_R6_nobody_pays_enrols_or_is_priced_in_another_members_name(whole, owner, stranger):
    session = members.new_session(whole)
    wanted = {
        "start_payment": [("/payments", {"invoice_id": owner.facts["invoices"]}),
                          ("/payments", {"order_id": owner.facts["orders"]})],
        "enrol": [("/enrolments", {"session_id": session["id"], "person_id": owner.person_id})],
        "make_quote": [("/prices/quote", {"customer_id": owner.person_id,
                                          "lines": [{"product_id": session["product_id"]}]})],
    }  # fmt: skip
    of_one_person = {r.operation for r in openapi.routes() if r.has_body and Rule.OWN in r.may and not r.path_names}
    assert of_one_person == wanted.keys()
    before = snapshot(whole, owner.facts)
    for path, body in (each for asked in wanted.values() for each in asked):
        answer = stranger.visitor.ask("POST", f"/api/v1{path}", json=body, headers=fresh_key())
        assert answer.status_code in {403, 404}, (path, answer.text)
    assert whole.api.get(f"/sessions/{session['id']}")["seats_free"] == session["seats_free"]
    assert snapshot(whole, owner.facts) == before


@cache
def pages_to_open():
    """Pages that are read, and forms that are sent; those of links are proven in test_e2e_links."""
    return [each for each in page_rules() if each.arguments != ["token"]]


def check_pages(whole, visitor, things, permissions, *, signed_in, person):
    """No page opens to whom it does not name; and whom it names can read it, so that rights of services agree."""
    wrong = []
    for page in pages_to_open():
        address = page.address(things)
        is_open = is_open_to(page, permissions, signed_in=signed_in, person=person)
        if is_open and page.verb == "POST":
            continue
        answer = visitor.ask(page.verb, address)
        is_refused = answer.status_code in {401, 403} or answer.headers.get("Location", "").startswith("/sign-in?next=")
        unsaid = [each for each in rights_of(page) if answer.status_code == 403 and f"({each})" not in answer.text]
        if unsaid or is_refused is is_open or answer.status_code >= 500:
            wrong.append((page.verb, address, answer.status_code))
    assert wrong == []


def test_R6_visitors_read_public_pages_and_nothing_else(whole, things):
    visitor = whole.visitor()
    visitor.csrf = visitor.page("/sign-in").xpath("//input[@name='csrf_token']/@value")[0]
    check_pages(whole, visitor, things, set(), signed_in=False, person=False)


@pytest.mark.parametrize("username", [each for each in STAFF if each != "admin"])
def test_R6_staff_read_the_pages_of_their_role_and_nothing_else(whole, things, username):
    staff = whole.staff(username)
    check_pages(whole, staff, things, set(staff.get("/me")["permissions"]), signed_in=True, person=False)


def test_R6_a_member_reads_the_own_pages_and_nothing_else(whole, owner, things):
    check_pages(whole, owner.visitor, things, set(), signed_in=True, person=True)


def test_no_form_and_no_write_of_a_session_is_taken_without_its_token(whole):
    """As another site would send them: with the browser's cookies and nothing else."""
    staff = whole.staff("admin")
    token, staff.csrf = staff.csrf, ""
    try:
        forms = [each for each in page_rules() if each.verb == "POST" and each.rule != "/unsubscribe/<token>"]
        answers = {("POST", each.rule): staff.ask("POST", each.address({})) for each in forms}
        writes = [route for route in openapi.routes() if route.verb != "GET"]
        answers |= {(route.verb, route.path): send(staff, route, {}) for route in writes}
    finally:
        staff.csrf = token
    assert {where: answer.status_code for where, answer in answers.items() if answer.status_code != 403} == {}
    assert len(forms) > 30
    assert staff.ask("GET", "/api/v1/me").status_code == 200


def test_a_key_past_its_day_opens_nothing(whole):
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    made = whole.api.post("/api-keys", {"name": "Short", "permissions": ["courses.read"], "expires_at": tomorrow})
    visitor = whole.visitor(made["secret"])
    assert visitor.ask("GET", "/api/v1/enrolments").status_code == 200
    address = whole.suite.wiring.database_urls["identity"]
    statements.run(address, f"UPDATE api_keys SET expires_at = now() WHERE id = '{made['id']}'")
    members.wait_until(lambda: visitor.ask("GET", "/api/v1/enrolments").status_code == 401 or None, 180, "refusal")
