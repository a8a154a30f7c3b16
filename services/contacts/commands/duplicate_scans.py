"""The scan for duplicates (C13), a job in three phases, resumable after each chunk; one scan at a time.

1. *names*: how many bear which word of a name, so that two names are not taken for one and its typing error; the table
   of these words is put in order;
2. *keys*: what each person could have in common with a double goes into `duplicate_keys`: e-mail, phone, date of birth
   with the beginning of a name, address. Whoever shares none of these shares too little to be told from a namesake;
3. *pairs*: persons who share a key are compared by `rules.duplicates`; pairs that may be one person are kept.

At the end, open pairs that were not found any more are forgotten. A pair that somebody dismissed stays so until what
is compared has changed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import jobs, tables
from chassis.ids import new_id
from chassis.jobs import Step
from contracts.base import Job
from contracts.contacts.duplicates import DuplicateState
from contracts.contacts.persons import PersonState
from services.contacts import models
from services.contacts.commands import names
from services.contacts.rules.duplicates import Facts, Likeness, compare, facts_of, fingerprint

JOB_KIND = models.SCAN_JOB
PERSONS_AT_ONCE = 20_000
KEYS_AT_ONCE = 20_000
MOST_SHARING = 50
"""A key that more persons share tells nothing: a switchboard, a made-up date of birth."""
FEWEST_BEARERS = 3
MOST_NAMES = 5_000
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('scan_duplicates', 0))")
EMPTY_KEYS = text("TRUNCATE duplicate_keys")
BEARERS = text(
    """
    SELECT word, count(*) AS bearers
    FROM persons, unnest(string_to_array(translate(sort_key, '{|}!', 'aao '), ' ')) AS word
    WHERE state = 'active' AND length(word) > 1
    GROUP BY word HAVING count(*) >= :fewest ORDER BY count(*) DESC, word LIMIT :most
    """
)
ADD_KEYS = text(
    """
    WITH chunk AS (
        SELECT id, email_key, other_emails, phone, other_phones, birth_date, addresses,
               translate(sort_key, '{|}!', 'aao ') AS words
        FROM persons WHERE state = 'active' AND id > :after ORDER BY id LIMIT :size
    ), added AS (
        INSERT INTO duplicate_keys (key, person_id)
        SELECT DISTINCT hashtextextended(shared.what || shared.value, 0), chunk.id
        FROM chunk CROSS JOIN LATERAL (
            SELECT 'email ', chunk.email_key
            UNION ALL SELECT 'email ', each ->> 'address' FROM jsonb_array_elements(chunk.other_emails) AS each
            UNION ALL SELECT 'phone ', chunk.phone
            UNION ALL SELECT 'phone ', each ->> 'number' FROM jsonb_array_elements(chunk.other_phones) AS each
            UNION ALL SELECT 'birth ', chunk.birth_date || ' ' || left(word, 3)
                FROM unnest(string_to_array(chunk.words, ' ')) AS word
            UNION ALL SELECT 'address ', (each ->> 'postal_code') || ' '
                    || regexp_replace(lower(unaccent(each ->> 'street')), '[^a-z0-9]', '', 'g')
                FROM jsonb_array_elements(chunk.addresses) AS each
                WHERE each ->> 'street' <> '' AND each ->> 'postal_code' <> ''
        ) AS shared(what, value)
        WHERE shared.value IS NOT NULL
        RETURNING 1
    )
    SELECT (SELECT id FROM chunk ORDER BY id DESC LIMIT 1) AS last, (SELECT count(*) FROM chunk) AS persons,
           (SELECT count(*) FROM added) AS keys
    """
)
NEXT_KEYS = text(
    """
    WITH chunk AS (
        SELECT max(key) AS last
        FROM (SELECT key FROM duplicate_keys WHERE key > :after ORDER BY key LIMIT :size) AS next
    )
    SELECT last, (SELECT count(*) FROM duplicate_keys WHERE key > :after AND key <= last) AS keys FROM chunk
    """
)
PAIRS = text(
    """
    WITH shared AS (
        SELECT key FROM duplicate_keys WHERE key > :after AND key <= :last
        GROUP BY key HAVING count(*) BETWEEN 2 AND :most
    )
    SELECT DISTINCT CAST(one.person_id AS text) AS first_id, CAST(other.person_id AS text) AS second_id
    FROM shared JOIN duplicate_keys one ON one.key = shared.key
    JOIN duplicate_keys other ON other.key = shared.key AND other.person_id > one.person_id
    """
)
BEFORE_ALL_KEYS = -(2**63)
PERSON = models.Person
CANDIDATE = models.DuplicateCandidate
COMPARED = (
    PERSON.id, PERSON.given_name, PERSON.family_name, PERSON.birth_date, PERSON.email_key, PERSON.other_emails,
    PERSON.phone, PERSON.other_phones, PERSON.addresses,
)  # fmt: skip


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
    """Work off one chunk; `done` of `total` persons goes up in the phases of keys and of pairs, by half each."""
    PHASES[step.cursor.get("phase", "names")](step)


def _names(step: Step) -> None:
    session = step.session
    if session.scalar(select(ROWS.id).where(OPEN, ROWS.id < step.job_id).limit(1)):
        step.pause(1.0)
        return
    persons = session.scalar(select(func.count()).where(PERSON.state == PersonState.ACTIVE)) or 0
    rows = session.execute(BEARERS, {"fewest": FEWEST_BEARERS, "most": MOST_NAMES})
    bearers = {row.word: row.bearers for row in rows}
    names.tidy(session)
    session.execute(EMPTY_KEYS)
    began = step.cursor.get("began", step.now.isoformat())
    step.cursor.clear()
    step.cursor.update(phase="keys", began=began, bearers=bearers, after=str(UUID(int=0)), persons=0, keys=0)
    step.progress(done=0, total=persons)


def _keys(step: Step) -> None:
    cursor = step.cursor
    added = step.session.execute(ADD_KEYS, {"after": cursor["after"], "size": PERSONS_AT_ONCE}).one()
    if added.last is None:
        cursor.update(phase="pairs", after=BEFORE_ALL_KEYS, keys_done=0, pairs=0)
        return
    cursor.update(after=str(added.last), persons=cursor["persons"] + added.persons, keys=cursor["keys"] + added.keys)
    step.progress(done=cursor["persons"] // 2, total=max(step.total or 0, cursor["persons"]))


def _pairs(step: Step) -> None:
    session, cursor = step.session, step.cursor
    chunk = session.execute(NEXT_KEYS, {"after": cursor["after"], "size": KEYS_AT_ONCE}).one()
    if chunk.last is None:
        _finish(step)
        return
    bounds = {"after": cursor["after"], "last": chunk.last, "most": MOST_SHARING}
    pairs: list[tuple[str, str]] = [(row.first_id, row.second_id) for row in session.execute(PAIRS, bounds)]
    _keep(session, _alike(session, pairs, cursor["bearers"]), datetime.fromisoformat(cursor["began"]))
    cursor.update(after=chunk.last, keys_done=cursor["keys_done"] + chunk.keys, pairs=cursor["pairs"] + len(pairs))
    persons = cursor["persons"]
    step.progress(done=min(persons, (persons + persons * cursor["keys_done"] // max(cursor["keys"], 1)) // 2))


Alike = tuple[UUID, UUID, Likeness, str]
"""The pair, how alike they are, and the fingerprint of what was compared."""


def _alike(session: Session, pairs: Sequence[tuple[str, str]], bearers: Mapping[str, int]) -> list[Alike]:
    """Of many pairs few are alike: ids become UUIDs only of those (with a million persons: a third of the time)."""
    persons = {UUID(each) for each in {each for pair in pairs for each in pair}}
    facts = {str(person_id): each for person_id, each in facts_by_id(session, persons).items()}
    found = []
    for first_id, second_id in pairs:
        one, other = facts.get(first_id), facts.get(second_id)
        if one and other and (likeness := compare(one, other, bearers)):
            found.append((UUID(first_id), UUID(second_id), likeness, fingerprint(one, other)))
    return found


def facts_by_id(session: Session, ids: set[UUID]) -> dict[UUID, Facts]:
    """What is compared of the persons that are in the register."""
    rows = session.execute(
        select(*COMPARED).where(PERSON.id == func.any(list(ids)), PERSON.state == PersonState.ACTIVE)
    )
    return {row.id: facts_of(row) for row in rows}


def _keep(session: Session, found: list[Alike], began: datetime) -> None:
    """Store the pairs; of those known before, a dismissed one stays so while its fingerprint is the same."""
    if not found:
        return
    new = insert(CANDIDATE).values(
        [
            {
                "id": new_id(),
                "first_id": first_id,
                "second_id": second_id,
                "score": round(likeness.score),
                "reasons": list(likeness.reasons),
                "state": DuplicateState.OPEN,
                "fingerprint": told,
                "found_at": began,
                "seen_at": began,
            }
            for first_id, second_id, likeness, told in found
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
    session.execute(EMPTY_KEYS)
    count = session.scalar(select(func.count()).select_from(CANDIDATE).where(open_one)) or 0
    step.progress(done=step.total or 0)
    step.finish({"open": count, "compared": cursor["pairs"]})


PHASES = {"names": _names, "keys": _keys, "pairs": _pairs}
