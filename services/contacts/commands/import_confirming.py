"""What a file repeats of what contacts have: it comes from this file from now on, unless another counts more (C12).

The statements judge as `services.contacts.rules.masters.judge` does, for a whole chunk at once.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from contracts.contacts.masters import ValueSource
from services.contacts.commands import provenance
from services.contacts.commands.history import Author
from services.contacts.commands.import_addresses import IN_PARTS
from services.contacts.commands.import_written import NUMBER, STATUS, written_at
from services.contacts.rules.masters import BY_HAND, LINKING, STRENGTH, WITH_SOURCE, Mastership

CONFIRM_ALL = """
    UPDATE value_sources w SET source = :source, observed_at = :observed_at
    FROM import_rows r JOIN {table} t ON t.id = r.{row}_id
    CROSS JOIN LATERAL (SELECT {given} AS given, to_jsonb(t) AS stored OFFSET 0) g
    WHERE r.import_id = :import_id AND r.number = ANY(:known) AND {alive}
      AND w.subject_id = t.id AND w.field = '*' AND g.stored @> g.given
      AND w.source <> 'accounting' AND NOT {in_parts}
      AND (w.observed_at, array_position(:strength, w.source::text))
          < (:observed_at, array_position(:strength, CAST(:source AS text)))
      AND NOT EXISTS (
        SELECT FROM jsonb_each(g.stored) e WHERE e.key = ANY(:sourced) AND e.value NOT IN ('null', '""', '[]')
        AND NOT (e.key = 'language' AND e.value = '"fi"') AND NOT g.given ? e.key
        AND NOT EXISTS (SELECT FROM value_sources o WHERE o.subject_id = t.id AND o.field = e.key))
      AND NOT EXISTS (
        SELECT FROM jsonb_object_keys(t.fields) code WHERE NOT coalesce(g.given -> 'fields', '{{}}') ? code
        AND NOT EXISTS (SELECT FROM value_sources o WHERE o.subject_id = t.id AND o.field = 'fields.' || code))
    """
"""A file that repeats all that a contact was given when it was made confirms it in one row, not one for each field."""
CONFIRM = """
    INSERT INTO value_sources AS v (subject_id, field, source, observed_at, rule)
    SELECT t.id, e.field, :source, :observed_at,
        CASE WHEN k.own THEN 'master' WHEN k.rule = 'first' THEN 'first' ELSE 'latest' END
    FROM import_rows r JOIN {table} t ON t.id = r.{row}_id
    CROSS JOIN LATERAL (SELECT {given} AS given, to_jsonb(t) AS stored OFFSET 0) g
    CROSS JOIN LATERAL (
        SELECT key AS field, g.stored @> jsonb_build_object(key, value) AS holds
        FROM jsonb_each(g.given - 'fields')
        UNION ALL SELECT 'fields.' || key, t.fields @> jsonb_build_object(key, value)
        FROM jsonb_each(coalesce(g.given -> 'fields', '{{}}'))) e
    LEFT JOIN LATERAL (SELECT * FROM value_sources s WHERE s.subject_id = t.id AND s.field = e.field OFFSET 0) o ON true
    LEFT JOIN LATERAL (SELECT * FROM value_sources s WHERE s.subject_id = t.id AND s.field = '*' OFFSET 0) w ON true
    CROSS JOIN LATERAL (
        SELECT m.master, coalesce(m.master = :source, false) AS own,
            coalesce(o.source, w.source)::text AS source, coalesce(o.rule, w.rule)::text AS rule,
            (coalesce(o.observed_at, w.observed_at), array_position(:strength, coalesce(o.source, w.source)::text))
                < (:observed_at, array_position(:strength, CAST(:source AS text))) AS is_older,
            CAST(:masters AS jsonb) ? e.field AND {status} IS DISTINCT FROM 'prospect'
                AND (m.master <> 'accounting' OR {number} IS NOT NULL OR {status} = 'customer') AS bound
        FROM (SELECT coalesce(CAST(:masters AS jsonb) ->> e.field, CAST(:linking AS jsonb) ->> e.field) AS master) m) k
    WHERE r.import_id = :import_id AND r.number = ANY(:known) AND {alive} AND e.holds AND (k.own OR NOT :by_accounting)
      AND NOT (e.field = 'addresses' AND {in_parts})
      AND CASE
        WHEN k.source IS NULL OR (k.source = 'accounting' AND k.master IS DISTINCT FROM 'accounting') THEN true
        WHEN k.master IS NULL OR k.source = :source THEN k.is_older
        WHEN k.source = ANY(:by_hand) AND k.source <> k.master AND NOT (k.bound OR :by_accounting) THEN k.is_older
        WHEN k.own AND NOT (k.bound OR :by_accounting) THEN coalesce({written_at} <= :observed_at, true)
        WHEN k.own THEN true
        ELSE k.source <> k.master AND k.source <> ALL(:by_hand) AND k.is_older END
    ON CONFLICT (subject_id, field) DO UPDATE
    SET source = excluded.source, observed_at = excluded.observed_at, rule = excluded.rule
    """
REMEMBERED = f"""
    WITH done AS ({{confirming}} RETURNING {{alias}}.subject_id, {{alias}}.field)
    INSERT INTO import_confirmations (import_id, subject_id, field, origin)
    SELECT :import_id, d.subject_id, d.field, {provenance.as_json("o")}
    FROM done d LEFT JOIN LATERAL (
        SELECT * FROM value_sources s WHERE s.subject_id = d.subject_id AND s.field = d.field OFFSET 0) o ON true
    ON CONFLICT DO NOTHING
    """  # noqa: S608  (a constant)
"""Keeps the origins that a confirming statement replaces, as they were before it, for an undoing.

Sources are looked up one by one; joined, the planner reads all of the register for every chunk.
"""


def confirm(session: Session, kind: Any, chunk: Mapping[str, Any], author: Author, masters: Mastership) -> None:
    """Confirm what the chunk's rows about known contacts repeat."""
    parts = {"table": kind.table, "row": kind.row, "given": kind.given, "alive": kind.alive}
    parts |= {"status": STATUS, "number": NUMBER}
    parts |= {"written_at": written_at("t.id", "e.field"), "in_parts": IN_PARTS}
    by_accounting = author.source is ValueSource.ACCOUNTING
    held = {field: master.value for field in masters.by_field if (master := masters.of(field))}
    linking = {field: master.value for field in LINKING if (master := masters.of_files(field))}
    said = {**chunk, "source": author.source.value, "observed_at": author.observed_at, "strength": [*STRENGTH]}
    if not held and not by_accounting:
        session.execute(_remembered(CONFIRM_ALL.format(**parts), "w"), {**said, "sourced": [*WITH_SOURCE]})
    said |= {"by_accounting": by_accounting, "by_hand": [*BY_HAND]}
    said |= {"masters": orjson.dumps(held).decode(), "linking": orjson.dumps(linking).decode()}
    session.execute(_remembered(CONFIRM.format(**parts), "v"), said)


def _remembered(confirming: str, alias: str) -> TextClause:
    return text(REMEMBERED.format(confirming=confirming, alias=alias))
