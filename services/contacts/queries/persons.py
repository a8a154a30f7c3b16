"""Persons by id, and lists of them."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select, tuple_, union_all
from sqlalchemy.orm import aliased

from contracts.base import Page
from contracts.contacts.persons import ListPersons, Person, PersonState, PersonSummaries, PersonSummary
from contracts.contacts.photos import PhotoFile
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries import likeness, list_columns, tag_filters
from services.contacts.queries.pages import moment, page_of, position, printed
from services.contacts.replies import person_of, person_summary_of

PERSONS = models.Person.__table__.c
SHOWN = [
    PERSONS[name]
    for name in (
        "id", "state", "linked_to", "version", "created_at", "updated_at", "given_name", "family_name", "email",
        "phone", "fax", "other_emails", "other_phones", "language", "gender", "birth_date", "title", "customer_number",
        "customer_status", "payment_method", "payment_days", "delivery_method", "credit_limit", "addresses", "tags",
        "fields", "photo_key",
    )
]  # fmt: skip
BY_ID = select(*SHOWN).where(PERSONS.id == bindparam("id"))
SUMMARY = [PERSONS[name] for name in ("id", "given_name", "family_name", "email", "phone", "city", "tags")]
Asked, Known = aliased(models.Person), aliased(models.Person)
BY_IDS = (
    select(Asked.id, Known.given_name, Known.family_name, Known.email, Known.phone, Known.city, Known.tags)
    .join(Known, Known.id == func.coalesce(Asked.linked_to, Asked.id))
    .where(Asked.id == func.any(bindparam("ids")))
)
ACTIVE = PERSONS.state == PersonState.ACTIVE.value
SORTS: dict[str, ColumnElement[Any]] = {"name": PERSONS.sort_key, "created_at": PERSONS.created_at}


def get(reader: Connection, person_id: UUID, only: UUID | None = None) -> Person:
    """The person known under this id, after following a link. `only` limits to one person; raises NotFound."""
    row = _row(reader, person_id)
    if row is None or (only is not None and row.id not in {only, _resolved(reader, only)}):
        raise NotFound(f"There is no person {person_id}.", id=person_id)
    return person_of(row)


def get_photo(reader: Connection, person_id: UUID) -> PhotoFile:
    """Where the person's photo lies; raises NotFound, also when there is none."""
    row = _row(reader, person_id)
    if row is None or row.photo_key is None:
        raise NotFound(f"There is no photo of a person {person_id}.", id=person_id)
    return PhotoFile(file_key=row.photo_key)


def _row(reader: Connection, person_id: UUID) -> Any:
    row = reader.execute(BY_ID, {"id": person_id}).first()
    if row is not None and row.linked_to is not None:
        row = reader.execute(BY_ID, {"id": row.linked_to}).first()
    return None if row is None or row.state is PersonState.ERASED else row


def _resolved(reader: Connection, person_id: UUID) -> UUID | None:
    row = _row(reader, person_id)
    return row.id if row else None


def get_many(reader: Connection, ids: list[UUID]) -> PersonSummaries:
    """Persons under the ids that were asked for, proposed ones too; linked ids answer with whom they are linked to."""
    if not ids:
        return PersonSummaries(data=[])
    return PersonSummaries.model_construct(
        data=[person_summary_of(row) for row in reader.execute(BY_IDS, {"ids": ids})]
    )


def list_page(reader: Connection, request: ListPersons, today: date) -> Page[PersonSummary]:
    """Persons of the register, by name in Finnish order, or by likeness to `q`, with the columns asked for."""
    further = list_columns.chosen(models.Person, request.show)
    return list_columns.with_columns(reader, models.Person, _page(reader, request), further, today)


def _page(reader: Connection, request: ListPersons) -> Page[PersonSummary]:
    conditions = [ACTIVE, *tag_filters.conditions(PERSONS.tags, request)]
    if request.tag:
        conditions.append(PERSONS.tags.contains([request.tag]))
    if request.q is not None:
        return likeness.search_page(reader, models.Person, SUMMARY, conditions, request, person_summary_of)
    column = SORTS[request.sort.lstrip("-")]
    if column is PERSONS.sort_key and (request.tag or request.tags_all or request.tags_any):
        query = _of_tags(conditions, request)
    else:
        query = _sorted(select(*SUMMARY, column.label("sorted_by")).where(*conditions), column, request)
    rows = reader.execute(query).all()
    return page_of(rows, request.limit, lambda row: [row.sorted_by, row.id], person_summary_of)


def _of_tags(conditions: list[ColumnElement[bool]], request: ListPersons) -> Select[Any]:
    """By name; who has not the tags is passed by in an index that tells names and tags, and not read."""
    keys: Select[Any] = select(PERSONS.id, PERSONS.sort_key).where(*conditions)
    parts = (_sorted(keys.where(*part), PERSONS.sort_key, request) for part in tag_filters.persons_with_tags())
    page = union_all(*parts).cte("page").prefix_with("MATERIALIZED", dialect="postgresql")
    shown = select(*SUMMARY, page.c.sort_key.label("sorted_by")).join(page, page.c.id == PERSONS.id)
    return shown.order_by(*_turned(request, page.c.sort_key, page.c.id)).limit(request.limit + 1)


def _sorted(query: Select[Any], column: ColumnElement[Any], request: ListPersons) -> Select[Any]:
    """A page and one more, in the order that is asked for, from the cursor on."""
    after = position(request.cursor, moment if column is PERSONS.created_at else printed, UUID)
    if after:
        place, last = tuple_(column, PERSONS.id), tuple_(*after)
        query = query.where(place < last if _is_down(request) else place > last)
    return query.order_by(*_turned(request, column, PERSONS.id)).limit(request.limit + 1)


def _turned(request: ListPersons, *columns: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    return [each.desc() if _is_down(request) else each for each in columns]


def _is_down(request: ListPersons) -> bool:
    return request.sort.startswith("-")
