"""Label sheets: asked for here, made by a job."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from chassis import jobs
from chassis.ids import new_id
from contracts.access import Permission
from contracts.errors import Invalid
from contracts.notify import CreateLabelSheet
from services.notify.documents.label_formats import FORMATS
from services.notify.models import LabelSheet

JOB = "make_label_sheet"


def create(
    session: Session, request: CreateLabelSheet, rights: Iterable[Permission], by: str, now: datetime
) -> LabelSheet:
    """Queue the job that makes the sheet, which it takes these rights to see; raises Invalid when it would start beside
    the sheet."""
    places = FORMATS[request.format].per_sheet
    if request.start_at > places:
        raise Invalid.field("/start_at", "beside_sheet", f"This sheet has {places} labels; start at one of them.")
    sheet_id = new_id()
    params = {
        "label_sheet_id": str(sheet_id),
        "segment_id": str(request.segment_id),
        "format": request.format.value,
        "start_at": request.start_at,
    }
    job_id = jobs.start(session, "notify", JOB, params)
    sheet = LabelSheet(
        id=sheet_id,
        segment_id=request.segment_id,
        format=request.format,
        start_at=request.start_at,
        job_id=job_id,
        labels=0,
        without_address=0,
        returned=0,
        banned=0,
        rights=[each.value for each in rights],
        created_at=now,
        created_by=by,
    )
    session.add(sheet)
    session.flush()
    return sheet
