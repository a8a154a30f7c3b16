"""What an import may change: the claims of its rows against those that stand (C12)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from contracts.contacts.masters import ValueSource
from services.contacts import mastership
from services.contacts.commands import history, masters, provenance
from services.contacts.commands.history import Author
from services.contacts.rules.import_contacts import OTHER_EMAILS, OTHER_PHONES
from services.contacts.rules.masters import (
    EVERYTHING,
    STRENGTH,
    WITH_SOURCE,
    Claim,
    Mastership,
    Outcome,
    has_source,
    is_told,
    judge,
    why,
)

REJECT = text(
    """
    UPDATE import_rows SET state = 'rejected', code = 'mastered', reason = :reason, "column" = :column,
        params = jsonb_build_object('field', CAST(:field AS text), 'master', CAST(:master AS text))
    WHERE import_id = :import_id AND number = :number
    """
)
CONFIRM_ALL = """
    UPDATE value_sources w SET source = :source, observed_at = :observed_at, rule = 'latest'
    FROM import_rows r JOIN {table} t ON t.id = r.{row}_id CROSS JOIN LATERAL (SELECT {given} AS given) g
    WHERE {chunk} AND {which} AND {alive} AND w.subject_id = t.id AND w.field = '*' AND to_jsonb(t) @> g.given
      AND (w.observed_at, array_position(:strength, w.source::text))
          < (:observed_at, array_position(:strength, CAST(:source AS text)))
      AND NOT EXISTS (
        SELECT FROM jsonb_each(to_jsonb(t)) e WHERE e.key = ANY(:sourced) AND e.value NOT IN ('null', '""', '[]')
        AND NOT (e.key = 'language' AND e.value = '"fi"') AND NOT g.given ? e.key
        AND NOT EXISTS (SELECT FROM value_sources o WHERE o.subject_id = t.id AND o.field = e.key))
      AND NOT EXISTS (
        SELECT FROM jsonb_object_keys(t.fields) code WHERE NOT coalesce(g.given -> 'fields', '{{}}') ? code
        AND NOT EXISTS (SELECT FROM value_sources o WHERE o.subject_id = t.id AND o.field = 'fields.' || code))
    """
"""A file that repeats all that a contact was given when it was made confirms it in one row, not one for each field."""
CONFIRM = """
    INSERT INTO value_sources AS v (subject_id, field, source, observed_at, rule)
    SELECT t.id, k.field, :source, :observed_at, CASE WHEN k.own THEN 'master' ELSE 'latest' END
    FROM import_rows r JOIN {table} t ON t.id = r.{row}_id
    CROSS JOIN LATERAL (SELECT {given} AS given) g
    CROSS JOIN LATERAL (
        SELECT key AS field, to_jsonb(t) @> jsonb_build_object(key, value) AS holds
        FROM jsonb_each(g.given - 'fields')
        UNION ALL SELECT 'fields.' || key, t.fields @> jsonb_build_object(key, value)
        FROM jsonb_each(coalesce(g.given -> 'fields', '{{}}'))) e
    CROSS JOIN LATERAL (
        SELECT e.field, e.field = ANY(:own) AND (:knows_customers OR t.customer_status IS DISTINCT FROM 'prospect')
            AS own) k
    LEFT JOIN value_sources o ON o.subject_id = t.id AND o.field = e.field
    LEFT JOIN value_sources w ON w.subject_id = t.id AND w.field = '*'
    WHERE {chunk} AND {which} AND {alive} AND e.holds
      AND (NOT :knows_customers OR k.own)
      AND NOT (e.field = ANY(:of_others) AND t.customer_status IS DISTINCT FROM 'prospect')
      AND NOT (e.field = ANY(:of_accounting) AND t.customer_status IS DISTINCT FROM 'prospect'
               AND (t.customer_number IS NOT NULL OR t.customer_status = 'customer'))
      AND (coalesce(o.source, w.source) IS NULL
           OR (k.own AND coalesce(o.source, w.source) <> :source)
           OR (coalesce(o.observed_at, w.observed_at), array_position(:strength, coalesce(o.source, w.source)::text))
              < (:observed_at, array_position(:strength, CAST(:source AS text))))
    ON CONFLICT (subject_id, field) DO UPDATE
    SET source = excluded.source, observed_at = excluded.observed_at, rule = excluded.rule
    """
REMEMBERED = """
    WITH done AS ({confirming} RETURNING {alias}.subject_id, {alias}.field)
    INSERT INTO import_confirmations (import_id, subject_id, field, origin)
    SELECT :import_id, d.subject_id, d.field, CASE WHEN o.subject_id IS NOT NULL
        THEN jsonb_build_object('source', o.source, 'observed_at', o.observed_at, 'rule', o.rule) END
    FROM done d LEFT JOIN value_sources o ON o.subject_id = d.subject_id AND o.field = d.field
    ON CONFLICT DO NOTHING
    """
"""Keeps the origins that a confirming statement replaces, as they were before it, for an undoing."""


@dataclass(frozen=True)
class Changed:
    """A contact that a row changes: its stored columns, and the new values of those that change.

    `refused` are fields that another source is master of.
    """

    number: int
    id: UUID
    stored: dict[str, Any]
    new: dict[str, Any]
    refused: tuple[tuple[str, ValueSource], ...] = ()
    origins: Mapping[str, provenance.Origin | None] = field(default_factory=dict)
    """Where the fields that change came from until now, if a row of their own says it."""

    @property
    def differences(self) -> history.Differences:
        """For the history."""
        found: history.Differences = {}
        for name, value in self.new.items():
            found |= history.differences(name, self.stored[name], value)
        return found

    @property
    def told(self) -> history.Differences:
        """The changed values that come from somewhere."""
        return {field: values for field, values in self.differences.items() if has_source(field)}


@dataclass(frozen=True)
class Claims:
    """What an author's file says of one kind of contact."""

    session: Session
    author: Author
    masters: Mastership

    @classmethod
    def of(cls, session: Session, kind: str, author: Author) -> "Claims":
        """The claims of an import, under the masters as they are now."""
        return cls(session, author, mastership.mastership(session, kind))

    def judged(self, changed: list[Changed]) -> list[Changed]:
        """The changes that are left: without what counts less than what stands, with what is refused."""
        origins = mastership.origins(self.session, [each.id for each in changed])
        return [found for each in changed if (found := self._judged(each, origins)).new or found.refused]

    def _judged(self, changed: Changed, origins: Mapping[tuple[UUID, str], Any]) -> Changed:
        outcomes = {
            field: self._outcome(changed, field, values, origins) for field, values in changed.differences.items()
        }
        refused = [(field, self._master(changed, field)) for field, each in outcomes.items() if each is Outcome.REFUSED]
        new = {
            name: self._taken(name, value, changed.stored[name], outcomes)
            for name, value in changed.new.items()
            if name == "fields" or outcomes[name] is Outcome.TAKEN
        }
        new = {name: value for name, value in new.items() if value != changed.stored[name]}
        own = {field: provenance.plain(origins.get((changed.id, field))) for field in changed.told}
        refused_by = tuple((field, each) for field, each in refused if each)
        return replace(changed, new=new, refused=refused_by, origins=own)

    def _taken(self, name: str, value: Any, stored: Any, outcomes: Mapping[str, Outcome]) -> Any:
        if name != "fields":
            return value
        taken = {code: each for code, each in value.items() if outcomes.get(f"fields.{code}") is Outcome.TAKEN}
        return {**stored, **taken}

    def _outcome(self, changed: Changed, field: str, values: tuple[Any, Any], origins: Mapping[Any, Any]) -> Outcome:
        if not has_source(field) or self._links(field, values[0]):
            return Outcome.TAKEN
        stands = origins.get((changed.id, field))
        if stands is None and is_told(field, values[0]):
            stands = origins.get((changed.id, EVERYTHING))
        before = Claim(stands.source, stands.observed_at, values[0]) if stands else None
        claim = Claim(self.author.source, self.author.observed_at, values[1])
        return judge(claim, before, self._master(changed, field))

    def _links(self, field: str, old: Any) -> bool:
        """Whether accounting makes a customer of a contact that was none: a prospect, or one without a number."""
        is_link = old is None if field == "customer_number" else field == "customer_status" and old == "prospect"
        return is_link and self.author.source is ValueSource.ACCOUNTING and self.masters.linked

    def _master(self, changed: Changed, field: str) -> ValueSource | None:
        if self.author.source is ValueSource.ACCOUNTING:
            return self.masters.of(field)  # whom accounting sends is its customer
        return self.masters.binding(field, changed.stored["customer_status"], changed.stored["customer_number"])

    def reject(self, chunk: Mapping[str, Any], changed: Iterable[Changed], headers: Mapping[str, str]) -> None:
        """Reject the rows that would change what another source is master of."""
        for each in changed:
            if each.refused:
                field, master = each.refused[0]
                told = {"import_id": chunk["import_id"], "number": each.number, "field": field, "master": master.value}
                told |= {"reason": masters.sentence(field, master), "column": header_of(field, headers)}
                self.session.execute(REJECT, told)

    def note(self, changed: Iterable[Changed]) -> None:
        """The changes that were made come from this file."""
        rows = [self._origin(each, field, old) for each in changed for field, (old, _) in each.told.items()]
        if rows:
            provenance.put(self.session, rows)

    def _origin(self, changed: Changed, field: str, old: Any) -> dict[str, Any]:
        rule = why(self.author.source, self._master(changed, field), first=old in (None, "", [], {}))
        said = {"source": self.author.source, "observed_at": self.author.observed_at, "rule": rule}
        return {"subject_id": changed.id, "field": field, **said}

    def confirm(self, kind: Any, chunk_sql: str, chunk: Mapping[str, Any], new: list[int]) -> None:
        """What the rows say and the contacts have comes from this file, unless it was said later by another.

        Contacts that rows with `new` numbers have just made come from it anyway.
        """
        if len(new) == chunk["count"]:
            return
        known = f"{chunk_sql} AND r.number <> ALL(:new)"
        parts = {"table": kind.table, "row": kind.row, "given": kind.given, "chunk": known}
        parts |= {"which": kind.which, "alive": kind.alive}
        source = self.author.source
        held = {field: master for field in self.masters.by_field if (master := self.masters.of(field))}
        said = {
            **chunk,
            "new": new,
            "source": source.value,
            "observed_at": self.author.observed_at,
            "strength": [*STRENGTH],
        }
        if not held and source is not ValueSource.ACCOUNTING:
            self.session.execute(_remembered(CONFIRM_ALL.format(**parts), "w"), {**said, "sourced": [*WITH_SOURCE]})
        self.session.execute(_remembered(CONFIRM.format(**parts), "v"), {
            **said,
            "knows_customers": source is ValueSource.ACCOUNTING,
            "own": [field for field, master in held.items() if master is source],
            "of_accounting": _held_by(held, {ValueSource.ACCOUNTING} - {source}),
            "of_others": _held_by(held, {*ValueSource} - {ValueSource.ACCOUNTING, source}),
        })  # fmt: skip


def _remembered(confirming: str, alias: str) -> TextClause:
    return text(REMEMBERED.format(confirming=confirming, alias=alias))


def _held_by(held: Mapping[str, ValueSource], masters: set[ValueSource]) -> list[str]:
    return [field for field, master in held.items() if master in masters]


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
