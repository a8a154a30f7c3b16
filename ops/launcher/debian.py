"""Installing Debian packages: `python -m ops.launcher.debian NAME ...`, as root. Standard library only.

The bootstrap runs it beside pip, for what the tests need of Debian; who needs a package asks again
(ops.launcher.packages) and says why it cannot be had.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POLICY = Path("/usr/sbin/policy-rc.d")
START_NOTHING = """\
#!/bin/sh
# Talkoo's launcher installs packages without starting their services, then removes this file.
exit 101
"""


def install(prefix: list[str], names: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Install packages, after a look at what there is if it fails first; `prefix` is what makes a command root's."""
    with _no_service_starts(prefix):
        done = _apt(prefix, "install", "-y", "--no-install-recommends", *names)
        if done.returncode != 0:
            _apt(prefix, "update")
            done = _apt(prefix, "install", "-y", "--no-install-recommends", *names)
    return done


def _apt(prefix: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


@contextmanager
def _no_service_starts(prefix: list[str]) -> Iterator[None]:
    """While packages are unpacked, Debian asks this policy and starts no service (RabbitMQ would take port 5672)."""
    if POLICY.exists():
        yield
        return
    with tempfile.NamedTemporaryFile("w") as source:
        source.write(START_NOTHING)
        source.flush()
        subprocess.run([*prefix, "install", "-m", "755", source.name, str(POLICY)], check=True)
    try:
        yield
    finally:
        subprocess.run([*prefix, "rm", "-f", str(POLICY)], check=True)


if __name__ == "__main__":
    sys.exit(install([], tuple(sys.argv[1:])).returncode)
