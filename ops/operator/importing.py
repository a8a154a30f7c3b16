"""`import`: contacts from a file into the running suite, with progress and a report of rejected rows."""

import csv
import time
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from chassis.formulas import inert
from contracts.base import Job, JobState
from contracts.contacts.imports import Import, ImportRow
from ops.operator.door import Door, Refused
from ops.operator.jobs import ENDED

LOOK_EVERY = 0.3
MOST_SHOWN = 20
STATES = ("created", "updated", "unchanged", "duplicate", "rejected")


def import_file(door: Door, console: Console, path: Path, profile: str, *, dry_run: bool, report: Path | None) -> int:
    """Import and wait. The exit code: 0 when the import succeeded (rows may have been rejected), else 1."""
    job = _wait(door, console, _start(door, path, profile, dry_run=dry_run))
    if job.state is not JobState.SUCCEEDED:
        reason = (job.result or {}).get("reason", "")
        raise Refused(f"The import {job.state.value}{f': {reason}' if reason else '.'}")
    import_id = (job.result or {})["import_id"]
    done = door.get(Import, f"/imports/{import_id}")
    counted = ", ".join(f"{done.counts[state]:,} {state}" for state in STATES if done.counts.get(state))
    console.print(f"{'Dry run, nothing was changed' if done.dry_run else 'Imported'}: {counted or 'no rows'}.")
    if done.counts.get("mastered"):
        console.print(f"Of {done.counts['mastered']:,} rows a master keeps some values; the report says which.")
    if done.counts.get("full"):
        console.print(f"Of {done.counts['full']:,} rows something found no room in a list; the report says what.")
    if done.counts.get("rejected"):
        rows = door.pages(ImportRow, f"/imports/{import_id}/rows", state="rejected", limit=200)
        _tell_rejected(console, list(rows), report)
    return 0


def _start(door: Door, path: Path, profile: str, *, dry_run: bool) -> Job:
    try:
        with path.open("rb") as file:
            fields = {"profile": profile, "dry_run": str(dry_run).lower()}
            return door.upload(Job, "/imports", path.name, file, **fields)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None


def _wait(door: Door, console: Console, job: Job) -> Job:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console, transient=True) as progress:
            bar = progress.add_task("importing", total=None)
            while job.state not in ENDED:
                time.sleep(LOOK_EVERY)
                job = door.get(Job, f"/jobs/{job.id}")
                progress.update(bar, total=job.total, completed=job.done)
    except KeyboardInterrupt:
        raise Refused(f"The import goes on in the suite. Stop it with: ./talkoo jobs cancel {job.id}") from None
    return job


def _tell_rejected(console: Console, found: list[ImportRow], report: Path | None) -> None:
    """The first rejected rows as a table; all of them as CSV when a report is wanted."""
    table = Table(box=None, pad_edge=False, title=f"Rejected rows ({len(found):,})", title_justify="left")
    for heading in ("row", "column", "reason"):
        table.add_column(heading, justify="right" if heading == "row" else "left", overflow="fold")
    for row in found[:MOST_SHOWN]:
        table.add_row(str(row.number), escape(row.column), escape(row.reason))
    console.print(table)
    if report is not None:
        write_report(report, found)
        console.print(f"All rejected rows are in {escape(str(report))}.")
    elif len(found) > MOST_SHOWN:
        console.print(f"... and {len(found) - MOST_SHOWN:,} more; --report FILE.csv writes all of them.")


def write_report(path: Path, rows: list[ImportRow]) -> None:
    """Rejected rows with their cells, as CSV that a spreadsheet opens without taking a cell for a formula."""
    columns = list(dict.fromkeys(name for row in rows for name in row.raw))
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(_inert(cell) for cell in ("row", "column", "reason", *columns))
            for row in rows:
                cells = (row.number, row.column, row.reason, *(row.raw.get(name, "") for name in columns))
                writer.writerow(_inert(cell) for cell in cells)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None


def _inert(cell: object) -> str:
    """Also without what begins with a minus: no number of a register does."""
    text = inert(cell)
    return f"'{text}" if text.startswith("-") else text
