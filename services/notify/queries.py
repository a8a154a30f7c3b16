"""Reading messages, mailings, label sheets, suppressions."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, case, func, select, text

from chassis import tables
from chassis.paging import cursor_id, page
from chassis.redirects import ANY_KNOWN_AS
from contracts import notify
from contracts.base import ListRequest, Page
from contracts.bounces import UsedAddress, UsedAddresses
from contracts.errors import NotFound
from contracts.notify import MailingState, MessageState
from services.notify.models import OPEN, LabelSheet, Mailing, Message, Suppression


def list_messages(
    connection: Connection, request: notify.ListMessages, only_person: UUID | None
) -> Page[notify.Message]:
    """Messages, newest first."""
    query = select(Message.__table__)
    if only_person or request.person_id:
        query = query.where(Message.person_id == func.known_as(only_person or request.person_id))
    if only_person and request.person_id not in {None, only_person}:
        return Page(data=[])
    if request.person_ids:
        query = query.where(text(f"messages.person_id = {ANY_KNOWN_AS}").bindparams(ids=request.person_ids))
    if request.mailing_id:
        query = query.where(Message.mailing_id == request.mailing_id)
    if request.state:
        query = query.where(Message.state == request.state)
    rows = _newest_first(connection, query, Message.id, request)
    return page([_message(row) for row in rows], request.limit, lambda each: [each.id])


def get_message(connection: Connection, message_id: UUID, only_person: UUID | None) -> notify.Message:
    """One message; raises NotFound, also for another person's."""
    row = connection.execute(select(Message.__table__).where(Message.id == message_id)).first()
    if row is None or (only_person and row.person_id != only_person):
        raise NotFound(f"There is no message {message_id}.", id=message_id)
    return _message(row)


def _message(row: Any) -> notify.Message:
    return notify.Message.model_validate(row._asdict())


def get_used_addresses(connection: Connection, message_ids: list[UUID]) -> UsedAddresses:
    """Where messages went."""
    rows = connection.execute(select(Message.id, Message.address).where(Message.id.in_(message_ids)))
    return UsedAddresses(data=[UsedAddress(id=row.id, address=row.address) for row in rows])


def get_mailing(connection: Any, mailing_id: UUID) -> notify.Mailing:
    """One mailing with its counts; raises NotFound."""
    row = connection.execute(_mailings().where(Mailing.id == mailing_id)).first()
    if row is None:
        raise NotFound(f"There is no mailing {mailing_id}.", id=mailing_id)
    return _mailing(row, counts(connection, [mailing_id]).get(mailing_id, {}))


def _mailings() -> Select[Any]:
    """Mailings with the reasons of those that failed."""
    job = tables.jobs.c
    told = func.coalesce(job.result["code"].astext, "job_failed")
    reason = case((Mailing.state == MailingState.FAILED, told), else_="").label("reason")
    return select(Mailing.__table__, reason).outerjoin(tables.jobs, job.id == Mailing.job_id)


def list_mailings(connection: Connection, request: ListRequest) -> Page[notify.Mailing]:
    """Mailings, newest first."""
    rows = _newest_first(connection, _mailings(), Mailing.id, request)
    counted = counts(connection, [row.id for row in rows])
    return page([_mailing(row, counted.get(row.id, {})) for row in rows], request.limit, lambda each: [each.id])


def counts(connection: Any, mailing_ids: list[UUID]) -> dict[UUID, dict[MessageState, int]]:
    """How many messages of each mailing are in which state."""
    rows = connection.execute(
        select(Message.mailing_id, Message.state, func.count())
        .where(Message.mailing_id.in_(mailing_ids))
        .group_by(Message.mailing_id, Message.state)
    )
    found: dict[UUID, dict[MessageState, int]] = {}
    for mailing_id, state, count in rows:
        found.setdefault(mailing_id, {})[state] = count
    return found


def _mailing(row: Any, by_state: dict[MessageState, int]) -> notify.Mailing:
    return notify.Mailing.model_validate(
        row._asdict()
        | {
            "recipients": sum(by_state.values()),
            "sent": by_state.get(MessageState.DELIVERED, 0),
            "failed": by_state.get(MessageState.PERMANENT_FAILURE, 0),
            "suppressed": by_state.get(MessageState.SUPPRESSED, 0),
        }
    )


def open_messages(connection: Any, mailing_id: UUID) -> int:
    """How many of a mailing's messages have neither left nor failed for good."""
    query = select(func.count()).where(Message.mailing_id == mailing_id, Message.state.in_(OPEN))
    return int(connection.execute(query).scalar_one())


def get_label_sheet(connection: Connection, sheet_id: UUID) -> Any:
    """The row of one label sheet; raises NotFound."""
    row = connection.execute(select(LabelSheet.__table__).where(LabelSheet.id == sheet_id)).first()
    if row is None:
        raise NotFound(f"There is no label sheet {sheet_id}.", id=sheet_id)
    return row


def list_suppressions(connection: Connection, request: ListRequest) -> Page[notify.Suppression]:
    """Suppressed addresses, newest first."""
    rows = _newest_first(connection, select(Suppression.__table__), Suppression.id, request)
    found = [notify.Suppression.model_validate(row._asdict()) for row in rows]
    return page(found, request.limit, lambda each: [each.id])


def _newest_first(connection: Connection, query: Select[Any], id_column: Any, request: ListRequest) -> list[Any]:
    after = cursor_id(request.cursor)
    if after:
        query = query.where(id_column < after)
    return list(connection.execute(query.order_by(id_column.desc()).limit(request.limit + 1)))
