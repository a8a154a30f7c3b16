"""Applications and agreements as they are."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from chassis.paging import cursor_number, page
from contracts import membership as contract
from contracts.base import Page
from contracts.errors import NotFound
from services.membership.models import Agreement, Application


def get_application(
    connection: Connection, application_id: UUID, only_person: UUID | None, only_object: UUID | None
) -> contract.Application:
    """One application. Its applicant is known under the proposed id, too: links sent before acceptance carry it."""
    row = connection.execute(select(Application.__table__).where(Application.id == application_id)).first()
    foreign = row is None or (only_person is not None and only_person not in {row.person_id, row.proposed_id})
    if foreign or only_object not in {None, application_id}:
        raise NotFound(f"There is no application {application_id}.", id=application_id)
    return _application(row)


def list_applications(connection: Connection, request: contract.ListApplications) -> Page[contract.Application]:
    """Applications by number, oldest first."""
    query = select(Application.__table__).order_by(Application.number).limit(request.limit + 1)
    if request.state is not None:
        query = query.where(Application.state == request.state)
    if (after := cursor_number(request.cursor)) is not None:
        query = query.where(Application.number > after)
    found = [_application(row) for row in connection.execute(query)]
    return page(found, request.limit, lambda each: [each.number])


def _application(row: Any) -> contract.Application:
    return contract.Application.model_validate(row._asdict())


def get_agreement(connection: Connection, agreement_id: UUID, only_person: UUID | None) -> contract.Agreement:
    """One agreement; raises NotFound."""
    row = connection.execute(select(Agreement.__table__).where(Agreement.id == agreement_id)).first()
    if row is None or only_person not in {None, row.person_id}:
        raise NotFound(f"There is no agreement {agreement_id}.", id=agreement_id)
    return contract.Agreement.model_validate(row._asdict())
