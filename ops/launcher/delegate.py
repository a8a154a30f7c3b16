"""Commands that other modules of `ops` carry out, with the environment of the running suite."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from ops.launcher import run_file
from ops.launcher.servers import StartFailed

WORKS_ALONE = frozenset({"ops.bench", "ops.duplicates", "ops.seed"})


def delegate(checkout: Path, module_and_arguments: list[str]) -> int:
    """Run `python -m <module> <arguments>`; its exit code. The suite must run, except for what works alone."""
    running = run_file.read(checkout)
    if running is None and module_and_arguments[0] not in WORKS_ALONE:
        raise StartFailed("Talkoo does not run from this checkout; start it with ./talkoo up (in another terminal).")
    variables = read_environment(Path(running["env"])) if running else {}
    env = {**os.environ, **variables, "HOME": os.environ.get("HOME", "/"), "PYTHONPATH": str(checkout)}
    if running:
        env["TALKOO_RUN_FILE"] = str(run_file.path_in(checkout))
    try:
        return subprocess.run([sys.executable, "-m", *module_and_arguments], env=env, check=False).returncode
    except KeyboardInterrupt:
        return 130


def read_environment(path: Path) -> dict[str, str]:
    """The variables of an environment file that `up` wrote."""
    pairs = (word.partition("=") for word in shlex.split(path.read_text()))
    return {name: value for name, _, value in pairs}
