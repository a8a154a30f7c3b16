"""TCP ports on the loopback interface, chosen free and remembered by the caller."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Collection

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104  (only compared with)
DEFAULT_GATEWAY_PORT = 8000
GATEWAY = "gateway"
NAMES = ("postgres", "amqp", "epmd", "distribution", "smtp", "mailbox", "sms", "payments")
SERVERS = range(20_000, 32_000)
"""Below the ports that the system gives to outgoing connections: while a server is down, none can sit on its port."""
TRIES = 1_000
_chosen: set[int] = set()
"""What we have claimed as long as we run."""


class PortTaken(Exception):
    """The port that was asked for by name is in use."""


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def accepts(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def asked_at(host: str) -> str:
    """Where to ask a server on this machine that listens on `host`: on loopback when it listens everywhere."""
    return LOOPBACK if host == EVERYWHERE else host


def choose(remembered: dict[str, int], names: tuple[str, ...] = NAMES) -> dict[str, int]:
    """A free port of `SERVERS` for each name: the remembered one where it still is free."""
    chosen: dict[str, int] = {}
    for name in names:
        port = remembered.get(name, 0)
        usable = port in SERVERS and port not in chosen.values() and is_free(port) and (port in _chosen or _claim(port))
        chosen[name] = port if usable else free_port(set(chosen.values()))
    return chosen


def free_port(taken: Collection[int] = ()) -> int:
    """A free port of `SERVERS` outside `taken` that nobody has chosen who runs now, if not yet listening on it."""
    for _ in range(TRIES):
        port = random.choice(SERVERS)
        if port not in taken and is_free(port) and _claim(port):
            return port
    raise PortTaken(f"no free port found from {SERVERS.start} to {SERVERS.stop - 1}")


def _claim(port: int) -> bool:
    """Whether the port is now ours: no two processes, and nobody twice, hold the same name of a local socket."""
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0talkoo-port-{port}")
    except OSError:
        claim.close()
        return False
    claim.detach()  # open until we end; then the kernel forgets it
    _chosen.add(port)
    return True


def gateway_port(host: str = LOOPBACK) -> int:
    """`TALKOO_PORT`, else 8000, else (when 8000 is in use) a free one."""
    wanted = os.environ.get("TALKOO_PORT")
    if wanted is not None:
        if not wanted.isdigit() or not 0 < int(wanted) < 65536:
            raise PortTaken(f"TALKOO_PORT={wanted} is not a port number (1 to 65535)")
        if not is_free(int(wanted), host):
            raise PortTaken(f"port {wanted} (TALKOO_PORT) is in use; name another one")
        return int(wanted)
    return DEFAULT_GATEWAY_PORT if is_free(DEFAULT_GATEWAY_PORT, host) else free_port()
