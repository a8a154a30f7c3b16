"""Object storage: a local folder. Services pass keys, not bytes; a key is `<service>/<uuid><suffix>`."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from chassis.ids import new_id
from chassis.settings import settings
from contracts.errors import Invalid, NotFound

KEY = re.compile(r"^[a-z]+/[0-9a-f-]{36}(\.[a-z0-9]{1,8})?$")


def _path(key: str) -> Path:
    if not KEY.match(key):
        raise Invalid.field("/file_key", "bad_key", "This is not a key of a stored file.")
    return Path(settings().talkoo_files) / key


def new_key(owner: str, suffix: str = "") -> str:
    """A key for a new file; `suffix` such as `.pdf`."""
    return f"{owner}/{new_id()}{suffix}"


def store(key: str, content: bytes) -> None:
    """Write a whole file: it is there completely (fsync, rename) or not at all. Storing it again replaces it."""
    with writing(key) as file:
        file.write(content)


@contextmanager
def writing(key: str) -> Iterator[IO[bytes]]:
    """A file to write bit by bit: it is there completely when the block ends, or not at all when it raises."""
    path = _path(key)
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


def load(key: str) -> bytes:
    """The file's content; raises NotFound."""
    try:
        return _path(key).read_bytes()
    except FileNotFoundError:
        raise NotFound(f"There is no file {key}.", key=key) from None


def path_of(key: str) -> Path:
    """Where the file lies, for readers that stream it; raises NotFound."""
    path = _path(key)
    if not path.is_file():
        raise NotFound(f"There is no file {key}.", key=key)
    return path


def delete(key: str) -> None:
    """Remove the file; removing what is not there is fine."""
    _path(key).unlink(missing_ok=True)


def stored(owner: str, before: datetime) -> Iterator[str]:
    """Keys of the owner's files that were written before then. What was never finished by then is removed."""
    folder = Path(settings().talkoo_files) / owner
    for path in folder.iterdir() if folder.is_dir() else ():
        key = f"{owner}/{path.name}"
        if KEY.match(key) and _is_older(path, before):
            yield key
        elif path.name.startswith(".") and _is_older(path, before):
            path.unlink(missing_ok=True)


def delete_old(key: str, before: datetime) -> bool:
    """Remove the file unless it was written again since then; whether it is removed."""
    path = _path(key)
    if not _is_older(path, before):
        return False
    path.unlink(missing_ok=True)
    return True


def _is_older(path: Path, moment: datetime) -> bool:
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False
