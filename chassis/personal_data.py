"""What a service holds about persons: declared once; counted, erased and told to them by what was declared (C17).

A service says in its module `personal_data` what is about a person:

    HOLDINGS = (
        Holding("enrolments", models.Enrolment, by("person_id"), emptied={"note": ""}),
        Holding("affiliations", models.Affiliation, by("person_id"), gone=True),
    )

and may have four functions: `end(session, ids, now)` ends what goes on before anything is erased;
`texts(session, ids)` gives addresses by which stored replies are recognised besides the ids;
`retained(connection, ids)` lists the documents that the law makes it keep;
`linked_ids(connection, person_id)` gives further ids of the person.

Where texts about others may name anybody, it says in `WRITTEN` (chassis.striking).
"""

import importlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    Uuid,
    column,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from chassis import files, jobs, tables
from contracts.personal_data import ErasurePart, RetainedDocument

Ids = Sequence[UUID]
Reader = Connection | Session
IN_FLIGHT = timedelta(minutes=10)
"""Longer than anything lives that knew the person and may still write."""
AT_ONCE = 20
SEARCH = "search_texts"
"""The worker's task that looks for erased persons in texts about others (chassis.erased_texts)."""
ERASURES, COMMANDS = tables.erasures.c, tables.handled_commands.c


@dataclass(frozen=True)
class Holding:
    """Rows about a person. `emptied` says what erasing leaves in which column; `gone` that the rows go as a whole."""

    name: str
    model: Any
    about: Callable[[Any, Ids], ColumnElement[bool]]
    emptied: Mapping[str, Any] = field(default_factory=dict)
    gone: bool = False
    files: tuple[str, ...] = ()
    """Columns with keys of stored files. These go with the row's content, unless it is `kept`."""
    kept: bool = False
    """Erasing leaves the rows as they are."""
    told: bool = True
    """Whether the person gets to know the rows (chassis.disclosure); not what only repeats or guesses."""
    notes: bool = False
    """What the office wrote for itself, about others too: it tells this itself."""
    author: str = ""
    """The column with the label of who alone may read a row that is `private`."""
    withheld: Collection[str] = ()
    """Columns that are not told: the suite's own, or secrets."""


def by(*columns: str) -> Callable[[Any, Ids], ColumnElement[bool]]:
    """Rows that name the person in one of these columns."""
    return lambda model, ids: or_(*(getattr(model, column).in_(ids) for column in columns))


def erase(session: Session, service: str, person_id: UUID, ids: Ids, now: datetime) -> None:
    """Erase what the service holds about a person under any of `ids`, and record what was done. Again is fine."""
    module = _module(service)
    _optional(module, "end")(session, ids, now)
    session.flush()
    texts = [*map(str, ids), *(_optional(module, "texts")(session, ids) or ())]
    rows = {each.name: _erase(session, each, ids) for each in module.HOLDINGS if not each.kept}
    rows["stored_replies"] = _purge_replies(session, texts)
    retained = [each.model_dump(mode="json") for each in _optional(module, "retained")(session, ids) or ()]
    found = {name: count for name, count in rows.items() if count}
    _record(session, person_id, ids, now, found, retained)
    session.expire_all()


def _module(service: str) -> Any:
    return importlib.import_module(f"services.{service}.personal_data")


def holdings(service: str) -> Sequence[Holding]:
    """What the service declares."""
    found: Sequence[Holding] = _module(service).HOLDINGS
    return found


def known_ids(connection: Connection, service: str, person_id: UUID) -> list[UUID]:
    """The person's id with those that lead to it."""
    return [person_id, *(_optional(_module(service), "linked_ids")(connection, person_id) or ())]


def _optional(module: Any, name: str) -> Callable[..., Any]:
    return getattr(module, name, lambda *_: None)


