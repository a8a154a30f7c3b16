"""Backup and restore of a suite in containers: the archive of `./talkoo backup`, as a stream.

    docker-compose run --rm -T operator python -m ops.compose.backup save > talkoo.tar
    docker-compose run --rm -T operator python -m ops.compose.backup restore < talkoo.tar

A backup may be taken while the suite runs; for a restore everything but PostgreSQL must be stopped. Meanwhile the dumps
lie on the volume `run`.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import psycopg2

from chassis import files
from chassis.settings import settings
from ops.compose.first_data import run_file
from ops.launcher import archive, databases
from ops.launcher import backup as launcher_backup
from ops.launcher.servers import StartFailed
from ops.launcher.services import SERVICES

OTHERS = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() LIMIT 1"


class StillRunning(ValueError):
    """Something works on the databases; nothing was changed."""


def save(target: BinaryIO) -> None:
    """Write the archive."""
    with _waiting_room() as room:
        whole = room / "talkoo.tar"
        launcher_backup.save(_urls(), files.folder() or _nothing(room), whole)
        with whole.open("rb") as source:
            shutil.copyfileobj(source, target)


def restore(source: BinaryIO) -> None:
    """Replace databases and files by the archive's; raises StillRunning or BadArchive before anything changed."""
    urls = _urls()
    _check_alone(urls)
    with _waiting_room() as room:
        whole, unpacked = room / "talkoo.tar", room / "unpacked"
        with whole.open("wb") as target:
            shutil.copyfileobj(source, target)
        unpacked.mkdir()
        dumps, saved = archive.unpack(whole, unpacked, SERVICES)
        launcher_backup.refill(urls, dumps)
        _replace_files(saved)


def _urls() -> dict[str, str]:
    return {service: settings().database_url(service) for service in SERVICES}


def _nothing(room: Path) -> Path:
    """An empty folder: files in a bucket are kept safe by its store, not by us."""
    (room / "files").mkdir()
    return room / "files"


def _check_alone(urls: dict[str, str]) -> None:
    for service, url in urls.items():
        connection = psycopg2.connect(databases.libpq_url(url), connect_timeout=10)
        try:
            with connection.cursor() as cursor:
                cursor.execute(OTHERS)
                if cursor.fetchone() is not None:
                    raise StillRunning(
                        f"{service} is still connected to its database: stop the suite before a restore."
                    )
        finally:
            connection.close()


@contextmanager
def _waiting_room() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=run_file().parent) as folder:
        yield Path(folder)


def _replace_files(restored: Path) -> None:
    folder = files.folder()
    if folder is None:
        return
    for present in folder.iterdir():
        shutil.rmtree(present) if present.is_dir() else present.unlink()
    shutil.copytree(restored, folder, dirs_exist_ok=True)


def main(arguments: list[str]) -> int:
    """The exit code."""
    try:
        if arguments == ["save"]:
            save(sys.stdout.buffer)
        elif arguments == ["restore"]:
            restore(sys.stdin.buffer)
        else:
            print("usage: python -m ops.compose.backup save > FILE | restore < FILE", file=sys.stderr)
            return 2
    except (ValueError, StartFailed) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
