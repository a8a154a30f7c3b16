"""XLSX: the first sheet that is shown and holds something. What it holds is unpacked by a process of its own
(services.contacts.spreadsheets.unpacking) with bounded memory and time, so that a bomb ends that process and nothing
else."""

import csv
import json
import subprocess
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from zipfile import is_zipfile

from chassis.apart import apart
from services.contacts.spreadsheets.limits import MAX_QUOTED, Unreadable, not_a_table

UNPACKING = "services.contacts.spreadsheets.unpacking"
REFUSED = 3
"""Exit code of the unpacking process when it says on stderr what is wrong."""
TOO_MUCH = (
    "This XLSX file needs more memory or time than an import may take. Remove stray cells and other sheets, or save"
    " it as CSV."
)


def is_workbook(path: Path) -> bool:
    """Whether the file is a ZIP archive, as XLSX is; an old XLS or PDF is refused."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise not_a_table()
    return start.startswith(b"PK") and is_zipfile(path)


def rows(path: Path) -> Iterator[list[str]]:
    """All rows of that sheet from its first row on, cells as text, empty rows as []; raises Unreadable.

    The unpacking process is over before the first row comes: what it needs and what its rows need never add up.
    """
    csv.field_size_limit(MAX_QUOTED)
    with TemporaryFile() as unpacked:
        _unpack(path, unpacked)
        unpacked.seek(0)
        with TextIOWrapper(unpacked, encoding="utf-8", newline="") as text:
            yield from csv.reader(text)


def _unpack(path: Path, into: IO[bytes]) -> None:
    process = apart(UNPACKING, str(path.resolve()))
    ended = subprocess.run(**process, stdin=subprocess.DEVNULL, stdout=into, stderr=subprocess.PIPE, check=False)
    if ended.returncode == REFUSED:
        raise Unreadable(**json.loads(ended.stderr))
    if ended.returncode:
        raise Unreadable("unpacks_too_large", TOO_MUCH)
