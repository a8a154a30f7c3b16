"""One contact goes from the HTTP door to its table and back; demo data are made once."""

import json

from chassis.ids import new_id


def test_C2_a_person_goes_from_the_door_to_the_table_and_back(whole):
    staff, stranger, forged = whole.api, whole.visitor(), whole.visitor("talkoo_x_y")
    name, key = {"given_name": "Äänis", "family_name": "Öhman"}, {"Idempotency-Key": str(new_id())}
    made = staff.ask("POST", "/api/v1/persons", json=name, headers=dict(key))
    again = staff.ask("POST", "/api/v1/persons", json=name, headers=dict(key))
    other = staff.ask("POST", "/api/v1/persons", json=name | {"title": "x"}, headers=dict(key))
    path = f"/api/v1/persons/{made.json()['id']}"
    assert (made.status_code, made.json()["family_name"]) == (201, "Öhman")
    assert again.json() == made.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert staff.ask("GET", path).json()["given_name"] == "Äänis"
    refused = [each.ask("GET", path) for each in (stranger, forged)]
    assert [each.status_code for each in refused] == [401, 401]
    assert refused[0].headers["Content-Type"] == "application/problem+json"
    assert set(stranger.ask("GET", "/readyz").json()["checks"].values()) == {"pass"}


def test_demo_data_are_made_once(whole):
    assert whole.run["sign_ins"], "the first run makes accounts"
    repeated = json.loads(whole.suite.run_module("ops.demo_data").strip().splitlines()[-1])
    assert repeated["sign_ins"] == [], "a second run makes nothing again"
