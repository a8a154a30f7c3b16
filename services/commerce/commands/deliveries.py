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
from services.commerce.rules.deliveries import Judgement, Said, judge, stands_without

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
    led = _led(session, {each.customer_id for each in request.lines})
    told, judged = [], []
    for line in request.lines:
        new = _new(request, line, led)
        found = judge(known[line.document, line.line], new, CONTENT, dated=request.observed_at is not None)
        _apply(found, known[line.document, line.line], new.observed_at)
        judged.append((line, found))
        told.append(
            DeliveryOutcome(number=line.number, state=found.state, changed=[*found.changed], corrected=found.corrected)
        )
    if not request.dry_run:
        _store(session, request.source, judged)
    return DeliveriesTaken(data=told)


def take_back(session: Session, request: TakeBackDeliveries, now: datetime) -> DeliveriesTakenBack:
    """Withdraw what a batch said in some rows; again is fine."""
    session.execute(ONE_AT_A_TIME)
    of_batch = COLUMNS.batch_id == request.batch_id, COLUMNS.file_row.between(request.first, request.last)
    rows = session.execute(select(TABLE).where(*of_batch)).all()
    back: list[int] = []
    kept: list[int] = []
    before: list[UUID] = []
    after: list[UUID] = []
    for source in {row.source for row in rows}:
        lines = _said_of(session, source, {(row.document_number, row.document_line) for row in rows})
        for said in lines.values():
            mine = [each for each in said if each.batch_id == request.batch_id]
            for each in mine:
                each.withdrawn = True
            stands = stands_without(said)
            for each in mine:
                (kept if stands and stands.order > each.order else back).append(each.file_row)
            before += [each.id for each in said if each.stands and each is not stands]
            after += [stands.id] if stands and not stands.stands else []
    _let_stand(session, before, stands=False)
    session.execute(update(TABLE).where(*of_batch, COLUMNS.withdrawn_at.is_(None)).values(withdrawn_at=now))
    _let_stand(session, after, stands=True)
    return DeliveriesTakenBack(taken_back=sorted(back), kept=sorted(kept))


def _said_of(session: Session, source: str, lines: Iterable[tuple[str, str]]) -> Lines:
    """All that was said of the lines, by document and line number."""
    found: Lines = defaultdict(list)
    keys = sorted(lines)
    wanted = tuple_(COLUMNS.document_number, COLUMNS.document_line).in_(keys)
    for row in session.execute(select(TABLE).where(COLUMNS.source == source, wanted)):
        said = Said(
            row.id, row.batch_id, row.file_row, row.observed_at, content_of(row), row.stands, row.changed,
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
    return Said(new_id(), request.batch_id, line.number, at, (led[customer], *rest))


def _apply(found: Judgement, said: list[Said], at: datetime) -> None:
    """What later lines of the batch are judged by."""
    if found.falls:
        found.falls.stands = False
    if found.confirmed:
        found.confirmed.observed_at = at
    if found.kept:
        said.append(found.kept)


def _store(session: Session, source: str, judged: list[tuple[DeliveredLine, Judgement]]) -> None:
    _let_stand(session, [found.falls.id for _line, found in judged if found.falls], stands=False)
    insert_rows(session, Delivery, [_row(source, line, found.kept) for line, found in judged if found.kept])
    for _line, found in judged:
        if found.confirmed:
            at = found.confirmed.observed_at
            session.execute(update(TABLE).where(COLUMNS.id == found.confirmed.id).values(observed_at=at))


def _let_stand(session: Session, ids: list[UUID], *, stands: bool) -> None:
    if ids:
        session.execute(update(TABLE).where(COLUMNS.id.in_(ids)).values(stands=stands))


def _row(source: str, line: DeliveredLine, kept: Said) -> dict[str, Any]:
    said = {name: getattr(line, name) for name in CONTENT}
    return said | {
        "id": kept.id,
        "source": source,
        "document_number": line.document,
        "document_line": line.line,
        "batch_id": kept.batch_id,
        "file_row": kept.file_row,
        "observed_at": kept.observed_at,
        "stands": kept.stands,
        "changed": kept.changed,
        "corrected": kept.corrected,
    }
