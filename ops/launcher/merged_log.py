"""One readable log of all processes: coloured names on a terminal, and a file of bounded size."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from pathlib import Path
from typing import IO, TextIO

LARGEST_FILE = 20_000_000
COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
NAME_WIDTH = 10
LATEST = 15


class MergedLog:
    """Lines of all processes, written to a stream (None: to the file alone) and to `path`, whole lines at a time."""

    def __init__(self, path: Path, stream: TextIO | None = sys.stdout) -> None:
        self.path, self._stream = path, stream
        self._file: TextIO = path.open("a", errors="replace")
        self._lock = threading.Lock()
        self._colours: dict[str, int] = {}
        self._coloured = stream is not None and stream.isatty() and "NO_COLOR" not in os.environ
        self._latest: dict[str, deque[str]] = {}
        self.shown = True

    def write(self, name: str, line: str) -> None:
        """One line of one process."""
        with self._lock:
            self._latest.setdefault(name, deque(maxlen=LATEST)).append(line)
            self._to_file(f"{name:<{NAME_WIDTH}} | {line}\n")
            if self._stream is not None and self.shown:
                self._to_stream(f"{self._painted(name)} | {line}\n")

    def latest(self, name: str) -> str:
        """The last lines of one process."""
        with self._lock:
            return "\n".join(self._latest.get(name, ()))

    def say(self, text: str) -> None:
        """A line of the launcher's own."""
        with self._lock:
            self._to_file(text + "\n")
            if self._stream is not None:
                self._to_stream(text + "\n")

    def follow(self, name: str, pipe: IO[bytes]) -> threading.Thread:
        """Copy a process's output until it closes, in a thread."""
        thread = threading.Thread(target=self._copy, args=(name, pipe), name=f"log-{name}", daemon=True)
        thread.start()
        return thread

    def _copy(self, name: str, pipe: IO[bytes]) -> None:
        with pipe:
            for line in pipe:
                self.write(name, line.decode(errors="replace").rstrip())

    def close(self) -> None:
        """Close the file; what comes later goes to the stream alone."""
        with self._lock:
            self._file.close()

    def _to_stream(self, text: str) -> None:
        stream = self._stream
        try:
            if stream is not None:
                stream.write(text)
                stream.flush()
        except (OSError, ValueError):
            self._stream = None  # the terminal is gone; the suite and its file go on

    def _to_file(self, text: str) -> None:
        if self._file.closed:
            return
        self._file.write(text)
        self._file.flush()
        if self._file.tell() > LARGEST_FILE:
            self._file.close()
            self.path.replace(self.path.with_suffix(".old.log"))
            self._file = self.path.open("a", errors="replace")

    def _painted(self, name: str) -> str:
        padded = f"{name:<{NAME_WIDTH}}"
        if not self._coloured:
            return padded
        colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
        return f"\x1b[{colour}m{padded}\x1b[0m"
