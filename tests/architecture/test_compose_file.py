"""docker-compose.yml runs what the launcher runs, and tells each container no more than the launcher would."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.app import MAX_BODY
from gateway.config import GatewaySettings
from ops.compose import secrets
from ops.launcher import environment, processes
from ops.launcher.companies import MAIL, PAYMENTS, SMS, Company
from ops.launcher.databases import database_name
from ops.launcher.environment import Scope, Wiring
from ops.launcher.services import BROKER_USERS, ISSUERS, SERVICES

ROOT = Path(__file__).resolve().parents[2]
SOURCE = (ROOT / "docker-compose.yml").read_text()
VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)(?::([-?])([^}]*))?\}")
ENV = {**secrets.variables(), "MAIL_FROM": "post@example.org", "SMS_SENDER": "Talkoo"}
PORTS = {"gateway": 8000, "smtp": 8025, "mailbox": 8026, "sms": 8027, "payments": 8028}
SERVERS = {"postgres", "rabbitmq", "nginx"}
ONE_SHOT = {"migrate", "demo-data", "operator"}
OWN_SECRET = re.compile("^(?:CONTACTS|MEMBERSHIP|COURSES|COMMERCE|NOTIFY|IDENTITY|RELAY|WORKER|OPS|GATEWAY)_(\\w+)$")
SECRET = re.compile("PASSWORD|SECRET|TOKEN|SIGNING_KEY")


def filled_in(value: Any) -> Any:
    """The file as docker-compose reads it with ENV."""
    if isinstance(value, dict):
        return {name: filled_in(each) for name, each in value.items()}
    if isinstance(value, list):
        return [filled_in(each) for each in value]
    return VARIABLE.sub(_value_of, value) if isinstance(value, str) else value


def _value_of(found: re.Match[str]) -> str:
    name, kind, otherwise = found.groups()
    value = ENV.get(name, "")
    assert value or kind == "-", f"{name} is not in the .env that ops.compose.secrets writes"
    return value or otherwise


COMPOSE = filled_in(yaml.safe_load(SOURCE))
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
OUTSIDE = {
    "mail": Company({name: ENV[name] for name in MAIL}, page="http://mailbox.localhost:8026"),
    "sms": Company({name: ENV[name] for name in SMS}, page=ENV["TWILIO_BASE_URL"]),
    "payments": Company({name: ENV[name] for name in PAYMENTS}, page=ENV["PAYTRAIL_BASE_URL"]),
}
DECLARED = {spec.name: spec for spec in processes.declared("0.0.0.0", PORTS, OUTSIDE)}
WIRING = Wiring(
    base_url=ENV["TALKOO_BASE_URL"],
    home="/",
    files="/var/lib/talkoo/files",
    secret=ENV["TALKOO_SECRET"],
    signing_keys={issuer: ENV[f"{issuer.upper()}_SIGNING_KEY"] for issuer in ISSUERS},
    database_urls={
        each: f"postgresql+psycopg2://{database_name(each)}:{ENV[f'{each.upper()}_DATABASE_PASSWORD']}"
        f"@postgres:5432/{database_name(each)}"
        for each in SERVICES
    },
    amqp_urls={
        user: f"amqp://{user}:{ENV[f'{user.upper()}_BROKER_PASSWORD']}@rabbitmq:5672/%2F" for user in BROKER_USERS
    },
    outside={name: company.variables for name, company in OUTSIDE.items()},
)


def reach(variables: dict[str, str]) -> dict[str, Any]:
    """What a process can reach by its environment: databases, broker, keys, companies."""
    companies = (*MAIL, *SMS, *PAYMENTS)
    plain = {
        name: value
        for name, value in variables.items()
        if name.endswith(("_DATABASE_URL", "AMQP_URL")) or name in {"TALKOO_SECRET", *companies}
    }
    return plain | {
        "signs as": json.loads(variables.get("TALKOO_SIGNING_KEYS", "{}")),
        "believes": json.loads(variables["TALKOO_VERIFY_KEYS"]) if "AMQP_URL" in variables else {},
    }


def launched(scope: Scope) -> dict[str, Any]:
    return reach(environment.environment(WIRING, scope))


def test_every_process_of_the_launcher_has_a_container_and_nothing_else_has_one():
    assert set(CONTAINERS) == {*DECLARED, *SERVERS, *ONE_SHOT}


@pytest.mark.parametrize("name", DECLARED)
def test_a_container_runs_what_the_launcher_runs(name):
    command = [word for word in CONTAINERS[name]["command"] if word not in {"--host", "0.0.0.0"}]
    assert command == ["python", *DECLARED[name].arguments]


@pytest.mark.parametrize("name", [name for name, spec in DECLARED.items() if spec.scope != environment.NOTHING])
def test_a_process_gets_its_own_secrets_and_no_others(name):
    assert reach(CONTAINERS[name]["environment"]) == launched(DECLARED[name].scope)


@pytest.mark.parametrize("name", [name for name, spec in DECLARED.items() if spec.scope == environment.NOTHING])
def test_a_simulator_knows_its_own_account_alone(name):
    expected = dict(DECLARED[name].variables)
    given = CONTAINERS[name].get("environment", {})
    assert given.items() <= expected.items()
    assert not [variable for variable in expected if SECRET.search(variable) and variable not in given]


def test_operators_commands_reach_everything():
    for name in ONE_SHOT:
        assert reach(CONTAINERS[name]["environment"]) == launched(environment.EVERYTHING)


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_knows_no_secret_but_its_own(name):
    own = {"postgres": {"POSTGRES_PASSWORD"}, "rabbitmq": {"TALKOO_BROKER_PASSWORD"}, "nginx": set()}[name]
    told = json.dumps(CONTAINERS[name])
    assert {each for each in ENV if SECRET.search(each) and ENV[each] in told} == own


def test_the_databases_superuser_is_known_to_the_migration_alone():
    knowing = {name for name, each in CONTAINERS.items() if ENV["POSTGRES_PASSWORD"] in json.dumps(each)}
    assert knowing == {"postgres", "migrate"}


@pytest.mark.parametrize("name", CONTAINERS)
def test_what_runs_on_is_looked_after_and_comes_back(name):
    container = CONTAINERS[name]
    if name in ONE_SHOT:
        assert "healthcheck" not in container
        assert "restart" not in container
    else:
        assert container["healthcheck"]["test"][0] == "CMD"
        assert container["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", CONTAINERS)
def test_images_are_named_with_a_version_and_without_a_registry(name):
    image, _, tag = CONTAINERS[name]["image"].partition(":")
    assert re.fullmatch("[a-z]+", image)
    assert tag not in {"", "latest"}


def test_our_image_has_the_version_of_the_project():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert {CONTAINERS[name]["image"] for name in {*DECLARED, *ONE_SHOT}} == {f"talkoo:{version}"}


@pytest.mark.parametrize("name", [*DECLARED, *ONE_SHOT])
def test_our_containers_have_no_rights_on_their_machine(name):
    container = CONTAINERS[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "user", "cap_add", "network_mode", "pid"} & container.keys()


@pytest.mark.parametrize("name", [*SERVICES, "relay", "worker", "gateway"])
def test_what_may_be_scaled_has_no_name_and_no_port_of_its_own(name):
    assert not {"container_name", "hostname", "ports"} & CONTAINERS[name].keys()


def test_the_gateway_cannot_reach_a_database():
    assert "data" not in CONTAINERS["gateway"]["networks"]
    assert CONTAINERS["postgres"]["networks"] == ["data"]


def test_only_the_door_is_open_beyond_this_machine_when_the_operator_says_so():
    published = {name: port for name, each in CONTAINERS.items() for port in each.get("ports", [])}
    assert set(published) == {"nginx", "mailbox", "twilio", "paytrail"}
    assert [port for port in published.values() if not port.startswith("127.0.0.1:")] == []


def test_the_largest_upload_and_its_form_fit_through_the_door():
    conf = (ROOT / "ops/compose/nginx/nginx.conf").read_text()
    megabytes = re.search(r"client_max_body_size (\d+)m;", conf)
    assert megabytes
    largest = GatewaySettings().talkoo_upload_limit + MAX_BODY
    assert 0 <= int(megabytes.group(1)) * 1024**2 - largest < 2 * MAX_BODY


def test_the_gateway_believes_exactly_the_proxy_in_front_of_it():
    assert (
        GatewaySettings.model_validate(
            {name.lower(): value for name, value in CONTAINERS["gateway"]["environment"].items()}
        ).talkoo_trusted_proxies
        == 1
    )


def test_every_setting_is_explained_in_the_example():
    example = (ROOT / ".env.example").read_text()
    used = {OWN_SECRET.sub(r"<NAME>_\1", found.group(1)) for found in VARIABLE.finditer(SOURCE)}
    assert [name for name in sorted(used) if name not in example] == []


def test_a_production_file_names_all_that_a_trial_file_names():
    production, trial = secrets.variables(production=True), secrets.variables()
    assert trial.keys() <= production.keys()
    assert production["COMPOSE_PROFILES"] == ""
    assert [name for name in production if SECRET.search(name) and production[name] == trial[name]] == []


def test_two_files_share_no_secret():
    one, other = secrets.variables(), secrets.variables()
    assert {name for name in one if SECRET.search(name) and one[name] == other[name]} == set()
