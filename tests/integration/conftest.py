"""Real PostgreSQL and RabbitMQ for integration tests; every test session has databases of its own.

`call_service` and `handle_event` run a service's code in this process, through the same `chassis.execution` that
the Nameko host uses. Calls between services are answered in this process too (`direct_calls`); what travels over
the wire is proven in test_chassis_*.py and tests/e2e.
"""

import base64
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from sqlalchemy import text
from sqlalchemy.engine import make_url

from chassis import amqp_client, execution, migrate, outbox, rpc
from chassis.database import database_of
from chassis.ids import new_id
from chassis.principals import sign
from chassis.service import SERVICES, service_class, subscriptions_of
from chassis.settings import settings
from contracts.access import Permission, Principal, PrincipalKind
from contracts.base import Event, Request, methods_of
from contracts.errors import from_wire
from ops.launcher.infrastructure import Infrastructure, infrastructure

EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent", "citext")
ISSUERS = (*SERVICES, "gateway", "worker")


@pytest.fixture(scope="session")
def servers() -> Iterator[Infrastructure]:
    """The checkout's test servers, started by the first session that needs them."""
    with infrastructure() as found:
        yield found


class Databases:
    """A new, migrated database per service, made when first asked for, dropped at the end."""

    def __init__(self, admin_url: str) -> None:
        self._admin = make_url(admin_url)
        self._prefix = f"test_{os.getpid()}_{new_id().hex[-6:]}"
        self._urls: dict[str, str] = {}

    def __getitem__(self, service: str) -> str:
        if service not in self._urls:
            name = f"{self._prefix}_{service}"
            self._run("postgres", f'CREATE DATABASE "{name}"')
            for extension in EXTENSIONS:
                self._run(name, f"CREATE EXTENSION IF NOT EXISTS {extension}")
            url = self._admin.set(drivername="postgresql+psycopg2", database=name)
            self._urls[service] = url.render_as_string(hide_password=False)
            migrate.upgrade(service, self._urls[service])
            os.environ[f"{service.upper()}_DATABASE_URL"] = self._urls[service]
            settings.cache_clear()
        return self._urls[service]

    def _run(self, database: str, statement: str) -> None:
        url = self._admin
        connection = psycopg2.connect(
            host=url.host, port=url.port, user=url.username, password=url.password, dbname=database
        )
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    def drop(self) -> None:
        """Remove them again."""
        database_of.cache_clear()
        for service in self._urls:
            self._run("postgres", f'DROP DATABASE IF EXISTS "{self._prefix}_{service}" WITH (FORCE)')


