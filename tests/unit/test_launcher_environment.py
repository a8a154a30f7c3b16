"""Least secrets: what each process of the suite gets in its environment."""

import json

import pytest

from ops.launcher import environment, keys
from ops.launcher.delegate import read_environment
from ops.launcher.environment import Wiring
from ops.launcher.services import BROKER_USERS, ISSUERS, SERVICES


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


def test_the_environment_file_survives_quotes(wiring: Wiring, tmp_path) -> None:
    variables = environment.environment(wiring, environment.EVERYTHING)
    file = tmp_path / "env"
    file.write_text(environment.as_file(variables))
    assert read_environment(file) == variables


def test_public_keys_fit_the_private_ones() -> None:
    public = keys.verify_keys({"identity": "A" * 43 + "="})["identity"]
    assert public == "O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik="  # RFC 8032's curve, seed of 32 zero bytes
