"""TCP ports on the loopback interface, chosen free and remembered by the caller."""

from __future__ import annotations

import os
import socket

LOOPBACK = "127.0.0.1"
DEFAULT_GATEWAY_PORT = 8000
GATEWAY = "gateway"
NAMES = ("postgres", "amqp", "epmd", "distribution", "smtp", "mailbox", "sms", "payments")


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


def choose(remembered: dict[str, int], names: tuple[str, ...] = NAMES) -> dict[str, int]:
    """A free port for each name: the remembered one where it still is free, else one the system gives."""
    chosen: dict[str, int] = {}
    for name in names:
        port = remembered.get(name, 0)
        usable = port and port not in chosen.values() and is_free(port)
        chosen[name] = port if usable else free_port(set(chosen.values()))
    return chosen


def free_port(taken: set[int]) -> int:
    """A port outside `taken` that the system says is free."""
    while True:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        if port not in taken:
            return port


def gateway_port(host: str = LOOPBACK) -> int:
    """`TALKOO_PORT`, else 8000, else (when 8000 is in use) a free one."""
    wanted = os.environ.get("TALKOO_PORT")
    if wanted is not None:
        if not wanted.isdigit() or not 0 < int(wanted) < 65536:
            raise PortTaken(f"TALKOO_PORT={wanted} is not a port number (1 to 65535)")
        if not is_free(int(wanted), host):
            raise PortTaken(f"port {wanted} (TALKOO_PORT) is in use; name another one")
        return int(wanted)
    return DEFAULT_GATEWAY_PORT if is_free(DEFAULT_GATEWAY_PORT, host) else free_port(set())
