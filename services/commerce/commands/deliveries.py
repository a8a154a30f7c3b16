"""Delivered products: batches of accounting taken and taken back (C12, E5)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, tuple_, update
from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.commerce.deliveries import (
    DeliveredLine,
    DeliveriesTaken,
    DeliveriesTakenBack,
    DeliveryOutcome,
    TakeBackDeliveries,
    TakeDeliveries,
)
from services.commerce.bulk import insert_rows
from services.commerce.models.deliveries import CONTENT, Delivery, content_of
from services.commerce.rules.deliveries import Said, hear, withdraw

ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('deliveries', 0))")
"""Two batches may tell of one line; the second is judged by what the first has left."""
TABLE: Any = Delivery.__table__
COLUMNS = TABLE.c
Lines = dict[tuple[str, str], list[Said]]


def take(session: Session, request: TakeDeliveries) -> DeliveriesTaken:
    """Take lines of a batch; a dry run only says what would become of them."""
    if not request.dry_run:
        session.execute(ONE_AT_A_TIME)
    known = _said_of(session, request.source, {(each.document, each.line) for each in request.lines})
    stood = _standing(known.values())
    led = _led(session, {each.customer_id for each in request.lines})
    coming, told = [], []
    for line in request.lines:
        new = _new(request, line, led)
        said = hear(known[line.document, line.line], new, CONTENT)
        coming += [(line, said)] if said is new else []
        told.append(_outcome(line, said))
    if not request.dry_run:
        stands = _standing(known.values())
        _let_stand(session, stood - stands, stands=False)
        _let_stand(session, stands - stood, stands=True)
        insert_rows(session, Delivery, [_row(request.source, line, said) for line, said in coming])
    return DeliveriesTaken(data=told)


def take_back(session: Session, request: TakeBackDeliveries, now: datetime) -> DeliveriesTakenBack:
    """Withdraw what a batch said in some rows; again is fine."""
    session.execute(ONE_AT_A_TIME)
    of_batch = COLUMNS.batch_id == request.batch_id, COLUMNS.file_row.between(request.first, request.last)
    rows = session.execute(select(TABLE).where(*of_batch)).all()
    done = DeliveriesTakenBack(taken_back=[], kept=[])
    lines: list[list[Said]] = []
    for source in {row.source for row in rows}:
        lines += _said_of(session, source, {(row.document_number, row.document_line) for row in rows}).values()
    stood = _standing(lines)
    for said in lines:
        mine = [each for each in said if each.batch_id == request.batch_id]
        outcome = done.taken_back if withdraw(said, mine) else done.kept
        outcome += [each.file_row for each in mine]
    stands = _standing(lines)
    _let_stand(session, stood - stands, stands=False)
    session.execute(update(TABLE).where(*of_batch, COLUMNS.withdrawn_at.is_(None)).values(withdrawn_at=now))
    _let_stand(session, stands - stood, stands=True)
    return DeliveriesTakenBack(taken_back=sorted(done.taken_back), kept=sorted(done.kept))


def _said_of(session: Session, source: str, lines: Iterable[tuple[str, str]]) -> Lines:
    """All that was said of the lines in the order in which it came, by document and line number."""
    found: Lines = defaultdict(list)
    keys = sorted(lines)
    wanted = tuple_(COLUMNS.document_number, COLUMNS.document_line).in_(keys)
    for row in session.execute(select(TABLE).where(COLUMNS.source == source, wanted).order_by(COLUMNS.id)):
        said = Said(
            row.id, row.batch_id, row.file_row, row.observed_at, row.dated, content_of(row), row.stands, row.changed,
            row.corrected, row.withdrawn_at is not None,
        )  # fmt: skip
        found[row.document_number, row.document_line].append(said)
    return found


def _led(session: Session, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Where merges have led the customers."""
    asked = select(func.unnest(sorted(ids)).label("id")).subquery()
    return {row.id: row.led for row in session.execute(select(asked.c.id, func.known_as(asked.c.id).label("led")))}


def _new(request: TakeDeliveries, line: DeliveredLine, led: dict[UUID, UUID]) -> Said:
    customer, *rest = content_of(line)
    at = request.observed_at or request.begun_at
    return Said(new_id(), request.batch_id, line.number, at, request.observed_at is not None, (led[customer], *rest))


def _outcome(line: DeliveredLine, said: Said) -> DeliveryOutcome:
    return DeliveryOutcome(number=line.number, state=said.state, changed=said.changed or [], corrected=said.corrected)


def _standing(lines: Iterable[Iterable[Said]]) -> set[UUID]:
    return {each.id for said in lines for each in said if each.stands}


def _let_stand(session: Session, ids: set[UUID], *, stands: bool) -> None:
    if ids:
        session.execute(update(TABLE).where(COLUMNS.id.in_(ids)).values(stands=stands))


def _row(source: str, line: DeliveredLine, told: Said) -> dict[str, Any]:
    said = {name: getattr(line, name) for name in CONTENT}  # under the id it was written for: the row follows that
    return said | {
        "id": told.id,
        "source": source,
        "document_number": line.document,
        "document_line": line.line,
        "batch_id": told.batch_id,
        "file_row": told.file_row,
        "observed_at": told.observed_at,
        "dated": told.dated,
        "stands": told.stands,
        "changed": told.changed,
        "corrected": told.corrected,
    }
