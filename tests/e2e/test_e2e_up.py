"""`./talkoo up` as a newcomer runs it, in a checkout of its own: empty, with an administrator, and once more."""

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest

from ops.demo.stage import Visitor, text_of
from ops.launcher.account import suite_account
from ops.launcher.state import state_root
from ops.simulators.clients import wait_until

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".talkoo", "*_cache", "__pycache__", ".hypothesis", "tests", "screenshots"
)
PASSWORD = "kolme erilaista sanaa"
PATIENCE = 120
OTHER_HOST = "127.0.0.2"
"""Another address of this machine's own."""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of this checkout, with a state folder and ports of its own."""
    copy = tmp_path_factory.mktemp("newcomer") / "talkoo"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    (copy / ".venv").symlink_to((ROOT / ".venv").resolve())
    yield copy
    shutil.rmtree(state_root(copy, suite_account()), ignore_errors=True)


class Up:
    """`./talkoo up` in a terminal."""

    def __init__(self, checkout: Path, *arguments: str, **variables: str) -> None:
        self._said = checkout.parent / "said"
        self.run_file = checkout / ".talkoo" / "run.json"
        with self._said.open("wb") as said:
            self.process = subprocess.Popen(
                ["./talkoo", "up", *arguments],
                cwd=checkout,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=environment() | variables,
            )

    @property
    def said(self) -> str:
        return self._said.read_text()

    def run(self) -> dict:
        """What the run file says, once everything is ready."""
        wait_until(lambda: self.run_file.exists() or self.process.poll() is not None or None, PATIENCE, "the run file")
        assert self.run_file.exists(), f"{self.process.returncode}: {self.said}"
        return json.loads(self.run_file.read_text())

    def family(self) -> list[psutil.Process]:
        """All processes that belong to it."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(180) == 0, self.said


def environment() -> dict[str, str]:
    """That of a newcomer's shell: none of the tests' own settings."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TALKOO_", "PYTEST")) and not name.endswith(("DATABASE_URL", "AMQP_URL"))
    }


@contextmanager
def up(checkout: Path, *arguments: str, **variables: str) -> Iterator[Up]:
    started = Up(checkout, *arguments, **variables)
    try:
        yield started
    finally:
        with suppress(ProcessLookupError):
            started.process.terminate()
        started.process.wait(180)


def test_an_empty_suite_gets_its_administrator_heals_stops_and_keeps_what_it_has(checkout):
    with up(checkout, "--empty") as first:
        run = first.run()
        lost = link_in(first.said)
        assert run["sign_ins"] == []
        assert oct(first.run_file.stat().st_mode)[-3:] == "600"
        second = subprocess.run(
            ["./talkoo", "up"], cwd=checkout, env=environment(), capture_output=True, text=True, check=False
        )
        assert (second.returncode, run["base_url"] in second.stdout) == (1, True)
        dies_and_comes_back(run, "courses")
        family = first.family()
        first.interrupt()
        assert [each.cmdline() for each in family if still_runs(each)] == []
        assert not first.run_file.exists()
    with up(checkout, "--empty", TALKOO_HOST=OTHER_HOST) as again:
        run = again.run()
        assert f"There are data already, in {run['state']}; --empty leaves them as they are." in again.said
        assert run["base_url"].startswith(f"http://{OTHER_HOST}:")
        make_administrator(run, link_in(again.said))
        assert is_gone(run, lost), "nobody becomes the first administrator by a link that lies about"
        sign_in(run)
        again.interrupt()
    with up(checkout) as third:
        run = third.run()
        assert "/my/password/" not in third.said
        assert "There are data already" not in third.said
        sign_in(run)
        third.interrupt()


def link_in(said: str) -> str:
    link = re.search(r"https?://\S+/my/password/\S+", said)
    assert link, said
    return link.group()


def is_gone(run: dict, link: str) -> bool:
    address = run["base_url"] + link[link.index("/my/password/") :]
    return httpx.get(address, trust_env=False).status_code == 410


def still_runs(process: psutil.Process) -> bool:
    """Ended ones may wait a moment for init to take note of them."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def make_administrator(run: dict, link: str) -> None:
    visitor = Visitor(run["base_url"])
    visitor.submit(visitor.page(link), "set-password", username="admin", password=PASSWORD)
    assert visitor.ask("GET", link).status_code == 410, "the link works once"
    visitor.close()


def sign_in(run: dict) -> None:
    visitor = Visitor(run["base_url"])
    answer = visitor.post("/sign-in", {"username": "admin", "password": PASSWORD})
    assert answer["state"] == "signed_in"
    assert "admin" in text_of(visitor.page("/office"))
    visitor.close()


def dies_and_comes_back(run: dict, name: str) -> None:
    os.kill(run["processes"][name], signal.SIGKILL)
    page = f"{run['base_url']}/courses"
    wait_until(lambda: httpx.get(page, trust_env=False).status_code == 200 or None, PATIENCE, f"{name} answers again")
    assert not psutil.pid_exists(run["processes"][name])
