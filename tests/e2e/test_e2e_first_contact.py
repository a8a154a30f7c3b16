"""The whole suite starts, takes demo data, and carries one contact from the HTTP door to its table and back."""

import json

import httpx
import pytest

from ops.launcher.suite import running_suite

pytestmark = pytest.mark.timeout(300)


def test_C2_a_person_goes_from_the_door_to_the_table_and_back():
    with running_suite() as suite, httpx.Client(base_url=suite.base_url, trust_env=False, timeout=20) as door:
        facts = json.loads(suite.run_module("ops.demo_data").strip().splitlines()[-1])
        repeated = json.loads(suite.run_module("ops.demo_data").strip().splitlines()[-1])
        staff = {"Authorization": f"Bearer {facts['api_key']}"}
        name = {"given_name": "Äänis", "family_name": "Öhman"}
        made = door.post("/api/v1/persons", headers=staff | {"Idempotency-Key": "one"}, json=name)
        again = door.post("/api/v1/persons", headers=staff | {"Idempotency-Key": "one"}, json=name)
        other = door.post("/api/v1/persons", headers=staff | {"Idempotency-Key": "one"}, json=name | {"title": "x"})
        read = door.get(f"/api/v1/persons/{made.json()['id']}", headers=staff)
        stranger = door.get(f"/api/v1/persons/{made.json()['id']}")
        forged = door.get(f"/api/v1/persons/{made.json()['id']}", headers={"Authorization": "Bearer talkoo_x_y"})
        ready = door.get("/readyz").json()
    assert facts["sign_ins"], "the first run makes accounts"
    assert repeated["sign_ins"] == [], "a second run makes nothing again"
    assert (made.status_code, made.json()["family_name"]) == (201, "Öhman")
    assert again.json() == made.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert read.json()["given_name"] == "Äänis"
    assert [stranger.status_code, forged.status_code] == [401, 401]
    assert stranger.headers["Content-Type"] == "application/problem+json"
    assert set(ready["checks"].values()) == {"pass"}
