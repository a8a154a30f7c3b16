"""`.talkoo/run.json` and the environment file: how scripts and operators' commands find the running suite."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ops.launcher import environment
from ops.launcher.state import write_private
from ops.launcher.suite import Suite

DEMO = "demo"


def path_in(checkout: Path) -> Path:
    """The run file of a checkout."""
    return checkout / ".talkoo" / "run.json"


def content(suite: Suite) -> dict[str, Any]:
    """Addresses, demo sign-ins, the administrator's API key, and where the environment file is."""
    demo = suite.state.kept_secret(DEMO) or {}
    pages = {name: company.page for name, company in suite.companies.items()}
    return {
        "base_url": suite.base_url,
        "mailbox": pages["mail"],
        "sms": pages["sms"],
        "payments": pages["payments"],
        "api_key": demo.get("api_key"),
        "sign_ins": demo.get("sign_ins", []),
        "state": str(suite.state.root),
        "env": str(environment_file(suite)),
        "log": str(suite.log.path),
        "processes": suite.pids,
    }


def environment_file(suite: Suite) -> Path:
    """The file with the variables of operators' commands (mode 600)."""
    return suite.state.root / "env"


def write(checkout: Path, suite: Suite) -> None:
    """Write both files; they hold secrets, mode 600."""
    write_private(environment_file(suite), environment.as_file(suite.env))
    target = path_in(checkout)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    write_private(target, json.dumps(content(suite), indent=2, ensure_ascii=False) + "\n")


def read(checkout: Path) -> dict[str, Any] | None:
    """What the running suite wrote, or None when none runs."""
    try:
        found: dict[str, Any] = json.loads(path_in(checkout).read_text())
    except (OSError, ValueError):
        return None
    return found


def remove(checkout: Path) -> None:
    """Forget the suite that was stopped."""
    path_in(checkout).unlink(missing_ok=True)
