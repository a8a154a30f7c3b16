"""Delivered products in a file (C12, E5): customers are found here, the lines go to commerce, which owns purchases.

Commerce knows a line by document and line number, so that a chunk may be handed over twice and a file come again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from chassis.database import database_of
from contracts.commerce.deliveries import (
    DeliveredLine,
    DeliveriesTakenBack,
    DeliveryOutcome,
    TakeBackDeliveries,
    TakeDeliveries,
)
from contracts.errors import Unavailable
from services.contacts import models, neighbours
from services.contacts.commands.import_matching import CHUNK
from services.contacts.commands.import_remarks import header_of

AT_ONCE = 1_000


def _organisation_by(number: str) -> str:
    """The organisation that has this number now, else what stands for a merged one that had it."""
    return f"""coalesce(
                    (SELECT o.id FROM organisations o WHERE o.{number} = r.purchase ->> '{number}'
                        AND o.deleted_at IS NULL),
                    (SELECT t.id FROM organisations o JOIN organisations t ON t.id = o.linked_to
                        WHERE o.linked_to IS NOT NULL AND o.{number} = r.purchase ->> '{number}'
                        AND t.deleted_at IS NULL ORDER BY o.id LIMIT 1))"""  # noqa: S608


MATCH = text(
    f"""
    UPDATE import_rows r
    SET organisation_id = f.organisation_id, person_id = CASE WHEN f.organisation_id IS NULL THEN f.person_id END,
        state = CASE WHEN f.code = '' THEN 'staged' ELSE 'rejected' END, code = f.code,
        "column" = CASE WHEN f.code = '' THEN '' ELSE f.named END,
        params = CASE WHEN f.code = '' THEN '{{}}' ELSE jsonb_build_object('value', f.value) END,
        reason = CASE f.code
            WHEN 'unknown_customer' THEN 'No customer has the number ' || f.value
                || '; add the customer or its number to the register, or import the customers first.'
            WHEN 'customer_of_two' THEN 'Both a person and an organisation have the number ' || f.value
                || '; give the business id too, or change one of the numbers.'
            WHEN 'customer_contradicts' THEN 'The number ' || f.value
                || ' and the business id belong to two customers; correct one of them.'
            ELSE '' END
    FROM (
        SELECT m.number, m.value, m.named, coalesce(m.by_number, m.by_business) AS organisation_id, m.person_id,
            CASE WHEN coalesce(m.by_number, m.by_business, m.person_id) IS NULL THEN 'unknown_customer'
                 WHEN m.by_number IS NOT NULL AND m.by_business IS NOT NULL AND m.by_number <> m.by_business
                   OR m.by_number IS NULL AND m.person_id IS NOT NULL AND m.by_business IS NOT NULL
                   THEN 'customer_contradicts'
                 WHEN m.by_number IS NOT NULL AND m.person_id IS NOT NULL AND m.by_business IS NULL
                   THEN 'customer_of_two'
                 ELSE '' END AS code
        FROM (
            SELECT r.number,
                coalesce(r.purchase ->> 'customer_number', r.purchase ->> 'business_id') AS value,
                CASE WHEN r.purchase ? 'customer_number' THEN :number_column ELSE :business_column END AS named,
                {_organisation_by("customer_number")} AS by_number,
                {_organisation_by("business_id")} AS by_business,
                (SELECT coalesce(p.linked_to, p.id) FROM persons p
                    WHERE p.customer_number = r.purchase ->> 'customer_number' AND p.state IN ('active', 'linked')
                    ORDER BY p.state, p.id LIMIT 1) AS person_id
            FROM import_rows r WHERE {CHUNK}) m) f
    WHERE r.import_id = :import_id AND r.number = f.number
    """  # noqa: S608  (a constant)
)
"""A card that was merged still leads its number to the one that stands for it."""
REPEATED = text(
    f"""
    UPDATE import_rows r SET code = CASE WHEN f.same THEN 'same_as' ELSE 'line_twice' END,
        state = CASE WHEN f.same THEN 'duplicate' ELSE 'rejected' END,
        same_as = CASE WHEN f.same THEN f.first END,
        "column" = CASE WHEN f.same THEN '' ELSE :line_column END,
        params = jsonb_build_object('row', f.first::text),
        reason = CASE WHEN f.same THEN 'The same as row ' || f.first || '.'
            ELSE 'Row ' || f.first || ' says something else of the same line of the same document.' END
    FROM (
        SELECT l.number, b.number AS first, l.said = b.said AS same
        FROM (SELECT r.number, min(r.number) OVER w AS first, {{said}} AS said FROM import_rows r WHERE {CHUNK}
              WINDOW w AS (PARTITION BY r.purchase ->> 'document', r.purchase ->> 'line')) l
        JOIN (SELECT r.number, {{said}} AS said FROM import_rows r WHERE {CHUNK}) b ON b.number = l.first
        WHERE l.number > l.first) f
    WHERE r.import_id = :import_id AND r.number = f.number
    """.format(said="jsonb_build_array(r.purchase, r.person_id, r.organisation_id)")  # noqa: S608
)
NEXT = text(
    """
    SELECT r.number, r.purchase, coalesce(r.person_id, r.organisation_id) AS customer_id, r.state = 'staged'
        AND (r.person_id IS NULL OR EXISTS (SELECT FROM persons p WHERE p.id = r.person_id AND p.state <> 'erased'))
        AND (r.organisation_id IS NULL OR EXISTS (
            SELECT FROM organisations o WHERE o.id = r.organisation_id AND o.deleted_at IS NULL)) AS goes
    FROM import_rows r WHERE r.import_id = :import_id AND r.number > :after ORDER BY r.number LIMIT :size
    """
)
TELL = text(
    """
    UPDATE import_rows r SET state = t.state, code = t.code, params = t.params, reason = t.reason
    FROM jsonb_to_recordset(CAST(:told AS jsonb)) AS t(number int, state text, code text, params jsonb, reason text)
    WHERE r.import_id = :import_id AND r.number = t.number AND r.state = 'staged'
    """
)
GONE = text(
    f"""
    UPDATE import_rows r SET state = 'rejected', code = 'contact_gone',
        reason = 'This contact was deleted or merged while the import was running; import the file again.'
    WHERE {CHUNK}
    """  # noqa: S608
)
TELL_BACK = text(
    """
    UPDATE import_rows r SET undone = CASE WHEN number = ANY(:kept) THEN 'kept' ELSE 'taken_back' END,
        kept = CASE WHEN number = ANY(:kept) THEN '["purchase"]'::jsonb ELSE '[]' END
    WHERE r.import_id = :import_id AND r.number BETWEEN :first AND :last
      AND (r.number = ANY(:taken_back)
           OR r.number = ANY(:kept) AND r.state IN ('created', 'updated', 'staged'))
    """
)


@dataclass(frozen=True)
class Handed:
    """A chunk that commerce has taken or, in a dry run, judged; `away` when it did not answer."""

    chunk: dict[str, Any] | None = None
    outcomes: Sequence[DeliveryOutcome] = ()
    away: bool = False


def match(session: Session, chunk: dict[str, Any]) -> None:
    """Find the customers of the chunk's rows; reject rows whose customer is not known, or not for certain."""
    session.execute(MATCH, chunk)


