"""Taking back affiliations that an import made or changed, unless somebody has changed them since."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contacts.commands import import_contests, import_handing_over, provenance
from services.contacts.commands.import_handing_over import BY_OTHERS
from services.contacts.commands.import_taking_back import CHUNK, Kept

TAKE_BACK_NEW = text(
    """
    WITH made AS (
        SELECT a.id, a.person_id, a.organisation_id, a.title,
            a.title <> coalesce(r.affiliation ->> 'title', '') OR a.role <> coalesce(r.affiliation ->> 'role', '')
            OR a.decision_maker <> coalesce((r.affiliation ->> 'decision_maker')::boolean, false)
            OR coalesce(a.email, a.phone) IS NOT NULL OR coalesce(a.starts_on, a.ends_on) IS NOT NULL
            OR a.fields <> '{}' AS kept
        FROM import_rows r JOIN affiliations a ON a.id = (r.affiliation ->> 'id')::uuid
        WHERE r.import_id = :import_id AND r.number BETWEEN :first AND :last
    ), gone AS (
        DELETE FROM affiliations a USING made WHERE a.id = made.id AND NOT made.kept
    ), told AS (
        INSERT INTO changes (subject_id, changed_at, changed_by, channel, field, new, import_id)
        SELECT side, :at, :label, :channel, 'affiliation.ended', jsonb_build_object('person_id', person_id,
            'organisation_id', organisation_id, 'title', title, 'ends_on', CAST(:today AS date)), :import_id
        FROM made CROSS JOIN LATERAL unnest(ARRAY[person_id, organisation_id]) side WHERE NOT kept
    )
    SELECT person_id, kept, NULL::uuid AS affiliation_id FROM made
    """
)
"""Affiliations that an import made go, unless somebody has changed or ended them."""
TAKE_BACK_CHANGED = text(
    f"""
    WITH said AS (
        SELECT c.id, c.subject_id, substr(c.field, 13) AS name, c.old, c.new, c.origin,
            coalesce(c.affiliation_id, (
                SELECT min(a.id::text)::uuid FROM affiliations a
                WHERE c.affiliation_id IS NULL AND a.person_id = c.subject_id
                  AND to_jsonb(a) -> substr(c.field, 13) = c.new AND EXISTS (
                    SELECT FROM import_rows o WHERE o.import_id = c.import_id AND o.person_id = a.person_id
                    AND o.organisation_id = a.organisation_id AND o.affiliation IS NOT NULL)
                HAVING count(*) = 1)) AS affiliation_id
        FROM changes c
        WHERE c.import_id = :import_id
          AND c.field IN ('affiliation.title', 'affiliation.role', 'affiliation.decision_maker')
          AND c.subject_id IN (SELECT r.person_id FROM import_rows r
                               WHERE r.import_id = :import_id AND r.number BETWEEN :first AND :last)
    ), whole AS (
        SELECT affiliation_id, subject_id, name, min(id) AS begun, (array_agg(old ORDER BY id))[1] AS old,
            (array_agg(new ORDER BY id DESC))[1] AS new, (array_agg(origin ORDER BY id))[1] AS origin
        FROM said WHERE affiliation_id IS NOT NULL GROUP BY affiliation_id, subject_id, name
    ), found AS (
        SELECT w.affiliation_id, w.subject_id, w.name, w.old, w.new, w.origin,
            to_jsonb(a) -> w.name IS DISTINCT FROM w.new OR EXISTS (
                SELECT FROM changes l WHERE l.subject_id = w.subject_id AND l.field = 'affiliation.' || w.name
                AND l.id > w.begun AND coalesce(l.affiliation_id, w.affiliation_id) = w.affiliation_id
                AND {BY_OTHERS.format("l")})
            OR EXISTS (
                SELECT FROM import_confirmations k WHERE k.subject_id = w.affiliation_id AND k.field = w.name
                AND k.import_id > :import_id AND k.contested IS NULL) AS kept
        FROM whole w JOIN affiliations a ON a.id = w.affiliation_id AND a.person_id = w.subject_id
        WHERE to_jsonb(a) -> w.name IS DISTINCT FROM w.old ORDER BY a.id FOR UPDATE OF a
    ), given AS (
        UPDATE affiliations a SET version = a.version + 1, title = coalesce(p.title, a.title),
            role = coalesce(p.role, a.role), decision_maker = coalesce(p.decision_maker, a.decision_maker)
        FROM (SELECT affiliation_id, jsonb_object_agg(name, old) AS before FROM found WHERE NOT kept
              GROUP BY affiliation_id) b
        CROSS JOIN LATERAL jsonb_populate_record(NULL::affiliations, b.before) p
        WHERE a.id = b.affiliation_id
    ), told AS (
        INSERT INTO changes (subject_id, changed_at, changed_by, channel, field, old, new, import_id, affiliation_id)
        SELECT subject_id, :at, :label, :channel, 'affiliation.' || name, new, old, :import_id, affiliation_id
        FROM found WHERE NOT kept
    )
    SELECT subject_id AS person_id, kept, affiliation_id, name, origin FROM found
    """  # noqa: S608  (a constant)
)
"""The affiliations that it changed, and no other of the same person. Histories of before 0024 do not say which one it
was: then only where one alone fits."""
OF_ROWS = text(
    f"""
    SELECT a.id FROM import_rows r JOIN affiliations a ON a.person_id = r.person_id
    WHERE {CHUNK} AND r.affiliation IS NOT NULL ORDER BY a.id FOR UPDATE OF a
    """  # noqa: S608
)
"""Locked first of all: of two undoings at once the later sees what the earlier has left."""


def take_back(session: Session, chunk: Mapping[str, Any], who: Mapping[str, Any]) -> tuple[list[UUID], list[Kept]]:
    """Take back what the chunk's rows did; the persons of whom something was taken back, and of whom it was kept."""
    ids = list(session.scalars(OF_ROWS, dict(chunk)))
    asked = {**chunk, **who}
    theirs = import_handing_over.affiliations(session, chunk)
    found = [row for each in (TAKE_BACK_CHANGED, TAKE_BACK_NEW) for row in session.execute(each, asked)]
    given = {(row.affiliation_id, row.name): row.origin for row in found if row.affiliation_id and not row.kept}
    provenance.restore_many(session, given)
    import_handing_over.values_of_affiliations(session, chunk, ids)
    import_contests.take_back(session, chunk, ids)
    import_contests.unconfirm(session, chunk, ids)
    kept = dict.fromkeys([*theirs, *(row.person_id for row in found if row.kept)])
    back = dict.fromkeys(row.person_id for row in found if not row.kept)
    return [*back], [Kept(each, ("affiliation",)) for each in kept]
