"""Runs the story and prints each step with its time."""

import json
import os
import sys
import time
from pathlib import Path

import httpx

from ops.demo.stage import Failed, Stage
from ops.demo.story import STEPS


def run_file() -> dict[str, object]:
    """What `./talkoo up` wrote about the running suite."""
    path = Path(os.environ.get("TALKOO_RUN_FILE", ".talkoo/run.json"))
    if not path.is_file():
        sys.exit("No suite runs from this checkout. Start one first: ./talkoo up")
    found: dict[str, object] = json.loads(path.read_text())
    return found


def main() -> int:
    """The exit code: 0 when every check of every step held."""
    began = time.monotonic()
    with Stage(run_file()) as stage:
        for number, step in enumerate(STEPS, start=1):
            started = time.monotonic()
            title = (step.__doc__ or "").splitlines()[0].rstrip(".")
            try:
                told = step(stage)
            except (Failed, httpx.HTTPError, TimeoutError) as error:
                print(f"{number}. {title}\n   FAILED after {time.monotonic() - started:.1f} s: {error}")
                return 1
            print(f"{number}. {title}  ({time.monotonic() - started:.1f} s)", *told, sep="\n   ", flush=True)
    print(f"The story holds. {stage.checks} checks in {time.monotonic() - began:.1f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
