"""A tag gets another name, is merged into another or taken away, across the whole register (C9): a job in chunks."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis import jobs
from chassis.jobs import Step
from contracts.base import Job
from contracts.contacts.tags import ChangeTag, TagUse
from contracts.errors import Invalid, NotFound
from services.contacts import models
from services.contacts.commands import persons
from services.contacts.commands.history import Author
from services.contacts.rules.tags import renamed

JOB_KIND = "change_tag"
AT_ONCE = 1_000
NOBODY = UUID(int=0)
KINDS = {"persons": "t.state <> 'erased'", "organisations": "true"}
COUNT = [
    text(f"SELECT count(*) FROM {kind} t WHERE t.tags @> CAST(:borne AS jsonb) AND {alive}")  # noqa: S608
    for kind, alive in KINDS.items()
]


def start(session: Session, request: ChangeTag, use: TagUse, author: Author) -> Job:
    """Queue the change; raises NotFound when nobody bears the tag and no segment tests it."""
    if request.to == request.code:
        raise Invalid.field("/to", "same_tag", "This is the tag that it has already.")
    if not (use.persons or use.organisations or use.segments):
        raise NotFound(f"Nobody bears the tag {request.code}.", code="no_such_tag")
    total = sum(int(session.scalar(each, {"borne": f'["{request.code}"]'}) or 0) for each in COUNT)
    params = {"code": request.code, "to": request.to, "by": author.label, "channel": author.channel}
    job_id = jobs.start(session, "contacts", JOB_KIND, params, total=total)
    return jobs.as_contract(jobs.get(session, job_id))


def work(step: Step) -> None:
    """Change the next contacts that bear the tag: persons, then organisations, then the segments that test it."""
    kind = step.cursor.get("kind", "persons")
    ids = _change(step, kind, UUID(step.cursor["after"]) if "after" in step.cursor else NOBODY)
    step.progress(done=step.done + len(ids))
    if len(ids) == AT_ONCE:
        step.cursor.update(kind=kind, after=str(ids[-1]))
    elif kind == "persons":
        step.cursor = {"kind": "organisations"}
    else:
        segments = _change_segments(step.session, step.params["code"], step.params["to"])
        step.finish({**step.params, "changed": step.done, "segments": segments})


def _change(step: Step, kind: str, after: UUID) -> list[UUID]:
    """The next contacts of a kind, changed with their history."""
    statement = text(
        f"""
        WITH found AS (
            SELECT t.id, t.tags AS old, coalesce((
                SELECT jsonb_agg(DISTINCT kept.tag COLLATE "C" ORDER BY kept.tag COLLATE "C")
                FROM jsonb_array_elements_text(t.tags - CAST(:code AS text) || CAST(:added AS jsonb)) AS kept(tag)
            ), '[]') AS new
            FROM {kind} t WHERE t.tags @> CAST(:borne AS jsonb) AND {KINDS[kind]} AND t.id > :after
            ORDER BY t.id LIMIT :size FOR UPDATE
        ), changed AS (
            UPDATE {kind} t SET tags = found.new, version = t.version + 1, updated_at = :at
            FROM found WHERE t.id = found.id RETURNING t.id
        ), told AS (
            INSERT INTO changes (subject_id, changed_at, changed_by, channel, field, old, new)
            SELECT id, :at, :label, :channel, 'tags', old, new FROM found ORDER BY id
        ), said AS (
            INSERT INTO value_sources (subject_id, field, source, observed_at, rule)
            SELECT id, 'tags', :source, :at, 'latest' FROM found
            ON CONFLICT (subject_id, field) DO UPDATE SET source = :source, observed_at = :at, rule = 'latest'
        )
        SELECT id FROM changed ORDER BY id
        """  # noqa: S608  (constants of this module)
    )
    to = step.params["to"]
    values: dict[str, Any] = {"code": step.params["code"], "after": after, "size": AT_ONCE, "at": step.now}
    values |= {"borne": f'["{step.params["code"]}"]', "added": f'["{to}"]' if to else "[]"}
    author = Author(step.params["by"], step.params["channel"], step.now)
    values |= {"label": author.label, "channel": author.channel, "source": author.source.value}
    ids = list(step.session.scalars(statement, values))
    if kind == "persons" and ids:
        persons.tell(step.session, *ids)
    return ids


def _change_segments(session: Session, code: str, to: str | None) -> int:
    """Saved segments go on finding whom they found under the new name; how many there were."""
    if to is None:
        return 0
    count = 0
    for segment in session.scalars(select(models.Segment).with_for_update()):
        changed = renamed(segment.filter, code, to)
        if changed != segment.filter:
            segment.filter = changed
            segment.version += 1
            count += 1
    return count
