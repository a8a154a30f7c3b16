"""Finding and ending a server process by its id, also one that another launcher started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path


class StartFailed(Exception):
    """A part of the suite did not come up; the message says which and shows what it said."""


def command_line(pid: int) -> str:
    """The arguments of a running process, or an empty text when there is none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def is_running(pid: int, mark: str) -> bool:
    """Whether the process lives and has `mark` among its arguments (process ids are used again)."""
    return mark in command_line(pid)


def stop(pid: int, mark: str, *, first: signal.Signals, seconds: float, child: subprocess.Popen[bytes] | None) -> None:
    """Send `first`, wait, then SIGKILL; returns when the process is gone. A `child` of ours needs no mark."""
    for number, patience in ((first, seconds), (signal.SIGKILL, 10.0)):
        if _is_gone(pid, mark, child):
            break
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            break
        _wait_until(lambda: _is_gone(pid, mark, child), patience)
    if child is not None:
        child.wait()


def _is_gone(pid: int, mark: str, child: subprocess.Popen[bytes] | None) -> bool:
    if child is not None:
        return child.poll() is not None
    return not is_running(pid, mark)


def _wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def wait_for(
    ready: Callable[[], bool], *, what: str, seconds: float, child: subprocess.Popen[bytes] | None, log: Path
) -> None:
    """Poll `ready`; raises StartFailed with the end of `log` when the child dies or time is over."""

    def settled() -> bool:
        return ready() or (child is not None and child.poll() is not None)

    if _wait_until(settled, seconds) and ready():
        return
    raise StartFailed(f"{what} did not start within {seconds:.0f} s. It said:\n{tail(log)}")


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log file."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"
