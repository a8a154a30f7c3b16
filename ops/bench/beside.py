"""Programs that run beside a suite: under its account, on its servers, each with the block that started it."""

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from ops.launcher import databases, ports, spawn
from ops.launcher.suite import Suite

READY_SECONDS = 60.0
STOP_SECONDS = 20.0


@contextmanager
def running(suite: Suite, command: Sequence[str], env: Mapping[str, str], log: Path) -> Iterator[int]:
    """A process that finds the suite's code; yields its id."""
    with log.open("ab") as output:
        child = spawn.spawn(
            command,
            account=suite.state.account,
            env={**env, "PYTHONPATH": str(suite.code.root)},
            cwd=suite.code.root,
            output=output,
        )
    try:
        yield child.pid
    finally:
        child.terminate()
        try:
            child.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def gunicorn(python: str, application: str, port: int, workers: int, threads: int) -> tuple[str, ...]:
    """The command of a web server that keeps connections open."""
    kind = ("--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads), "--keep-alive", "15")
    return (python, "-m", "gunicorn", *kind, "--bind", f"{ports.LOOPBACK}:{port}", application)


def new_database(suite: Suite, name: str) -> str:
    """An empty database on the suite's server; its address, as the server's administrator."""
    assert suite.infrastructure.admin_url is not None
    with databases.cursor_on(databases.libpq_url(suite.infrastructure.admin_url)) as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    return database_url(suite, name)


def database_url(suite: Suite, name: str) -> str:
    """libpq address of a database on the suite's server."""
    assert suite.infrastructure.admin_url is not None
    return databases.admin_url_of(suite.infrastructure.admin_url, name)


def wait_until_answered(address: str, what: str) -> None:
    """Wait until all that an answer needs is there; raises TimeoutError."""
    deadline = time.monotonic() + READY_SECONDS
    while said := _refusal(address):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} does not answer at {address}: {said}")
        time.sleep(0.2)


def _refusal(address: str) -> str:
    """What is answered instead of 200; empty when nothing is."""
    try:
        answer = httpx.get(address, timeout=10, trust_env=False)
    except httpx.HTTPError as error:
        return str(error) or type(error).__name__
    return "" if answer.is_success else f"{answer.status_code} {answer.text[:300]}"
