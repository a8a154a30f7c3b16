"""What exports hold: the next rows of a segment or a list, with the columns asked for."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from contracts.contacts.exports import Export, ExportFormat, StartExport
from contracts.contacts.organisations import ListOrganisations
from contracts.contacts.persons import ListPersons
from contracts.contacts.segments import SegmentFilter, SegmentKind
from contracts.contacts.views import ViewName
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries import list_columns, organisations, persons, segments, tag_filters, vcards
from services.contacts.queries.segment_filters import Condition
from services.contacts.rules.sheet_cells import plain

MODELS: dict[SegmentKind, Any] = {
    SegmentKind.PERSONS: models.Person,
    SegmentKind.ORGANISATIONS: models.Organisation,
}
VIEWS = {SegmentKind.PERSONS: ViewName.CONTACTS, SegmentKind.ORGANISATIONS: ViewName.ORGANISATIONS}
USUAL = {
    SegmentKind.PERSONS: ["city", "email", "phone", "tags"],
    SegmentKind.ORGANISATIONS: ["business_id", "city", "email", "tags"],
}
ALWAYS = {
    SegmentKind.PERSONS: frozenset({"given_name", "family_name", "city", "email", "tags"}),
    SegmentKind.ORGANISATIONS: frozenset({"business_id", "city", "email", "tags"}),
}
"""Columns of the table that every list shows."""
NAME = "name"
FOUND_AT_ONCE = 200


def get(session: Session, export_id: UUID, asker: str) -> models.Export:
    """The export; raises NotFound, also for whom it is not."""
    found = session.get(models.Export, export_id)
    if found is None or found.created_by != asker:
        raise NotFound(f"There is no export {export_id}.", id=export_id)
    return found


def shown(row: models.Export) -> Export:
    """As the contract shows it."""
    return Export(
        id=row.id,
        job_id=row.job_id,
        of=row.of,
        format=row.format,
        rows=row.rows,
        ready=row.file_key is not None,
        created_at=row.created_at,
        kept_until=row.kept_until,
    )


def columns_of(session: Session, asked: StartExport, asker: str) -> list[str]:
    """The columns asked for, else those of the caller's own list; the name first. Raises Invalid for unknown ones."""
    view = models.View
    own = select(view.shown).where(view.owner == asker, view.name == VIEWS[asked.of])
    chosen = asked.columns or session.scalar(own) or USUAL[asked.of]
    further = [name for name in chosen if name not in ALWAYS[asked.of] and name != NAME]
    list_columns.chosen(MODELS[asked.of], ",".join(further))
    return list(dict.fromkeys([NAME, *chosen]))


def matches(session: Session, asked: StartExport, today: date) -> Condition:
    """What is exported, as a condition; without the words of a search. Raises NotFound, Conflict, Invalid."""
    if asked.segment_id is not None:
        stored = segments.row_of(session, asked.segment_id, asked.of)
        return segments.found(session, asked.of, SegmentFilter.model_validate(stored.filter), today)
    found: Condition = segments.IN_REGISTER[asked.of]
    for each in tag_filters.conditions(MODELS[asked.of].__table__.c.tags, asked):
        found &= each
    return found


def count(session: Session, asked: StartExport, today: date) -> int | None:
    """How many rows there will be; None when nobody knows before searching."""
    if asked.q:
        return None
    return int(session.execute(select(func.count()).where(matches(session, asked, today))).scalar_one())


def next_ids(session: Session, asked: StartExport, after: Any, size: int, today: date) -> tuple[list[UUID], Any]:
    """The next ids in the order of the list, and where to go on; None at the end."""
    if asked.q:
        return _searched(session, asked, after, today)
    table = MODELS[asked.of].__table__.c
    query: Select[Any] = select(table.id, table.sort_key).where(matches(session, asked, today))
    if after:
        query = query.where(tuple_(table.sort_key, table.id) > tuple_(after[0], UUID(after[1])))
    rows = session.execute(query.order_by(table.sort_key, table.id).limit(size)).all()
    return [row.id for row in rows], [rows[-1].sort_key, str(rows[-1].id)] if len(rows) == size else None


def _searched(session: Session, asked: StartExport, after: Any, today: date) -> tuple[list[UUID], Any]:
    tags = asked.model_dump(include={"tags_all", "tags_any", "tags_none"})
    wanted = {"q": asked.q, "limit": FOUND_AT_ONCE, "cursor": after, **tags}
    connection = session.connection()
    if asked.of is SegmentKind.PERSONS:
        page: Any = persons.list_page(connection, ListPersons(**wanted), today)
    else:
        page = organisations.list_page(connection, ListOrganisations(**wanted), today)
    return [each.id for each in page.data], page.next_cursor


def rows(session: Session, asked: StartExport, columns: list[str], ids: list[UUID], today: date) -> list[list[Any]]:
    """The cells of these contacts, or their vCards as the only cell, in their order."""
    if asked.format is ExportFormat.VCF:
        return [[card] for card in vcards.texts(session, asked.of, ids, today)]
    model = MODELS[asked.of]
    table = model.__table__.c
    name = table.name if asked.of is SegmentKind.ORGANISATIONS else _full_name(table)
    read = select(table.id, name.label(NAME), table.fields)
    own = [each for each in columns if each in ALWAYS[asked.of]]
    further = [each for each in columns if each not in {NAME, *own} and not each.startswith(list_columns.FIELDS)]
    read = read.add_columns(*(table[each] for each in own))
    read = read.add_columns(*(list_columns.column(model, each, today) for each in further))
    found = {row.id: row for row in session.execute(read.where(table.id.in_(ids)))}
    return [[_cell(found[each], column, asked) for column in columns] for each in ids if each in found]


def _full_name(table: Any) -> Any:
    return func.btrim(table.family_name + " " + table.given_name)


def _cell(row: Any, column: str, asked: StartExport) -> Any:
    value = list_columns.value(row, column)
    if value in (None, "", []):
        return None
    if column == "address":
        return list_columns.letter(value)
    return plain(value, asked.words.get(column, {}))
