"""Who gets in where, over HTTP: every operation and every role, and one member at another member's things (R6)."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.ids import new_id
from contracts.access import Permission, Rule
from gateway.api import openapi
from tests import members

pytestmark = pytest.mark.timeout(300)
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
    member = members.new_member(whole, "Omena")
    members.join(whole, member)
    members.enrol(whole, member, members.new_session(whole))
    members.pay_by_card(whole, member)
    members.first_message(whole, member)
    member.facts["applications"] = an_application(whole)
    segment = {"name": f"Omena {new_id()}", "filter": {"field": "city", "op": "eq", "value": "Helsinki"}}
    sheet = whole.api.post("/label-sheets", {"segment_id": whole.api.post("/segments", segment)["id"]})
    member.facts["jobs"] = sheet["job_id"]
    address = f"/jobs/{sheet['job_id']}"
    members.wait_until(lambda: whole.api.get(address)["state"] == "succeeded" or None, 60, "the labels")
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


def check_matrix(visitor, permissions, *, signed_in, person):
    """No operation lets in whom its contract does not name, and none keeps out whom it names."""
    wrong = []
    for route in openapi.routes():
        if route.operation in SIGNED_BY_OTHERS | ENDS_THE_SESSION:
            continue
        answer = send(visitor, route, {})
        refused = answer.status_code == (403 if signed_in else 401)
        if refused is is_open_to(route, permissions, signed_in=signed_in, person=person):
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


def personal_routes(facts):
    """Operations whose address names one of the member's things."""
    return [r for r in openapi.routes() if r.path_names and r.path.split("/")[1] in facts and Rule.PUBLIC not in r.may]


def test_R6_another_members_ids_open_nothing_and_change_nothing(whole, owner, stranger):
    before, wrong = snapshot(whole, owner.facts), []
    routes = personal_routes(owner.facts)
    for route in routes:
        key = {"Idempotency-Key": str(new_id())}
        answer = send(stranger.visitor, route, owner.facts, BODIES.get(route.operation), **key)
        is_empty_list = answer.status_code == 200 and answer.json().get("data") == []
        if answer.status_code not in {403, 404} and not is_empty_list:
            wrong.append((route.operation, answer.status_code, answer.text[:200]))
    assert wrong == []
    assert snapshot(whole, owner.facts) == before
    assert {route.path.split("/")[1] for route in routes} == owner.facts.keys()


def test_R6_the_same_ids_open_everything_to_their_owner(whole, owner):
    """The test above would pass on a door that is shut for all; this one shows that it is not."""
    for route in personal_routes(owner.facts):
        if route.verb == "GET" and Rule.OWN in route.may and route.path.split("/")[1] != "applications":
            answer = send(owner.visitor, route, owner.facts)
            assert answer.status_code == 200, (route.operation, answer.text[:200])


@pytest.mark.parametrize(
    ("path", "parameter"),
    [("/memberships", "person_id"), ("/enrolments", "person_id"), ("/messages", "person_id"),
     ("/invoices", "customer_id"), ("/orders", "customer_id"), ("/payments", "customer_id"),
     ("/waiting-list", "person_id")],
)  # fmt: skip
def test_R6_a_list_asked_for_another_member_is_empty(stranger, owner, path, parameter):
    answer = stranger.visitor.ask("GET", f"/api/v1{path}", params={parameter: owner.person_id})
    assert answer.status_code in {403, 404} or answer.json()["data"] == []


def test_R6_nobody_pays_enrols_or_is_priced_in_another_members_name(whole, owner, stranger):
    session = members.new_session(whole)
    wanted = [
        ("/payments", {"invoice_id": owner.facts["invoices"]}),
        ("/payments", {"order_id": owner.facts["orders"]}),
        ("/enrolments", {"session_id": session["id"], "person_id": owner.person_id}),
        ("/prices/quote", {"customer_id": owner.person_id, "lines": [{"product_id": session["product_id"]}]}),
    ]
    before = snapshot(whole, owner.facts)
    for path, body in wanted:
        answer = stranger.visitor.ask("POST", f"/api/v1{path}", json=body, headers={"Idempotency-Key": str(new_id())})
        assert answer.status_code in {403, 404}, (path, answer.text)
    assert whole.api.get(f"/sessions/{session['id']}")["seats_free"] == session["seats_free"]
    assert snapshot(whole, owner.facts) == before


def test_a_key_past_its_day_opens_nothing(whole):
    soon = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    made = whole.api.post("/api-keys", {"name": "Short", "permissions": ["courses.read"], "expires_at": soon})
    visitor = whole.visitor(made["secret"])
    assert visitor.ask("GET", "/api/v1/enrolments").status_code == 200
    members.wait_until(lambda: visitor.ask("GET", "/api/v1/enrolments").status_code == 401 or None, 20, "refusal")
