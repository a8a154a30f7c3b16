"""Enrolments with what their session is about. Each answer is one statement."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from chassis.paging import cursor_id, decode_cursor, page
from chassis.redirects import ANY_KNOWN_AS
from contracts import courses as contract
from contracts.base import Money, Page, Translated
from contracts.courses import EnrolmentState
from contracts.errors import NotFound
from services.courses.queries.catalogue import AN_ITEM, bad_cursor, read_items
from services.courses.rules.booking import Offer

CHOSEN = f"""(SELECT {AN_ITEM} FROM enrolment_items ei JOIN session_items i ON i.id = ei.item_id
             WHERE ei.enrolment_id = e.id)"""  # noqa: S608  (put together from constants)
ENROLMENTS = f"""
    SELECT e.id, e.session_id, e.person_id, e.state, e.payment, e.amount, e.currency, e.quote_id, e.order_id,
           e.waiting_number, e.expires_at, e.created_at, e.ticket_key, e.checked_in_at, e.version, {CHOSEN} AS items,
           c.name AS session_name, s.starts_at AS session_starts_at, s.ends_at AS session_ends_at,
           s.place AS session_place, s.city AS session_city
      FROM enrolments e
      JOIN sessions s ON s.id = e.session_id
      JOIN courses c ON c.id = s.course_id"""  # noqa: S608  (put together from constants)
ONE_ENROLMENT = text(f"{ENROLMENTS} WHERE e.id = :id")
OFFER = text(f"""
    SELECT e.id AS enrolment_id, e.person_id, e.state, e.expires_at, e.payment, {CHOSEN} AS items, s.hold_minutes,
           c.name, s.starts_at
      FROM enrolments e JOIN sessions s ON s.id = e.session_id JOIN courses c ON c.id = s.course_id
     WHERE e.id = :id""")  # noqa: S608  (put together from constants)
JUST_MADE = timedelta(minutes=15)
TICKET = text("SELECT id AS enrolment_id, person_id, state, ticket_key, ticket_code FROM enrolments WHERE id = :id")


def get_enrolment(
    connection: Connection, enrolment_id: UUID, only_person: UUID | None = None, only_object: UUID | None = None
) -> contract.Enrolment:
    """One enrolment; raises NotFound."""
    return _enrolment(_find(connection, ONE_ENROLMENT, enrolment_id, only_person, only_object))


def get_just_made(connection: Connection, enrolment_id: UUID, now: datetime) -> contract.Enrolment:
    """An enrolment of the last minutes, for the browser that made it; raises NotFound, also for an older one."""
    found = get_enrolment(connection, enrolment_id)
    if found.created_at < now - JUST_MADE:
        raise NotFound(f"There is no enrolment {enrolment_id} of this moment.", id=enrolment_id)
    return found


def _find(
    connection: Connection, query: Any, enrolment_id: UUID, only_person: UUID | None, only_object: UUID | None
) -> Any:
    """The row, if the caller may see it: by a personal link its one object, else what is the person's own."""
    row = connection.execute(query, {"id": enrolment_id}).first()
    foreign = enrolment_id != only_object if only_object else row and only_person not in {None, row.person_id}
    if row is None or foreign:
        raise NotFound(f"There is no enrolment {enrolment_id}.", id=enrolment_id)
    return row


def list_enrolments(
    connection: Connection, request: contract.ListEnrolments, only_person: UUID | None
) -> Page[contract.Enrolment]:
    """Enrolments by creation; waiting ones by waiting number, which they keep while they wait."""
    waiting = request.state is EnrolmentState.WAITING
    order = "e.waiting_number, e.id" if waiting else "e.id"
    wanted = {
        "e.person_id = known_as(:only_person)": ("only_person", only_person),
        "e.person_id = known_as(:person_id)": ("person_id", request.person_id),
        f"e.person_id = {ANY_KNOWN_AS}": ("ids", request.person_ids or None),
        "e.session_id = :session_id": ("session_id", request.session_id),
        "e.state = :state": ("state", request.state.value if request.state else None),
        f"({order}) > :after": ("after", _number_and_id(request.cursor) if waiting else cursor_id(request.cursor)),
    }
    conditions = [sql for sql, (_, value) in wanted.items() if value is not None]
    values: dict[str, Any] = {name: value for name, value in wanted.values() if value is not None}
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    query = text(f"{ENROLMENTS} {where} ORDER BY {order} LIMIT :limit")
    found = [_enrolment(row) for row in connection.execute(query, values | {"limit": request.limit + 1})]
    return page(found, request.limit, lambda each: [each.waiting_number, each.id] if waiting else [each.id])


def _number_and_id(cursor: str | None) -> tuple[int, UUID] | None:
    """The waiting number and id in a cursor; raises Invalid when it is not one of a waiting list."""
    values = decode_cursor(cursor, length=2)
    if values is None:
        return None
    try:
        return int(values[0]), UUID(str(values[1]))
    except (ValueError, TypeError, OverflowError):
        raise bad_cursor() from None


def _enrolment(row: Any) -> contract.Enrolment:
    fields = row._asdict()
    amount, currency = fields.pop("amount"), fields.pop("currency")
    price = Money(amount=amount, currency=currency) if amount is not None else None
    return contract.Enrolment.model_validate(fields | {"price": price})


def find_offer(
    connection: Connection,
    enrolment_id: UUID,
    now: datetime,
    only_person: UUID | None,
    only_object: UUID | None,
) -> Offer | None:
    """The offer if it stands on `now`; raises NotFound when there is no such enrolment."""
    row = _find(connection, OFFER, enrolment_id, only_person, only_object)
    if row.state != EnrolmentState.OFFERED or row.expires_at <= now:
        return None
    return Offer(
        enrolment_id=row.enrolment_id,
        person_id=row.person_id,
        payment=contract.PaymentMethod(row.payment),
        items=read_items(row.items),
        hold_minutes=row.hold_minutes,
        name=Translated.model_validate(row.name),
        starts_at=row.starts_at,
    )


def get_ticket(
    connection: Connection, enrolment_id: UUID, only_person: UUID | None, only_object: UUID | None
) -> contract.TicketFile:
    """The ticket of a confirmed enrolment; raises NotFound while it is not made yet."""
    row = _find(connection, TICKET, enrolment_id, only_person, only_object)
    if row.state != EnrolmentState.CONFIRMED or row.ticket_key is None:
        raise NotFound("This enrolment has no ticket (yet).", code="no_ticket", id=enrolment_id)
    return contract.TicketFile(enrolment_id=row.enrolment_id, file_key=row.ticket_key, code=row.ticket_code)
