"""The scan for duplicates (C13), a job in three phases, resumable after each chunk; one scan at a time.

1. *names*: how many bear which word of a name, so that two names are not taken for one and its typing error; the table
   of these words is put in order;
2. *keys*: what each contact could have in common with a double goes into `duplicate_keys`: e-mail, phone, date of birth
   with the beginning of a name, address; of organisations also the name without its legal form, and the e-mail domain
   with the town. Whoever shares none of these shares too little to be told from a namesake;
3. *pairs*: contacts that share a key are compared by the rules of their kind; pairs that may be one are kept.

At the end, open pairs that were not found any more are forgotten. A pair that somebody dismissed stays so until what
is compared has changed.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import jobs, tables
from chassis.ids import new_id
from chassis.jobs import Step
from contracts.base import Job
from contracts.contacts.about import ContactKind
from contracts.contacts.duplicates import DuplicateState
from contracts.contacts.persons import PersonState
from services.contacts import models
from services.contacts.commands import duplicate_facts, duplicate_keys, names

JOB_KIND = models.SCAN_JOB
CONTACTS_AT_ONCE = 20_000
KEYS_AT_ONCE = 20_000
FEWEST_BEARERS = 3
MOST_NAMES = 5_000
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('scan_duplicates', 0))")
BEARERS = text(
    """
    SELECT word, count(*) AS bearers
    FROM persons, unnest(string_to_array(translate(sort_key, '{|}!', 'aao '), ' ')) AS word
    WHERE state = 'active' AND length(word) > 1
    GROUP BY word HAVING count(*) >= :fewest ORDER BY count(*) DESC, word LIMIT :most
    """
)
BEFORE_ALL_KEYS = -(2**63)
IN_REGISTER = (models.Person.state == PersonState.ACTIVE, models.Organisation.deleted_at.is_(None))
CANDIDATE = models.DuplicateCandidate


ROWS = tables.jobs.c
OPEN = and_(ROWS.kind == JOB_KIND, ROWS.state.in_(["queued", "running"]))


def start(session: Session) -> Job:
    """Queue a scan; the one that waits for its turn already, if there is one."""
    session.execute(ONE_AT_A_TIME)
    waiting = select(ROWS.id).where(OPEN, ROWS.cursor["phase"].is_(None))
    job_id = session.scalar(waiting) or jobs.start(session, "contacts", JOB_KIND, {})
    return jobs.as_contract(jobs.get(session, job_id))


def started_since(session: Session, moment: datetime) -> bool:
    """Whether a scan was begun after `moment`."""
    found = select(ROWS.id).where(ROWS.kind == JOB_KIND, ROWS.created_at > moment).limit(1)
    return session.scalar(found) is not None


def work(step: Step) -> None:
    """Work off one chunk; `done` of `total` contacts goes up in the phases of keys and of pairs, by half each."""
    PHASES[step.cursor.get("phase", "names")](step)


def _names(step: Step) -> None:
    session = step.session
    if session.scalar(select(ROWS.id).where(OPEN, ROWS.id < step.job_id).limit(1)):
        step.pause(1.0)
        return
    contacts = sum(session.scalar(select(func.count()).where(each)) or 0 for each in IN_REGISTER)
    rows = session.execute(BEARERS, {"fewest": FEWEST_BEARERS, "most": MOST_NAMES})
    bearers = {row.word: row.bearers for row in rows}
    names.tidy(session)
    duplicate_keys.empty(session)
    began = step.cursor.get("began", step.now.isoformat())
    step.cursor.clear()
    step.cursor.update(phase="keys", began=began, bearers=bearers, after=str(UUID(int=0)), contacts=0, keys=0)
    step.progress(done=0, total=contacts)


def _keys(step: Step) -> None:
    cursor = step.cursor
    kind = ContactKind(cursor.get("of", ContactKind.PERSON))
    added = duplicate_keys.add(step.session, kind, cursor["after"], CONTACTS_AT_ONCE)
    if added.last is None and kind is ContactKind.PERSON:
        cursor.update(of=ContactKind.ORGANISATION.value, after=str(UUID(int=0)))
        _keys(step)
        return
    if added.last is None:
        cursor.update(phase="pairs", after=BEFORE_ALL_KEYS, keys_done=0, pairs=0)
        return
    cursor.update(after=str(added.last), contacts=cursor["contacts"] + added.contacts, keys=cursor["keys"] + added.keys)
    step.progress(done=cursor["contacts"] // 2, total=max(step.total or 0, cursor["contacts"]))


def _pairs(step: Step) -> None:
    session, cursor = step.session, step.cursor
    chunk = duplicate_keys.following(session, cursor["after"], KEYS_AT_ONCE)
    if chunk.last is None:
        _finish(step)
        return
    pairs = duplicate_keys.pairs(session, cursor["after"], chunk.last)
    _keep(session, duplicate_facts.alike(session, pairs, cursor["bearers"]), datetime.fromisoformat(cursor["began"]))
    cursor.update(after=chunk.last, keys_done=cursor["keys_done"] + chunk.keys, pairs=cursor["pairs"] + len(pairs))
    contacts = cursor["contacts"]
    step.progress(done=min(contacts, (contacts + contacts * cursor["keys_done"] // max(cursor["keys"], 1)) // 2))


def _keep(session: Session, found: list[duplicate_facts.Alike], began: datetime) -> None:
    """Store the pairs; of those known before, a dismissed one stays so while its fingerprint is the same."""
    if not found:
        return
    new = insert(CANDIDATE).values(
        [
            {
                "id": new_id(),
                "kind": kind,
                "first_id": first_id,
                "second_id": second_id,
                "score": round(likeness.score),
                "reasons": list(likeness.reasons),
                "state": DuplicateState.OPEN,
                "fingerprint": told,
                "found_at": began,
                "seen_at": began,
            }
            for kind, first_id, second_id, likeness, told in found
        ]
    )
    stays = and_(CANDIDATE.state == DuplicateState.DISMISSED, CANDIDATE.fingerprint == new.excluded.fingerprint)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["first_id", "second_id"],
            set_={
                "score": new.excluded.score,
                "reasons": new.excluded.reasons,
                "fingerprint": new.excluded.fingerprint,
                "seen_at": new.excluded.seen_at,
                "state": case((stays, DuplicateState.DISMISSED.value), else_=DuplicateState.OPEN.value),
                "decided_at": case((stays, CANDIDATE.decided_at)),
                "decided_by": case((stays, CANDIDATE.decided_by), else_=""),
            },
        )
    )


def _finish(step: Step) -> None:
    """Forget what was not found again; begin anew when a crash of the database has emptied the keys meanwhile."""
    session, cursor = step.session, step.cursor
    if cursor["keys_done"] != cursor["keys"]:
        cursor.update(phase="names")
        return
    open_one = CANDIDATE.state == DuplicateState.OPEN
    began = datetime.fromisoformat(cursor["began"])
    session.execute(delete(CANDIDATE).where(open_one, CANDIDATE.seen_at < began))
    duplicate_keys.empty(session)
    count = session.scalar(select(func.count()).select_from(CANDIDATE).where(open_one)) or 0
    step.progress(done=step.total or 0)
    step.finish({"open": count, "compared": cursor["pairs"]})


PHASES = {"names": _names, "keys": _keys, "pairs": _pairs}
