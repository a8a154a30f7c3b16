"""Long work of all services: how far it is, and stopping it."""

from functools import partial
from typing import Final

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.rpc import or_nothing, side_by_side
from contracts.access import Permission
from contracts.base import Job, JobById
from contracts.contacts import ContactsApi
from contracts.system import ListJobs, SystemApi
from gateway.api.system import service_of, services
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.pages.state_words import JOB

pages = Pages("jobs", __name__)
KINDS: Final = {
    "import_contacts": lazy_gettext("Import of contacts"),
    "undo_import": lazy_gettext("Undoing of an import"),
    "preview_import": lazy_gettext("A look at the columns of a file"),
    "scan_duplicates": lazy_gettext("Search for duplicates"),
    "change_tag": lazy_gettext("A tag changes everywhere"),
    "send_mailing": lazy_gettext("Mailing"),
    "make_label_sheet": lazy_gettext("Label sheet"),
}
SHOWN: Final = 50


@pages.get("/office/jobs", may=Permission.SYSTEM_READ)
def list_jobs() -> str:
    """The newest jobs, running ones first."""
    found, away = jobs_of_all(ListJobs(limit=SHOWN))
    runs = [job for job in found if job.finished_at is None]
    ended = [job for job in found if job.finished_at is not None]
    return render_template(
        "jobs/list.html",
        runs=runs,
        ended=ended[:SHOWN],
        away=away,
        address=address_of,
        label=label_of,
        words=JOB,
        may_stop=may(Permission.SYSTEM_OPERATE),
    )


def jobs_of_all(wanted: ListJobs) -> tuple[list[Job], list[str]]:
    """Jobs of the services that answer, newest first; names of those that do not."""
    answers = side_by_side(*(partial(_jobs_of, api, wanted) for api in services.values()))
    found = [job for jobs in answers if jobs is not None for job in jobs]
    away = [name for name, jobs in zip(services, answers, strict=True) if jobs is None]
    return sorted(found, key=lambda job: job.created_at, reverse=True), away


def _jobs_of(api: SystemApi, wanted: ListJobs) -> list[Job] | None:
    page = or_nothing(lambda: api.list_jobs(wanted))
    return page.data if page else None


def label_of(job: Job) -> str:
    """What the job does, in words."""
    return str(KINDS.get(job.kind, job.kind))


def address_of(job: Job) -> str:
    """The page of what the job works on; empty when it has none."""
    service, _dash, uuid = job.id.partition("-")
    if service != ContactsApi.service_name:
        return ""
    return {
        "import_contacts": f"/office/imports/{uuid}",
        "preview_import": f"/office/imports/{uuid}/columns",
        "scan_duplicates": "/office/duplicates",
    }.get(job.kind, "")


@pages.post("/office/jobs/<job_id>/cancel", may=tuple(Permission))
def cancel_job(job_id: str) -> ResponseReturnValue:
    """Stop a job; what it has done stays."""
    job = service_of(job_id).cancel_job(JobById(id=job_id))
    flash(_("It stops. What is done stays done."), "good")
    fallback = address_of(job) or "/office/jobs"
    return redirect(fallback if request.form.get("back") != "jobs" else "/office/jobs")
