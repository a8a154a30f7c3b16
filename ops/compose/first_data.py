"""Demo data on the first start, and the run file by which the demo finds this suite.

Run by the one-shot container `demo-data`. With `--show` it prints the run file: addresses and sign-ins.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from chassis.settings import settings
from ops.launcher.state import write_private

READY_SECONDS = 120.0
PAGES = {"mailbox": "TALKOO_MAILBOX_PAGE", "sms": "TALKOO_SMS_PAGE", "payments": "TALKOO_PAYMENTS_PAGE"}


def run_file() -> Path:
    """Where `ops.demo` looks for the running suite (`TALKOO_RUN_FILE`)."""
    return Path(os.environ["TALKOO_RUN_FILE"])


def wait_ready(seconds: float = READY_SECONDS) -> None:
    """Wait until every service answers through the front door; raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not _is_ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{settings().talkoo_base_url}/readyz did not answer 200 within {seconds:.0f} s")
        time.sleep(1)


def _is_ready() -> bool:
    try:
        return httpx.get(f"{settings().talkoo_base_url}/readyz", timeout=10, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def fill() -> dict[str, Any]:
    """Load the demo data; the facts of the run file."""
    done = subprocess.run([sys.executable, "-m", "ops.demo_data"], stdout=subprocess.PIPE, text=True, check=True)
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    pages = {name: os.environ.get(variable) or None for name, variable in PAGES.items()}
    return {"base_url": settings().talkoo_base_url, **pages, **facts}


def main(arguments: list[str]) -> None:
    """Fill once, then show where everything is."""
    target = run_file()
    if arguments != ["--show"] and not target.exists():
        wait_ready()
        write_private(target, json.dumps(fill(), indent=2, ensure_ascii=False) + "\n")
    print(target.read_text(), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
