"""Object storage. Services pass keys, not bytes; a key is `<service>/<uuid><suffix>`.

`TALKOO_FILES` says where: a local folder, or `s3://<bucket>[/<prefix>]` in any store that speaks the S3 protocol.
"""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Protocol

from chassis.file_bucket import Bucket
from chassis.file_folder import Folder
from chassis.ids import new_id
from chassis.settings import settings
from contracts.errors import Invalid, NotFound

KEY = re.compile(r"^[a-z]+/[0-9a-f-]{36}(\.[a-z0-9]{1,8})?$")
BUCKET = re.compile(r"^s3://(?P<name>[a-z0-9.-]{3,63})/?(?P<prefix>.*?)/?$")


class Storage(Protocol):
    """A place for files by key. Reading what is not there raises FileNotFoundError."""

    def writing(self, key: str) -> AbstractContextManager[IO[bytes]]: ...
    def opened(self, key: str) -> IO[bytes]: ...
    def local(self, key: str) -> AbstractContextManager[Path]: ...
    def size(self, key: str) -> int: ...
    def delete(self, key: str) -> None: ...
    def delete_old(self, key: str, before: datetime) -> bool: ...
    def older(self, owner: str, before: datetime) -> Iterator[str]: ...


@lru_cache(maxsize=4)
def _storage_at(place: str, endpoint: str) -> Storage:
    if not place.startswith("s3:"):
        return Folder(Path(place))
    named = BUCKET.match(place)
    if named is None:
        raise RuntimeError(f"TALKOO_FILES is {place!r}, which is neither a folder nor s3://<bucket>/<prefix>")
    return Bucket(named["name"], named["prefix"], endpoint)


def _storage() -> Storage:
    return _storage_at(settings().talkoo_files, settings().talkoo_s3_endpoint)


def folder() -> Path | None:
    """The folder with all files; None when they lie in a bucket."""
    return None if settings().talkoo_files.startswith("s3:") else Path(settings().talkoo_files)


def _checked(key: str) -> str:
    if not KEY.match(key):
        raise Invalid.field("/file_key", "bad_key", "This is not a key of a stored file.")
    return key


@contextmanager
def _there(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NotFound(f"There is no file {key}.", key=key) from None


def new_key(owner: str, suffix: str = "") -> str:
    """A key for a new file; `suffix` such as `.pdf`."""
    return f"{owner}/{new_id()}{suffix}"


def store(key: str, content: bytes) -> None:
    """Write a whole file: it is there completely or not at all. Storing it again replaces it."""
    with writing(key) as file:
        file.write(content)


def writing(key: str) -> AbstractContextManager[IO[bytes]]:
    """A file to write bit by bit: it is there completely when the block ends, or not at all when it raises."""
    return _storage().writing(_checked(key))


def load(key: str) -> bytes:
    """The file's content; raises NotFound."""
    with opened(key) as file:
        return file.read()


def opened(key: str) -> IO[bytes]:
    """The file to read bit by bit, for the caller to close; raises NotFound."""
    with _there(key):
        return _storage().opened(_checked(key))


@contextmanager
def local(key: str) -> Iterator[Path]:
    """Where the file lies on this machine while the block runs, for readers that want a path; raises NotFound."""
    place = _storage().local(_checked(key))
    with _there(key):
        path = place.__enter__()
    try:
        yield path
    finally:
        place.__exit__(None, None, None)


def size(key: str) -> int:
    """Bytes of the file; raises NotFound."""
    with _there(key):
        return _storage().size(_checked(key))


def delete(key: str) -> None:
    """Remove the file; removing what is not there is fine."""
    _storage().delete(_checked(key))


def stored(owner: str, before: datetime) -> Iterator[str]:
    """Keys of the owner's files that were written before then. What was never finished by then is removed."""
    return (key for key in _storage().older(owner, before) if KEY.match(key))


def delete_old(key: str, before: datetime) -> bool:
    """Remove the file unless it was written again since then; whether it is removed."""
    return _storage().delete_old(_checked(key), before)
