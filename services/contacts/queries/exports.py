"""What exports hold: the next rows of a segment or a list, with the columns asked for."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, cast, func, null, select, text
from sqlalchemy.orm import Session

from chassis import clock
from contracts.contacts.exports import Export, ExportFormat, StartExport
from contracts.contacts.fields import ContactKind, FieldType
from contracts.contacts.organisations import ListOrganisations
from contracts.contacts.persons import ListPersons
from contracts.contacts.segments import SegmentFilter, SegmentKind
from contracts.contacts.views import ViewName
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries import list_columns, organisations, persons, segments, tag_filters, vcards
from services.contacts.queries.segment_filters import Condition
from services.contacts.rules.sheet_cells import plain

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
FIELDS_OF = {SegmentKind.PERSONS: ContactKind.PERSON, SegmentKind.ORGANISATIONS: ContactKind.ORGANISATION}
NAME = "name"
LEADING = {SegmentKind.PERSONS: ["family_name", "given_name"], SegmentKind.ORGANISATIONS: [NAME]}
"""Columns that every file begins with. A person's names stand apart, as letters and other programs need them."""
ALL_ROWS = text("SET LOCAL cursor_tuple_fraction = 1")
"""A cursor is planned for its first rows otherwise: by walking through the whole register in order."""
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
    """The columns asked for, else those of the caller's own list; names first. Raises Invalid for unknown ones."""
    view = models.View
    own = session.scalar(select(view.shown).where(view.owner == asker, view.name == VIEWS[asked.of]))
    chosen = asked.columns or (USUAL[asked.of] if own is None else own)
    further = [name for name in chosen if name not in ALWAYS[asked.of] and name != NAME]
    list_columns.chosen(segments.MODELS[asked.of], ",".join(further), "/columns")
    return list(dict.fromkeys([*LEADING[asked.of], *chosen]))


def matches(session: Session, asked: StartExport, today: date) -> Condition:
    """What is exported, as a condition; without the words of a search. Raises NotFound, Conflict, Invalid."""
    if asked.segment_id is not None:
        stored = segments.row_of(session, asked.segment_id, asked.of)
        return segments.found(session, asked.of, SegmentFilter.model_validate(stored.filter), today)
    found: Condition = segments.IN_REGISTER[asked.of]
    for each in tag_filters.conditions(segments.MODELS[asked.of].__table__.c.tags, asked):
        found &= each
    return found


def found(session: Session, asked: StartExport, size: int, today: date) -> Iterator[list[UUID]]:
    """All contacts of the filter in the order of the list, so many at a time: none of them is kept in memory."""
    table = segments.MODELS[asked.of].__table__.c
    session.execute(ALL_ROWS)
    query = select(table.id).where(matches(session, asked, today)).order_by(table.sort_key, table.id)
    for part in session.execute(query, execution_options={"yield_per": size}).scalars().partitions():
        yield list(part)


def searched(session: Session, asked: StartExport, after: Any, today: date) -> tuple[list[UUID], Any]:
    """The next contacts that a search finds, and where to go on; None at the end."""
    tags = asked.model_dump(include={"tags_all", "tags_any", "tags_none"})
    wanted = {"q": asked.q, "limit": FOUND_AT_ONCE, "cursor": after, **tags}
    connection = session.connection()
    if asked.of is SegmentKind.PERSONS:
        page: Any = persons.list_page(connection, ListPersons(**wanted), today)
    else:
        page = organisations.list_page(connection, ListOrganisations(**wanted), today)
    return [each.id for each in page.data], page.next_cursor


def rows(session: Session, asked: StartExport, ids: list[UUID], today: date) -> list[list[Any]]:
    """The cells of those that are in the register, or their vCards as the only cell, in their order."""
    if asked.format is ExportFormat.VCF:
        return [[card] for card in vcards.texts(session, asked.of, ids, today)]
    read, makers = _read(asked, today, _dates(session, asked))
    named = segments.MODELS[asked.of].__table__.c.id == func.any(ids)
    known = {row[0]: row for row in session.execute(read.where(named, segments.IN_REGISTER[asked.of]))}
    return [[make(known[each]) for make in makers] for each in map(str, ids) if each in known]


Maker = Callable[[Any], Any]


def _dates(session: Session, asked: StartExport) -> set[str]:
    """The additional fields among the columns that hold days, which are stored as texts."""
    codes = [each.removeprefix(list_columns.FIELDS) for each in asked.columns if each.startswith(list_columns.FIELDS)]
    field = models.Field
    of_days = (field.applies_to == FIELDS_OF[asked.of], field.type == FieldType.DATE, field.code.in_(codes))
    return set(session.scalars(select(field.code).where(*of_days))) if codes else set()


def _read(asked: StartExport, today: date, dates: set[str]) -> tuple[Select[Any], list[Maker]]:
    """What is selected, after the id as text and the additional fields if any is asked for, and how cells are made."""
    model = segments.MODELS[asked.of]
    table = model.__table__.c
    name = table.name if asked.of is SegmentKind.ORGANISATIONS else _full_name(table)
    any_field = any(each.startswith(list_columns.FIELDS) for each in asked.columns)
    selected: list[Any] = [cast(table.id, Text), table.fields if any_field else null()]
    makers = []
    for column in asked.columns:
        words = asked.words.get(column, {})
        if column.startswith(list_columns.FIELDS):
            code = column.removeprefix(list_columns.FIELDS)
            makers.append(_of_day(1, code) if code in dates else _of_field(1, code, words))
            continue
        makers.append(_of_column(len(selected), column, words))
        further = column != NAME and column not in ALWAYS[asked.of]
        own = name if column == NAME else table.get(column)
        selected.append(list_columns.column(model, column, today) if further else own)
    return select(*selected), makers


def _full_name(table: Any) -> Any:
    """As lists show it."""
    return func.btrim(table.given_name + " " + table.family_name)


def _of_column(place: int, column: str, words: dict[str, str]) -> Maker:
    if column == "address":
        return lambda row: list_columns.letter(row[place]) if row[place] else None
    return lambda row: _cell(row[place], words)


def _of_field(place: int, code: str, words: dict[str, str]) -> Maker:
    return lambda row: _cell(row[place].get(code), words)


def _of_day(place: int, code: str) -> Maker:
    return lambda row: _cell(date.fromisoformat(day), {}) if (day := row[place].get(code)) else None


def _cell(value: Any, words: dict[str, str]) -> Any:
    if type(value) is str and not words:  # most cells
        return value or None
    if isinstance(value, datetime):
        value = clock.local_date(value)
    return None if value is None or value == "" or value == [] else plain(value, words)
