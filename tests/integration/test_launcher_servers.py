"""The private PostgreSQL and RabbitMQ that the launcher starts: real servers."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pika
import psycopg2
import pytest
from pika.exceptions import ChannelClosedByBroker, ProbableAuthenticationError

from ops.launcher import ports
from ops.launcher.broker import BrokerNode
from ops.launcher.checkout import Code, find_checkout
from ops.launcher.databases import libpq_url
from ops.launcher.infrastructure import TEST_PORTS, Infrastructure, infrastructure
from ops.launcher.postgres import PostgresServer
from ops.launcher.servers import StartFailed
from ops.launcher.services import SERVICES
from ops.launcher.state import StateFolder


def fetch(url: str, query: str) -> list[tuple]:
    connection = psycopg2.connect(libpq_url(url), connect_timeout=5)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()
    finally:
        connection.close()


@pytest.fixture
def channel(servers: Infrastructure) -> Iterator[pika.channel.Channel]:
    """A channel of the service `courses`."""
    connection = pika.BlockingConnection(pika.URLParameters(servers.amqp_urls["courses"]))
    yield connection.channel()
    connection.close()


@pytest.fixture
def admin(servers: Infrastructure) -> Iterator[pika.channel.Channel]:
    connection = pika.BlockingConnection(pika.URLParameters(servers.amqp_urls["talkoo"]))
    channel = connection.channel()
    for service in SERVICES:
        channel.exchange_declare(f"{service}.events", "topic", durable=True)
    channel.exchange_declare("nameko-rpc", "topic", durable=True)
    yield channel
    connection.close()


def test_each_service_has_its_own_database_with_the_extensions(servers: Infrastructure) -> None:
    for service, url in servers.database_urls.items():
        assert fetch(url, "SELECT current_user, current_database()") == [(f"talkoo_{service}",) * 2]
        extensions = {name for (name,) in fetch(url, "SELECT extname FROM pg_extension")}
        assert {"pg_trgm", "btree_gist", "unaccent", "citext"} <= extensions


def test_extensions_come_back_where_a_first_start_was_cut_short(servers: Infrastructure) -> None:
    """Killed between CREATE DATABASE and CREATE EXTENSION: the next start makes up for it."""
    url = servers.database_urls["notify"]
    connection = psycopg2.connect(libpq_url(url), connect_timeout=5)
    with connection, connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
    assert ("citext",) not in fetch(url, "SELECT extname FROM pg_extension")
    servers.databases_ready()
    assert ("citext",) in fetch(url, "SELECT extname FROM pg_extension")


def test_no_service_reaches_anothers_database(servers: Infrastructure) -> None:
    own = urlsplit(servers.database_urls["courses"])
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        fetch(own._replace(path="/talkoo_commerce").geturl(), "SELECT 1")


def test_a_wrong_password_is_refused(servers: Infrastructure) -> None:
    own = urlsplit(servers.database_urls["courses"])
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        fetch(own._replace(netloc=own.netloc.replace(f":{own.password}", ":wrong")).geturl(), "SELECT 1")


@pytest.mark.parametrize("query", ["SELECT {} FROM pg_sleep(1.2)", "SELECT {}::int", "SELECT {} FROM nowhere"])
def test_C17_no_statement_is_logged_with_what_it_holds(servers: Infrastructure, query: str) -> None:
    assert servers.postgres is not None
    before = servers.postgres.log.stat().st_size
    with contextlib.suppress(psycopg2.Error):
        fetch(servers.database_urls["contacts"], query.format("'Qzxaino'"))
    said = servers.postgres.log.read_bytes()[before:]
    assert b"SELECT" not in said
    assert b"ERROR" in said or "sleep" in query


def test_letters_of_finnish_fold_and_fsync_is_on(servers: Infrastructure) -> None:
    url = servers.database_urls["contacts"]
    assert fetch(url, "SELECT lower('ÅÄÖŠŽ'), upper('åäö'), current_setting('fsync')") == [("åäöšž", "ÅÄÖ", "on")]


def test_servers_run_without_root(servers: Infrastructure) -> None:
    assert servers.postgres is not None
    assert servers.broker is not None
    for pid in (servers.postgres.pid, servers.broker.pid):
        assert pid is not None
        assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_data_survive_a_crash_of_postgresql(servers: Infrastructure) -> None:
    assert servers.postgres is not None
    state = StateFolder(servers.state.root.parent / "tests-crash", servers.state.account)
    server = PostgresServer(state, ports.free_port(), servers.postgres.bin_folder)
    try:
        started(server)
        execute(server.admin_url, "CREATE TABLE IF NOT EXISTS proof (n int)")
        execute(server.admin_url, "INSERT INTO proof VALUES (42)")
        server.stop(signal.SIGQUIT)
        assert server.pid is None
        started(server)
        assert (42,) in fetch(server.admin_url, "SELECT n FROM proof")
    finally:
        server.stop()


def test_a_server_that_dies_is_started_again(servers: Infrastructure) -> None:
    assert servers.postgres is not None
    state = StateFolder(servers.state.root.parent / "tests-crash", servers.state.account)
    numbers = ports.choose({}, TEST_PORTS)
    own = Infrastructure(state, numbers, Code(find_checkout(), Path(sys.executable)), private=True)
    own.postgres = PostgresServer(state, numbers["postgres"], servers.postgres.bin_folder)
    try:
        own.start()
        assert own.revive() == []
        assert own.broker is not None
        for pid in (own.postgres.pid, own.broker.pid):
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        until_revived = {"PostgreSQL", "RabbitMQ"}
        deadline = time.monotonic() + 180
        while until_revived and time.monotonic() < deadline:
            with contextlib.suppress(StartFailed):
                until_revived -= set(own.revive())
            time.sleep(0.2)
        assert own.answers()
    finally:
        own.stop()


def started(server: PostgresServer) -> None:
    server.prepare()
    server.spawn()
    server.wait_ready()


def execute(url: str, statement: str) -> None:
    connection = psycopg2.connect(libpq_url(url))
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def test_guest_cannot_sign_in(servers: Infrastructure) -> None:
    port = urlsplit(servers.amqp_urls["talkoo"]).port
    with pytest.raises(ProbableAuthenticationError):
        pika.BlockingConnection(pika.URLParameters(f"amqp://guest:guest@127.0.0.1:{port}/%2F"))


@pytest.mark.usefixtures("admin")
def test_R6_a_service_replies_and_publishes_but_declares_nothing(channel: pika.channel.Channel) -> None:
    channel.queue_declare("rpc.reply-courses-1", exclusive=True, auto_delete=True)
    channel.queue_bind("rpc.reply-courses-1", "nameko-rpc", "1")
    channel.confirm_delivery()
    channel.basic_publish("nameko-rpc", "1", b"{}", mandatory=True)
    channel.basic_publish("courses.events", "course.published.v1", b"{}")
    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        channel.queue_declare("evt-x-y--courses.z")


@pytest.mark.usefixtures("admin")
def test_R6_a_service_cannot_write_anothers_events(channel: pika.channel.Channel) -> None:
    channel.confirm_delivery()
    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        channel.basic_publish("commerce.events", "invoice.paid.v1", b"{}")


def test_R6_a_service_cannot_read_anothers_queue(admin: pika.channel.Channel, channel: pika.channel.Channel) -> None:
    admin.queue_declare("rpc-launcher-proof", durable=True)
    try:
        with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
            channel.basic_get("rpc-launcher-proof")
    finally:
        admin.queue_delete("rpc-launcher-proof")


def test_a_second_user_joins_the_running_servers(servers: Infrastructure) -> None:
    assert servers.postgres is not None
    before = servers.postgres.pid
    with infrastructure() as joined:
        assert joined.postgres is not None
        assert joined.postgres.pid == before
    assert servers.answers()


def test_the_node_has_a_name_and_cookie_of_its_own(servers: Infrastructure) -> None:
    node = servers.broker
    assert isinstance(node, BrokerNode)
    assert node.name.startswith("talkoo-")
    assert str(node.numbers["distribution"]) in node.name
    cookie = node.folder / ".erlang.cookie"
    assert cookie.stat().st_mode & 0o777 == 0o600
