"""Files are read here, or by a process of their own when they are large (services.contacts.staging.process).

So rows are read and checked on one processor while those before are stored and matched on another, and what the reading
keeps in memory, to tell rows that repeat others, goes with the process.
"""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from typing import Any

import orjson
from pydantic import TypeAdapter

from chassis.apart import apart
from services.contacts.spreadsheets.limits import Unreadable
from services.contacts.staging.lines import Part
from services.contacts.staging.reading import Asked, Heading, reading

LARGE = 250_000
"""Bytes of a file whose rows are worth a process, which takes 0.3 s to start."""
MODULE = "services.contacts.staging.process"
ASKED = TypeAdapter(Asked)


class ReaderEnded(Exception):
    """The process has ended before it was through: it was killed, or has failed."""


@contextmanager
def opened(asked: Asked) -> Iterator[tuple[Heading, Iterator[Part]]]:
    """What the file's heading says, and its rows as they are read; both raise Unreadable."""
    if asked.path.stat().st_size < LARGE:
        yield reading(asked)
        return
    with closing(_Reader(asked)) as reader:
        yield reader.heading(), reader.parts()


class _Reader:
    """A process that reads a file, which is given none of our settings and secrets."""

    def __init__(self, asked: Asked) -> None:
        request = ASKED.dump_json(replace(asked, path=asked.path.resolve()))
        self._process = subprocess.Popen(**apart(MODULE), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._said = self._process.stdout
        with suppress(BrokenPipeError), self._process.stdin as asking:  # it has ended, which its silence tells
            asking.write(request)

    def heading(self) -> Heading:
        return Heading(**self._line())

    def parts(self) -> Iterator[Part]:
        while said := self._line():
            size = said.pop("size")
            lines = self._said.read(size)
            if len(lines) < size:
                raise self._ended()
            yield Part(lines=lines, **said)

    def _line(self) -> dict[str, Any]:
        line = self._said.readline()
        if not line.endswith(b"\n"):
            raise self._ended()
        said: dict[str, Any] = orjson.loads(line)
        if "unreadable" in said:
            raise Unreadable(**said["unreadable"])
        return said

    def _ended(self) -> Exception:
        code = self._process.wait()
        if code == -signal.SIGXCPU:
            return Unreadable("takes_too_long", "This file takes too long to read; split it.")
        return ReaderEnded(f"The process that read a file has ended with exit code {code}.")

    def close(self) -> None:
        """End the process, which may be in the middle of the file."""
        self._process.kill()
        self._process.wait()
        self._said.close()
