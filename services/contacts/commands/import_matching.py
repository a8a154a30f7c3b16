"""Matching: which contact a staged row is. By customer number, e-mail and name, name and birth date, name and phone, or
by an equal row of an earlier import; organisations by business id, customer number, or name.

A row that is nobody we know gets the id prepared for it. So `person_id` is the row's own id exactly when the row makes
a new person.
"""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

CHUNK = "r.import_id = :import_id AND r.number BETWEEN :first AND :last AND r.state = 'staged'"

ASSIGN_ORGANISATIONS = text(
    f"""
    WITH wanted AS (
        SELECT DISTINCT ON (r.organisation_key) r.organisation_key, o.*
        FROM import_rows r CROSS JOIN LATERAL jsonb_populate_record(NULL::organisations, r.organisation) o
        WHERE {CHUNK} AND r.organisation IS NOT NULL AND r.organisation_id IS NULL
          AND (:by_name OR o.business_id IS NOT NULL OR o.customer_number IS NOT NULL)
        ORDER BY r.organisation_key, r.number
    ), known AS (
        SELECT w.organisation_key, coalesce(
            (SELECT t.id FROM organisations t WHERE t.business_id = w.business_id AND t.deleted_at IS NULL),
            (SELECT t.id FROM organisations t WHERE t.customer_number = w.customer_number AND t.deleted_at IS NULL),
            (SELECT t.id FROM organisations t WHERE t.sort_key = w.sort_key AND t.deleted_at IS NULL
                AND (t.business_id IS NULL OR w.business_id IS NULL OR t.business_id = w.business_id)
                AND (t.customer_number IS NULL OR w.customer_number IS NULL OR t.customer_number = w.customer_number)
                ORDER BY t.id LIMIT 1),
            w.id) AS id
        FROM wanted w
    )
    UPDATE import_rows r SET organisation_id = known.id
    FROM known WHERE {CHUNK} AND r.organisation_key = known.organisation_key AND r.organisation_id IS NULL
    """  # noqa: S608  (constants of this module)
)
COMPATIBLE = (
    "(t.customer_number IS NULL OR p.customer_number IS NULL OR t.customer_number = p.customer_number)"
    " AND (t.birth_date IS NULL OR p.birth_date IS NULL OR t.birth_date = p.birth_date)"
)
ASSIGN_PERSONS = text(
    f"""
    UPDATE import_rows u SET person_id = m.id
    FROM (
        SELECT r.number, coalesce(
            (SELECT t.id FROM persons t WHERE t.customer_number = p.customer_number AND t.state = 'active'),
            (SELECT t.id FROM persons t WHERE t.email_key = p.email_key AND t.sort_key = p.sort_key
                AND t.state = 'active' AND {COMPATIBLE} ORDER BY t.id LIMIT 1),
            (SELECT t.id FROM persons t WHERE p.birth_date IS NOT NULL AND t.sort_key = p.sort_key
                AND t.birth_date = p.birth_date AND t.state = 'active' AND {COMPATIBLE} ORDER BY t.id LIMIT 1),
            (SELECT t.id FROM persons t WHERE t.phone = p.phone AND t.sort_key = p.sort_key
                AND t.state = 'active' AND {COMPATIBLE} ORDER BY t.id LIMIT 1),
            (SELECT t.id FROM import_rows e JOIN persons t ON t.id = e.person_id
                WHERE e.fingerprint = r.fingerprint AND t.state = 'active' ORDER BY t.id LIMIT 1),
            p.id) AS id
        FROM import_rows r CROSS JOIN LATERAL jsonb_populate_record(NULL::persons, r.person) p
        WHERE {CHUNK} AND r.person IS NOT NULL AND r.same_as IS NULL
    ) m
    WHERE u.import_id = :import_id AND u.number = m.number
    """  # noqa: S608
)
ASSIGN_REPEATS = text(
    f"""
    UPDATE import_rows r SET person_id = e.person_id
    FROM import_rows e
    WHERE {CHUNK} AND r.same_as IS NOT NULL AND r.person IS NOT NULL
      AND e.import_id = :import_id AND e.number = r.same_as
    """  # noqa: S608
)
DIFFERENT_PERSONS = text(
    f"""
    SELECT r.number, t.id, r.person AS given, to_jsonb(t) AS stored
    FROM import_rows r JOIN persons t ON t.id = r.person_id
    WHERE {CHUNK} AND r.same_as IS NULL AND r.person ->> 'id' <> r.person_id::text
      AND NOT to_jsonb(t) @> (r.person - '{{id,search,sort_key,email_key,city,postal_code}}'::text[])
    ORDER BY t.id FOR UPDATE OF t
    """  # noqa: S608
)
DIFFERENT_ORGANISATIONS = text(
    f"""
    SELECT r.number, t.id, r.organisation AS given, to_jsonb(t) AS stored
    FROM import_rows r JOIN organisations t ON t.id = r.organisation_id
    WHERE {CHUNK} AND r.organisation ->> 'id' <> r.organisation_id::text AND r.same_as IS NULL
      AND NOT to_jsonb(t) @> (r.organisation - '{{id,search,sort_key,email_key,city,postal_code}}'::text[])
    ORDER BY t.id FOR UPDATE OF t
    """  # noqa: S608
)
NEW_AFFILIATIONS = text(
    f"""
    SELECT DISTINCT ON (r.person_id, r.organisation_id) r.number
    FROM import_rows r
    WHERE {CHUNK} AND r.affiliation IS NOT NULL AND NOT EXISTS (
        SELECT FROM affiliations t WHERE t.person_id = r.person_id AND t.organisation_id = r.organisation_id
        AND (t.ends_on IS NULL OR t.ends_on >= :today))
      AND NOT EXISTS (
        SELECT FROM import_rows e WHERE e.import_id = :import_id AND e.number = r.same_as
        AND e.organisation_key = r.organisation_key)
    ORDER BY r.person_id, r.organisation_id, r.number
    """  # noqa: S608
)
"""An affiliation that has ended is not taken up again within its last day; the second of two equal rows adds none."""
CHANGED_AFFILIATIONS = text(
    f"""
    SELECT DISTINCT ON (t.id) t.id, r.number, r.affiliation AS given
    FROM import_rows r JOIN affiliations t ON t.person_id = r.person_id AND t.organisation_id = r.organisation_id
    WHERE {CHUNK} AND r.affiliation IS NOT NULL AND (t.ends_on IS NULL OR t.ends_on >= :today)
      AND NOT to_jsonb(t) @> (r.affiliation - 'id')
      AND r.same_as IS NULL
    ORDER BY t.id, r.number
    """  # noqa: S608
)


def assign_organisations(session: Session, chunk: dict[str, Any], *, by_name: bool) -> None:
    """Set `organisation_id` of the chunk's rows; first by numbers, then by name, with new ones stored in between."""
    session.execute(ASSIGN_ORGANISATIONS, {**chunk, "by_name": by_name})


def assign_persons(session: Session, chunk: dict[str, Any]) -> None:
    """Set `person_id` of the chunk's rows."""
    session.execute(ASSIGN_PERSONS, chunk)
    session.execute(ASSIGN_REPEATS, chunk)
