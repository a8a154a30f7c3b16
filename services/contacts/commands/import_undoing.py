"""Undoing a whole import (C11): what it made and changed is taken back, unless somebody has used or changed it since.

First affiliations, then persons, then organisations, in chunks of the file's rows. What is kept is told row by row.
Whether another service uses a contact is asked before each chunk; while one does not answer, nothing is removed. Nor is
it while another import is at work, which may name the same contacts.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import jobs
from chassis.database import database_of
from chassis.jobs import Step
from contracts.base import Job
from contracts.commerce.deliveries import DeliveriesTakenBack
from contracts.contacts.imports import ImportProfile
from contracts.errors import Conflict, NotFound
from services.contacts import models, neighbours
from services.contacts.commands import import_affiliations_undoing, import_deliveries, persons
from services.contacts.commands import import_taking_back as taking_back
from services.contacts.commands.history import Author
from services.contacts.commands.import_contacts import ORGANISATIONS, PERSONS
from services.contacts.commands.import_taking_back import Kept
from services.contacts.commands.imports import CHANNELS

JOB_KIND = "undo_import"
OF_PURCHASES = "undo_deliveries"
AT_ONCE = 500
PHASES = ("affiliations", "persons", "organisations")
SHARES = len(PHASES)
NEXT_ROWS = text(
    """
    SELECT min(number) AS first, max(number) AS last, count(*) AS count
    FROM (SELECT number FROM import_rows WHERE import_id = :import_id AND number > :after
          ORDER BY number LIMIT :size) n
    """
)
MADE = {
    phase: text(
        f"""
        SELECT DISTINCT c.subject_id FROM (
            SELECT number, {column} AS made_id FROM import_rows WHERE import_id = :import_id AND number > :after
            ORDER BY number LIMIT :size) r
        JOIN changes c ON c.import_id = :import_id AND c.subject_id = r.made_id AND c.field = 'state'
        """  # noqa: S608  (constants)
    )
    for phase, column in (("persons", "person_id"), ("organisations", "organisation_id"))
}
"""Contacts that the next rows made, by phase."""
ASK_AGAIN = 5.0
"""Seconds until a service that was away is asked again, or whether another import is through."""
COUNT = text("SELECT count(*) FROM import_rows WHERE import_id = :import_id")
ANY_CHANGE = text(
    """
    SELECT EXISTS (SELECT FROM changes WHERE import_id = :import_id)
        OR EXISTS (SELECT FROM import_confirmations WHERE import_id = :import_id)
    """
)
ANY_DELIVERY = text(
    """
    SELECT EXISTS (SELECT FROM import_rows WHERE import_id = :import_id AND purchase IS NOT NULL
                   AND state IN ('staged', 'created', 'updated', 'unchanged'))
    """
)
"""A batch that was stopped may have handed over rows whose outcome nobody has stored; one that repeats keeps lines."""
IS_OPEN = text("SELECT EXISTS (SELECT FROM jobs WHERE id = :id AND state IN ('queued', 'running'))")
ANOTHER_AT_WORK = text(
    """
    SELECT EXISTS (SELECT FROM imports i JOIN jobs j ON j.id = i.job_id
                   WHERE i.id <> :import_id AND NOT i.dry_run AND NOT i.preview AND i.profile <> 'purchases'
                     AND j.state IN ('queued', 'running'))
        OR EXISTS (SELECT FROM imports i JOIN jobs j ON j.id = i.undo_job_id
                   WHERE i.id > :import_id AND j.state IN ('queued', 'running'))
    """
)
"""An import that is not through may be about to say the same; of undoings the later import's comes first."""
TELL_KEPT = text(
    """
    WITH kept AS (SELECT id, fields FROM jsonb_to_recordset(CAST(:kept AS jsonb)) AS k(id uuid, fields jsonb)),
    hit AS (
        SELECT r.number, k.fields FROM kept k JOIN import_rows r ON r.person_id = k.id WHERE r.import_id = :import_id
        UNION ALL
        SELECT r.number, k.fields FROM kept k JOIN import_rows r ON r.organisation_id = k.id
        WHERE r.import_id = :import_id AND r.leads)
    UPDATE import_rows r SET undone = 'kept', kept = r.kept || hit.fields
    FROM hit WHERE r.import_id = :import_id AND r.number = hit.number
    """
)
FORGET_KEPT = text("UPDATE import_rows SET undone = '', kept = '[]' WHERE import_id = :import_id AND undone = 'kept'")
"""An undoing that is started again tells anew what it keeps."""
TELL_TAKEN_BACK = text(
    """
    UPDATE import_rows r SET undone = 'taken_back'
    WHERE r.import_id = :import_id AND r.undone = ''
      AND (r.state IN ('created', 'updated', 'staged') OR (r.state = 'unchanged' AND r.same_as IS NULL))
      AND (r.person_id = ANY(:ids) OR r.organisation_id = ANY(:ids))
    """
)
FORGET_REMOVED = text("UPDATE import_rows SET person_id = NULL WHERE person_id = ANY(:ids)")
"""Rows of any import that found them are found by what they say, as those that became nobody."""
COUNT_UNDONE = text(
    "SELECT undone, count(*) AS rows FROM import_rows WHERE import_id = :import_id AND undone <> '' GROUP BY undone"
)


