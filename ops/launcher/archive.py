"""The backup file: a tar with a manifest, one pg_dump per database, and the object storage's files."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20


class BadArchive(ValueError):
    """The file is no whole backup of Talkoo; nothing was changed."""


def write(target: Path, dumps: dict[str, Path], files: Path) -> None:
    """Write the archive (mode 600) in one step: it appears under its name when it is whole."""
    manifest = {
        "format": FORMAT,
        "created_at": datetime.now(UTC).isoformat(),
        "dumps": {service: _digest(path) for service, path in dumps.items()},
        "files": sum(1 for _ in _files_in(files)),
    }
    unfinished = target.with_name(f".{target.name}.unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
        _add_text(tar, MANIFEST, json.dumps(manifest, indent=1))
        for service, path in dumps.items():
            tar.add(path, f"dumps/{service}")
        for path in _files_in(files):
            tar.add(path, str(PurePosixPath("files") / path.relative_to(files).as_posix()))
    unfinished.replace(target)


def unpack(source: Path, folder: Path, services: tuple[str, ...]) -> tuple[dict[str, Path], Path]:
    """Unpack into an empty folder and check every digest: dumps by service, and the folder of files."""
    (folder / "files").mkdir()
    (folder / "dumps").mkdir()
    try:
        with tarfile.open(source, "r:") as tar:
            manifest = _manifest(tar)
            for member in tar:
                _unpack_one(tar, member, folder)
    except (tarfile.TarError, OSError, KeyError) as error:
        raise BadArchive(f"{source} is not a backup of Talkoo: {error}") from error
    dumps = {service: folder / "dumps" / service for service in services}
    for service, path in dumps.items():
        if not path.exists() or _digest(path) != manifest["dumps"].get(service):
            raise BadArchive(f"{source}: the dump of {service} is missing or damaged")
    if sum(1 for _ in _files_in(folder / "files")) != manifest["files"]:
        raise BadArchive(f"{source}: files are missing")
    return dumps, folder / "files"


def _manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    member = tar.extractfile(MANIFEST)
    manifest = json.load(member) if member is not None else {}
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BadArchive(f"not a backup of format {FORMAT}")
    return manifest


def _unpack_one(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Only plain files below `dumps/` and `files/`, never outside the folder."""
    path = PurePosixPath(member.name)
    if not member.isfile() or path.parts[0] not in ("dumps", "files"):
        return
    if path.is_absolute() or ".." in path.parts:
        raise BadArchive(f"the archive has a path outside itself: {member.name}")
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    source = tar.extractfile(member)
    assert source is not None
    with target.open("xb") as copy:
        shutil.copyfileobj(source, copy, CHUNK)


def _files_in(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    tar.addfile(entry, io.BytesIO(data))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return _digest_of(file)


def _digest_of(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
