"""The worker looks for erased persons in what a service says of others (chassis.striking, C17).

Each person is looked for twice: at once, and when the erasure is settled. `erasures.searched` counts that, so that the
register knows when nobody needs to know any more whom to look for.
"""

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
TEXTS: Final = "texts_of_others"
TWICE: Final = 2
NEVER: Final = -1
"""Nobody knows any more whom to look for."""
ERASURES, COMMANDS = tables.erasures.c, tables.handled_commands.c
DUE = (
    select(ERASURES.person_id, ERASURES.ids, ERASURES.searched)
    .where((ERASURES.searched == 0) | ((ERASURES.searched == 1) & ERASURES.settled))
    .order_by(ERASURES.erased_at)
    .limit(1)
)


def search_next(worker: "Worker") -> bool:
    """Look for the next erased person in all texts; False when nobody is left to look for."""
    with worker.database.reader() as connection:
        row = connection.execute(DUE).first()
    if row is None:
        return False
    sought = _sought(row.person_id)
    if sought is None:
        log.error("erased_texts_unknown", service=worker.service, person_id=str(row.person_id))
    else:
        _search(worker, row, Wanted.of([UUID(each) for each in row.ids], sought))
    with worker.transaction() as session:
        which = (ERASURES.person_id == row.person_id) & (ERASURES.searched == row.searched)
        searched = NEVER if sought is None else row.searched + 1
        session.execute(update(tables.erasures).where(which).values(searched=searched))
    crash.point(f"{worker.service}.searched")
    return True


def _sought(person_id: UUID) -> Sought | None:
    try:
        return contacts.get_sought(ById(id=person_id))
    except NotFound:
        return None


def _search(worker: "Worker", row: Any, wanted: Wanted) -> None:
    for each in striking.written(worker.service):
        after: Any = true()
        while after is not None:
            with worker.transaction() as session:
                part, after = striking.part_after(session, each, after)
                found = striking.strike(session, each, wanted, part)
                if found:
                    _note(session, row.person_id, each, found)
            crash.point(f"{worker.service}.searching")
    with worker.transaction() as session:
        _forget_replies(session, wanted.free)


def _note(session: Session, person_id: UUID, each: Written, found: list[Any]) -> None:
    """Count what was struck, or list what is kept; in the transaction that does it."""
    which = ERASURES.person_id == person_id
    if each.kept is None:
        count = func.coalesce(ERASURES.rows[TEXTS].as_integer(), 0) + len(found)
        rows = func.jsonb_set(ERASURES.rows, array([TEXTS]), func.to_jsonb(count))
        session.execute(update(tables.erasures).where(which).values(rows=rows))
        return
    kept = [document.model_dump(mode="json") for document in each.kept(session, [key[0] for key in found])]
    known = session.scalars(select(ERASURES.naming).where(which).with_for_update()).one()
    fresh = [document for document in kept if document not in known]
    naming = ERASURES.naming.concat(literal(fresh, JSONB))
    session.execute(update(tables.erasures).where(which).values(naming=naming))


def _forget_replies(session: Session, mentions: Mentions) -> None:
    """Remembered replies that name the person in a text about others; a repeat of the command is refused."""
    may = striking.naming([COMMANDS.reply], mentions)
    for row in session.execute(select(COMMANDS.principal, COMMANDS.key, COMMANDS.reply).where(may)).all():
        if struck(row.reply, mentions.pattern) != row.reply:
            which = (COMMANDS.principal == row.principal) & (COMMANDS.key == row.key)
            session.execute(update(tables.handled_commands).where(which).values(reply={}, fingerprint=""))
