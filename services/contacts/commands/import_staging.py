"""Staging: the rows of a file, read and checked, go into `import_rows` by COPY."""

import io
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contacts.commands import import_classes
from services.contacts.spreadsheets.limits import Unreadable
from services.contacts.staging import COPY, Part

BE_PATIENT = text("SET LOCAL idle_in_transaction_session_timeout = '10min'")
"""While a file is read, the transaction waits; services.contacts.staging.process says how long it may take."""
ANALYZE = text(
    "ANALYZE import_rows (import_id, number, state, same_as, organisation_as, person_id, organisation_id, affiliation,"
    " fingerprint)"
)
"""What follows joins the rows of a file that the planner has not seen; to look at all they say would take longer."""
LOOK_AT_FEW = text("SET LOCAL default_statistics_target = 20")
"""Six thousand rows tell as much as thirty thousand do, which lie all over a table of a million."""
Then = Callable[[Part], None]


def stage(session: Session, parts: Iterable[Part], then: Then, *, grow: bool) -> tuple[int, int]:
    """Store all rows of a file; how many there are, and how many of them are rejected. Raises Unreadable.

    While the next rows are read, a thread stores those before and does `then` what can be done with them. With `grow`
    the classes that the file brings are defined.
    """
    count = rejected = 0
    part = None
    for part in _stored(session, parts, then):
        count, rejected = count + part.count, rejected + part.rejected
    if part is None:
        raise Unreadable("headings_only", "The file has headings but no rows below them.")
    session.execute(LOOK_AT_FEW)
    session.execute(ANALYZE)
    if grow:
        import_classes.grow(session, part.grown)
    return count, rejected


def _stored(session: Session, parts: Iterable[Part], then: Then) -> Iterator[Part]:
    """The parts, each after it was stored; one is stored at a time, and nothing else may use the session meanwhile."""
    stored: Future[Part] | None = None
    with ThreadPoolExecutor(1, thread_name_prefix="storing") as pool:
        for part in parts:
            if stored:
                yield stored.result()
            stored = pool.submit(_store, session, part, then)
        if stored:
            yield stored.result()


def _store(session: Session, part: Part, then: Then) -> Part:
    connection: Any = session.connection().connection
    with connection.cursor() as cursor:
        cursor.copy_expert(COPY, io.BytesIO(part.lines))
    then(part)
    return part
