"""What processes take of the machine, read from /proc: memory and processor time, with their descendants."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from ops.launcher.suite import Suite

TICKS = os.sysconf("SC_CLK_TCK")
LOOK_EVERY = 0.1
"""Seconds between two looks at memory."""


def megabytes(pid: int) -> float:
    """Proportional set size of a process and its descendants, in millions of bytes."""
    return sum(_pss(each) for each in tree(pid))


@contextmanager
def watched(pid: int) -> Iterator[list[float]]:
    """The memory of a process and its descendants together, in millions of bytes, looked at all the while."""
    seen, over = list[float](), Event()

    def look() -> None:
        while True:
            seen.append(megabytes(pid))
            if over.wait(LOOK_EVERY):
                return

    thread = Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def processor_seconds(pids: Iterable[int]) -> float:
    """Processor time that processes and their living descendants have taken since they started."""
    return sum(_seconds(each) for pid in pids for each in tree(pid))


def server_pids(suite: Suite) -> list[int]:
    """PostgreSQL and RabbitMQ of a private suite."""
    servers = (suite.infrastructure.postgres, suite.infrastructure.broker)
    return [server.pid for server in servers if server is not None and server.pid is not None]


def tree(pid: int) -> Iterator[int]:
    """The process and its descendants."""
    yield pid
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _text(tasks).split():
            yield from tree(int(child))


def _pss(pid: int) -> float:
    for line in _text(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def _seconds(pid: int) -> float:
    fields = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def _text(path: Path) -> str:
    """Empty when the process has ended meanwhile."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
