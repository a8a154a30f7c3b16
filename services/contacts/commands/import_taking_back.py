"""Taking back what an import made and changed of one kind of contact, unless somebody has used or changed it since."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contacts import models
from services.contacts.commands import import_addresses, import_contests, import_handing_over, provenance
from services.contacts.commands.history import Author
from services.contacts.commands.import_changed import Changed
from services.contacts.commands.import_contacts import Kind
from services.contacts.commands.import_handing_over import BY_OTHERS, CHANGED_SINCE

EVERYTHING = "*"
NOT_USES = frozenset({"import_rows", "duplicate_keys", "duplicate_candidates", "person_erasures", "merges"})
"""Tables that name a contact without anybody having used it; merged ones are not active any more."""
NAMES = {"persons": ("person_id", "customer_id"), "organisations": ("organisation_id", "parent_id")}
UNIQUE = {"persons": ("customer_number",), "organisations": ("customer_number", "business_id")}
"""What only one contact of the register can have."""
CHUNK = "r.import_id = :import_id AND r.number BETWEEN :first AND :last"
CONFIRMED_SINCE = """
        SELECT FROM import_confirmations k WHERE k.subject_id = c.subject_id AND k.field = c.field
        AND k.import_id > c.import_id AND k.contested IS NULL"""
"""Imports run one after another, in the order of their ids."""
HISTORY = text(
    f"""
    SELECT c.subject_id, c.field, CASE WHEN u.id IS NULL THEN c.old ELSE u.old END AS old,
        CASE WHEN u.id IS NULL THEN c.origin ELSE u.origin END AS origin,
        {CHANGED_SINCE} OR c.field <> 'state' AND EXISTS ({CONFIRMED_SINCE}) AS since
    FROM changes c LEFT JOIN LATERAL (
        SELECT e.id, e.old, e.origin FROM changes e
        WHERE e.subject_id = c.subject_id AND e.field = c.field AND e.id < c.id AND e.import_id <> :import_id
          AND e.id > coalesce((
            SELECT max(l.id) FROM changes l
            WHERE l.subject_id = c.subject_id AND l.field = c.field AND l.id < c.id AND {BY_OTHERS.format("l")}), 0)
        ORDER BY e.id LIMIT 1) u ON true
    WHERE c.import_id = :import_id AND c.subject_id = ANY(:ids) AND c.field NOT LIKE 'affiliation.%' ORDER BY c.id
    """  # noqa: S608  (constants of this module)
)
"""What imports that are undone had said until then is not given back, but what was there before them."""
ROWS_OF = {"person": "r.person IS NOT NULL AND r.same_as IS NULL", "organisation": "r.leads"}
"""Which rows of a file stand for a contact of a kind."""
LINKED = {
    row: text(
        f"""
        SELECT t.id FROM import_rows r JOIN {row}s t ON t.id = r.{row}_id
        WHERE {CHUNK} AND {which} AND t.linked_to IS NOT NULL
          AND EXISTS (SELECT FROM changes c WHERE c.import_id = :import_id AND c.subject_id = t.id)
        """  # noqa: S608  (constants)
    )
    for row, which in ROWS_OF.items()
}
"""Contacts of the file that were merged with others since."""
FORGET = [
    text(f"DELETE FROM {table} WHERE {column} = ANY(:ids)")  # noqa: S608  (constants)
    for table, column in (
        ("value_sources", "subject_id"), ("import_confirmations", "subject_id"), ("changes", "subject_id"),
        ("duplicate_keys", "contact_id"),
        ("duplicate_candidates", "first_id"), ("duplicate_candidates", "second_id"),
    )
]  # fmt: skip


Rows = Mapping[UUID, dict[str, Any]]
"""Columns in JSON by contact."""


@dataclass(frozen=True)
class Kept:
    """A contact of which something stays as it is: the fields, `*` when the contact itself."""

    id: UUID
    fields: tuple[str, ...]


@dataclass
class Done:
    """What was taken back: contacts removed, and contacts whose values are as they were; what was kept."""

    removed: list[UUID] = field(default_factory=list)
    restored: list[UUID] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    @property
    def ids(self) -> list[UUID]:
        """All of whom something was taken back."""
        return [*self.removed, *self.restored]


def take_back(session: Session, kind: Kind, chunk: Mapping[str, Any], author: Author, unused: Collection[UUID]) -> Done:
    """Take back what the chunk's rows made or changed of this kind; only `unused` ones are removed."""
    rows = _contacts(session, kind, chunk)
    history = session.execute(HISTORY, {"import_id": chunk["import_id"], "ids": list(rows)}).all()
    made = {each.subject_id for each in history if each.field == "state"}
    import_handing_over.made(session, kind.row, chunk, made)
    done = Done(removed=_remove(session, kind, chunk, made & {*unused}))
    gone = set(done.removed)
    linked = session.scalars(LINKED[kind.row], dict(chunk))
    done.kept = [Kept(each, (EVERYTHING,)) for each in (*(made - gone), *linked)]
    changes = [each for each in history if each.subject_id not in made]
    _restore(session, kind, rows, changes, author, done)
    import_handing_over.values(session, chunk, rows)
    import_contests.take_back(session, chunk, list(rows))
    import_addresses.take_back(session, kind.row, chunk, {each: row["addresses"] for each, row in rows.items()})
    import_contests.unconfirm(session, chunk, list(rows))
    return done


