"""Exports (C10): started by a request, read in parts by the worker, put together as one file at the end.

First it is written down whom the filter finds, in the order of the list: to find and sort them anew for each part would
take a large segment most of the time. What is searched for comes in pages as the search gives them. No more than one
part is in memory at a time. The file is for who asked for it, for a day; erasing anybody removes all files made before,
as nobody knows whom they name.
"""

import codecs
import csv
import io
import shutil
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import orjson
import xlsxwriter
from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from chassis import clock, files, jobs, outbox
from chassis.formulas import inert
from chassis.jobs import Step
from contracts.base import Job
from contracts.contacts.exports import ExportFile, ExportFormat, ExportLogged, StartExport
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.commands.history import Author
from services.contacts.rules.sheet_cells import DECIMAL_COMMA, as_text

JOB_KIND = "export_contacts"
KEEP_FILES = timedelta(hours=24)
ROWS_AT_ONCE = 25_000
CARDS_AT_ONCE = 2_000
"""They are larger than rows."""
IDS = ".ids"
PARTS = {ExportFormat.CSV: ".lines", ExportFormat.VCF: ".cards", ExportFormat.XLSX: ".cells"}
"""A part of a CSV file is its lines as they are, of vCards the cards; of a workbook, a JSON list for each row; ids
have 16 bytes each."""
MOST_ROWS = {ExportFormat.CSV: 10_000_000, ExportFormat.VCF: 10_000_000, ExportFormat.XLSX: 1_048_575}
"""Rows of a sheet besides its heading, and what nobody has."""
PATIENCE = text("SET LOCAL idle_in_transaction_session_timeout = '20min'")
"""A large file is written in one go."""
FORGOTTEN_AT_ONCE = 100
FIRST_OF_SHEETS = "1900-03-01"
"""Programs disagree about earlier days of a sheet, or know none; those are written as texts."""


class Source(Protocol):
    """Where rows come from: services.contacts.queries.exports."""

    def found(self, session: Session, asked: StartExport, size: int, today: date) -> Iterator[list[UUID]]:
        """All contacts of the filter in the order of the list, so many at a time."""

    def searched(self, session: Session, asked: StartExport, after: Any, today: date) -> tuple[list[UUID], Any]:
        """The next contacts that a search finds, and where to go on; None at the end."""

    def rows(self, session: Session, asked: StartExport, ids: list[UUID], today: date) -> list[list[Any]]:
        """The cells of those that are in the register, or their vCards as the only cell."""


def start(session: Session, request: StartExport, columns: list[str], author: Author) -> Job:
    """Queue an export of what was checked. The export has the same UUID as its job."""
    job_id = jobs.start(session, "contacts", JOB_KIND, {})
    made = models.Export(
        id=id_of(job_id),
        job_id=job_id,
        of=request.of,
        format=request.format,
        asked={**request.model_dump(mode="json"), "columns": columns},
        parts=[],
        created_at=author.at,
        created_by=author.label,
        kept_until=author.at + KEEP_FILES,
    )
    session.add(made)
    session.flush()
    _log(session, made, author, fetched=False)
    return jobs.as_contract(jobs.get(session, job_id))


def id_of(job_id: str) -> UUID:
    """The export of a job."""
    return UUID(job_id.partition("-")[2])


def fetch(session: Session, export: models.Export, author: Author) -> ExportFile:
    """Where the file lies; logged. Raises NotFound when it is gone already."""
    if export.file_key is None:
        raise NotFound("This export has no file (any more).", code="no_file")
    _log(session, export, author, fetched=True)
    day = clock.local_date(export.created_at)
    return ExportFile(file_key=export.file_key, file_name=f"{export.of}-{day}.{export.format}")


def _log(session: Session, export: models.Export, author: Author, *, fetched: bool) -> None:
    outbox.record(session, ExportLogged(export_id=export.id, actor=author.label, fetched=fetched, at=author.at))


def work(step: Step, source: Source) -> None:
    """Find, read the next rows into a part, or put the parts together; `done` of `total` rows.

    When an erasure has removed the parts meanwhile, or they are of an older program, finding begins again.
    """
    export = step.session.get_one(models.Export, id_of(step.job_id), with_for_update=True)
    asked = StartExport.model_validate(export.asked)
    known = (IDS, PARTS[asked.format])
    if (export.rows and not export.parts) or not all(each.endswith(known) for each in export.parts):
        export.rows, export.parts = 0, []
        step.cursor.clear()
    if export.rows > MOST_ROWS[asked.format]:
        step.fail("This is more than a sheet can hold; export it as CSV.", code="sheet_full", export_id=str(export.id))
        return
    phase = step.cursor.get("phase", "search" if asked.q else "find")
    PHASES[phase](step, export, asked, source)


def _find(step: Step, export: models.Export, asked: StartExport, source: Source) -> None:
    count, keys = 0, []
    size = min(ROWS_AT_ONCE, CARDS_AT_ONCE) if asked.format is ExportFormat.VCF else ROWS_AT_ONCE
    for ids in source.found(step.session, asked, size, _day_of(export)):
        keys.append(files.new_key("contacts", IDS))
        files.store(keys[-1], b"".join(each.bytes for each in ids))
        count += len(ids)
    export.parts = keys
    step.progress(done=0, total=count)
    step.cursor.update(phase="read" if keys else "write", place=0)