def _erase(session: Session, holding: Holding, ids: Ids) -> int:
    """How many rows were emptied or removed."""
    found = holding.about(holding.model, ids)
    for name in holding.files:
        column = getattr(holding.model, name)
        for key in session.scalars(select(column).where(found, column.is_not(None))):
            files.delete(key)
    if holding.gone:
        statement: Any = delete(holding.model).where(found)
    elif holding.emptied:
        statement = update(holding.model).where(found).values(**holding.emptied)
    else:
        return 0
    result: Any = session.execute(statement, execution_options={"synchronize_session": False})
    return int(result.rowcount)


def _purge_replies(session: Session, texts: Iterable[str]) -> int:
    """Empty the remembered replies that name one of the texts; repeating such a command is refused from now on."""
    reply = func.lower(COMMANDS.reply.cast(Text))
    named = or_(*(func.strpos(reply, literal(each.lower())) > 0 for each in texts))
    result: Any = session.execute(update(tables.handled_commands).where(named).values(reply={}, fingerprint=""))
    return int(result.rowcount)


def _record(
    session: Session, person_id: UUID, ids: Ids, now: datetime, rows: dict[str, int], retained: list[Any]
) -> None:
    done = insert(tables.erasures).values(
        person_id=person_id, ids=[*map(str, ids)], erased_at=now, rows=rows, retained=retained
    )
    session.execute(done.on_conflict_do_update(index_elements=["person_id"], set_={"retained": done.excluded.retained}))
    jobs.wake(session, SEARCH)


def settle(session: Session, service: str, now: datetime) -> None:
    """Erase once more, after a while, what was being written about a person when it was erased."""
    due = select(tables.erasures).where(~ERASURES.settled, ERASURES.erased_at < now - IN_FLIGHT).limit(AT_ONCE)
    for row in session.execute(due.with_for_update(skip_locked=True)).all():
        erase(session, service, row.person_id, [UUID(each) for each in row.ids], row.erased_at)
        session.execute(update(tables.erasures).where(ERASURES.person_id == row.person_id).values(settled=True))


def part_of(connection: Connection, service: str, person_id: UUID) -> ErasurePart:
    """What was erased, and what must be kept; before an erasure what it would find."""
    row = connection.execute(select(tables.erasures).where(ERASURES.person_id == person_id)).first()
    if row is not None:
        kept = {(each["kind"], each["id"]): each for each in (*row.naming, *row.retained)}
        retained = [RetainedDocument.model_validate(each) for each in kept.values()]
        done = {"erased_at": row.erased_at, "searched": max(row.searched, 0)}
        return ErasurePart(service=service, rows=row.rows, retained=retained, **done)
    module, ids = _module(service), known_ids(connection, service, person_id)
    rows = {each.name: _count(connection, each, ids) for each in module.HOLDINGS if not each.kept}
    retained = list(_optional(module, "retained")(connection, ids) or ())
    return ErasurePart(service=service, rows={name: count for name, count in rows.items() if count}, retained=retained)


def _count(connection: Connection, holding: Holding, ids: Ids) -> int:
    found = holding.about(holding.model, ids)
    return int(connection.execute(select(func.count()).select_from(holding.model).where(found)).scalar_one())


def held_of(connection: Connection, service: str, ids: Ids) -> list[UUID]:
    """Those of the ids that any row of the service is about, whatever erasing does with it."""
    left = dict.fromkeys(ids)
    for holding in reversed(holdings(service)):  # what others hang on is erased last, and found soonest
        for each in _held(connection, holding, [*left]) if left else ():
            del left[each]
    return [each for each in dict.fromkeys(ids) if each not in left]


def _held(connection: Connection, holding: Holding, ids: Ids) -> list[UUID]:
    """At once whether there is any; one by one only then."""
    rows = select(literal(1)).select_from(holding.model)
    if not connection.execute(rows.where(holding.about(holding.model, ids)).limit(1)).first():
        return []
    asked = func.unnest(literal([*ids], ARRAY(Uuid))).table_valued(column("id", Uuid)).render_derived("asked")
    one: Any = literal_column("asked.id", Uuid)
    named = rows.where(holding.about(holding.model, [one])).exists()
    return list(connection.scalars(select(asked.c.id).where(named)))
