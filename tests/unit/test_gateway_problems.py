"""What the gateway answers and logs when a request cannot be served."""

import pytest
from flask import Flask
from structlog.testing import capture_logs

from contracts.errors import Internal, NotFound, Unavailable
from gateway import problems

TOKEN = "a-personal-link"


@pytest.fixture
def visitor():
    app = Flask("gateway")
    app.config["TESTING"] = False
    problems.init_problems(app)
    failures = {
        "internal": Internal("Something went wrong."),
        "away": Unavailable("notify does not answer.", service="notify"),
        "missing": NotFound("No such thing."),
        "defect": ZeroDivisionError(TOKEN),
    }

    @app.get("/api/v1/<kind>/<token>")
    def fail(kind: str, token: str) -> str:
        raise failures[kind]

    return app.test_client()


def asked(visitor, kind):
    with capture_logs() as records:
        answer = visitor.get(f"/api/v1/{kind}/{TOKEN}", headers={"X-Request-Id": f"r-{kind}"})
    assert answer.json["request_id"] == answer.headers["X-Request-Id"] == f"r-{kind}"
    return answer.status_code, records


@pytest.mark.parametrize(
    ("kind", "status", "event"),
    [("internal", 500, "request_not_served"), ("away", 503, "request_not_served"), ("defect", 500, "request_failed")],
)
def test_a_request_that_is_not_served_is_found_in_the_log_by_its_id(visitor, kind, status, event):
    given, records = asked(visitor, kind)
    assert given == status
    assert [(each["event"], each["request_id"]) for each in records] == [(event, f"r-{kind}")]


def test_a_refusal_is_no_failure_of_ours(visitor):
    assert asked(visitor, "missing") == (404, [])


def test_no_token_of_a_personal_link_stands_in_the_log(visitor):
    _, records = asked(visitor, "away")
    assert records[0]["rule"] == "/api/v1/<kind>/<token>"
    assert TOKEN not in str(records)
