"""The columns of a file that is about to be imported: what they hold and what they mean (C11)."""

from typing import Any, Final
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById, Job, JobById
from contracts.contacts import ContactsApi
from contracts.contacts.import_mappings import ImportColumns, SaveMapping
from contracts.contacts.imports import Import, StartImport
from contracts.errors import Conflict, Invalid, NotFound, ServiceError
from gateway.field_definitions import all_definitions
from gateway.form_state import FormState
from gateway.pages.door import Pages
from gateway.pages.import_targets import options
from gateway.pages.import_words import PROFILES, file_reason
from gateway.pages.imports import may_stop
from gateway.submitted import form_command, read, state, typed

contacts = client(ContactsApi)
pages = Pages("import_columns", __name__)
WHATS: Final = ("check", "import")


@pages.form("/office/imports/<uuid:import_id>/columns", may=Permission.CONTACTS_IMPORT)
def import_columns(import_id: UUID) -> ResponseReturnValue:
    """Show the columns with samples; import the file with the meanings that were chosen."""
    looked_at = contacts.get_import(ById(id=import_id))
    job = _job(looked_at)  # asked first: once it has ended, the columns are there
    found = contacts.get_import_columns(ById(id=import_id))
    if request.method == "POST":
        return _import(looked_at, found)
    if job is not None and job.finished_at is not None and request.headers.get("HX-Request"):
        answer = make_response("")
        answer.headers["HX-Refresh"] = "true"  # the look has ended: show the columns
        return answer
    values = {_name(number): each.target for number, each in enumerate(found.columns)}
    return _page(FormState({**values, "what": "check", "save_as": ""}), looked_at, found, job)


def _job(looked_at: Import) -> Job | None:
    try:
        return contacts.get_job(JobById(id=looked_at.job_id))
    except NotFound:
        return None


def _name(number: int) -> str:
    return f"column_{number}"


def _import(looked_at: Import, found: ImportColumns) -> ResponseReturnValue:
    names = [_name(number) for number in range(len(found.columns))]
    values: dict[str, Any] = typed("what", "save_as", *names)
    chosen = {each.title: values[name] for each, name in zip(found.columns, names, strict=True)}
    by_title = {f"mapping_{each.title}": name for each, name in zip(found.columns, names, strict=True)}
    try:
        if values["what"] not in WHATS:
            raise Invalid.field("/what", "missing", _("This is needed."))
        given = looked_at.model_dump(include={"file_key", "file_name", "profile", "observed_at"})
        wanted = read(StartImport, {**given, "mapping": chosen, "dry_run": values["what"] == "check"})
        if values["save_as"]:
            saved = {"name": values["save_as"], "profile": looked_at.profile, "columns": chosen}
            contacts.save_mapping(read(SaveMapping, saved))
            flash(_("The columns are saved as %(name)s.", name=values["save_as"]), "good")
        with form_command():
            job = contacts.start_import(wanted)
    except (Invalid, Conflict, NotFound) as error:
        return _page(_wrong(values, error, by_title), looked_at, found, None), 422
    return redirect(f"/office/imports/{job.id.partition('-')[2]}")


def _wrong(values: dict[str, Any], error: ServiceError, by_title: dict[str, str]) -> FormState:
    """What is wrong with a column stands at its choice."""
    plain = {
        name.replace("~1", "/").replace("~0", "~"): name
        for name in ("_".join(each.pointer.split("/")[1:]) for each in error.errors)
    }
    return state(values, error, {written: by_title[name] for name, written in plain.items() if name in by_title})


def _page(f: FormState, looked_at: Import, found: ImportColumns, job: Job | None) -> str:
    return render_template(
        "imports/columns.html",
        f=f,
        looked_at=looked_at,
        what=PROFILES[looked_at.profile],
        columns=[(_name(number), each) for number, each in enumerate(found.columns)],
        targets=options(found.targets, all_definitions()),
        job=job,
        may_stop=may_stop(looked_at),
        error=file_reason(job) if job else "",
    )
