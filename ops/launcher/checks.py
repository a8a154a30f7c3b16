"""`./talkoo test`: style, types and architecture beside every test. Pytest takes longest, so its summary is last."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ops.launcher import packages
from ops.launcher.infrastructure import infrastructure

TYPED = ("chassis", "contracts", "services", "gateway", "ops")
CHECKS = {
    "ruff check": ("ruff", "check", "."),
    "ruff format": ("ruff", "format", "--check", "."),
    "mypy": ("mypy", "--strict", *TYPED),
    "import-linter": ("lint-imports",),
}
SIDE_BY_SIDE = ("-n", "2", "--no-loadscope-reorder")
"""Two processes; tests/conftest.py says what each runs together."""


def test(checkout: Path, pytest_arguments: list[str]) -> int:
    """Checks and tests; with arguments only pytest. 0 only if everything passed."""
    with ThreadPoolExecutor(1) as beside:  # the servers stay with this thread: they end with the one that began them
        checks = beside.submit(_failed_checks, checkout, {} if pytest_arguments else CHECKS)
        if packages.ensure_browser():
            print("talkoo: installed Debian's Chromium for the browser tests", flush=True)
        packages.ensure_rabbitmq()  # also with AMQP_URL: tests crash their broker, and leave the operator's alone
        with infrastructure():
            tests = _run(checkout, "pytest", *(pytest_arguments or SIDE_BY_SIDE)).returncode
    return tests or (1 if checks.result() else 0)


def _failed_checks(checkout: Path, checks: Mapping[str, Sequence[str]]) -> list[str]:
    """What each says stands together, whatever the tests print meanwhile."""
    failed = []
    for name, command in checks.items():
        ended = _run(checkout, *command, output=subprocess.PIPE)
        print(f"\n== {name}\n{ended.stdout.decode().rstrip()}", flush=True)
        if ended.returncode != 0:
            print(f"== {name} FAILED", flush=True)
            failed.append(name)
    return failed


def _run(
    checkout: Path, program: str, *arguments: str, output: int | None = None
) -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, "PYTHONPATH": str(checkout)}
    path = Path(sys.executable).parent / program
    errors = None if output is None else subprocess.STDOUT
    return subprocess.run([str(path), *arguments], cwd=checkout, env=env, check=False, stdout=output, stderr=errors)
