"""Uploaded files are shown to clamd as its protocol says, and what it finds is not taken (C15)."""

import socket
import struct
import threading
from contextlib import contextmanager

import pytest

from contracts.errors import Invalid, Unavailable
from gateway import virus_scan
from gateway.config import GatewaySettings


def received(connection):
    """The file that a client of INSTREAM sends."""
    stream = connection.makefile("rb")
    assert stream.read(10) == b"zINSTREAM\0"
    parts = []
    while size := struct.unpack(">I", stream.read(4))[0]:
        parts.append(stream.read(size))
    return b"".join(parts)


@contextmanager
def clamd(answer, seen):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                seen.append(received(connection))
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join(10)


@pytest.fixture
def scanner(monkeypatch):
    def use(address):
        monkeypatch.setattr(virus_scan, "gateway_settings", lambda: GatewaySettings(talkoo_clamd=address))

    return use


def test_C15_a_clean_file_passes_as_a_whole(scanner):
    content, seen = b"abc" * 100_000, []
    with clamd(b"stream: OK\0", seen) as address:
        scanner(address)
        virus_scan.refuse_infected(content, "/file")
    assert seen == [content]


def test_C15_an_infected_file_is_refused(scanner):
    with clamd(b"stream: Win.Test.EICAR_HDB-1 FOUND\0", []) as address:
        scanner(address)
        with pytest.raises(Invalid) as error:
            virus_scan.refuse_infected(b"X5O!", "/file")
    assert [(each.pointer, each.code) for each in error.value.errors] == [("/file", "file_infected")]


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK FOUND? no\0"])
def test_C15_without_a_clear_answer_nothing_is_taken(scanner, answer):
    with clamd(answer, []) as address:
        scanner(address)
        with pytest.raises(Unavailable):
            virus_scan.refuse_infected(b"abc", "/file")


def test_C15_a_scanner_that_is_away_takes_nothing_and_none_set_asks_nobody(scanner):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    scanner(address)
    with pytest.raises(Unavailable):
        virus_scan.refuse_infected(b"abc", "/file")
    scanner("")
    virus_scan.refuse_infected(b"abc", "/file")