def settle(session: Session, everything: dict[str, Any]) -> None:
    """Decide which rows of the file repeat or contradict an earlier one."""
    session.execute(REPEATED, everything)


def columns_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Headings that the reasons of rejected rows name."""
    names = {"business_column": "business_id", "line_column": "document_line"}
    return {name: header_of(target, headers) for name, target in names.items()}


def hand_over(_params: dict[str, Any], cursor: dict[str, Any]) -> Handed | None:
    """Hand the next rows to commerce, outside any transaction; None in other phases and kinds of imports."""
    if cursor.get("phase") != "deliver":
        return None
    import_id = UUID(cursor["import_id"])
    with database_of("contacts").reader() as reader:
        found = _next(reader, import_id, cursor["after"])
        row = reader.execute(models.Import.__table__.select().where(models.Import.id == import_id)).one()
    if not found:
        return Handed()
    chunk = {"import_id": import_id, "first": found[0].number, "last": found[-1].number, "count": len(found)}
    lines = [_line(each) for each in found if each.goes]
    dated = row.observed_at if row.observed_at != row.started_at else None
    batch = {"batch_id": import_id, "begun_at": row.started_at, "observed_at": dated, "dry_run": row.dry_run}
    try:
        taken = neighbours.commerce.take_deliveries(TakeDeliveries(**batch, lines=lines)).data if lines else []
    except Unavailable:
        return Handed(chunk, away=True)
    return Handed(chunk, taken)


def _next(reader: Connection, import_id: UUID, after: int) -> Sequence[Any]:
    return reader.execute(NEXT, {"import_id": import_id, "after": after, "size": AT_ONCE}).all()


def _line(row: Any) -> DeliveredLine:
    said = {name: value for name, value in row.purchase.items() if name not in {"customer_number", "business_id"}}
    return DeliveredLine(number=row.number, customer_id=row.customer_id, **said)


def tell(session: Session, handed: Handed) -> None:
    """Say of each row what became of it."""
    assert handed.chunk is not None
    told = [_told(each) for each in handed.outcomes]
    session.execute(TELL, {"import_id": handed.chunk["import_id"], "told": orjson.dumps(told).decode()})
    session.execute(GONE, handed.chunk)


def _told(outcome: DeliveryOutcome) -> dict[str, Any]:
    code = reason = ""
    params = {}
    if outcome.state == "updated":
        fields = ", ".join(outcome.changed)
        code, params = "corrects", {"fields": fields}
        reason = f"Replaces what an earlier batch said: {fields}."
    elif outcome.corrected:
        code, reason = "corrected_since", "A later batch has corrected this line; that stands."
    return {"number": outcome.number, "state": outcome.state, "code": code, "params": params, "reason": reason}


def take_back(import_id: UUID, first: int, last: int) -> DeliveriesTakenBack | None:
    """Let commerce withdraw what the rows said, outside any transaction; None when it does not answer."""
    try:
        wanted = TakeBackDeliveries(batch_id=import_id, first=first, last=last)
        return neighbours.commerce.take_back_deliveries(wanted)
    except Unavailable:
        return None


def tell_back(session: Session, chunk: dict[str, Any], done: DeliveriesTakenBack) -> None:
    """Say which rows were taken back, and of which lines what another batch says stays."""
    session.execute(TELL_BACK, chunk | {"kept": done.kept, "taken_back": done.taken_back})
