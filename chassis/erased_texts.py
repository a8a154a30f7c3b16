"""The worker looks for erased persons in what a service says of others (chassis.striking, C17).

Each person is looked for twice: at once, and when the erasure is settled. `erasures.searched` counts that, so that the
register knows when nobody needs to know any more whom to look for.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import func, literal, select, true, update
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.orm import Session

from chassis import crash, striking, tables
from chassis.logs import log
from chassis.mentions import Mentions, struck
from chassis.rpc import client
from chassis.striking import Wanted, Written
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.errors import NotFound
from contracts.personal_data import Sought

if TYPE_CHECKING:
    from chassis.worker import Worker

contacts = client(ContactsApi)
AT_ONCE: Final = 20
"""Persons for whom texts are read at once: reading takes longer than comparing."""
TEXTS: Final = "texts_of_others"
TWICE: Final = 2
NEVER: Final = -1
"""Nobody knows any more whom to look for."""
ERASURES, COMMANDS = tables.erasures.c, tables.handled_commands.c
DUE = (
    select(ERASURES.person_id, ERASURES.ids, ERASURES.searched, ERASURES.erased_at)
    .where((ERASURES.searched == 0) | ((ERASURES.searched == 1) & ERASURES.settled))
    .order_by(ERASURES.erased_at)
    .limit(AT_ONCE)
)


def search_next(worker: "Worker") -> bool:
    """Look for the next erased persons in all texts; False when nobody is left to look for."""
    with worker.database.reader() as connection:
        due = connection.execute(DUE).all()
    if not due:
        return False
    known = [(row, sought) for row in due if (sought := _sought(worker, row)) is not None]
    if known:
        _search(worker, [(row.person_id, _wanted(row, sought)) for row, sought in known])
    with worker.transaction() as session:
        for row, _ in known:
            _count(session, row, row.searched + 1)
    crash.point(f"{worker.service}.searched")
    return True


def _wanted(row: Any, sought: Sought) -> Wanted:
    return Wanted.of([UUID(each) for each in row.ids], sought, row.erased_at)


def _sought(worker: "Worker", row: Any) -> Sought | None:
    try:
        return contacts.get_sought(ById(id=row.person_id))
    except NotFound:
        log.error("erased_texts_unknown", service=worker.service, person_id=str(row.person_id))
    with worker.transaction() as session:
        _count(session, row, NEVER)
    return None


def _count(session: Session, row: Any, searched: int) -> None:
    which = (ERASURES.person_id == row.person_id) & (ERASURES.searched == row.searched)
    session.execute(update(tables.erasures).where(which).values(searched=searched))


def _search(worker: "Worker", persons: Sequence[tuple[UUID, Wanted]]) -> None:
    wanted = [each for _, each in persons]
    for each in striking.written(worker.service):
        after: Any = true()
        while after is not None:
            with worker.transaction() as session:
                part, after = striking.part_after(session, each, after)
                found = striking.strike(session, each, wanted, part)
                for (person_id, _), rows in zip(persons, found, strict=True):
                    if rows:
                        _note(session, person_id, each, rows)
            crash.point(f"{worker.service}.searching")
    with worker.transaction() as session:
        _forget_replies(session, Mentions.together(one.free for one in wanted))


def _note(session: Session, person_id: UUID, each: Written, found: list[Any]) -> None:
    """Count what was struck, or list what is kept; in the transaction that does it."""
    which = ERASURES.person_id == person_id
    if each.kept is None:
        count = func.coalesce(ERASURES.rows[TEXTS].as_integer(), 0) + len(found)
        rows = func.jsonb_set(ERASURES.rows, array([TEXTS]), func.to_jsonb(count))
        session.execute(update(tables.erasures).where(which).values(rows=rows))
        return
    kept = [document.model_dump(mode="json") for document in each.kept(session, found)]
    known = session.scalars(select(ERASURES.naming).where(which).with_for_update()).one()
    fresh = [document for document in kept if document not in known]
    naming = ERASURES.naming.concat(literal(fresh, JSONB))
    session.execute(update(tables.erasures).where(which).values(naming=naming))


def _forget_replies(session: Session, mentions: Mentions) -> None:
    """Remembered replies that name the person in a text about others; a repeat of the command is refused."""
    may = striking.naming(Written(tables.handled_commands, ("reply",)), mentions, true())
    for row in session.execute(select(COMMANDS.principal, COMMANDS.key, COMMANDS.reply).where(may)).all():
        if struck(row.reply, mentions.pattern) != row.reply:
            which = (COMMANDS.principal == row.principal) & (COMMANDS.key == row.key)
            session.execute(update(tables.handled_commands).where(which).values(reply={}, fingerprint=""))