def start(session: Session, import_id: UUID, author: Author) -> Job:
    """Queue the undoing of an import that has ended or was stopped; raises NotFound, Conflict.

    One that failed or was cancelled is started again: what it has taken back already stays so.
    """
    row = session.get(models.Import, import_id, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no import {import_id}.", id=import_id)
    again = bool(row.undo_job_id)
    if row.undone_at or (again and session.scalar(IS_OPEN, {"id": row.undo_job_id})):
        raise Conflict("This import is undone already, or being undone.", code="import_undone")
    if session.scalar(IS_OPEN, {"id": row.job_id}):
        raise Conflict("This import is still at work; stop it first.", code="import_running")
    of_purchases = row.profile is ImportProfile.PURCHASES
    any_change = ANY_DELIVERY if of_purchases else ANY_CHANGE
    if not again and (row.dry_run or not session.scalar(any_change, {"import_id": import_id})):
        raise Conflict("This import has changed nothing that could be undone.", code="nothing_to_undo")
    session.execute(FORGET_KEPT, {"import_id": import_id})
    total = session.scalar(COUNT, {"import_id": import_id})
    params = {"import_id": str(import_id), "by": author.label, "channel": author.channel}
    kind = OF_PURCHASES if of_purchases else JOB_KIND
    row.undo_job_id = jobs.start(session, "contacts", kind, params, total=total)
    session.flush()
    return jobs.as_contract(jobs.get(session, row.undo_job_id))


@dataclass(frozen=True)
class Unused:
    """Contacts that the next rows made and no other service holds anything about; services that did not answer."""

    ids: frozenset[UUID] = frozenset()
    away: tuple[str, ...] = ()


@dataclass(frozen=True)
class Undoing:
    """The undoing of one import at work."""

    session: Session
    row: models.Import
    author: Author
    today: date
    unused: Unused

    def affiliations(self, chunk: dict[str, Any]) -> None:
        """Take back who belongs where."""
        who = {"at": self.author.at, "label": self.author.label, "channel": self.author.channel, "today": self.today}
        back, kept = import_affiliations_undoing.take_back(self.session, chunk, who)
        self._keep(kept)
        self.session.execute(TELL_TAKEN_BACK, {"import_id": self.row.id, "ids": back})

    def persons(self, chunk: dict[str, Any]) -> None:
        """Take back persons and what was changed of them."""
        done = taking_back.take_back(self.session, PERSONS, chunk, self.author, self.unused.ids)
        self._tell(done)
        if done.ids:
            persons.tell(self.session, *done.ids)
        self.session.execute(FORGET_REMOVED, {"ids": done.removed})

    def organisations(self, chunk: dict[str, Any]) -> None:
        """The same of organisations."""
        self._tell(taking_back.take_back(self.session, ORGANISATIONS, chunk, self.author, self.unused.ids))

    def _tell(self, done: taking_back.Done) -> None:
        self._keep(done.kept)
        self.session.execute(TELL_TAKEN_BACK, {"import_id": self.row.id, "ids": done.ids})

    def _keep(self, kept: list[Kept]) -> None:
        fields: dict[str, list[str]] = {}
        for each in kept:
            fields.setdefault(str(each.id), []).extend(each.fields)
        if fields:
            rows = [{"id": contact_id, "fields": names} for contact_id, names in fields.items()]
            self.session.execute(TELL_KEPT, {"import_id": self.row.id, "kept": orjson.dumps(rows).decode()})


def unused(params: dict[str, Any], cursor: dict[str, Any]) -> Unused:
    """Ask the other services about what the next rows made, outside any transaction."""
    found = MADE.get(PHASES[cursor.get("phase", 0)])
    if found is None:
        return Unused()
    asked = {"import_id": UUID(params["import_id"]), "after": cursor.get("after", 0), "size": AT_ONCE}
    with database_of("contacts").reader() as reader:
        made = set(reader.scalars(found, asked))
    held, away = neighbours.held(made) if made else (set(), [])
    return Unused(frozenset(made - held), tuple(away))


def work(step: Step, today: date) -> None:
    """Undo the next rows; `done` of `total` rows goes up in each of the three phases."""
    unused: Unused = step.prepared
    import_id = UUID(step.params["import_id"])
    if unused.away or step.session.scalar(ANOTHER_AT_WORK, {"import_id": import_id}):
        step.pause(ASK_AGAIN)
        return
    row = step.session.get_one(models.Import, import_id)
    author = Author(step.params["by"], CHANNELS[row.profile], step.now, import_id=row.id)
    undoing = Undoing(step.session, row, author, today, unused)
    phase, after, passed = (step.cursor.get(name, 0) for name in ("phase", "after", "passed"))
    asked = {"import_id": import_id, "after": after, "size": AT_ONCE}
    found = step.session.execute(NEXT_ROWS, asked).one()
    if found.last is not None:
        said = {"source": author.source.value, "observed_at": row.observed_at}
        getattr(undoing, PHASES[phase])({"import_id": import_id, "first": found.first, "last": found.last, **said})
        step.cursor.update(phase=phase, after=found.last, passed=passed + found.count)
        step.progress(done=(passed + found.count) // SHARES)
    elif phase + 1 < SHARES:
        step.cursor.update(phase=phase + 1, after=0)
    else:
        _finish(step, row)


@dataclass(frozen=True)
class Withdrawn:
    """The next rows of a batch, and what commerce has done about them; None while it is away."""

    chunk: dict[str, Any] | None
    done: DeliveriesTakenBack | None = None


def withdrawn(params: dict[str, Any], cursor: dict[str, Any]) -> Withdrawn:
    """Let commerce withdraw what the next rows told of, outside any transaction."""
    import_id = UUID(params["import_id"])
    with database_of("contacts").reader() as reader:
        asked = {"import_id": import_id, "after": cursor.get("after", 0), "size": AT_ONCE}
        found = reader.execute(NEXT_ROWS, asked).one()
    if found.last is None:
        return Withdrawn(None)
    chunk = {"import_id": import_id, "first": found.first, "last": found.last, "count": found.count}
    return Withdrawn(chunk, import_deliveries.take_back(import_id, found.first, found.last))


def work_on_purchases(step: Step) -> None:
    """Tell what became of the next rows of a batch."""
    found: Withdrawn = step.prepared
    if found.chunk is None:
        _finish(step, step.session.get_one(models.Import, UUID(step.params["import_id"])))
    elif found.done is None:
        step.pause(ASK_AGAIN)
    else:
        import_deliveries.tell_back(step.session, found.chunk, found.done)
        step.cursor["after"] = found.chunk["last"]
        step.progress(done=step.done + found.chunk["count"])


def _finish(step: Step, row: models.Import) -> None:
    found = step.session.execute(COUNT_UNDONE, {"import_id": row.id})
    row.undone = {"taken_back": 0, "kept": 0} | {each.undone: each.rows for each in found}
    row.undone_at = step.now
    step.progress(done=step.total or 0)
    step.finish({"import_id": str(row.id), **row.undone})
