"""`./talkoo backup FILE` and `./talkoo restore FILE`: the six databases and the files, with PostgreSQL's own tools.

A backup may be taken while the suite runs. The databases are dumped side by side, not at one common instant: after a
restore, inboxes drop what a service already has, and relays send what it lacks. Queues and signing keys are not part
of a backup.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg2

from ops.launcher import archive, databases, ports
from ops.launcher.account import suite_account
from ops.launcher.checkout import Code, find_checkout, runnable_code
from ops.launcher.infrastructure import Infrastructure
from ops.launcher.postgres import binaries
from ops.launcher.servers import StartFailed
from ops.launcher.services import SERVICES
from ops.launcher.state import AlreadyRunning, StateFolder, state_root


def backup(checkout: Path, target: str) -> int:
    """Write the archive; the suite may run."""
    state = own_state(checkout)
    with reachable_databases(state, stopped=False) as urls:
        save(urls, state.data_folder("files"), Path(target).absolute())
    print(f"Backup written: {target} ({Path(target).stat().st_size / 1e6:.1f} MB)")
    return 0


def restore(checkout: Path, source: str) -> int:
    """Replace databases and files by the archive's; the suite must be stopped."""
    state = own_state(checkout)
    with tempfile.TemporaryDirectory(dir=state.root) as name:
        dumps, files = archive.unpack(Path(source), Path(name), SERVICES)
        with reachable_databases(state, stopped=True) as urls:
            refill(urls, dumps)
        _replace_files(state, files)
    state.remember("filled", "restored")
    print(f"Restored from {source}. ./talkoo up starts the suite on it.")
    return 0


def save(urls: dict[str, str], files: Path, target: Path) -> None:
    """Write databases and files into the archive `target`."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, ThreadPoolExecutor(2) as pool:
        dumps = dict(zip(SERVICES, pool.map(lambda each: _dump(each, urls[each], folder), SERVICES), strict=True))
        archive.write(target, dumps, files)


def refill(urls: dict[str, str], dumps: dict[str, Path]) -> None:
    """Replace what is in the databases by the dumps."""
    for service, dump in dumps.items():
        _empty(urls[service])
        _postgres_tool("pg_restore", urls[service], "--no-owner", "--no-privileges", "--no-comments", str(dump))


def own_state(checkout: Path) -> StateFolder:
    """The state folder of the checkout's own suite."""
    account = suite_account()
    return StateFolder(state_root(checkout, account), account)


@contextmanager
def reachable_databases(state: StateFolder, *, stopped: bool) -> Iterator[dict[str, str]]:
    """Addresses of the databases: of the running suite, or of a server started for this purpose."""
    try:
        with state.lock(), _started_databases(state) as urls:
            yield urls
    except AlreadyRunning:
        if stopped:
            raise StartFailed("Talkoo runs from this checkout: stop it before a restore.") from None
        code = Code(find_checkout(), Path(sys.executable))
        yield Infrastructure(state, state.remembered("ports"), code).database_urls


@contextmanager
def _started_databases(state: StateFolder) -> Iterator[dict[str, str]]:
    numbers = ports.choose(state.remembered("ports") or {})
    state.remember("ports", numbers)
    servers = Infrastructure(state, numbers, runnable_code(find_checkout(), state))
    try:
        if servers.postgres is not None:
            servers.postgres.prepare()
            servers.postgres.spawn()
        servers.databases_ready()
        yield servers.database_urls
    finally:
        if servers.postgres is not None:
            servers.postgres.stop()


def _dump(service: str, url: str, folder: str) -> Path:
    target = Path(folder) / service
    _postgres_tool("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    return target


def _empty(url: str) -> None:
    connection = psycopg2.connect(databases.libpq_url(url), connect_timeout=10)
    with connection, connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()


def _postgres_tool(program: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, not by the command line."""
    place = urlsplit(url)
    env = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PGHOST": place.hostname or "",
        "PGPORT": str(place.port or 5432),
        "PGUSER": unquote(place.username or ""),
        "PGPASSWORD": unquote(place.password or ""),
    }
    database = ["--dbname", unquote(place.path.lstrip("/"))]
    command = [str(binaries(Path(sys.executable)) / program), *database, *arguments]
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0 and not is_harmless(done.stdout):
        raise StartFailed(f"{program} failed:\n{done.stdout[-2000:]}")


def is_harmless(said: str) -> bool:
    """Whether pg_restore stumbled over nothing but a time limit (of 0: none) that servers before 17 do not know."""
    errors = [line for line in said.splitlines() if line.startswith("pg_restore: error:")]
    return len(errors) == 1 and '"transaction_timeout"' in errors[0] and "errors ignored on restore: 1" in said


def _replace_files(state: StateFolder, restored: Path) -> None:
    """The restored folder takes the place of the present one, owned by the suite's account."""
    for path in [restored, *restored.rglob("*")]:
        os.chown(path, state.account.uid, state.account.gid)
        path.chmod(0o700 if path.is_dir() else 0o600)
    present = state.data_folder("files")
    shutil.rmtree(present)
    restored.rename(present)