def _contacts(session: Session, kind: Kind, chunk: Mapping[str, Any]) -> dict[UUID, dict[str, Any]]:
    """The contacts of the chunk's rows that are in the register, locked, with their columns."""
    found = text(
        f"""
        SELECT t.id, to_jsonb(t) AS stored FROM import_rows r JOIN {kind.table} t ON t.id = r.{kind.row}_id
        WHERE {CHUNK} AND {ROWS_OF[kind.row]} AND {kind.alive} ORDER BY t.id FOR UPDATE OF t
        """  # noqa: S608
    )
    return {row.id: row.stored for row in session.execute(found, dict(chunk))}


def _remove(session: Session, kind: Kind, chunk: Mapping[str, Any], made: Iterable[UUID]) -> list[UUID]:
    """Remove those that nobody has changed and that nothing else here names."""
    used = " ".join(f"AND NOT EXISTS (SELECT FROM {table} u WHERE u.{column} = t.id)" for table, column in _uses(kind))
    free = text(
        f"""
        SELECT t.id FROM {kind.table} t WHERE t.id = ANY(:ids) AND {kind.alive} AND NOT EXISTS (
            SELECT FROM changes c WHERE c.subject_id = t.id AND {BY_OTHERS.format("c")}) {used}
        """  # noqa: S608
    )
    ids = list(session.scalars(free, {"ids": list(made), "import_id": chunk["import_id"]}))
    if ids:
        for statement in FORGET:
            session.execute(statement, {"ids": ids})
        session.execute(text(f"DELETE FROM {kind.table} WHERE id = ANY(:ids)"), {"ids": ids})  # noqa: S608
    return ids


def _uses(kind: Kind) -> list[tuple[str, str]]:
    """Tables and columns that name contacts of this kind."""
    return [
        (table.name, column.name)
        for table in models.Base.metadata.sorted_tables
        for column in table.c
        if column.name in NAMES[kind.table] and table.name not in NOT_USES
    ]


def _restore(
    session: Session,
    kind: Kind,
    rows: Mapping[UUID, dict[str, Any]],
    changes: Iterable[Any],
    author: Author,
    done: Done,
) -> None:
    """Give back the values that nobody has changed since."""
    by_contact: dict[UUID, dict[str, Any]] = {}
    for each in changes:
        by_contact.setdefault(each.subject_id, {}).setdefault(each.field, each)  # the first is as it was before
    taken = _taken(session, kind, by_contact)
    back: list[tuple[Changed, list[Any]]] = []
    for contact_id, first in by_contact.items():
        stays = {name for name, each in first.items() if each.since or (contact_id, name) in taken}
        free = [each for name, each in first.items() if name not in stays]
        if stays:
            done.kept.append(Kept(contact_id, tuple(sorted(stays))))
        new = _as_before(rows[contact_id], free)
        if new:
            back.append((Changed(0, contact_id, rows[contact_id], new), free))
    if back:
        kind.change(session, [changed for changed, _said in back], author)
        origins = {(changed.id, each.field): each.origin for changed, said in back for each in said}
        provenance.restore_many(session, origins)
    done.restored = [changed.id for changed, _said in back]


def _taken(session: Session, kind: Kind, said: Mapping[UUID, Mapping[str, Any]]) -> set[tuple[UUID, str]]:
    """Contacts and their fields whose former number, which only one contact can have, is another's by now."""
    found: set[tuple[UUID, str]] = set()
    for name in UNIQUE[kind.table]:
        former = {each: first[name].old for each, first in said.items() if name in first and first[name].old}
        if former:
            where = f"t.{name} = ANY(:numbers) AND {kind.alive}"
            query = text(f"SELECT t.{name} AS number, t.id FROM {kind.table} t WHERE {where}")  # noqa: S608
            holders = {row.number: row.id for row in session.execute(query, {"numbers": [*former.values()]})}
            found |= {(each, name) for each, number in former.items() if holders.get(number, each) != each}
    return found


def _as_before(stored: dict[str, Any], said: Iterable[Any]) -> dict[str, Any]:
    """The columns that change when these values are given back."""
    new: dict[str, Any] = {}
    for each in said:
        name, _dot, code = each.field.partition(".")
        if not code:
            new[name] = each.old
            continue
        fields = dict(new.get("fields", stored["fields"]))
        fields.pop(code, None)
        new["fields"] = fields | ({} if each.old is None else {code: each.old})
    return {name: value for name, value in new.items() if value != stored[name]}
