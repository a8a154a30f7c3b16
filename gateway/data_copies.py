"""A copy of all that the suite holds about a person, as one archive (C17).

`data.json` is for machines: every row of every service. `index.html` says the same in the person's words, and `files/`
holds what was stored for them. A service that does not answer makes the whole fail: half a copy would not be true.
"""

import contextlib
import io
import re
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

import orjson
from flask import render_template
from flask_babel import force_locale

from chassis import clock, files
from chassis.rpc import client, side_by_side
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.persons import Person
from contracts.errors import Conflict, NotFound
from contracts.personal_data import HeldRow, ListHeld
from contracts.system import SystemApi
from gateway import held_words
from gateway.services import APIS

contacts = client(ContactsApi)
SERVICES: Final[dict[str, SystemApi]] = {api.service_name: client(api) for api in APIS}
ROWS_AT_ONCE: Final = 200
MOST_ROWS: Final = 50_000
MOST_BYTES: Final = 200_000_000
Held = dict[str, dict[str, list[HeldRow]]]
"""Rows by service and kind."""


def make(person_id: UUID) -> tuple[str, bytes]:
    """Name and content of the archive; the making stands in the person's history. Raises what the services raise."""
    person = contacts.begin_data_copy(ById(id=person_id))
    found = side_by_side(*(partial(_of_service, service, person_id) for service in SERVICES.values()))
    held = dict(zip(SERVICES, found, strict=True))
    return f"{_plain(person.name)}.zip", _archive(person, held)


def _of_service(service: SystemApi, person_id: UUID) -> dict[str, list[HeldRow]]:
    rows: dict[str, list[HeldRow]] = {}
    for each in _pages(service, person_id):
        rows.setdefault(each.kind, []).append(each)
    return rows


def _pages(service: SystemApi, person_id: UUID) -> Iterator[HeldRow]:
    cursor, count = None, 0
    while True:
        found = service.list_held(ListHeld(person_id=person_id, limit=ROWS_AT_ONCE, cursor=cursor))
        yield from found.data
        cursor, count = found.next_cursor, count + len(found.data)
        if cursor is None:
            return
        _refuse_more(count, MOST_ROWS)


def _archive(person: Person, held: Held) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        stored = dict(_files(held))
        archive.writestr("data.json", _data(person, held))
        archive.writestr("index.html", _readable(person, held, stored))
        archive.writestr("copy.css", render_template("data_copies/copy.css"))
        for key, name in stored.items():
            archive.writestr(name, files.load(key))
    return written.getvalue()


def _refuse_more(found: int, most: int) -> None:
    if found > most:
        raise Conflict("This is more than an archive can hold; ask the office.", code="copy_too_large")


def _files(held: Held) -> Iterator[tuple[str, str]]:
    """Keys of the stored files with their names in the archive."""
    size = 0
    for service, kinds in held.items():
        for kind, rows in kinds.items():
            for number, key in enumerate((key for each in rows for key in each.file_keys), 1):
                with contextlib.suppress(NotFound):
                    size += files.size(key)
                    _refuse_more(size, MOST_BYTES)
                    yield key, f"files/{service}-{kind}-{number}{Path(key).suffix}"


def _data(person: Person, held: Held) -> bytes:
    told = {
        service: {kind: [each.values for each in rows] for kind, rows in kinds.items()}
        for service, kinds in held.items()
    }
    made = {"person_id": str(person.id), "made_at": clock.now().isoformat(), "services": told}
    return orjson.dumps(made, option=orjson.OPT_INDENT_2)


def _readable(person: Person, held: Held, stored: dict[str, str]) -> str:
    with force_locale(person.language.value):
        return render_template(
            "data_copies/copy.html",
            person=person,
            language_of_copy=person.language.value,
            made_at=clock.now(),
            sections=[held_words.section(service, kinds, stored) for service, kinds in held.items()],
        )


def _plain(name: str) -> str:
    return re.sub(r"[^\w-]+", "-", name).strip("-").lower() or "copy"
