"""Debian packages that no wheel replaces: RabbitMQ's server, and Chromium with a font for the browser tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.launcher import broker, servers

POLICY = Path("/usr/sbin/policy-rc.d")
START_NOTHING = """\
#!/bin/sh
# Talkoo's launcher installs packages without starting their services, then removes this file.
exit 101
"""
CHROMIUM = Path("/usr/bin/chromium")
RABBITMQ_PACKAGES = ("rabbitmq-server",)
BROWSER_PACKAGES = ("chromium", "fonts-dejavu-core")


def ensure_rabbitmq() -> bool:
    """Install RabbitMQ's server if there is none; returns whether it was installed now."""
    if broker.is_installed():
        return False
    _install(RABBITMQ_PACKAGES, instead="set AMQP_URL to use a broker of your own")
    return True


def ensure_browser() -> bool:
    """Install Chromium if there is none; returns whether it was installed now."""
    if CHROMIUM.exists():
        return False
    _install(BROWSER_PACKAGES, instead="run the tests without tests/browser")
    return True


def _install(packages: tuple[str, ...], instead: str) -> None:
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise servers.StartFailed(f"{names} is missing and this machine has no apt-get; install it or {instead}.")
    prefix = _administrator()
    if prefix is None:
        raise servers.StartFailed(f"{names} is missing: run `apt-get install {names}` as root, or {instead}.")
    with _no_service_starts(prefix):
        done = _apt(prefix, "install", "-y", "--no-install-recommends", *packages)
        if done.returncode != 0:
            _apt(prefix, "update")
            done = _apt(prefix, "install", "-y", "--no-install-recommends", *packages)
    if done.returncode != 0:
        raise servers.StartFailed(f"apt-get could not install {names}:\n{done.stdout[-2000:]}")


def _administrator() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    return ["sudo"] if shutil.which("sudo") else None


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
