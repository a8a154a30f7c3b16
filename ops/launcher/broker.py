"""A private RabbitMQ node: own name, cookie, ports, data and epmd, so that two checkouts never meet."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pika
from pika.exceptions import AMQPError

from ops.launcher import ports, servers, spawn
from ops.launcher.broker_users import definitions
from ops.launcher.services import BROKER_ADMINISTRATOR, BROKER_USERS
from ops.launcher.state import StateFolder, write_private

START_SECONDS = 240.0
STOP_SECONDS = 30.0
SERVER_SCRIPTS = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "/usr/local/sbin/rabbitmq-server")
CONFIGURATION = """\
[{{rabbit, [
  {{tcp_listeners, [{{"{host}", {port}}}]}},
  {{load_definitions, "{definitions}"}},
  {{vm_memory_high_watermark, 0.3}},
  {{disk_free_limit, 200000000}},
  {{log, [{{file, [{{level, warning}}]}}, {{console, [{{enabled, false}}]}}]}}
]}}].
"""
"""In Erlang terms, which every version reads without translation."""


class BrokerNode:
    """One data folder, and on it the node and its epmd."""

    def __init__(self, state: StateFolder, numbers: dict[str, int], *, outlives_us: bool = False) -> None:
        self.state, self.numbers, self.outlives_us = state, numbers, outlives_us
        self.folder = state.data_folder("rabbitmq")
        self.name = f"talkoo-{state.root.name.strip('.')}-{numbers['distribution']}@localhost"
        self.log = state.root / "rabbitmq.log"
        self.epmd: subprocess.Popen[bytes] | None = None
        self.node: subprocess.Popen[bytes] | None = None
        self._booting = False

    def url(self, user: str) -> str:
        """AMQP address of one of the node's users."""
        return f"amqp://{user}:{self.state.secret(f'broker_{user}')}@{ports.LOOPBACK}:{self.numbers['amqp']}/%2F"

    def prepare(self) -> None:
        """Write configuration and users; end what an earlier launcher left behind."""
        self.stop()
        passwords = {user: self.state.secret(f"broker_{user}") for user in BROKER_USERS}
        self._write("definitions.json", definitions(passwords))
        self._write(".erlang.cookie", self.state.secret("erlang_cookie"))
        self._write("enabled_plugins", "[].\n")
        self._write(
            "advanced.config",
            CONFIGURATION.format(
                host=ports.LOOPBACK, port=self.numbers["amqp"], definitions=self.folder / "definitions.json"
            ),
        )

    def _write(self, name: str, text: str) -> None:
        write_private(self.folder / name, text, self.state.account)

    def spawn(self) -> None:
        """Start epmd and the node; it answers after `wait_ready`."""
        self.epmd = self._spawn(["epmd", "-port", str(self.numbers["epmd"]), "-address", ports.LOOPBACK])
        self.node = self._spawn([str(server_script())])
        self._booting = True
        self._remember_pids()

    def _spawn(self, argv: list[str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return spawn.spawn(
                argv,
                account=self.state.account,
                env=self._environment(),
                cwd=self.folder,
                output=output,
                outlives_us=self.outlives_us,
            )

    def wait_ready(self) -> None:
        """Wait until the administrator can sign in; raises StartFailed."""
        servers.wait_for(self.answers, what="RabbitMQ", seconds=START_SECONDS, child=self.node, log=self.log)
        self._booting = False

    def answers(self) -> bool:
        """Whether the administrator's connection works now."""
        if not ports.accepts(self.numbers["amqp"]):
            return False
        try:
            pika.BlockingConnection(pika.URLParameters(self.url(BROKER_ADMINISTRATOR))).close()
        except (AMQPError, OSError):
            return False
        return True

    def has_died(self) -> bool:
        """Whether the node or its epmd was started here and ended by itself."""
        return any(child is not None and child.poll() is not None for child in (self.node, self.epmd))

    @property
    def pid(self) -> int | None:
        """Process id of the running node, whoever started it."""
        pid = self._remembered_pid("node")
        return pid if pid is not None and servers.is_running(pid, self._mark) else None

    @property
    def _mark(self) -> str:
        return str(self.folder)

    def _remembered_pid(self, name: str) -> int | None:
        return (self.state.remembered("broker_pids") or {}).get(name)

    def _remember_pids(self) -> None:
        children = {"node": self.node, "epmd": self.epmd}
        self.state.remember("broker_pids", {name: child.pid for name, child in children.items() if child})

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Stop the node (SIGTERM orderly, SIGKILL as a crash), then its epmd. A booting node is deaf: it is killed."""
        self._stop_one("node", self._mark, signal.SIGKILL if self._booting else number, self.node)
        self._stop_one("epmd", f"-port {self.numbers['epmd']}", signal.SIGTERM, self.epmd)
        self.node = self.epmd = None
        self._booting = False

    def _stop_one(self, name: str, mark: str, number: signal.Signals, child: subprocess.Popen[bytes] | None) -> None:
        pid = child.pid if child is not None else self._remembered_pid(name)
        if pid is not None:
            servers.stop(pid, mark, first=number, seconds=STOP_SECONDS, child=child)

    def _plugins(self) -> Path:
        """A folder with the server's own part alone: RabbitMQ reads every plugin it sees, a third of its start."""
        folder = self.state.root / "broker-plugins"
        folder.mkdir(exist_ok=True)
        for link in folder.iterdir():
            link.unlink()
        for part in (server_script().resolve().parents[1] / "plugins").glob("rabbit-*"):
            (folder / part.name).symlink_to(part)
        return folder

    def _environment(self) -> dict[str, str]:
        loopback = ports.LOOPBACK.replace(".", ",")
        return {
            "PATH": spawn.SYSTEM_PATH,
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(self.numbers["epmd"]),
            "ERL_EPMD_ADDRESS": ports.LOOPBACK,
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_DIST_PORT": str(self.numbers["distribution"]),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "no-configuration-file"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "no-environment-file"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "advanced.config"),
            "RABBITMQ_PLUGINS_DIR": str(self._plugins()),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-kernel inet_dist_use_interface {{{loopback}}}",
            "detached": "true",  # the start script then becomes the node instead of staying its parent
        }


def server_script() -> Path:
    """RabbitMQ's own start script (not Debian's wrapper, which wants root)."""
    for candidate in SERVER_SCRIPTS:
        if Path(candidate).exists():
            return Path(candidate)
    raise servers.StartFailed("RabbitMQ is not installed (Debian: rabbitmq-server); set AMQP_URL to use your broker.")


def is_installed() -> bool:
    """Whether this machine has RabbitMQ's server."""
    return any(Path(candidate).exists() for candidate in SERVER_SCRIPTS)
