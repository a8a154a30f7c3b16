"""Addresses that files give in pieces: which of them need a look at each part, and what an undoing takes back (C12)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from contracts.contacts.masters import DecidedBy, ValueSource
from services.contacts import mastership
from services.contacts.commands import provenance
from services.contacts.rules.import_addresses import PARTS, claims_of, postal, told_by
from services.contacts.rules.masters import BY_HAND, EVERYTHING, Claim

FIELD = "addresses"
NAMES = ", ".join(f"'{part}'" for part in PARTS)
HANDS = ", ".join(f"'{source}'" for source in sorted(BY_HAND))
IN_PARTS = f"""
    (g.given ? 'addresses' AND (EXISTS (
        SELECT FROM value_sources o WHERE o.subject_id = t.id AND o.field = 'addresses' AND (o.parts IS NOT NULL
            OR o.source IN ({HANDS}) AND NOT g.given #> '{{addresses,0}}' ?& ARRAY[{NAMES}]))
    OR EXISTS (
        SELECT FROM jsonb_array_elements(t.addresses) a CROSS JOIN LATERAL jsonb_each_text(a) part
        WHERE coalesce(a ->> 'purpose', 'postal') = 'postal' AND part.key IN ({NAMES}) AND part.value <> ''
          AND NOT g.given #> '{{addresses,0}}' ? part.key)))
    """  # noqa: S608  (constants)
"""SQL: a row that gives only some of the parts that are told of the address of its contact."""
CONFIRMED = text(
    """
    SELECT c.subject_id, c.origin FROM import_confirmations c
    JOIN value_sources v ON v.subject_id = c.subject_id AND v.field = c.field
    WHERE c.import_id = :import_id AND c.subject_id = ANY(:ids) AND c.field = 'addresses' AND c.contested IS NULL
      AND (v.parts IS NOT NULL OR c.origin ? 'parts')
    """
)
FORGET = text(
    "DELETE FROM import_confirmations WHERE import_id = :import_id AND subject_id = ANY(:ids) AND field = 'addresses'"
)
REMEMBER = text(
    f"""
    INSERT INTO import_confirmations (import_id, subject_id, field, origin)
    SELECT :import_id, said.subject_id, 'addresses', {provenance.as_json("o")}
    FROM unnest(CAST(:ids AS uuid[])) said(subject_id)
    LEFT JOIN value_sources o ON o.subject_id = said.subject_id AND o.field = 'addresses'
    ON CONFLICT DO NOTHING
    """  # noqa: S608  (a constant)
)


def remember(session: Session, import_id: UUID | None, ids: list[UUID]) -> None:
    """Keep where these addresses came from, before a file confirms parts of them."""
    if ids:
        session.execute(REMEMBER, {"import_id": import_id, "ids": ids})


def take_back(
    session: Session, kind: str, chunk: Mapping[str, Any], addresses: Mapping[UUID, list[dict[str, str]]]
) -> None:
    """Parts that the import confirmed come from where they came before, unless another has said them since."""
    asked = {"import_id": chunk["import_id"], "ids": list(addresses)}
    found = session.execute(CONFIRMED, asked).all()
    if not found:
        return
    ids = [row.subject_id for row in found]
    master = mastership.mastership(session, kind).of_files(FIELD)
    origins = mastership.origins(session, ids)
    mine = (ValueSource(chunk["source"]), chunk["observed_at"])
    wanted = {}
    for row in found:
        now, whole = (provenance.plain(origins.get((row.subject_id, each))) for each in (FIELD, EVERYTHING))
        address = postal(addresses[row.subject_id])
        before = claims_of(address, row.origin or whole, own=row.origin is not None)
        claims = _without(claims_of(address, now, own=True), before, mine)
        wanted[row.subject_id, FIELD] = _origin(claims, before, row.origin, now, master)
    provenance.restore_many(session, wanted)
    session.execute(FORGET, {**asked, "ids": ids})


def _without(now: dict[str, Claim], before: dict[str, Claim], mine: tuple[ValueSource, Any]) -> dict[str, Claim]:
    stay = {part: claim for part, claim in now.items() if (claim.source, claim.observed_at) != mine}
    return {part: claim for part, claim in before.items() if part in now} | stay


def _origin(
    claims: dict[str, Claim],
    before: dict[str, Claim],
    origin: provenance.Origin | None,
    now: Any,
    master: ValueSource | None,
) -> provenance.Origin | None:
    if claims == before or not claims:
        return origin
    told = told_by(claims, master)
    ruled = now["rule"] != DecidedBy.MASTER or told["source"] == master
    return {**told, "rule": now["rule"] if ruled else DecidedBy.LATEST.value}
