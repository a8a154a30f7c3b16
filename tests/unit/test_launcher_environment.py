"""Least secrets: what each process of the suite gets in its environment."""

import json
import re
from pathlib import Path

import pytest

from ops.launcher import environment, keys, ports
from ops.launcher.companies import MAIL, PAYMENTS, SMS
from ops.launcher.delegate import read_environment
from ops.launcher.environment import Wiring
from ops.launcher.services import BROKER_USERS, ISSUERS, SERVICES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def wiring() -> Wiring:
    return Wiring(
        base_url="http://127.0.0.1:1",
        home="home",
        files="files",
        secret="it's a 'secret'",
        signing_keys=dict.fromkeys(ISSUERS, "A" * 43 + "="),
        database_urls={name: f"postgresql+psycopg2://{name}" for name in SERVICES},
        amqp_urls={name: f"amqp://{name}" for name in BROKER_USERS},
        outside={"mail": {"SMTP_URL": "smtp://x"}, "sms": {}, "payments": {"PAYTRAIL_SECRET": "p"}},
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_gets_its_own_database_key_and_broker_user_alone(wiring: Wiring, service: str) -> None:
    variables = environment.environment(wiring, environment.of_service(service))
    assert [name for name in variables if name.endswith("_DATABASE_URL")] == [f"{service.upper()}_DATABASE_URL"]
    assert list(json.loads(variables["TALKOO_SIGNING_KEYS"])) == [service]
    assert variables["AMQP_URL"] == f"amqp://{service}"
    assert ("PAYTRAIL_SECRET" in variables) == (service == "commerce")
    assert ("SMTP_URL" in variables) == (service == "notify")


def test_every_process_can_check_every_issuer(wiring: Wiring) -> None:
    variables = environment.environment(wiring, environment.GATEWAY)
    assert set(json.loads(variables["TALKOO_VERIFY_KEYS"])) == set(ISSUERS)


def test_the_gateway_gets_no_database(wiring: Wiring) -> None:
    variables = environment.environment(wiring, environment.GATEWAY)
    assert not [name for name in variables if name.endswith("_DATABASE_URL")]


def test_a_simulator_gets_no_secret(wiring: Wiring) -> None:
    variables = environment.environment(wiring, environment.NOTHING)
    assert "TALKOO_SECRET" not in variables
    assert "AMQP_URL" not in variables
    assert json.loads(variables["TALKOO_SIGNING_KEYS"]) == {}


def test_nothing_of_the_launchers_own_environment_leaks(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "private")
    monkeypatch.setenv("TALKOO_QUEUE_TYPE", "quorum")
    variables = environment.environment(wiring, environment.EVERYTHING)
    assert "SOME_TOKEN" not in variables
    assert variables["TALKOO_QUEUE_TYPE"] == "quorum"


TAKEN_BY_THE_LAUNCHER = {"TALKOO_PORT", "TALKOO_HOST", "TALKOO_BASE_URL", "TALKOO_PYTHON", "TALKOO_POSTGRES_BIN"}
TAKEN_BY_THE_LAUNCHER |= {"TALKOO_FILES"}
"""Of these the launcher makes what processes are told: addresses, programs, the folder unless it is a bucket."""


def promised() -> list[str]:
    """The variables that the part of .env.example for `./talkoo up` names."""
    first = (ROOT / ".env.example").read_text().split("---- docker-compose ----")[0]
    named = [name.replace("<NAME>", "RELAY") for name in re.findall(r"^#([A-Z_<>]+)=", first, re.MULTILINE)]
    wired = {*MAIL, *SMS, *PAYMENTS, *TAKEN_BY_THE_LAUNCHER}
    return [name for name in named if name not in wired and not name.endswith(("DATABASE_URL", "AMQP_URL"))]


@pytest.mark.parametrize("name", promised())
def test_what_the_example_promises_reaches_the_processes(wiring: Wiring, monkeypatch, name: str) -> None:
    monkeypatch.setenv(name, "what the operator set")
    for scope in (environment.GATEWAY, environment.of_service("notify"), environment.WORKER):
        assert environment.environment(wiring, scope)[name] == "what the operator set"


def test_the_example_promises_what_operators_set_of_gateway_and_mail() -> None:
    wanted = {"TALKOO_TRUSTED_PROXIES", "TALKOO_RATE_LIMIT_PER_MINUTE", "TALKOO_UPLOAD_LIMIT", "MAIL_FROM"}
    assert wanted | {"RELAY_METRICS_PORT", "TALKOO_START_SECONDS"} <= set(promised())


@pytest.mark.parametrize(
    ("host", "asked"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("10.1.2.3", "10.1.2.3")]
)
def test_the_launcher_asks_where_the_gateway_listens(host: str, asked: str) -> None:
    assert ports.asked_at(host) == asked


def test_the_environment_file_survives_quotes(wiring: Wiring, tmp_path) -> None:
    variables = environment.environment(wiring, environment.EVERYTHING)
    file = tmp_path / "env"
    file.write_text(environment.as_file(variables))
    assert read_environment(file) == variables


def test_public_keys_fit_the_private_ones() -> None:
    public = keys.verify_keys({"identity": "A" * 43 + "="})["identity"]
    assert public == "O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik="  # RFC 8032's curve, seed of 32 zero bytes
