"""The time line: what was done with a person, an organisation and its persons, or by a colleague (A2)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Date, cast, func, or_, select, tuple_

from chassis import clock
from contracts.base import Page
from contracts.contacts.about import ContactKind, NamedContact
from contracts.contacts.activities import Activity, ListActivities
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries import contact_names
from services.contacts.queries.belonging import belongs, same_person
from services.contacts.queries.pages import moment, page_of, position
from services.contacts.queries.project_names import project_names

ROWS = models.Activity.__table__.c
LINKS = models.ActivityContact.__table__.c


def get(connection: Any, activity_id: UUID, me: str) -> Activity:
    """One activity; raises NotFound, also for another's private one. `me` is the caller's label."""
    row = connection.execute(select(models.Activity.__table__).where(ROWS.id == activity_id, _visible(me))).first()
    if row is None:
        raise NotFound(f"There is no activity {activity_id}.", id=activity_id)
    return _replies(connection, [row], me)[0]


def list_page(reader: Connection, request: ListActivities, me: str) -> Page[Activity]:
    """Activities, the latest first."""
    conditions = [_visible(me), *_asked(request)]
    after = position(request.cursor, moment, UUID)
    if after:
        conditions.append(tuple_(ROWS.happened_at, ROWS.id) < tuple_(*after))
    query = select(models.Activity.__table__).where(*conditions).order_by(ROWS.happened_at.desc(), ROWS.id.desc())
    rows = reader.execute(query.limit(request.limit + 1)).all()
    shown = {each.id: each for each in _replies(reader, rows[: request.limit], me)}
    return page_of(rows, request.limit, lambda row: [row.happened_at, row.id], lambda row: shown[row.id])


def _visible(me: str) -> ColumnElement[bool]:
    return ROWS.deleted_at.is_(None) & or_(~ROWS.private, ROWS.recorded_by == me)


def _asked(request: ListActivities) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if request.person_id:
        conditions.append(ROWS.id.in_(_of_person(request.person_id)))
    if request.organisation_id:
        conditions.append(ROWS.id.in_(_of_organisation(request.organisation_id)))
    if request.project_id:
        conditions.append(ROWS.project_id == request.project_id)
    if request.kind:
        conditions.append(ROWS.kind == request.kind)
    if request.responsible_id:
        conditions.append(ROWS.responsible_id == request.responsible_id)
    if request.from_on:
        conditions.append(ROWS.happened_at >= clock.start_of(request.from_on))
    if request.to_on:
        conditions.append(ROWS.happened_at < clock.start_of(request.to_on + timedelta(days=1)))
    return conditions


def _of_person(person_id: UUID) -> Any:
    """Activities of everybody who is this person, under whichever id."""
    return select(LINKS.activity_id).where(LINKS.person_id.in_(same_person(person_id)))


def _of_organisation(organisation_id: UUID) -> Any:
    """Its own activities, and those with its persons on the days on which they belonged to it."""
    on = cast(func.timezone(str(clock.zone()), ROWS.happened_at), Date)
    persons = (
        select(LINKS.activity_id)
        .join(models.Activity, ROWS.id == LINKS.activity_id)
        .join(models.Affiliation, belongs(LINKS.person_id, organisation_id, on))
    )
    return select(LINKS.activity_id).where(LINKS.organisation_id == func.known_as(organisation_id)).union(persons)


def _replies(connection: Any, rows: Sequence[Any], me: str) -> list[Activity]:
    """The rows with the names of those they are about."""
    links = models.ActivityContact
    names = contact_names.of_things(connection, links, links.activity_id, [row.id for row in rows])
    projects = project_names(connection, [row.project_id for row in rows])
    return [_reply(row, names.get(row.id, []), projects.get(row.project_id, ""), me) for row in rows]


def _reply(row: Any, contacts: list[NamedContact], project: str, me: str) -> Activity:
    return Activity(
        id=row.id,
        kind=row.kind,
        text=row.text,
        happened_at=row.happened_at,
        responsible_id=row.responsible_id,
        project_id=row.project_id,
        project_name=project,
        person_ids=contact_names.ids_of(contacts, ContactKind.PERSON),
        organisation_ids=contact_names.ids_of(contacts, ContactKind.ORGANISATION),
        contacts=contacts,
        private=row.private,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        own=row.recorded_by == me,
        version=row.version,
    )
