"""`./talkoo test`: style, types, architecture and every test. Pytest runs last, so its summary closes the output."""

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
            if failed := checks.result():
                print(f"== FAILED before the tests: {', '.join(failed)}", flush=True)
            tests = _run(checkout, "pytest", *(pytest_arguments or SIDE_BY_SIDE))
    return tests or (1 if failed else 0)


def _failed_checks(checkout: Path, checks: Mapping[str, Sequence[str]]) -> list[str]:
    failed = []
    for name, command in checks.items():
        print(f"== {name}", flush=True)
        if _run(checkout, *command) != 0:
            failed.append(name)
    return failed


def _run(checkout: Path, program: str, *arguments: str) -> int:
    env = {**os.environ, "PYTHONPATH": str(checkout)}
    path = Path(sys.executable).parent / program
    return subprocess.run([str(path), *arguments], cwd=checkout, env=env, check=False).returncode
