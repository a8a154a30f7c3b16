"""The backup file: whole or refused, and never a path outside itself."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from ops.launcher import archive

SERVICES = ("contacts", "notify")


@pytest.fixture
def written(tmp_path: Path) -> Path:
    dumps = {}
    for service in SERVICES:
        dumps[service] = tmp_path / f"dump-{service}"
        dumps[service].write_bytes(service.encode() * 1000)
    files = tmp_path / "objects"
    (files / "invoices").mkdir(parents=True)
    (files / "invoices" / "lasku-å.pdf").write_bytes(b"%PDF")
    target = tmp_path / "backup.tar"
    archive.write(target, dumps, files)
    return target


def unpacked(source: Path, tmp_path: Path) -> tuple[dict[str, Path], Path]:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    return archive.unpack(source, folder, SERVICES)


def test_what_was_packed_comes_back(written: Path, tmp_path: Path) -> None:
    dumps, files = unpacked(written, tmp_path)
    assert dumps["notify"].read_bytes() == b"notify" * 1000
    assert (files / "invoices" / "lasku-å.pdf").read_bytes() == b"%PDF"
    assert written.stat().st_mode & 0o777 == 0o600


def test_a_damaged_dump_is_refused(written: Path, tmp_path: Path) -> None:
    data = written.read_bytes()
    written.write_bytes(data.replace(b"notifynotify", b"notifyNOTIFY", 1))
    with pytest.raises(archive.BadArchive, match="notify is missing or damaged"):
        unpacked(written, tmp_path)


def test_a_cut_archive_is_refused(written: Path, tmp_path: Path) -> None:
    written.write_bytes(written.read_bytes()[:9000])
    with pytest.raises(archive.BadArchive):
        unpacked(written, tmp_path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"\0" * 2048])
def test_something_else_is_refused(content: bytes, tmp_path: Path) -> None:
    source = tmp_path / "other"
    source.write_bytes(content)
    with pytest.raises(archive.BadArchive):
        unpacked(source, tmp_path)


@pytest.mark.parametrize("name", ["files/../../outside", "files/../../../etc/x"])
def test_a_path_outside_is_refused(name: str, tmp_path: Path) -> None:
    source = tmp_path / "evil.tar"
    with tarfile.open(source, "w") as tar:
        for member, data in (("manifest.json", json.dumps({"format": 1, "dumps": {}, "files": 0})), (name, "x")):
            entry = tarfile.TarInfo(member)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data.encode()))
    with pytest.raises(archive.BadArchive, match="outside itself"):
        unpacked(source, tmp_path)
    assert not (tmp_path / "outside").exists()
