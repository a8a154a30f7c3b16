"""What rows of an import say was left out: values that another source is master of, and what found no room (C12).

Choices that are retired are told by services.contacts.commands.import_retired.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contacts.rules.import_contacts import OTHER_EMAILS, OTHER_PHONES

REMARK = text(
    """
    UPDATE import_rows r SET remarks = r.remarks || s.remarks
    FROM jsonb_to_recordset(CAST(:said AS jsonb)) AS s(number int, remarks jsonb)
    WHERE r.import_id = :import_id AND r.number = s.number
    """
)


def remark(session: Session, chunk: Mapping[str, Any], changed: Iterable[Any], headers: Mapping[str, str]) -> None:
    """Let the rows say which of their values are left out: another source is master of them, or a list is full."""
    put(session, chunk["import_id"], {each.number: _remarks(each, headers) for each in changed})


def put(session: Session, import_id: UUID, remarks: Mapping[int, list[dict[str, Any]]]) -> None:
    """Let rows say this too."""
    said = [{"number": number, "remarks": each} for number, each in remarks.items() if each]
    if said:
        session.execute(REMARK, {"import_id": import_id, "said": orjson.dumps(said).decode()})


def _remarks(changed: Any, headers: Mapping[str, str]) -> list[dict[str, Any]]:
    why: list[tuple[str, dict[str, Any]]] = [(field, {"master": master.value}) for field, master in changed.refused]
    refused = {field for field, _ in why}
    why += [(field, {"values": left}) for field, left in changed.without_room.items() if field not in refused]
    return [{"field": field, **each, "column": header_of(field, headers)} for field, each in why]


PARTS = {
    "addresses": ("street", "postal_code", "city", "country"),
    "other_phones": (*OTHER_PHONES, "phone"),
    "other_emails": (*OTHER_EMAILS, "email"),
    "given_name": ("name",),
    "family_name": ("name",),
    "name": ("organisation",),
    "customer_number": ("business_id",),
}
"""Columns of a file that make a field, where they have other names."""


def header_of(field: str, headers: Mapping[str, str]) -> str:
    """The heading of the column that a field comes from; `headers` by what columns mean."""
    return next((headers[each] for each in (field, *PARTS.get(field, ())) if each in headers), "")
