"""The process that reads a large file: it is asked on stdin and says on stdout what it finds.

    python -m services.contacts.staging.process

A line of JSON says what the heading says. One for each part follows, and behind it the part's rows, `size` bytes. The
last line is empty, or says why the file cannot be read.
"""

import gc
import resource
import signal
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

import orjson

from services.contacts.spreadsheets.limits import Unreadable
from services.contacts.staging.opening import ASKED
from services.contacts.staging.reading import Asked, reading

MAX_SECONDS = 300
"""Processor time, after which SIGXCPU ends the process; 100,000 rows take 5."""


def main(asking: BinaryIO, said: BinaryIO) -> None:
    """Read the file that is asked for."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # whoever asked has ended, and so do we
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # at a terminal it is meant for who started us
    gc.disable()  # rows hold no cycles, and to look for some takes a twentieth of the time
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS + 1))
    try:
        _read(ASKED.validate_json(asking.read()), said)
    except Unreadable as error:
        _say(said, {"unreadable": {"code": error.code, "reason": error.reason, "row": error.row, **error.params}})


def _read(asked: Asked, said: BinaryIO) -> None:
    heading, parts = reading(asked)
    _say(said, asdict(heading))
    for part in parts:
        line = {name: value for name, value in vars(part).items() if name != "lines"}
        _say(said, {**line, "size": len(part.lines)}, part.lines)
    _say(said, {})


def _say(said: BinaryIO, line: dict[str, Any], rows: bytes = b"") -> None:
    said.write(orjson.dumps(line) + b"\n")
    said.write(rows)
    said.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
