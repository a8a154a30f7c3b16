"""What the gateway answers and logs when a request cannot be served."""

import pytest
from flask import Flask
from structlog.testing import capture_logs

from chassis.access import refusal
from contracts.access import LinkPurpose, Permission, Rule
from contracts.errors import Internal, NotAllowed, NotFound, Unavailable
from gateway import assets, i18n, problems
from gateway.shell import Shell, init_shell

TOKEN = "a-personal-link"


@pytest.fixture
def visitor():
    app = Flask("gateway")
    app.config["TESTING"] = False
    i18n.init_i18n(app)
    init_shell(app, Shell, csrf_token=str)
    assets.init_assets(app)
    problems.init_problems(app)
    failures = {
        "internal": Internal("Something went wrong."),
        "away": Unavailable("notify does not answer.", service="notify"),
        "missing": NotFound("No such thing."),
        "defect": ZeroDivisionError(TOKEN),
        "right": refusal([Rule.OWN, Permission.CONTACTS_WRITE]),
        "rights": refusal([Permission.CONTACTS_WRITE, LinkPurpose.PAY_INVOICE, Permission.CONTACTS_IMPORT]),
        "rule": refusal([Rule.SYSTEM]),
        "later": NotAllowed("x", rights="contacts.teleport"),
    }

    @app.get("/api/v1/<kind>/<token>")
    def fail(kind: str, token: str) -> str:
        raise failures[kind]

    @app.get("/office/<kind>")
    def fail_page(kind: str) -> str:
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


@pytest.mark.parametrize(
    ("kind", "language", "detail", "rights"),
    [
        ("right", "en", "You need this right: Change contacts (contacts.write).", ["contacts.write"]),
        ("right", "fi", "Tarvitset tähän oikeuden: Muuttaa kontakteja (contacts.write).", ["contacts.write"]),
        ("right", "sv", "Du behöver denna rättighet: Ändrar kontakter (contacts.write).", ["contacts.write"]),
        (
            "rights", "en",
            "You need one of these rights: Change contacts (contacts.write); Import contacts (contacts.import).",
            ["contacts.write", "contacts.import"],
        ),
        ("rule", "en", "You have no right to this.", []),
        ("later", "en", "You need this right: contacts.teleport.", ["contacts.teleport"]),
    ],
)  # fmt: skip
def test_R6_a_refusal_names_the_right_that_is_missing_and_nothing_else(visitor, kind, language, detail, rights):
    answer = visitor.get(f"/api/v1/{kind}/{TOKEN}", headers={"Accept-Language": language})
    assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")
    assert (answer.json["detail"], answer.json["needs_permission"]) == (detail, rights)
    page = visitor.get(f"/office/{kind}?lang={language}")
    assert (page.status_code, detail in page.text) == (403, True)
