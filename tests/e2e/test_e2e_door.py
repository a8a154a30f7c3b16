"""The HTTP door on a whole running suite: sign-in, conventions of the API, and what it refuses."""

import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from chassis.ids import new_id

PERSON = {"given_name": "Äänis", "family_name": "Öhman"}


def key():
    return {"Idempotency-Key": str(new_id())}


def test_I1_I2_staff_sign_in_with_password_and_code_and_the_session_ends_at_sign_out(whole):
    visitor, account = whole.visitor(), whole.account("rahasto")
    assert visitor.sign_in("rahasto", account["password"], whole.sms, account["phone"]) == "password and SMS code"
    assert visitor.get("/me")["username"] == "rahasto"
    cookies = visitor.cookies()
    assert visitor.ask("POST", "/api/v1/sign-out").status_code == 204
    for _ in range(8):  # whichever worker answers
        old = httpx.get(f"{whole.base_url}/api/v1/me", cookies=cookies, trust_env=False)
        assert (old.status_code, old.json()["code"]) == (401, "session_ended")


def test_a_session_needs_the_csrf_token_to_change_anything(whole):
    staff = whole.staff("toimisto")
    token, staff.csrf = staff.csrf, ""
    try:
        refused = staff.ask("POST", "/api/v1/persons", json=PERSON)
        forged = staff.ask("POST", "/api/v1/persons", json=PERSON, headers={"X-CSRF-Token": "0" * 64})
    finally:
        staff.csrf = token
    assert [refused.status_code, forged.status_code] == [403, 403]
    assert refused.json()["code"] == "csrf"
    assert staff.ask("POST", "/api/v1/persons", json=PERSON).status_code == 201


def test_C2_a_person_is_made_read_changed_and_guarded_by_its_etag(whole):
    made = whole.api.ask("POST", "/api/v1/persons", json=PERSON, headers=key())
    address = made.headers["Location"]
    read = whole.api.ask("GET", address)
    assert read.json() == made.json()
    assert whole.api.ask("GET", address, headers={"If-None-Match": read.headers["ETag"]}).status_code == 304
    missing = whole.api.ask("PATCH", address, json={"title": "x"})
    changed = whole.api.ask(
        "PATCH",
        address,
        json={"email": "aanis@example.org", "title": "Rouva"},
        headers={"If-Match": made.headers["ETag"]},
    )
    stale = whole.api.ask("PATCH", address, json={"title": "y"}, headers={"If-Match": made.headers["ETag"]})
    emptied = whole.api.ask("PATCH", address, json={"email": None}, headers={"If-Match": changed.headers["ETag"]})
    assert [missing.status_code, changed.status_code, stale.status_code] == [428, 200, 412]
    assert (emptied.json()["email"], emptied.json()["title"]) == (None, "Rouva")


EDITED = {
    "persons": (PERSON, "title"),
    "organisations": ({"name": "Kilpa Oy"}, "name"),
    "activities": ({"kind": "note", "text": "alku"}, "text"),
    "tasks": ({"title": "alku"}, "title"),
    "projects": ({"name": "alku"}, "name"),
    "segments": ({"name": "alku", "filter": {"field": "city", "op": "eq", "value": "Lahti"}}, "name"),
    "surveys": ({"title": {"fi": "alku"}}, "title"),
}
"""What is made at an address, and the field that everybody adds to."""


@pytest.mark.parametrize("kind", EDITED)
def test_of_many_who_change_one_thing_at_once_nobody_loses_anything(whole, kind):
    body, field = EDITED[kind]
    address = whole.api.ask("POST", f"/api/v1/{kind}", json=body, headers=key()).headers["Location"]

    def add(visitor, mark):
        """Read, add, write; again when somebody else was faster."""
        while True:
            read = visitor.ask("GET", address)
            said = read.json()[field]
            more = {"fi": f"{said['fi']} {mark}"} if isinstance(said, dict) else f"{said} {mark}"
            told = visitor.ask("PATCH", address, json={field: more}, headers={"If-Match": read.headers["ETag"]})
            if told.status_code != 412:
                return told.status_code

    marks = [f"m{number}" for number in range(8)]
    visitors = [whole.visitor(whole.run["api_key"]) for _ in marks]
    with ThreadPoolExecutor(len(marks)) as together:
        assert set(together.map(add, visitors, marks)) == {200}
    said = whole.api.ask("GET", address).json()[field]
    assert sorted((said["fi"] if isinstance(said, dict) else said).split()[-8:]) == marks


