"""Courses and sessions as the public and staff see them (K1). Each answer is one statement."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, text

from chassis.paging import decode_cursor, page
from contracts import courses as contract
from contracts.base import ListRequest, Page, Translated
from contracts.errors import Conflict, Invalid, NotFound
from services.courses.models import Course
from services.courses.rules.booking import Bookable

AN_ITEM = """jsonb_agg(
               jsonb_build_object('id', i.id, 'product_id', i.product_id, 'name', i.name, 'required', i.required,
                                  'starts_at', i.starts_at, 'ends_at', i.ends_at) ORDER BY i.position, i.id)"""
"""Items in one value of the row that has them."""
ITEMS = f"(SELECT {AN_ITEM} FROM session_items i WHERE i.session_id = s.id AND NOT i.removed)"  # noqa: S608  (constants)
SESSIONS = f"""
    SELECT s.id, s.course_id, s.starts_at, s.ends_at, s.place, s.city, s.seats, s.hold_minutes, {ITEMS} AS items,
           s.offer_hours, s.published, s.seats - s.seats_taken AS seats_free, s.waiting, s.version,
           c.code AS course_code, c.name AS course_name, c.description AS course_description,
           c.topic AS course_topic, c.version AS course_version
      FROM sessions s JOIN courses c ON c.id = s.course_id"""  # noqa: S608  (put together from constants)
ONE_SESSION = text(f"{SESSIONS} WHERE s.id = :id")
BOOKABLE = text(f"""
    SELECT s.id, c.name, s.starts_at, s.ends_at, s.place, s.city, {ITEMS} AS items, s.hold_minutes, s.published,
           s.seats_taken >= s.seats OR s.waiting > 0 AS full
      FROM sessions s JOIN courses c ON c.id = s.course_id WHERE s.id = :id""")  # noqa: S608  (put together from constants)
MATCHES = """concat_ws(' ', c.code, c.name ->> 'fi', c.name ->> 'sv', c.name ->> 'en', c.description ->> 'fi',
                       c.description ->> 'sv', c.description ->> 'en', s.place, s.city) ILIKE ALL(:patterns)"""


def get_course(connection: Connection, course_id: UUID) -> contract.Course:
    """One course; raises NotFound."""
    row = connection.execute(select(Course.__table__).where(Course.id == course_id)).first()
    if row is None:
        raise NotFound(f"There is no course {course_id}.", id=course_id)
    return contract.Course.model_validate(row._asdict())


def list_courses(connection: Connection, request: ListRequest) -> Page[contract.Course]:
    """Courses by code."""
    query = select(Course.__table__).order_by(Course.code).limit(request.limit + 1)
    if after := decode_cursor(request.cursor):
        if not re.fullmatch(r"[!-~]+", str(after[0])):
            raise bad_cursor()
        query = query.where(Course.code > str(after[0]))
    found = [contract.Course.model_validate(row._asdict()) for row in connection.execute(query)]
    return page(found, request.limit, lambda each: [each.code])


def get_session(connection: Connection, session_id: UUID, *, unpublished: bool) -> contract.Session:
    """One session with its free seats; raises NotFound, also when it is not published and may not be seen."""
    row = connection.execute(ONE_SESSION, {"id": session_id}).first()
    if row is None or not (row.published or unpublished):
        raise NotFound(f"There is no session {session_id}.", id=session_id)
    return _session(row)


def list_sessions(connection: Connection, request: contract.ListSessions, now: datetime) -> Page[contract.Session]:
    """Sessions by start; published ones that have not begun, unless `all` are asked for."""
    starts_at, after_id = _after(request.cursor)
    wanted = {
        "s.published AND s.starts_at > :now": ("now", None if request.all else now),
        "c.topic = :topic": ("topic", request.topic),
        "lower(s.city) = lower(:city)": ("city", request.city),
        MATCHES: ("patterns", [_pattern(word) for word in request.q.split()] if request.q else None),
        "s.starts_at >= :starts_after": ("starts_after", request.starts_after),
        "s.starts_at < :starts_before": ("starts_before", request.starts_before),
        "(s.starts_at, s.id) > (:after_start, :after_id)": ("after_start", starts_at),
    }
    conditions = [sql for sql, (_, value) in wanted.items() if value is not None]
    values: dict[str, Any] = {name: value for name, value in wanted.values() if value is not None}
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    query = text(f"{SESSIONS} {where} ORDER BY s.starts_at, s.id LIMIT :limit")
    values |= {"limit": request.limit + 1} | ({"after_id": after_id} if after_id else {})
    found = [_session(row) for row in connection.execute(query, values)]
    return page(found, request.limit, lambda each: [each.starts_at.isoformat(), str(each.id)])


def _after(cursor: str | None) -> tuple[datetime | None, UUID | None]:
    values = decode_cursor(cursor, length=2)
    if values is None:
        return None, None
    try:
        starts_at = datetime.fromisoformat(str(values[0]))
        if starts_at.tzinfo is None:
            raise ValueError("no time zone")
        return starts_at, UUID(str(values[1]))
    except ValueError:
        raise bad_cursor() from None


def bad_cursor() -> Invalid:
    """The answer to a cursor that no list of ours has given."""
    return Invalid.field("/cursor", "bad_cursor", "This cursor is not one of ours; start at the first page.")


def _pattern(word: str) -> str:
    """`word` anywhere in a text, taken literally."""
    literal = word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_").replace("\0", "")
    return f"%{literal}%"


def _session(row: Any) -> contract.Session:
    fields = row._asdict()
    course = {
        "id": fields["course_id"],
        **{name: fields.pop(f"course_{name}") for name in ("code", "name", "description", "topic", "version")},
    }
    product_id = fields["items"][0]["product_id"]
    return contract.Session.model_validate(fields | {"course": course, "product_id": product_id})


def get_bookable(connection: Connection, session_id: UUID, now: datetime, *, unpublished: bool) -> Bookable:
    """What enrolling needs to know of a session; raises NotFound, or Conflict when it has begun."""
    row = connection.execute(BOOKABLE, {"id": session_id}).first()
    if row is None or not (row.published or unpublished):
        raise NotFound(f"There is no session {session_id}.", id=session_id)
    if row.starts_at <= now:
        raise Conflict(f"The session began at {row.starts_at}; enrolling is over.", code="session_begun")
    fields = row._asdict()
    del fields["published"]
    fields |= {"name": Translated.model_validate(row.name), "items": read_items(row.items)}
    return Bookable(**fields)


def read_items(items: list[Any]) -> tuple[contract.SessionItem, ...]:
    """The items of a row."""
    return tuple(contract.SessionItem.model_validate(item) for item in items)
