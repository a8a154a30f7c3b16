"""PostgreSQL and RabbitMQ together: private ones of a state folder, or those that the operator names.

`infrastructure(...)` is for tests: the servers of the checkout's tests, shared by everybody who runs tests in it.
"""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from ops.launcher import databases, packages, ports
from ops.launcher.account import suite_account
from ops.launcher.broker import BrokerNode
from ops.launcher.checkout import Code, find_checkout, runnable_code
from ops.launcher.postgres import PostgresServer, binaries
from ops.launcher.services import BROKER_USERS
from ops.launcher.state import StateFolder, state_root

TEST_PORTS = ("postgres", "amqp", "epmd", "distribution")


class Infrastructure:
    """The database server and the broker of one state folder. `private` takes no notice of the operator's own."""

    def __init__(
        self,
        state: StateFolder,
        numbers: dict[str, int],
        code: Code,
        *,
        private: bool = False,
        outlives_us: bool = False,
    ) -> None:
        self.state = state
        self._given_urls = None if private else databases.given_urls()
        self._given_server = None if private else os.environ.get("DATABASE_URL")
        self._given_broker = None if private else os.environ.get("AMQP_URL")
        self.postgres: PostgresServer | None = None
        self.broker: BrokerNode | None = None
        if not self._given_urls and not self._given_server:
            self.postgres = PostgresServer(state, numbers["postgres"], binaries(code.python), outlives_us=outlives_us)
        if not self._given_broker:
            self.broker = BrokerNode(state, numbers, outlives_us=outlives_us)

    @property
    def admin_url(self) -> str | None:
        """Address of a role that may make databases; None when the operator gave the six databases."""
        if self._given_urls:
            return None
        return self._given_server or (self.postgres.admin_url if self.postgres else None)

    @property
    def database_urls(self) -> dict[str, str]:
        """SQLAlchemy addresses by service."""
        if self._given_urls:
            return self._given_urls
        assert self.admin_url is not None
        return databases.urls_on(self.admin_url, self.state)

    @property
    def amqp_urls(self) -> dict[str, str]:
        """Broker addresses by broker user; with the operator's broker, its user unless `<NAME>_AMQP_URL` is set."""
        if self.broker is not None:
            return {user: self.broker.url(user) for user in BROKER_USERS}
        common = self._given_broker or ""
        return {user: os.environ.get(f"{user.upper()}_AMQP_URL", common) for user in BROKER_USERS}

    def spawn(self) -> None:
        """Start both servers side by side; call it from a thread that lives as long as they shall."""
        if self.broker is not None:
            packages.ensure_rabbitmq()
            self.broker.prepare()
            self.broker.spawn()
        if self.postgres is not None:
            self.postgres.prepare()
            self.postgres.spawn()

    def databases_ready(self) -> None:
        """Wait for PostgreSQL and make the databases that are missing."""
        if self.postgres is not None:
            self.postgres.wait_ready()
        if self.admin_url is not None:
            databases.ensure(self.admin_url, self.state)

    def broker_ready(self) -> None:
        """Wait for RabbitMQ."""
        if self.broker is not None:
            self.broker.wait_ready()

    def start(self) -> None:
        """Start both and wait until both are ready."""
        self.spawn()
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(self.broker_ready)
            self.databases_ready()
            waiting.result()

    def answers(self) -> bool:
        """Whether both servers answer now."""
        return all(server.answers() for server in (self.postgres, self.broker) if server is not None)

    def revive(self) -> list[str]:
        """Start again what has ended by itself; the names of the servers that were started. Raises StartFailed."""
        named = {"PostgreSQL": self.postgres, "RabbitMQ": self.broker}
        dead = {name: server for name, server in named.items() if server is not None and server.has_died()}
        for server in dead.values():
            server.prepare()
            server.spawn()
            server.wait_ready()
        return list(dead)

    def stop(self, *, discard: bool = False) -> None:
        """Stop what was started, side by side; at once when nobody needs any more what they hold."""
        with ThreadPoolExecutor(2) as pool:
            if self.broker is not None:
                pool.submit(self.broker.stop, signal.SIGKILL if discard else signal.SIGTERM)
            if self.postgres is not None:
                pool.submit(self.postgres.stop, signal.SIGQUIT if discard else signal.SIGINT)

    def restart_broker(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Stop the node (SIGKILL: as a crash) and start it again; returns when it answers."""
        assert self.broker is not None
        self.broker.stop(number)
        self.broker.spawn()
        self.broker.wait_ready()

    def restart_postgres(self, number: signal.Signals = signal.SIGINT) -> None:
        """Stop the server (SIGQUIT: as a crash) and start it again; returns when it answers."""
        assert self.postgres is not None
        self.postgres.stop(number)
        self.postgres.spawn()
        self.postgres.wait_ready()


@contextmanager
def infrastructure(folder: Path | None = None) -> Iterator[Infrastructure]:
    """PostgreSQL and RabbitMQ for tests, private, kept between runs.

    The first user starts them, others join, the last one to leave stops them. `folder` is a state folder (default:
    `tests` in the checkout's own); the suite's account must be able to reach it.
    """
    account, checkout = suite_account(), find_checkout()
    state = StateFolder(folder or state_root(checkout, account) / "tests", account)
    with (state.root / "users.lock").open("w") as users:
        servers = _joined(state, users.fileno())
        try:
            yield servers
        finally:
            _leave(servers, users.fileno())


def _joined(state: StateFolder, users: int) -> Infrastructure:
    with _turn(state):
        fcntl.flock(users, fcntl.LOCK_SH)
        code = runnable_code(find_checkout(), state)
        numbers = state.remembered("ports") or {}
        if set(numbers) == set(TEST_PORTS):
            servers = Infrastructure(state, numbers, code, private=True, outlives_us=True)
            if servers.answers():
                return servers
            servers.stop()
        numbers = ports.choose(numbers, TEST_PORTS)
        state.remember("ports", numbers)
        servers = Infrastructure(state, numbers, code, private=True, outlives_us=True)
        servers.start()
        return servers


def _leave(servers: Infrastructure, users: int) -> None:
    with _turn(servers.state):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # somebody else still uses them
        servers.stop()


@contextmanager
def _turn(state: StateFolder) -> Iterator[None]:
    """One at a time decides whether the servers start or stop."""
    with (state.root / "turn.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
