"""Files in a local folder: one path a key."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from chassis.ids import new_id


class Folder:
    """Implements `chassis.files.Storage`; what is not there raises FileNotFoundError."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def writing(self, key: str) -> Iterator[IO[bytes]]:
        """Written beside its place, on disk (fsync) before it is renamed."""
        path = self._root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.{new_id().hex[-8:]}")
        try:
            with unfinished.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
        finally:
            unfinished.unlink(missing_ok=True)

    def opened(self, key: str) -> IO[bytes]:
        """The file itself."""
        return (self._root / key).open("rb")

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """The path itself."""
        path = self._root / key
        path.stat()
        yield path

    def size(self, key: str) -> int:
        """Bytes."""
        return (self._root / key).stat().st_size

    def delete(self, key: str) -> None:
        """Nothing happens when there is no such file."""
        (self._root / key).unlink(missing_ok=True)

    def delete_old(self, key: str, before: datetime) -> bool:
        """Whether it was that old, and is removed."""
        path = self._root / key
        if not _is_older(path, before):
            return False
        path.unlink(missing_ok=True)
        return True

    def older(self, owner: str, before: datetime) -> Iterator[str]:
        """What was never finished by then is removed on the way."""
        folder = self._root / owner
        for path in folder.iterdir() if folder.is_dir() else ():
            if not _is_older(path, before):
                continue
            if path.name.startswith("."):
                path.unlink(missing_ok=True)
            else:
                yield f"{owner}/{path.name}"


def _is_older(path: Path, moment: datetime) -> bool:
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False
