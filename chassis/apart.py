"""Modules of ours that run in a process of their own, for what is large, slow or not to be trusted."""

import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def apart(module: str, *arguments: str) -> dict[str, Any]:
    """What `subprocess` is told to run `python -m module`: given none of the suite's settings and secrets."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", "")}
    return {"args": [sys.executable, "-m", module, *arguments], "cwd": ROOT, "env": environment}