@pytest.fixture(scope="session")
def process_settings(servers: Infrastructure, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """This process may sign as every issuer, so that tests can call as anybody."""
    keys = {issuer: Ed25519PrivateKey.generate() for issuer in ISSUERS}
    private = {
        issuer: _text(key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
        for issuer, key in keys.items()
    }
    public = {
        issuer: _text(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)) for issuer, key in keys.items()
    }
    os.environ.update(
        AMQP_URL=servers.amqp_urls["talkoo"],
        TALKOO_SIGNING_KEYS=json.dumps(private),
        TALKOO_VERIFY_KEYS=json.dumps(public),
        TALKOO_SECRET="a secret of the tests alone, 32 characters",
        TALKOO_FILES=str(tmp_path_factory.mktemp("files")),
    )
    settings.cache_clear()
    rpc.act_as("worker")
    yield
    rpc.close()


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


@pytest.fixture(scope="session")
def database_urls(servers: Infrastructure, process_settings: None) -> Iterator[Databases]:
    """URLs of this session's own databases by service, migrated, empty."""
    assert servers.admin_url is not None
    databases = Databases(servers.admin_url)
    yield databases
    databases.drop()


USED_TABLES = text(
    """
    SELECT quote_ident(relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
      AND relname <> ALL(:keep) AND pg_relation_size(oid) > 0
    """
)
RESTART_SEQUENCES = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
    """


@pytest.fixture
def clean_database(database_urls: Databases) -> Callable[..., None]:
    """Empties all tables of a service's database but those named in `keep`.

    Rows are deleted without foreign keys and triggers: TRUNCATE makes new files for all tables and indexes, which
    takes more than ten times as long.
    """

    def clean(service: str, keep: tuple[str, ...] = ()) -> None:
        database_urls[service]
        with database_of(service).transaction() as session:
            used = session.scalars(USED_TABLES, {"keep": [*keep]}).all()
            deleted = [f"DELETE FROM {name}" for name in used]
            session.execute(
                text("; ".join(["SET LOCAL session_replication_role = replica", *deleted, RESTART_SEQUENCES]))
            )

    return clean


@pytest.fixture
def clean_contacts(clean_database: Callable[..., None]) -> None:
    """An empty register."""
    clean_database("contacts")


SYSTEM = Principal(kind=PrincipalKind.SYSTEM, id="worker")
ANONYMOUS = Principal(kind=PrincipalKind.ANONYMOUS, id="anonymous")


def staff(*permissions: Permission) -> Principal:
    """Somebody of the office with some rights (all when none are named)."""
    granted = permissions or tuple(Permission)
    return Principal(kind=PrincipalKind.ACCOUNT, id=str(new_id()), permissions=frozenset(p.value for p in granted))


def member(person_id: UUID) -> Principal:
    """A signed-in person without rights of the office."""
    return Principal(kind=PrincipalKind.ACCOUNT, id=str(new_id()), person_id=person_id)


def token_of(principal: Principal) -> str:
    """The principal signed by identity for some minutes."""
    expires_at = datetime.now(UTC) + timedelta(minutes=5)
    return sign(principal.model_copy(update={"expires_at": expires_at}), "identity")


@pytest.fixture
def direct_calls(database_urls: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls between services are answered in this process, from their real databases."""

    def call(_client: Any, request: amqp_client.Request) -> dict[str, Any]:
        database_urls[request.service]
        service_type = service_class(request.service)
        method = methods_of(service_type)[request.method]
        outer = execution.CURRENT.set(None)
        try:
            return execution.answer(service_type, method, request.payload, request.headers)
        finally:
            execution.CURRENT.reset(outer)

    monkeypatch.setattr(amqp_client.AmqpRpcClient, "call", call)


@pytest.fixture
def call_service(database_urls: Databases, direct_calls: None) -> Callable[..., Any]:
    """Calls `service.method(request)` as `principal` (default: the suite itself), under `key` if given."""

    def call(service: str, method: str, request: Request, *, principal: Principal = SYSTEM, key: str = "") -> Any:
        database_urls[service]
        service_type = service_class(service)
        declared = methods_of(service_type)[method]
        headers = {"x-principal": token_of(principal), "x-command-key": key or str(new_id())}
        reply = execution.answer(service_type, declared, request.model_dump(mode="json"), headers)
        if reply["error"]:
            raise from_wire(reply["error"])
        return declared.reply.model_validate(reply["result"])

    return call


@pytest.fixture
def imports(call_service: Callable[..., Any], clean_contacts: None) -> Iterator[Any]:
    """Imports into a register that is empty at first (tests.integration.importing)."""
    from tests.integration.importing import Importing

    importing = Importing(call_service)
    yield importing
    importing.close()


@pytest.fixture
def handle_event(database_urls: Databases, direct_calls: None) -> Callable[..., None]:
    """Lets `service` consume `event`; raises what its handler raises. The same `event_id` twice has one effect."""

    def handle(service: str, event: Event, *, event_id: UUID | None = None) -> None:
        database_urls[service]
        service_type = service_class(service)
        envelope = outbox.envelope_of(event) | {"id": str(event_id or new_id())}
        found = [each for each in subscriptions_of(service_type) if each.event is type(event)]
        assert found, f"{service} does not consume {type(event).__name__}"
        for subscription in found:
            execution.handle(service_type, subscription, envelope)

    return handle


@pytest.fixture
def recorded(database_urls: Databases) -> Callable[..., list[dict[str, Any]]]:
    """The events a service has recorded, oldest first: their envelopes, of one type or all."""

    def events(service: str, event: type[Event] | None = None) -> list[dict[str, Any]]:
        database_urls[service]
        with database_of(service).reader() as connection:
            rows = connection.execute(text("SELECT envelope FROM outbox ORDER BY id")).scalars().all()
        return [row for row in rows if event is None or row["type"] == event.type]

    return events
