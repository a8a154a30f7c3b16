"""Address labels of a segment as PDF (N2)."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById, JobById
from contracts.errors import Invalid, NotAllowed, NotFound
from contracts.notify import CreateLabelSheet, LabelFormat, NotifyApi
from gateway.form_state import FormState
from gateway.pages.door import Pages
from gateway.pages.mailings import segments
from gateway.submitted import form_command, read, shown_again, state, typed, without_empty

notify = client(NotifyApi)
pages = Pages("office_labels", __name__)
PLACE: Final = "/office/labels"
FORMATS: Final[Mapping[LabelFormat, Any]] = {
    LabelFormat.A4_3X8: lazy_gettext("24 on a sheet, 70 × 37 mm"),
    LabelFormat.A4_3X7: lazy_gettext("21 on a sheet, 63.5 × 38.1 mm"),
    LabelFormat.A4_2X8: lazy_gettext("16 on a sheet, 105 × 37 mm"),
}

REFUSED: Final = {
    "no_labels": lazy_gettext("Nobody in the segment has a postal address that may be used."),
    "too_many_labels": lazy_gettext("There are more than 10,000 labels. Make the segment smaller, such as by town."),
    "segment_gone": lazy_gettext("The segment was deleted. Bring it back, or choose another."),
    "labels_refused": lazy_gettext("These labels cannot be printed. The operator finds the reason in the log."),
}
"""Why a sheet was not made."""


@pages.form(PLACE, may=Permission.NOTIFY_SEND)
def new_sheet() -> ResponseReturnValue:
    """Choose segment and sheet; the labels are made by a job."""
    if request.method == "GET":
        chosen = {"segment_id": request.args.get("segment_id", ""), "format": LabelFormat.A4_3X8, "start_at": "1"}
        return _form(FormState(chosen))
    values = typed("segment_id", "format", "start_at")
    try:
        with form_command():
            made = notify.create_label_sheet(read(CreateLabelSheet, without_empty(values)))
    except (Invalid, NotFound, NotAllowed) as error:
        return _form(state(values, error)), shown_again(error)
    return redirect(f"{PLACE}/{made.id}")


@pages.get(f"{PLACE}/<uuid:sheet_id>", may=Permission.NOTIFY_READ)
def sheet(sheet_id: UUID) -> str:
    """How far the sheet is, and the file when it is done."""
    found = notify.get_label_sheet(ById(id=sheet_id))
    job = notify.get_job(JobById(id=found.job_id))
    refused = REFUSED.get((job.result or {}).get("code", ""), "")
    return render_template("messages/label_sheet.html", sheet=found, job=job, formats=FORMATS, refused=refused)


def _form(f: FormState) -> str:
    return render_template("messages/labels.html", f=f, segments=segments(), formats=list(FORMATS.items()))
