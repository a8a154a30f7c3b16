"""What other imports say as well: undoing one hands it over to the next, and the last takes it back (C11)."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

BY_OTHERS = """({0}.import_id IS NULL OR ({0}.import_id <> :import_id AND NOT EXISTS (
    SELECT FROM imports i WHERE i.id = {0}.import_id AND i.undone_at IS NOT NULL)))"""
"""A change by somebody else; what was undone does not count."""
CHANGED_SINCE = f"""EXISTS (
        SELECT FROM changes l WHERE l.subject_id = c.subject_id AND l.id > c.id AND l.field = c.field
        AND coalesce(l.affiliation_id, c.affiliation_id) IS NOT DISTINCT FROM c.affiliation_id
        AND {BY_OTHERS.format("l")})"""  # noqa: S608  (a constant)
STANDS = """o.state IN ('created', 'updated', 'unchanged') AND o.undone <> 'taken_back' AND i.profile <> 'purchases'
    AND NOT i.dry_run AND i.undone_at IS NULL"""
"""Row `o` of import `i` says what is not taken back."""
LEADS = {"person": "true", "organisation": "o.leads"}
MADE = {
    row: text(
        f"""
        UPDATE changes c SET import_id = n.import_id
        FROM (SELECT DISTINCT ON (o.{row}_id) o.{row}_id AS id, o.import_id
              FROM import_rows o JOIN imports i ON i.id = o.import_id
              WHERE o.{row}_id = ANY(:ids) AND o.import_id <> :import_id AND {leads} AND {STANDS}
              ORDER BY o.{row}_id, o.import_id) n
        WHERE c.import_id = :import_id AND c.subject_id = n.id AND c.field = 'state'
        """  # noqa: S608  (constants)
    )
    for row, leads in LEADS.items()
}
VALUES = f"""
    WITH theirs AS (
        SELECT DISTINCT ON (c.{{subject}}, c.field) c.{{subject}} AS id, c.field, k.import_id, k.field AS confirmed
        FROM changes c JOIN import_confirmations k ON k.subject_id = c.{{subject}} AND '{{before}}' || k.field = c.field
        WHERE c.import_id = :import_id AND c.{{subject}} = ANY(:ids) AND c.field <> 'state' AND NOT {CHANGED_SINCE}
          AND k.import_id > c.import_id AND k.contested IS NULL
        ORDER BY c.{{subject}}, c.field, k.import_id
    ), known AS (
        DELETE FROM import_confirmations k USING theirs t
        WHERE k.import_id = t.import_id AND k.subject_id = t.id AND k.field = t.confirmed
    )
    UPDATE changes c SET import_id = t.import_id FROM theirs t
    WHERE c.import_id = :import_id AND c.{{subject}} = t.id AND c.field = t.field
    """  # noqa: S608  (constants)
"""Imports run one after another, in the order of their ids."""
OF_CONTACTS = text(VALUES.format(subject="subject_id", before=""))
OF_AFFILIATIONS = text(VALUES.format(subject="affiliation_id", before="affiliation."))
BELONGING = text(
    f"""
    WITH theirs AS (
        SELECT DISTINCT ON (r.number) r.number, r.affiliation, a.person_id, o.import_id, o.number AS to_number
        FROM import_rows r JOIN affiliations a ON a.id = (r.affiliation ->> 'id')::uuid
        JOIN import_rows o ON o.person_id = a.person_id AND o.organisation_id = a.organisation_id
        JOIN imports i ON i.id = o.import_id
        WHERE r.import_id = :import_id AND r.number BETWEEN :first AND :last
          AND o.affiliation IS NOT NULL AND o.import_id > :import_id AND {STANDS} AND NOT EXISTS (
            SELECT FROM import_rows s JOIN affiliations own ON own.id = (s.affiliation ->> 'id')::uuid
            WHERE s.import_id = o.import_id AND s.person_id = o.person_id AND s.organisation_id = o.organisation_id)
        ORDER BY r.number, o.import_id, o.number
    ), given AS (
        UPDATE import_rows o SET affiliation = t.affiliation FROM theirs t
        WHERE o.import_id = t.import_id AND o.number = t.to_number
    )
    UPDATE import_rows r SET affiliation = r.affiliation - 'id' FROM theirs t
    WHERE r.import_id = :import_id AND r.number = t.number RETURNING t.person_id
    """  # noqa: S608  (constants)
)
"""The row that has an affiliation's id is the one that made it. An import that made one itself says that one."""


def made(session: Session, row: str, chunk: Mapping[str, Any], ids: Collection[UUID]) -> None:
    """Contacts that another import names as well were made by that one from now on."""
    session.execute(MADE[row], {"import_id": chunk["import_id"], "ids": [*ids]})


def values(session: Session, chunk: Mapping[str, Any], ids: Collection[UUID]) -> None:
    """The same of what the import changed of contacts and a later one confirmed."""
    session.execute(OF_CONTACTS, {"import_id": chunk["import_id"], "ids": [*ids]})


def affiliations(session: Session, chunk: Mapping[str, Any]) -> list[UUID]:
    """The same of affiliations that the chunk's rows made; their persons."""
    return list(session.scalars(BELONGING, dict(chunk)))


def values_of_affiliations(session: Session, chunk: Mapping[str, Any], ids: Collection[UUID]) -> None:
    """The same of what the import changed of affiliations."""
    session.execute(OF_AFFILIATIONS, {"import_id": chunk["import_id"], "ids": [*ids]})
