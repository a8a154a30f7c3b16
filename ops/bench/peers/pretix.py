"""pretix beside a suite: on the same PostgreSQL, in a database and a virtual environment of its own.

It is installed from PyPI by `pretix.lock`, run as it is, and only when peers are asked for.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import orjson

from ops.bench import beside
from ops.bench.load import Outcome, request
from ops.bench.peers.pretix_settings import settings
from ops.launcher import packages, ports, spawn
from ops.launcher.bootstrap import ready_environment
from ops.launcher.checkout import find_checkout
from ops.launcher.servers import StartFailed
from ops.launcher.state import state_root, write_private
from ops.launcher.suite import Suite

LOCK = Path(__file__).with_name("pretix.lock")
SCENE = "ops.bench.peers.pretix_scene"
DATABASE = "peer_pretix"
WORKERS = 2 * (os.cpu_count() or 1)
"""As pretix's container starts them."""
THREADS = 4


@dataclass(frozen=True)
class Pretix:
    """A running pretix with one event."""

    suite: Suite
    port: int
    pids: tuple[int, ...]
    """Of its door, its worker and its Redis."""
    python: Path
    folder: Path
    env: dict[str, str]
    token: str
    """Of its API."""
    orders_path: str

    def searches(self, names: Iterable[str]) -> list[str]:
        """Requests for the first page of the orders in which a name occurs."""
        headers = {"Authorization": f"Token {self.token}"}
        return [request("GET", f"{self.orders_path}?search={quote_plus(name)}", headers) for name in names]

    def imported(self, content: bytes, rows: int) -> Outcome:
        """A CSV file of people brought in by its worker, one order for each row."""
        file = self.folder / "people.csv"
        file.write_bytes(content)
        file.chmod(0o644)
        said = _run_scene(self.suite, self.python, self.env, "import", str(file))
        if said["orders"] != rows:
            raise StartFailed(f"pretix made {said['orders']} orders of {rows} rows")
        return Outcome.of_events(rows, said["seconds"])


@contextmanager
def running_pretix(suite: Suite, orders: int, seed: int) -> Iterator[Pretix]:
    """pretix with so many orders of the invented persons of a seed."""
    packages.ensure_redis()
    python = _installed(suite)
    folder = suite.state.data_folder("pretix")
    port, redis = (ports.free_port(suite.ports.values()) for _ in range(2))
    env = _environment(suite, folder, settings(folder, beside.new_database(suite, DATABASE), port, redis))
    log = suite.state.root / "pretix.log"
    door = beside.gunicorn(str(python), "pretix.wsgi", port, WORKERS, THREADS)
    worker = (str(python), "-m", "celery", "-A", "pretix.celery_app", "worker", "--loglevel", "warning")
    with ExitStack() as stack:
        redis_pid = stack.enter_context(beside.running(suite, _redis(redis, folder), env, log))
        _run(suite, python, env, "pretix", "migrate", "--noinput")
        scene = _run_scene(suite, python, env, "set-up", str(orders), str(seed))
        pids = [stack.enter_context(beside.running(suite, command, env, log)) for command in (door, worker)]
        beside.wait_until_answered(f"http://{ports.LOOPBACK}:{port}/healthcheck/", "pretix")
        yield Pretix(suite, port, (redis_pid, *pids), python, folder, env, scene["token"], scene["orders_path"])


def _installed(suite: Suite) -> Path:
    """pretix's own Python, where the suite's account can run it; installing it the first time takes half a minute."""
    folder = state_root(find_checkout(), suite.state.account) / "peers"
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    return ready_environment(folder / "pretix", [LOCK])


def _environment(suite: Suite, folder: Path, configuration: str) -> dict[str, str]:
    file = folder / "pretix.cfg"
    write_private(file, configuration, suite.state.account)
    return {
        "PATH": spawn.SYSTEM_PATH,
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "DJANGO_SETTINGS_MODULE": "pretix.settings",
        "PRETIX_CONFIG_FILE": str(file),
    }


def _redis(port: int, folder: Path) -> tuple[str, ...]:
    """Redis that forgets everything in the end."""
    place = ("--bind", ports.LOOPBACK, "--port", str(port), "--dir", str(folder))
    return (str(packages.REDIS), *place, "--save", "", "--appendonly", "no")


def _run_scene(suite: Suite, python: Path, env: dict[str, str], *arguments: str) -> dict[str, Any]:
    return told(_run(suite, python, env, SCENE, *arguments))


def _run(suite: Suite, python: Path, env: dict[str, str], module: str, *arguments: str) -> str:
    """What a module of pretix's Python says; raises StartFailed with it."""
    done = spawn.run(
        [str(python), "-m", module, *arguments],
        account=suite.state.account,
        env=env | {"PYTHONPATH": str(suite.code.root)},
        cwd=suite.code.root,
    )
    if done.returncode != 0:
        raise StartFailed(f"pretix: {module} ended with exit code {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout


def told(said: str) -> dict[str, Any]:
    """The JSON in the last line, whatever pretix has said before."""
    found: dict[str, Any] = orjson.loads(said.strip().rpartition("\n")[2])
    return found