def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(whole):
    one = key()
    first = whole.api.ask("POST", "/api/v1/persons", json=PERSON, headers=one)
    again = whole.api.ask("POST", "/api/v1/persons", json=PERSON, headers=one)
    other = whole.api.ask("POST", "/api/v1/persons", json=PERSON | {"title": "x"}, headers=one)
    assert again.json() == first.json()
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "/persons?colour=red", {}, 400, "unknown_parameter"),
        ("GET", "/persons?limit=5&limit=6", {}, 400, "repeated_parameter"),
        ("GET", "/persons?limit=0", {}, 400, "malformed"),
        ("GET", "/persons/not-an-id", {}, 404, "not_found"),
        ("POST", "/persons", {"content": b"{", "headers": {"Content-Type": "application/json"}}, 400, "malformed_json"),
        ("POST", "/persons", {"content": b"[" * 100_000, "headers": {"Content-Type": "application/json"}}, 400,
         "malformed_json"),
        ("POST", "/persons", {"content": b'{"given_name":"\\ud800"}', "headers": {"Content-Type": "application/json"}},
         400, "malformed_json"),
        ("POST", "/persons", {"content": b"[]", "headers": {"Content-Type": "application/json"}}, 422, "not_an_object"),
        ("POST", "/persons", {"content": b"x", "headers": {"Content-Type": "text/plain"}}, 415,
         "unsupported_media_type"),
        ("POST", "/persons", {"json": {"given_name": "x" * 2_000_000}}, 413, "too_large"),
        ("POST", "/persons", {"json": {"given_name": "A", "role": "admin"}}, 422, "invalid"),
        ("POST", "/persons", {"json": {}}, 422, "invalid"),
        ("POST", "/enrolments", {"json": {}}, 400, "idempotency_key_missing"),
        ("POST", "/applications/0199d5a2-7c1e-7b60-8d1f-6a2f5a1c9e10/decision", {"json": {"decision": "approve"}}, 400,
         "idempotency_key_missing"),
        ("POST", "/persons", {"json": PERSON, "headers": {"Idempotency-Key": "x" * 300}}, 422, "bad_idempotency_key"),
        ("PUT", "/persons", {"json": PERSON}, 405, "method_not_allowed"),
        ("GET", "/nowhere", {}, 404, "not_found"),
    ],
)  # fmt: skip
def test_bad_requests_get_a_problem_that_says_what_is_wrong(whole, method, path, options, status, code):
    visitor = whole.visitor(whole.run["api_key"])  # a connection of its own: the door hangs up on bodies too large
    answer = visitor.ask(method, f"/api/v1{path}", **options)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"]


def test_nobody_gets_in_without_a_valid_key(whole):
    stranger = whole.visitor()
    assert stranger.ask("GET", "/api/v1/persons").status_code == 401
    for header in ("Bearer talkoo_x_y", "Bearer", "Basic YTpi", "Bearer é"):
        refused = stranger.ask("GET", "/api/v1/persons", headers={"Authorization": header.encode("latin-1")})
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_problems_speak_the_callers_language(whole):
    finnish = whole.visitor().ask("GET", "/api/v1/persons", headers={"Accept-Language": "fi"})
    assert finnish.json()["detail"] != "Sign in to do this."
    assert finnish.json()["code"] == "not_signed_in"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/payments/providers/nobody/callback"), ("POST", "/messages/providers/nobody/status")],
)
def test_a_provider_we_do_not_know_is_not_found(whole, method, path):
    assert whole.visitor().ask(method, f"/api/v1{path}").status_code == 404


def test_E4_a_forged_payment_callback_is_refused(whole):
    forged = {"checkout-status": "ok", "checkout-transaction-id": "x", "signature": "0" * 64}
    answer = whole.visitor().ask("GET", "/api/v1/payments/providers/paytrail/callback", params=forged)
    assert (answer.status_code, answer.json()["code"]) == (422, "forged_notice")


def test_the_metrics_are_those_of_all_workers_together(whole):
    """Each request has a connection of its own, so that it meets any worker."""
    wanted = re.compile(
        r'^talkoo_http_seconds_count\{endpoint="api.get_me",method="GET",status="4xx"\} ([0-9.]+)$', re.MULTILINE
    )

    def counted():
        found = wanted.search(httpx.get(f"{whole.base_url}/metrics", trust_env=False).text)
        return float(found[1]) if found else 0

    before = counted()
    for _ in range(20):
        assert httpx.get(f"{whole.base_url}/api/v1/me", trust_env=False).status_code == 401
    assert {counted() for _ in range(6)} == {before + 20}
