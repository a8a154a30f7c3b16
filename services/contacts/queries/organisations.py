"""Organisations by id, and lists of them."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Uuid, bindparam, func, select, tuple_
from sqlalchemy.orm import aliased

from contracts.base import Page
from contracts.contacts.organisations import ListOrganisations, Organisation, OrganisationSummaries, OrganisationSummary
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries import likeness, list_columns, tag_filters
from services.contacts.queries.pages import page_of, position, printed
from services.contacts.replies import organisation_of, organisation_summary_of

ORGANISATIONS = models.Organisation.__table__.c
IN_REGISTER = ORGANISATIONS.deleted_at.is_(None)
KNOWN_AS = func.known_as(bindparam("id", type_=Uuid))
BY_ID = select(models.Organisation.__table__).where(ORGANISATIONS.id == KNOWN_AS, IN_REGISTER)
SUMMARY = [ORGANISATIONS[name] for name in ("id", "name", "business_id", "email", "city", "tags")]
Asked, Known = aliased(models.Organisation), aliased(models.Organisation)
BY_IDS = (
    select(Asked.id, Known.name, Known.business_id, Known.email, Known.city, Known.tags)
    .join(Known, Known.id == func.coalesce(Asked.linked_to, Asked.id))
    .where(Asked.id == func.any(bindparam("ids")))
)


def get(reader: Connection, organisation_id: UUID) -> Organisation:
    """The organisation known under this id, after following a merge; raises NotFound, also when it is deleted."""
    row = reader.execute(BY_ID, {"id": organisation_id}).first()
    if row is None:
        raise NotFound(f"There is no organisation {organisation_id}.", id=organisation_id)
    return organisation_of(row)


def get_many(reader: Connection, ids: list[UUID]) -> OrganisationSummaries:
    """Organisations under the ids that were asked for; linked ids answer with what they are linked to."""
    if not ids:
        return OrganisationSummaries(data=[])
    found = [organisation_summary_of(row) for row in reader.execute(BY_IDS, {"ids": ids})]
    return OrganisationSummaries.model_construct(data=found)


def list_page(reader: Connection, request: ListOrganisations, today: date) -> Page[OrganisationSummary]:
    """Organisations by name in Finnish order, or by likeness to `q`, with the columns asked for."""
    further = list_columns.chosen(models.Organisation, request.show)
    return list_columns.with_columns(reader, models.Organisation, _page(reader, request), further, today)


def _page(reader: Connection, request: ListOrganisations) -> Page[OrganisationSummary]:
    conditions = [IN_REGISTER, *tag_filters.conditions(ORGANISATIONS.tags, request)]
    if request.q is not None:
        return likeness.search_page(reader, models.Organisation, SUMMARY, conditions, request, organisation_summary_of)
    after = position(request.cursor, printed, UUID)
    query: Select[Any] = select(*SUMMARY, ORGANISATIONS.sort_key).where(*conditions)
    if after:
        query = query.where(tuple_(ORGANISATIONS.sort_key, ORGANISATIONS.id) > tuple_(*after))
    rows = reader.execute(query.order_by(ORGANISATIONS.sort_key, ORGANISATIONS.id).limit(request.limit + 1)).all()
    return page_of(rows, request.limit, lambda row: [row.sort_key, row.id], organisation_summary_of)
