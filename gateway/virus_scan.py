"""Asks a virus scanner about each file that comes in: clamd, by its command INSTREAM. Off without TALKOO_CLAMD."""

import socket
import struct

from chassis.logs import log
from contracts.errors import Invalid, Unavailable
from gateway.config import gateway_settings

UNIX = "unix:"
CHUNK = 1 << 16
SECONDS = 30.0
CLEAN = b"stream: OK"
MOST_ANSWER = 4_096


def refuse_infected(content: bytes, pointer: str) -> None:
    """Raise Invalid for a file in which something is found, Unavailable when the scanner does not answer."""
    address = gateway_settings().talkoo_clamd
    if not address:
        return
    try:
        answer = _scan(address, content)
    except OSError as error:
        log.warning("virus_scanner_away", error=type(error).__name__)
        raise Unavailable("The virus scanner does not answer; try again in a moment.") from None
    if answer == CLEAN:
        return
    if answer.endswith(b"FOUND"):
        log.warning("infected_file_refused", found=answer.decode("ascii", "replace")[:100])
        raise Invalid.field(pointer, "file_infected", "The virus scanner found something in this file.")
    log.warning("virus_scanner_failed", answer=answer.decode("ascii", "replace")[:100])
    raise Unavailable("The virus scanner could not look at this file; try again in a moment.")


def _scan(address: str, content: bytes) -> bytes:
    with _connected(address) as connection:
        connection.settimeout(SECONDS)
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            chunk = content[start : start + CHUNK]
            connection.sendall(struct.pack(">I", len(chunk)) + chunk)
        connection.sendall(struct.pack(">I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < MOST_ANSWER and (part := connection.recv(CHUNK)):
            answer += part
        return answer.rstrip(b"\0").strip()


def _connected(address: str) -> socket.socket:
    if address.startswith(UNIX):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(SECONDS)
        connection.connect(address.removeprefix(UNIX))
        return connection
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), SECONDS)
