"""psycopg2 under eventlet: waiting for the database lets others run, and gives up on a frozen server."""

import eventlet
import psycopg2
from eventlet.hubs import trampoline
from psycopg2 import extensions

ANSWER_TIMEOUT = 12
"""Seconds without a byte from the server before the connection counts as dead; above statement_timeout."""


def wait(connection: extensions.connection, timeout: float = ANSWER_TIMEOUT) -> None:
    """psycopg2's wait callback (it has no time-out of its own; eventlet's neither)."""
    while True:
        state = connection.poll()
        if state == extensions.POLL_OK:
            return
        try:
            trampoline(
                connection.fileno(),
                read=state == extensions.POLL_READ,
                write=state == extensions.POLL_WRITE,
                timeout=timeout,
            )
        except eventlet.Timeout:
            connection.close()
            raise psycopg2.OperationalError(
                f"server closed the connection unexpectedly: no answer in {timeout} s"
            ) from None


def install() -> None:
    """Use `wait` for every connection of this process."""
    extensions.set_wait_callback(wait)
