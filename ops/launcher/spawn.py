"""Starting one child process: under the suite's account, in a group of its own, ending when the launcher ends."""

from __future__ import annotations

import ctypes
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from ops.launcher.account import Account

PR_SET_PDEATHSIG = 1
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_libc = ctypes.CDLL(None)


def spawn(
    argv: Sequence[str],
    *,
    account: Account,
    env: Mapping[str, str],
    cwd: Path,
    output: IO[Any] | int,
    outlives_us: bool = False,
) -> subprocess.Popen[bytes]:
    """Start `argv`; stdout and stderr go to `output`.

    Unless it `outlives_us`, the kernel sends it SIGTERM when the *thread* that called this ends, however that
    happens: call it from a thread that lives as long as the process shall.
    """
    return subprocess.Popen(
        argv,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=None if outlives_us else _end_with_parent,  # noqa: PLW1509  # one system call, no locks
        **_identity(account),
    )


def run(
    argv: Sequence[str],
    *,
    account: Account,
    env: Mapping[str, str],
    cwd: Path,
    stdout: IO[Any] | int = subprocess.PIPE,
    stderr: IO[Any] | int = subprocess.STDOUT,
) -> subprocess.CompletedProcess[str]:
    """Run `argv` to its end under the account and return what it said."""
    return subprocess.run(
        argv,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        text=True,
        check=False,
        preexec_fn=_end_with_parent,
        **_identity(account),
    )


def _identity(account: Account) -> dict[str, Any]:
    if not account.is_other:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": [], "umask": 0o077}


def _end_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
