"""Looking at a file before it is imported, and keeping what its columns mean (C11)."""

from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis import files
from chassis.ids import new_id
from chassis.jobs import Step
from contracts.base import Job
from contracts.contacts.import_mappings import ImportMapping, PreviewImport, SaveMapping
from contracts.contacts.imports import ImportProfile, StartImport
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.commands import details, imports
from services.contacts.commands.history import Author
from services.contacts.rules import personal_ids
from services.contacts.rules.columns import titles
from services.contacts.rules.import_proposals import known_targets, propose, wrong_meanings
from services.contacts.spreadsheets import read
from services.contacts.spreadsheets.limits import Unreadable

JOB_KIND = "preview_import"
LOOKED_AT = 50
"""Rows from which the contents of columns are judged."""
SAMPLES = 5
SAMPLE_STATE = "sample"
LONGEST_SAMPLE = 80


def start(session: Session, request: PreviewImport, author: Author) -> Job:
    """Queue a look at a stored file; raises NotFound, Invalid, Conflict as an import does."""
    saved = saved_columns(session, request.mapping_id, request.profile) if request.mapping_id else {}
    wanted = StartImport(**request.model_dump(exclude={"mapping_id"}))
    return imports.queue(session, wanted, author, JOB_KIND, preview=True, mapping=saved)


def saved_columns(session: Session, mapping_id: UUID, profile: ImportProfile) -> dict[str, str]:
    """The columns of a saved mapping; raises NotFound, also when it is of another profile."""
    row = session.get(models.ImportMapping, mapping_id)
    if row is None or row.profile is not profile:
        raise NotFound(f"There is no mapping {mapping_id} for such files.", id=mapping_id)
    return dict(row.columns)


def look(step: Step) -> None:
    """Read the first rows, and propose what the columns mean."""
    row = step.session.get_one(models.Import, imports.id_of(step.job_id))
    try:
        with files.local(row.file_key) as path:
            table = read(path)
            looked_at = [cells for _, cells in islice(table.rows, LOOKED_AT)]
        first = [cells for cells in looked_at if not isinstance(cells, Unreadable)]
    except NotFound as error:
        step.fail(str(error), code="file_gone", import_id=str(row.id))
        return
    except Unreadable as error:
        place = {"row": error.row} if error.row else {}
        step.fail(error.reason, code=error.code, params=error.params, import_id=str(row.id), **place)
        return
    definitions = step.session.scalars(imports.fields_of(row.profile)).all()
    today = step.now.date()
    found = propose(table.header, first, row.profile, definitions, row.mapping or {}, today)
    names = titles(table.header)
    row.columns = [{"title": title, "target": found.get(number, "")} for number, title in enumerate(names)]
    _keep_samples(step.session, row.id, names, [cells for cells in first if any(cells)][:SAMPLES])
    step.progress(done=len(first), total=len(first))
    step.finish({"import_id": str(row.id)})


def _keep_samples(session: Session, import_id: UUID, names: list[str], rows: list[list[str]]) -> None:
    """As rows of the import, so that they go with the persons they are about."""
    kept: list[dict[str, Any]] = [
        {"import_id": import_id, "number": number, "state": SAMPLE_STATE, "raw": _shown(names, cells)}
        for number, cells in enumerate(rows, start=1)
    ]
    if kept:
        session.execute(insert(models.ImportRow), kept)


def _shown(names: list[str], cells: list[str]) -> dict[str, str]:
    return {
        name: personal_ids.masked(cell)[:LONGEST_SAMPLE].replace("\0", "\ufffd")
        for name, cell in zip(names, cells, strict=False)
        if cell
    }


def save(session: Session, request: SaveMapping, author: Author) -> ImportMapping:
    """Keep a mapping under its name; raises Invalid for targets that there are not."""
    imports.refuse_profile(session, request.profile)
    definitions = session.scalars(imports.fields_of(request.profile)).all()
    details.refuse(wrong_meanings(request.columns, known_targets(request.profile, definitions)))
    values = {"columns": request.columns, "saved_at": author.at, "saved_by": author.label}
    row = upsert(models.ImportMapping).values(id=new_id(), name=request.name, profile=request.profile, **values)
    session.execute(row.on_conflict_do_update(constraint="uq_import_mappings_profile", set_=values))
    table = models.ImportMapping
    wanted = select(table).where(table.profile == request.profile, table.name == request.name)
    found = session.scalars(wanted.execution_options(populate_existing=True)).one()
    return ImportMapping.model_validate(found, from_attributes=True)


def forget(session: Session, mapping_id: UUID) -> None:
    """Take a saved mapping away; imports that used it keep theirs. Raises NotFound."""
    table = models.ImportMapping
    if session.execute(delete(table).where(table.id == mapping_id).returning(table.id)).first() is None:
        raise NotFound(f"There is no mapping {mapping_id}.", id=mapping_id)
