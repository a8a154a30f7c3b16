"""Exports (C10): started by a request, read in parts by the worker, put together as one file at the end.

No more than one part is in memory at a time. The file is for who asked for it, for a day; erasing anybody removes all
files made before, as nobody knows whom they name.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import orjson
import xlsxwriter
from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from chassis import clock, files, jobs, outbox
from chassis.jobs import Step
from contracts.base import Job
from contracts.contacts.exports import ExportFile, ExportFormat, ExportLogged, StartExport
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.commands.history import Author
from services.contacts.rules.sheet_cells import DECIMAL_COMMA, as_text, inert

JOB_KIND = "export_contacts"
KEEP_FILES = timedelta(hours=24)
ROWS_AT_ONCE = 2_000
MOST_ROWS = {ExportFormat.CSV: 10_000_000, ExportFormat.VCF: 10_000_000, ExportFormat.XLSX: 1_048_575}
"""Rows of a sheet besides its heading, and what nobody has."""
PATIENCE = text("SET LOCAL idle_in_transaction_session_timeout = '20min'")
"""A large file is written in one go."""
FORGOTTEN_AT_ONCE = 100


class Source(Protocol):
    """Where rows come from: services.contacts.queries.exports."""

    def count(self, session: Session, asked: StartExport, today: date) -> int | None:
        """How many rows there will be, if it is known."""

    def next_ids(
        self, session: Session, asked: StartExport, after: Any, size: int, today: date
    ) -> tuple[list[UUID], Any]:
        """The next contacts, and where to go on."""

    def rows(
        self, session: Session, asked: StartExport, columns: list[str], ids: list[UUID], today: date
    ) -> list[list[Any]]:
        """Their cells, or their vCards as the only cell."""


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
    """Read the next rows into a part, or put the parts together; `done` of `total` rows.

    When an erasure has removed the parts meanwhile, reading begins again.
    """
    export = step.session.get_one(models.Export, id_of(step.job_id), with_for_update=True)
    asked = StartExport.model_validate(export.asked)
    today = clock.local_date(export.created_at)
    if export.rows and not export.parts:
        export.rows = 0
        step.cursor.clear()
    if export.rows > MOST_ROWS[asked.format]:
        step.fail("This is more than a sheet can hold; export it as CSV.", code="sheet_full", export_id=str(export.id))
        return
    if step.cursor.get("phase") == "write":
        _finish(step, export, asked)
        return
    if not export.parts:
        step.progress(done=0, total=source.count(step.session, asked, today))
    ids, after = source.next_ids(step.session, asked, step.cursor.get("after"), ROWS_AT_ONCE, today)
    rows = source.rows(step.session, asked, asked.columns, ids, today)
    key = files.new_key("contacts", ".part")
    files.store(key, b"\n".join(orjson.dumps(row) for row in rows))
    export.parts = [*export.parts, key]
    export.rows += len(rows)
    step.progress(done=export.rows)
    step.cursor.update(after=after, phase="read" if after else "write")


def _finish(step: Step, export: models.Export, asked: StartExport) -> None:
    """The parts stay until the hourly sweep of files that nothing names: a repeat after a crash needs them."""
    step.session.execute(PATIENCE)
    key = files.new_key("contacts", f".{export.format}")
    writers = {ExportFormat.CSV: _write_csv, ExportFormat.XLSX: _write_workbook, ExportFormat.VCF: _write_cards}
    write = writers[export.format]
    with files.writing(key) as file:
        write(file, asked, _rows_of(export.parts))
    export.file_key, export.parts = key, []
    step.progress(done=export.rows, total=export.rows)
    step.finish({"export_id": str(export.id), "rows": export.rows})


def _rows_of(parts: Sequence[str]) -> Iterator[list[Any]]:
    for part in parts:
        with files.opened(part) as lines:
            for line in lines:
                if line.strip():
                    yield orjson.loads(line)


def _headings(asked: StartExport) -> list[str]:
    return [inert(asked.headings.get(column) or column) for column in asked.columns]


def _write_csv(file: Any, asked: StartExport, rows: Iterator[list[Any]]) -> None:
    lines = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(lines, delimiter=";" if asked.language in DECIMAL_COMMA else ",")
    writer.writerow(_headings(asked))
    writer.writerows([as_text(cell, asked.language) for cell in row] for row in rows)
    lines.detach()


def _write_cards(file: Any, _asked: StartExport, rows: Iterator[list[Any]]) -> None:
    file.writelines(card.encode() for (card,) in rows)


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
            if isinstance(cell, dict):
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
        if row.file_key:
            row.asked = {name: value for name, value in row.asked.items() if name != "q"}
        row.file_key, row.parts = None, []
    session.flush()
    return len(rows)
