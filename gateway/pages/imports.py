"""Imports of contacts: a file is checked first, then imported for real; what was rejected says why."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById, Job, JobById, JobState, ListRequest
from contracts.contacts import ContactsApi
from contracts.contacts.import_mappings import ListMappings, PreviewImport
from contracts.contacts.imports import Import, ImportProfile, ImportRow, ListImportRows, StartImport
from contracts.errors import Conflict, Invalid, NotFound, ServiceError
from gateway.api.downloads import download
from gateway.api.uploads import stored_file
from gateway.field_definitions import all_definitions
from gateway.form_state import FormState
from gateway.listing import Column, ListState
from gateway.local_today import moment, today
from gateway.pages.door import Pages
from gateway.pages.import_words import (
    ABOUT,
    FULL_ROWS,
    MASTERED_ROWS,
    OFFERED,
    PROFILES,
    ROWS,
    UNDONE_ROWS,
    file_reason,
    kept_fields,
    mastered_fields,
    row_reason,
    what_for,
    without_room,
)
from gateway.pages.person_names import may
from gateway.pages.spreadsheet_cells import as_csv
from gateway.pages.state_words import JOB
from gateway.submitted import day, form_command, read, state, typed, without_empty
from gateway.wording import sentence

contacts = client(ContactsApi)
pages = Pages("imports", __name__)
COLUMNS: Final = (
    Column("file_name", lazy_gettext("File"), "main"),
    Column("started_at", lazy_gettext("Started"), "date"),
    Column("what", lazy_gettext("What")),
    *(Column(name, words, "number") for name, words in ROWS.items() if name != "duplicate"),
)
NAMES: Final = {"file_key": "file", "observed_at": "of_day"}
"""Fields of the form by those of the request."""
KEPT: Final = "kept"
"""Stands among the states of rows for those of which an undoing kept something."""
MASTERED: Final = "mastered"
"""Stands there for those of which a master keeps something."""
FULL: Final = "full"
"""Stands there for those of which something found no room."""
REMARKED: Final = {MASTERED: MASTERED_ROWS, FULL: FULL_ROWS}
UNDOING: Final = lazy_gettext(
    "What it added is removed and what it changed is as before, unless somebody has used or changed it since or another"
    " import says it too: that is kept and listed."
)
MOST_ROWS: Final = 100_000
"""Rejected rows of one download."""


@pages.form("/office/imports", may=Permission.CONTACTS_IMPORT)
def list_imports() -> ResponseReturnValue:
    """Imports, newest first, and the form for the next one."""
    f, status = FormState({"what": "columns", "profile": ImportProfile.CONTACTS.value}), 200
    if request.method == "POST":
        try:
            return _started()
        except ServiceError as error:
            if error.kind not in {"invalid", "too_large", "malformed", "conflict"}:
                raise
            f, status = state(typed("what", "profile", "of_day", "mapping_id") | {"file": ""}, error, NAMES), 422
    cursor = request.args.get("cursor")
    found = contacts.list_imports(read(ListRequest, {"cursor": cursor, "limit": 20}))
    shown_as = ListState("/office/imports", request.args.to_dict())
    return render_template(
        "imports/list.html",
        f=f,
        state=shown_as,
        columns=COLUMNS,
        found=found,
        what_for=what_for,
        mappings=[(str(each.id), each.name) for each in contacts.list_mappings(ListMappings(limit=200)).data],
        profiles=[(each.value, PROFILES[each], ABOUT[each]) for each in OFFERED],
    ), status


def _started() -> ResponseReturnValue:
    given: dict[str, Any] = typed("what", "profile", "of_day", "mapping_id")
    if given["what"] not in {"columns", "check", "import"}:
        raise Invalid.field("/what", "missing", _("This is needed."))
    day(given, "of_day")
    key, name = stored_file(ContactsApi.service_name)
    wanted = {"file_key": key, "file_name": name, "profile": given["profile"], "mapping_id": given["mapping_id"]}
    wanted["observed_at"] = _said_at(given["of_day"])
    if given["what"] == "columns":
        with form_command():
            job = contacts.preview_import(read(PreviewImport, without_empty(wanted)))
        return redirect(f"/office/imports/{job.id.partition('-')[2]}/columns")
    return _start(read(StartImport, {**without_empty(wanted), "dry_run": given["what"] == "check"}))


def _said_at(of_day: date | None) -> datetime | None:
    """When what a file of that day says was true: until its end; None for one of today."""
    if of_day is None or of_day == today():
        return None
    return moment(of_day + timedelta(days=1), time())


def _start(wanted: StartImport) -> ResponseReturnValue:
    with form_command():
        job = contacts.start_import(wanted)
    return redirect(f"/office/imports/{job.id.partition('-')[2]}")


@pages.get("/office/imports/<uuid:import_id>", may=Permission.CONTACTS_IMPORT)
def import_card(import_id: UUID) -> ResponseReturnValue:
    """How far an import is, and what became of its rows."""
    found, working = _as_it_stands(import_id)
    if working is not None and working.finished_at is not None and request.headers.get("HX-Request"):
        return _refreshed()
    job, undo = (_job_of(found.job_id), working) if found.undo_job_id else (working, None)
    chosen = request.args.get("state") or _first_state(found)
    asked: dict[str, Any] = {"id": import_id, "cursor": request.args.get("cursor")}
    asked |= _asked(chosen)
    return render_template(
        "imports/card.html",
        found=found,
        job=job,
        error=file_reason(job) if job else "",
        what=what_for(found.profile, dry_run=found.dry_run),
        rows=contacts.list_import_rows(read(ListImportRows, asked)),
        chosen=chosen,
        state=ListState(request.path, {"state": chosen, **request.args.to_dict()}),
        states=_tabs(found),
        counts=found.counts | {KEPT: found.undone.get("kept", 0)},
        kept=partial(kept_fields, all_definitions()),
        mastered=partial(mastered_fields, all_definitions()),
        without_room=partial(without_room, all_definitions()),
        undo=undo,
        may_undo=may_undo(found, job, undo),
        may_stop=may_stop(found),
        undoing=UNDOING,
        reason=row_reason,
        words=JOB,
        may_repeat=found.dry_run and job is not None and job.state is JobState.SUCCEEDED,
    )


def _asked(chosen: str) -> dict[str, Any]:
    """Which rows a group holds."""
    if chosen == KEPT:
        return {"undone": "kept"}
    if chosen in REMARKED:
        return {chosen: True}
    return {"state": chosen if chosen in ROWS else None}


def _tabs(found: Import) -> dict[str, Any]:
    """The groups of rows that can be looked at."""
    remarked = {name: words for name, words in REMARKED.items() if found.counts.get(name)}
    return ROWS | remarked | ({KEPT: UNDONE_ROWS} if found.undone.get("kept") else {})


def _as_it_stands(import_id: UUID) -> tuple[Import, Job | None]:
    """The import and the job that works or worked for it last; read again once that has ended, so that they agree."""
    found = contacts.get_import(ById(id=import_id))
    job = _job_of(found.undo_job_id or found.job_id)
    return (contacts.get_import(ById(id=import_id)) if job and job.finished_at else found), job


def _refreshed() -> ResponseReturnValue:
    answer = make_response("")
    answer.headers["HX-Refresh"] = "true"  # the progress has ended: show the whole page as it is now
    return answer


def _first_state(found: Import) -> str:
    """The rows that are looked at first: what asks for a decision, else the first that there are."""
    if found.undone.get("kept"):
        return KEPT
    return next((each for each in ("rejected", *ROWS) if found.counts.get(each)), "created")


STOPPED = frozenset({JobState.FAILED, JobState.CANCELLED})


def may_undo(found: Import, *jobs: Job | None) -> bool:
    """Whether the import, and an undoing that did not come to its end, has ended and has changed something.

    One that was stopped may have changed what it has not counted: organisations, or rows beside those that failed.
    """
    stopped = any(job is not None and job.state in STOPPED and job.done for job in jobs)
    did_something = stopped or any(found.counts.get(state) for state in ("created", "updated"))
    at_rest = all(job is None or job.finished_at is not None for job in jobs)
    return did_something and at_rest and not (found.dry_run or found.undone_at)


def may_stop(found: Import) -> bool:
    """Whether the reader started it, or operates the system: who may stop and undo it."""
    return found.own or may(Permission.SYSTEM_OPERATE)


def _job_of(job_id: str) -> Job | None:
    """A job; None when it was long ago and its row is gone."""
    try:
        return contacts.get_job(JobById(id=job_id))
    except NotFound:
        return None


@pages.post("/office/imports/<uuid:import_id>/for-real", may=Permission.CONTACTS_IMPORT)
def import_for_real(import_id: UUID) -> ResponseReturnValue:
    """Import the file of a check for real."""
    checked = contacts.get_import(ById(id=import_id))
    if not checked.dry_run:
        raise Invalid(_("This file was imported for real already."))
    wanted = checked.model_dump(include={"file_key", "file_name", "profile", "observed_at"})
    if not checked.file_key:
        return _gone()
    try:
        return _start(StartImport(**wanted, **_meanings(checked), dry_run=False))
    except NotFound:
        return _gone()


def _gone() -> ResponseReturnValue:
    """An erasure has taken the file, or the days are over for which it is kept."""
    flash(_("The file is not there any more. Upload it again."), "warn")
    return redirect("/office/imports")


def _meanings(checked: Import) -> dict[str, Any]:
    """What the columns of the checked file mean, whether by choice or by a saved mapping."""
    return {"mapping": checked.mapping, "by_heading": checked.by_heading} if checked.mapping is not None else {}


@pages.post("/office/imports/<uuid:import_id>/undo", may=Permission.CONTACTS_IMPORT)
def undo_import(import_id: UUID) -> ResponseReturnValue:
    """Take back what the import did, once that is confirmed."""
    found = contacts.get_import(ById(id=import_id))
    back = f"/office/imports/{import_id}"
    if not request.form.get("confirmed"):
        return render_template(
            "layout/confirm.html", title=_("Undo this import?"), text=UNDOING, label=_("Undo"), action=request.path,
            back=back, fields=[],
        )  # fmt: skip
    try:
        with form_command():
            contacts.undo_import(ById(id=found.id))
    except Conflict as error:
        flash(sentence(error), "bad")
    return redirect(back)


@pages.get("/office/imports/<uuid:import_id>/rejected.csv", may=Permission.CONTACTS_IMPORT)
def rejected_rows(import_id: UUID) -> Response:
    """The rejected rows with their reasons, to be mended and imported again."""
    found = contacts.get_import(ById(id=import_id))
    rows = list(_rejected(import_id))
    of_file = [each.title for each in contacts.get_import_columns(ById(id=import_id)).columns]
    columns = list(dict.fromkeys([*of_file, *(name for row in rows for name in row.raw)]))
    headings = [*columns, _("Row"), _("Column"), _("Reason")]
    lines = ([*(row.raw.get(name) for name in columns), row.number, row.column, row_reason(row)] for row in rows)
    name = f"{found.file_name.rpartition('.')[0] or found.file_name}-rejected.csv"
    return download(as_csv(headings, lines), name, "text/csv; charset=utf-8")


def _rejected(import_id: UUID) -> Iterator[ImportRow]:
    cursor, count = None, 0
    while count < MOST_ROWS:
        wanted = ListImportRows(id=import_id, state="rejected", limit=200, cursor=cursor)
        page = contacts.list_import_rows(wanted)
        yield from page.data
        cursor, count = page.next_cursor, count + len(page.data)
        if cursor is None:
            return