def _read(step: Step, export: models.Export, asked: StartExport, source: Source) -> None:
    keys = [each for each in export.parts if each.endswith(IDS)]
    if not keys:
        step.cursor.clear()
        return
    place = step.cursor["place"]
    stored = files.load(keys[place])
    ids = [UUID(bytes=stored[start : start + 16]) for start in range(0, len(stored), 16)]
    _keep(step, export, asked, source.rows(step.session, asked, ids, _day_of(export)))
    step.cursor.update(phase="read" if place + 1 < len(keys) else "write", place=place + 1)


def _search(step: Step, export: models.Export, asked: StartExport, source: Source) -> None:
    today = _day_of(export)
    ids, after = source.searched(step.session, asked, step.cursor.get("after"), today)
    _keep(step, export, asked, source.rows(step.session, asked, ids, today))
    step.cursor.update(after=after, phase="search" if after else "write")


def _keep(step: Step, export: models.Export, asked: StartExport, rows: list[list[Any]]) -> None:
    key = files.new_key("contacts", PARTS[asked.format])
    files.store(key, WRITTEN[asked.format](asked, rows))
    export.parts = [*export.parts, key]
    export.rows += len(rows)
    step.progress(done=export.rows)


def _day_of(export: models.Export) -> date:
    return clock.local_date(export.created_at)


def _finish(step: Step, export: models.Export, asked: StartExport, _source: Source) -> None:
    """The parts stay until this has been committed: a repeat after a crash needs them."""
    step.session.execute(PATIENCE)
    key = files.new_key("contacts", f".{export.format}")
    parts = [each for each in export.parts if not each.endswith(IDS)]
    with files.writing(key) as file:
        if asked.format is ExportFormat.XLSX:
            _write_workbook(file, asked, _rows_of(parts))
        else:
            _join(file, asked, parts)
    export.file_key = key
    step.progress(done=export.rows, total=export.rows)
    step.cursor.update(phase="tidy")


def _tidy(step: Step, export: models.Export, _asked: StartExport, _source: Source) -> None:
    """The parts name the same persons as the file, and an erasure could not find them any more: they go at once."""
    for key in export.parts:
        files.delete(key)
    export.parts = []
    step.finish({"export_id": str(export.id), "rows": export.rows})


PHASES = {"find": _find, "search": _search, "read": _read, "write": _finish, "tidy": _tidy}


def _rows_of(parts: Sequence[str]) -> Iterator[list[Any]]:
    for part in parts:
        with files.opened(part) as lines:
            for line in lines:
                if line.strip():
                    yield orjson.loads(line)


def _headings(asked: StartExport) -> list[str]:
    return [inert(asked.headings.get(column) or column) for column in asked.columns]


def _lines(asked: StartExport, rows: Iterable[list[Any]]) -> bytes:
    """Lines of a CSV file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if asked.language in DECIMAL_COMMA else ",")
    writer.writerows([as_text(cell, asked.language) for cell in row] for row in rows)
    return text.getvalue().encode()


def _cards(_asked: StartExport, rows: Iterable[list[Any]]) -> bytes:
    return "".join(card for (card,) in rows).encode()


def _cells(_asked: StartExport, rows: Iterable[list[Any]]) -> bytes:
    return b"\n".join(orjson.dumps(row) for row in rows)


WRITTEN = {ExportFormat.CSV: _lines, ExportFormat.VCF: _cards, ExportFormat.XLSX: _cells}


def _join(file: Any, asked: StartExport, parts: Sequence[str]) -> None:
    """All parts as they are; in a CSV file, after a byte order mark and the headings."""
    if asked.format is ExportFormat.CSV:
        file.write(codecs.BOM_UTF8 + _lines(asked, [_headings(asked)]))
    for part in parts:
        with files.opened(part) as lines:
            shutil.copyfileobj(lines, file)


def _write_workbook(file: Any, asked: StartExport, rows: Iterator[list[Any]]) -> None:
    """Texts are written as texts, so that none of them is a formula."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet()
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "d.m.yyyy"})
    sheet.freeze_panes(1, 0)
    for place, heading in enumerate(_headings(asked)):
        sheet.write_string(0, place, heading, bold)
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, dict) and cell["day"] < FIRST_OF_SHEETS:
                sheet.write_string(number, place, as_text(cell, asked.language))
            elif isinstance(cell, dict):
                sheet.write_datetime(number, place, datetime.fromisoformat(cell["day"]), day)
            elif isinstance(cell, int | float):
                sheet.write_number(number, place, cell)
            elif cell is not None:
                sheet.write_string(number, place, cell)
    book.close()


def forget_files(session: Session, before: datetime, *, made: bool = False) -> int:
    """Remove the files of some exports whose time is over, or (`made`) that were made before then. How many."""
    export = models.Export
    moment = export.created_at if made else export.kept_until
    with_files = or_(export.file_key.is_not(None), export.parts != [])
    old = select(export).where(moment <= before, with_files).limit(None if made else FORGOTTEN_AT_ONCE)
    rows = session.scalars(old.with_for_update(skip_locked=not made)).all()
    for row in rows:
        for key in filter(None, (row.file_key, *row.parts)):
            files.delete(key)
        if row.file_key and not row.parts:  # it is over, and is not searched again
            row.asked = {name: value for name, value in row.asked.items() if name != "q"}
        row.file_key, row.parts = None, []
    session.flush()
    return len(rows)
