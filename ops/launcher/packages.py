"""Debian packages that no wheel replaces: RabbitMQ, a browser with a font for tests, Redis for peers of the bench."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ops.launcher import broker, debian, servers

CHROMIUM = Path("/usr/bin/chromium")
RABBITMQ_PACKAGES = ("rabbitmq-server",)
REDIS = Path("/usr/bin/redis-server")
REDIS_PACKAGES = ("redis-server",)
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


def ensure_redis() -> bool:
    """Install Redis, which Talkoo does not use but a peer of its measurements, if there is none; whether it was now."""
    if REDIS.exists():
        return False
    _install(REDIS_PACKAGES, instead="measure without --peers")
    return True


def _install(packages: tuple[str, ...], instead: str) -> None:
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise servers.StartFailed(f"{names} is missing and this machine has no apt-get; install it or {instead}.")
    prefix = _administrator()
    if prefix is None:
        raise servers.StartFailed(f"{names} is missing: run `apt-get install {names}` as root, or {instead}.")
    done = debian.install(prefix, packages)
    if done.returncode != 0:
        raise servers.StartFailed(f"apt-get could not install {names}:\n{done.stdout[-2000:]}")


def _administrator() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    return ["sudo"] if shutil.which("sudo") else None
