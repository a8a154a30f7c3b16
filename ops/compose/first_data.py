"""What a first start needs: demo data or a first administrator, and the run file by which commands find this suite.

python -m ops.compose.first_data            demo data, once (the one-shot container `demo-data`)
python -m ops.compose.first_data --empty    no data, but a one-time link for the first administrator
python -m ops.compose.first_data --show     the run file: addresses, sign-ins, the API key of operators' commands
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


def fill(*arguments: str) -> dict[str, Any]:
    """Load the demo data, or with `--empty` print the link; the facts of the run file."""
    command = [sys.executable, "-m", "ops.demo_data", *arguments]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    print(*said[:-1], sep="\n", flush=True)
    pages = {name: os.environ.get(variable) or None for name, variable in PAGES.items()}
    return {"base_url": settings().talkoo_base_url, **pages, **json.loads(said[-1])}


def main(arguments: list[str]) -> None:
    """Fill once, then show where everything is."""
    target = run_file()
    if arguments != ["--show"] and not target.exists():
        wait_ready()
        write_private(target, json.dumps(fill(*arguments), indent=2, ensure_ascii=False) + "\n")
    print(target.read_text() if target.exists() else "Nothing was filled yet: run this with --empty.")


if __name__ == "__main__":
    main(sys.argv[1:])
