"""What a file says less of than what stands: the value is contested from then on (C12). An undoing takes that back,
unless another import contests the value as well."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from contracts.contacts.masters import DecidedBy
from services.contacts.commands import provenance

MARKED = frozenset({DecidedBy.FIRST, DecidedBy.LATEST})
"""What stands for another reason stays so, whoever says something else."""
REMEMBER = text(
    f"""
    INSERT INTO import_confirmations (import_id, subject_id, field, origin, contested)
    SELECT :import_id, said.subject_id, said.field,
        {provenance.as_json("own")},
        jsonb_build_object('source', coalesce(own.source, whole.source),
            'observed_at', coalesce(own.observed_at, whole.observed_at), 'rule', 'latest')
    FROM unnest(CAST(:subjects AS uuid[]), CAST(:fields AS text[])) AS said(subject_id, field)
    LEFT JOIN value_sources own ON own.subject_id = said.subject_id AND own.field = said.field
    LEFT JOIN value_sources whole ON whole.subject_id = said.subject_id AND whole.field = '*'
    WHERE coalesce(own.source, whole.source) IS NOT NULL
    ON CONFLICT DO NOTHING
    """  # noqa: S608  (a constant)
)
CHANGED_BY_OTHERS = """o.import_id <> :import_id AND (
        (o.subject_id = b.subject_id AND o.field = b.field)
        OR (o.affiliation_id = b.subject_id AND o.field = 'affiliation.' || b.field))"""
UNCONTEST = text(
    """
    WITH back AS (
        SELECT c.subject_id, c.field, c.origin, c.contested, EXISTS (
            SELECT FROM import_confirmations o WHERE o.subject_id = c.subject_id AND o.field = c.field
            AND o.import_id <> c.import_id AND o.contested = c.contested) AS by_others
        FROM import_confirmations c
        WHERE c.import_id = :import_id AND c.subject_id = ANY(:ids) AND c.contested IS NOT NULL
    ), left_to_others AS (
        UPDATE import_confirmations o SET origin = b.origin FROM back b
        WHERE o.subject_id = b.subject_id AND o.field = b.field AND o.import_id <> :import_id
          AND o.origin = b.contested AND (o.contested IS NOT NULL OR NOT b.by_others)
    ), left_to_changes AS (
        UPDATE changes o SET origin = b.origin FROM back b
        WHERE {changed_by_others} AND NOT b.by_others AND o.origin ->> 'rule' = 'latest'
          AND o.origin ->> 'source' = b.contested ->> 'source'
          AND (o.origin ->> 'observed_at')::timestamptz = (b.contested ->> 'observed_at')::timestamptz
    ), as_marked AS (
        SELECT b.* FROM back b JOIN value_sources v ON v.subject_id = b.subject_id AND v.field = b.field
        WHERE NOT b.by_others AND v.source = b.contested ->> 'source' AND v.rule = 'latest'
          AND v.observed_at = (b.contested ->> 'observed_at')::timestamptz
    ), gone AS (
        DELETE FROM value_sources v USING as_marked b
        WHERE v.subject_id = b.subject_id AND v.field = b.field AND b.origin IS NULL
    ), given AS (
        UPDATE value_sources v SET rule = b.origin ->> 'rule' FROM as_marked b
        WHERE v.subject_id = b.subject_id AND v.field = b.field AND b.origin IS NOT NULL
    )
    DELETE FROM import_confirmations WHERE import_id = :import_id AND subject_id = ANY(:ids) AND contested IS NOT NULL
    """.replace("{changed_by_others}", CHANGED_BY_OTHERS)
)
"""Who contests the same value as well found it marked; that it was not marked before is theirs to know from now on."""


OF_MINE = "({0} ->> 'source' = :source AND ({0} ->> 'observed_at')::timestamptz = :observed_at)"
UNCONFIRM = text(
    f"""
    WITH mine AS (
        SELECT c.subject_id, c.field, c.origin, coalesce(c.origin, (
            SELECT jsonb_build_object('source', w.source, 'observed_at', w.observed_at)
            FROM value_sources w WHERE w.subject_id = c.subject_id AND w.field = '*'
        )) || '{{"rule": "latest"}}' AS marked, EXISTS (
            SELECT FROM import_confirmations o WHERE o.subject_id = c.subject_id AND o.field = c.field
            AND o.import_id <> c.import_id AND {OF_MINE.format("o.contested")}) AS by_others
        FROM import_confirmations c
        WHERE c.import_id = :import_id AND c.subject_id = ANY(:ids) AND c.contested IS NULL
    ), b AS (
        SELECT subject_id, field, origin, marked, CASE WHEN by_others THEN marked ELSE origin END AS given FROM mine
    ), left_to_others AS (
        UPDATE import_confirmations o SET
            origin = CASE WHEN {OF_MINE.format("o.origin")} THEN b.origin ELSE o.origin END,
            contested = CASE WHEN {OF_MINE.format("o.contested")} THEN coalesce(b.marked, o.contested)
                ELSE o.contested END
        FROM b WHERE o.subject_id = b.subject_id AND o.field = b.field AND o.import_id <> :import_id
          AND ({OF_MINE.format("o.origin")} OR {OF_MINE.format("o.contested")})
    ), left_to_changes AS (
        UPDATE changes o SET origin = b.origin FROM b WHERE {CHANGED_BY_OTHERS} AND {OF_MINE.format("o.origin")}
    ), back AS (
        SELECT b.* FROM b JOIN value_sources v ON v.subject_id = b.subject_id AND v.field = b.field
        WHERE v.source = :source AND v.observed_at = :observed_at
    ), gone AS (
        DELETE FROM value_sources v USING back
        WHERE v.subject_id = back.subject_id AND v.field = back.field AND back.given IS NULL
    ), given AS (
        UPDATE value_sources v SET source = back.given ->> 'source', rule = back.given ->> 'rule',
            observed_at = (back.given ->> 'observed_at')::timestamptz, parts = nullif(back.given -> 'parts', 'null')
        FROM back WHERE v.subject_id = back.subject_id AND v.field = back.field AND back.given IS NOT NULL
    )
    DELETE FROM import_confirmations WHERE import_id = :import_id AND subject_id = ANY(:ids) AND contested IS NULL
    """  # noqa: S608  (constants of this module)
)
"""What the import confirmed comes from where it came before, unless another has said it since; who found it so, finds
it as it was before."""


def contest(session: Session, import_id: UUID | None, said: Iterable[tuple[UUID, str, Any]]) -> None:
    """Mark values of which a file says something that counts less; each comes with who stands for it until now."""
    marked = [each for each in said if each[2] is not None and each[2].rule in MARKED]
    if not marked:
        return
    subjects, fields = [each for each, _, _ in marked], [field for _, field, _ in marked]
    session.execute(REMEMBER, {"import_id": import_id, "subjects": subjects, "fields": fields})
    first = [_mark(*each) for each in marked if each[2].rule is DecidedBy.FIRST]
    if first:
        provenance.put(session, first)


def _mark(subject_id: UUID, field: str, stands: Any) -> dict[str, Any]:
    said = {"source": stands.source, "observed_at": stands.observed_at, "rule": DecidedBy.LATEST}
    return {"subject_id": subject_id, "field": field, **said, "parts": stands.parts}


def take_back(session: Session, chunk: Mapping[str, Any], ids: list[UUID]) -> None:
    """Let values of these contacts or affiliations be as uncontested as they were before the import."""
    session.execute(UNCONTEST, {"import_id": chunk["import_id"], "ids": ids})


def unconfirm(session: Session, chunk: Mapping[str, Any], ids: list[UUID]) -> None:
    """Let what the import confirmed of these contacts or affiliations come from where it came before."""
    session.execute(UNCONFIRM, {**chunk, "ids": ids})
