"""What the imports of persons and of organisations have alike: making new rows of a table and changing those that
are there, set-based, with their history."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contacts.commands import history, import_retired
from services.contacts.commands.history import Author
from services.contacts.commands.import_addresses import IN_PARTS
from services.contacts.commands.import_changed import Changed
from services.contacts.commands.import_claims import Claims
from services.contacts.commands.import_matching import CHUNK
from services.contacts.rules.values import organisation_keys, person_keys

SHARED = (
    "email", "email_key", "phone", "fax", "other_emails", "other_phones", "language", "customer_number",
    "customer_status", "payment_method", "payment_days", "delivery_method", "credit_limit", "addresses", "city",
    "postal_code", "tags", "fields", "sort_key", "search",
)  # fmt: skip
COLUMNS = {
    "persons": ("given_name", "family_name", "gender", "birth_date", "title", *SHARED),
    "organisations": ("name", "business_id", *SHARED),
}
DERIVED = {"persons": person_keys, "organisations": organisation_keys}
MADE_FROM_OTHERS = "'{id,search,sort_key,email_key,city,postal_code,alone,new_status,retired}'::text[]"
EMPTY_ADDRESS = """'{"street": "", "postal_code": "", "city": ""}'::jsonb"""
DEFAULTS = {
    "title": "''", "other_emails": "'[]'", "other_phones": "'[]'", "language": "'fi'", "tags": "'[]'",
    "fields": "'{}'", "city": "''", "postal_code": "''",
}  # fmt: skip
NEW = "r.import_id = :import_id AND r.number = ANY(:new)"
KNOWN = "r.import_id = :import_id AND r.number = ANY(:known)"
CREATED = f"""
    INSERT INTO changes (subject_id, changed_at, changed_by, channel, field, new, import_id)
    SELECT r.{{row}}_id, :at, :label, :channel, 'state', '"active"', :import_id
    FROM import_rows r WHERE {NEW} ORDER BY r.number
    """  # noqa: S608  (constants of this module)
BEGUN = f"""
    INSERT INTO value_sources (subject_id, field, source, observed_at, rule)
    SELECT r.{{row}}_id, told.field, :source, :observed_at, 'first'
    FROM import_rows r CROSS JOIN (VALUES ('*'), ('language')) told(field)
    WHERE {NEW} AND (told.field = '*' OR r.{{row}} ->> 'language' = 'fi')
    ON CONFLICT DO NOTHING
    """  # noqa: S608  (constants of this module)
"""A language that every new contact has counts as said when the file says it."""

DIFFERS = f"NOT to_jsonb(t) @> g.given OR {IN_PARTS}"
LONGER = """
    OR EXISTS (
        SELECT FROM unnest(CAST(:own AS text[])) list WHERE to_jsonb(t) -> list <> g.given -> list
        OR (list LIKE 'fields.%' AND t.fields -> substr(list, 8) <> g.given -> 'fields' -> substr(list, 8)))"""
"""A list that its master says in full, and that others have made longer."""


def _value(column: str, row: str) -> str:
    if column == "customer_status":
        return f"coalesce(p.customer_status, r.{row} ->> 'new_status')"
    if column == "addresses":
        added = f"jsonb_build_array({EMPTY_ADDRESS} || (p.addresses -> 0))"
        return f"CASE WHEN p.addresses IS NULL THEN '[]' ELSE {added} END"
    return f"coalesce(p.{column}, {DEFAULTS[column]})" if column in DEFAULTS else f"p.{column}"


@dataclass(frozen=True)
class Kind:
    """One of the two kinds of contacts: its table, its columns in `import_rows`, which rows of a chunk make it."""

    table: str
    row: str
    """Also what the contact is."""
    state: str
    alive: str
    """Whether the contact is in the register."""
    which: str
    given: str
    """What a row has to say about a contact that exists, of columns that are not made from others."""

    def tell_apart(self, session: Session, chunk: dict[str, Any]) -> dict[str, Any]:
        """The chunk with the numbers of rows that make a `new` contact, and of those about a `known` one.

        Rows say which of their choices are left out, as they are retired.

        Asked with NOT EXISTS, the planner reads the whole register.
        """
        known = f"(SELECT t.id FROM {self.table} t WHERE t.id = r.{self.row}_id) IS NOT NULL AS known"  # noqa: S608
        named = f"r.{self.row}_id AS id, r.{self.row} -> 'retired' AS retired"
        rows = text(f"SELECT r.number, {known}, {named} FROM import_rows r WHERE {CHUNK} AND {self.which}")  # noqa: S608
        found = session.execute(rows, chunk).all()
        import_retired.remark(session, self.table, chunk["import_id"], found)
        apart: dict[bool, list[int]] = {False: [], True: []}
        for row in found:
            apart[row.known].append(row.number)
        return {**chunk, "new": apart[False], "known": apart[True]}

    def create(self, session: Session, chunk: dict[str, Any], author: Author) -> list[UUID]:
        """Make the new ones; their ids. Where they come from is said first: their points are then kept once."""
        made_of = {"import_id": chunk["import_id"], "new": chunk["new"]}
        said = {**made_of, "source": author.source.value, "observed_at": author.observed_at}
        session.execute(text(BEGUN.format(row=self.row)), said)
        columns = COLUMNS[self.table]
        state, active = (", state", ", 'active'") if self.state else ("", "")
        made = text(
            f"""
            INSERT INTO {self.table} (id, created_at, updated_at{state}, {", ".join(columns)})
            SELECT r.{self.row}_id, :at, :at{active}, {", ".join(_value(each, self.row) for each in columns)}
            FROM import_rows r CROSS JOIN LATERAL jsonb_populate_record(NULL::{self.table}, r.{self.row}) p
            WHERE {NEW} ORDER BY r.number RETURNING id
            """  # noqa: S608
        )
        ids = list(session.scalars(made, {**made_of, "at": author.at}))
        by = {"at": author.at, "label": author.label, "channel": author.channel}
        session.execute(text(CREATED.format(row=self.row)), {**made_of, **by})
        return ids

    def find_changed(self, session: Session, chunk: dict[str, Any], claims: Claims) -> list[Changed]:
        """Known contacts of which their rows say something else, locked, with what changes and what is refused."""
        own = claims.own_lists()
        rows = text(
            f"""
            SELECT r.number, t.id, g.given, to_jsonb(t) AS stored, {IN_PARTS} AS in_parts
            FROM import_rows r JOIN {self.table} t ON t.id = r.{self.row}_id
            CROSS JOIN LATERAL (SELECT {self.given} AS given) g
            WHERE {KNOWN} AND {self.alive} AND ({DIFFERS}{LONGER if own else ""})
            ORDER BY t.id FOR UPDATE OF t
            """  # noqa: S608
        )
        return claims.judged(self.table, session.execute(rows, {**chunk, "own": own} if own else chunk))

    def change(self, session: Session, changed: list[Changed], author: Author) -> None:
        """Store the changes with their history."""
        columns = COLUMNS[self.table]
        derive = DERIVED[self.table]
        rows = []
        for each in changed:
            row = {name: each.stored[name] for name in ("id", *columns)} | each.new
            rows.append(row | derive(SimpleNamespace(**row)))
        stored = text(
            f"""
            UPDATE {self.table} t SET version = t.version + 1, updated_at = :at,
                {", ".join(f"{each} = p.{each}" for each in columns)}
            FROM jsonb_populate_recordset(NULL::{self.table}, CAST(:rows AS jsonb)) p WHERE t.id = p.id
            """  # noqa: S608
        )
        session.execute(stored, {"at": author.at, "rows": orjson.dumps(rows).decode()})
        origins = {(each.id, name): origin for each in changed for name, origin in each.origins.items()}
        history.record_many(session, author, [(each.id, each.differences) for each in changed], origins)


PERSONS = Kind(
    table="persons",
    row="person",
    state="active",
    alive="t.state = 'active'",
    which="r.person IS NOT NULL AND r.same_as IS NULL",
    given=f"r.person - {MADE_FROM_OTHERS}",
)
ORGANISATIONS = Kind(
    table="organisations",
    row="organisation",
    state="",
    alive="t.deleted_at IS NULL",
    which="r.leads",
    given=f"""CASE WHEN r.person IS NULL OR r.organisation ? 'alone' THEN r.organisation - {MADE_FROM_OTHERS}
                   WHEN t.business_id IS NULL AND r.organisation ? 'business_id'
                   THEN jsonb_build_object('business_id', r.organisation -> 'business_id') ELSE '{{}}' END""",
)
"""A row about a person changes nothing in the organisation it names but a business id that was not known, unless its
details are the organisation's `alone`."""
