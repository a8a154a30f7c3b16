"""The course calendar, as a list and by month, and the page of each session (K1, K8)."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, render_template, request
from flask_babel import lazy_gettext as _

from chassis import clock
from chassis.rpc import client, side_by_side
from chassis.settings import settings
from contracts.access import Rule
from contracts.base import ById
from contracts.commerce.prices import QuoteLine
from contracts.courses import CoursesApi, ListSessions, Session
from gateway import session_items
from gateway.calendar_files import CalendarEvent, calendar_file
from gateway.course_rows import (
    hours,
    is_full,
    item_prices,
    own_person,
    place,
    rows_of,
    seats_state,
    topic_name,
    total_text,
)
from gateway.i18n import language
from gateway.listing import Filter, ListState, Option
from gateway.months import month_of, weekday_names
from gateway.pages.door import Pages
from gateway.submitted import read, without_empty

courses = client(CoursesApi)
pages = Pages("courses", __name__)
AT_ONCE: Final = 50
MOST: Final = 200
DAYS: Final = {"30": _("within a month"), "90": _("within three months"), "180": _("within half a year")}
PARAMETERS: Final = ("q", "topic", "city", "time", "view", "month", "cursor")
PRICE_KINDS: Final = {
    "list_price": _("List price"),
    "price_agreement": _("Price agreement"),
    "membership": _("Member price"),
    "loyalty": _("Loyalty benefit"),
    "campaign": _("Campaign"),
}
PRICE_REASONS: Final = {
    "chosen": _("You pay this: it is the lowest price you are entitled to."),
    "not_lowest": _("Not used, as another price is lower."),
    "same_price": _("Not used, as it makes no difference."),
    "not_yet_valid": _("Not valid yet."),
    "no_longer_valid": _("Not valid any more."),
    "not_entitled": _("Not for you at this moment."),
    "quantity_too_small": _("Only for larger quantities."),
}


@pages.get("/courses", may=Rule.PUBLIC)
def calendar() -> str:
    """The sessions to come."""
    query = {name: request.args[name].strip()[:200] for name in PARAMETERS if request.args.get(name)}
    shown = ListState(request.path, query)
    return _by_month(shown) if query.get("view") == "month" else _as_list(shown)


def _as_list(shown: ListState) -> str:
    found, filters = _found(shown, limit=AT_ONCE, cursor=shown.query.get("cursor"), starts_before=_until(shown))
    return render_template(
        "courses/list.html",
        shown=shown,
        filters=[*filters, _times()],
        rows=rows_of(found.data),
        next_cursor=found.next_cursor,
        is_known=own_person() is not None,
    )


def _by_month(shown: ListState) -> str:
    month = month_of(shown.query.get("month", ""))
    during = {"starts_after": month.starts_at, "starts_before": month.following.starts_at}
    found, filters = _found(shown, limit=MOST, **during)
    rows = rows_of(found.data)
    return render_template(
        "courses/month.html",
        shown=shown,
        filters=filters,
        month=month,
        weeks=month.weeks(rows),
        weekdays=weekday_names(),
        count=len(rows),
    )


def _found(shown: ListState, **limits: Any) -> tuple[Any, list[Filter]]:
    """The sessions asked for, and the filters by what there is."""
    wanted = {name: shown.query.get(name) for name in ("q", "topic", "city")} | limits
    found: list[Any] = side_by_side(
        partial(courses.list_sessions, read(ListSessions, without_empty(wanted))),
        partial(courses.list_sessions, ListSessions(limit=MOST)),
    )
    return found[0], _filters(found[1].data)


def _filters(sessions: list[Session]) -> list[Filter]:
    topics = Counter(each.course.topic for each in sessions)
    cities = Counter(each.city for each in sessions if each.city)
    return [
        Filter("topic", _("Topic"), [Option(code, topic_name(code), topics[code]) for code in sorted(topics)]),
        Filter("city", _("Town"), [Option(city, city, cities[city]) for city in sorted(cities)]),
    ]


def _times() -> Filter:
    return Filter("time", _("Time"), [Option(days, label) for days, label in DAYS.items()])


def _until(shown: ListState) -> Any:
    days = shown.query.get("time", "")
    return clock.now() + timedelta(days=int(days)) if days in DAYS else None


@pages.get("/courses/<uuid:session_id>", may=Rule.PUBLIC)
def session_page(session_id: UUID) -> str:
    """One session: what, when, where, for how much and why."""
    session = courses.get_session(ById(id=session_id))
    prices = item_prices(session.items)
    line = prices.get(session.product_id)
    return render_template(
        "courses/session.html",
        session=session,
        is_over=session.starts_at <= clock.now(),
        is_full=is_full(session),
        seats=seats_state(session),
        hours=hours(session),
        place=place(session),
        topic=topic_name(session.course.topic),
        price=total_text(session.items, prices),
        items=session_items.facts(session, prices),
        rules=_explained(line) if line else [],
        is_known=own_person() is not None,
    )


def _explained(line: QuoteLine) -> list[tuple[str, Any, str, bool]]:
    """The rules looked at: name, price, why (not), whether it is the one used."""
    return [
        (
            " ".join(part for part in (str(PRICE_KINDS.get(rule.kind, rule.kind)), rule.label) if part),
            rule.price,
            str(PRICE_REASONS.get(rule.reason.partition(":")[0], "")),
            rule.used,
        )
        for rule in line.rules
    ]


@pages.get("/courses/<uuid:session_id>/calendar.ics", may=Rule.PUBLIC)
def session_calendar(session_id: UUID) -> Response:
    """The session for one's own calendar."""
    session = courses.get_session(ById(id=session_id))
    base, name = settings().talkoo_base_url, session.course.name.in_language(language())
    event = CalendarEvent(
        id=f"session-{session.id}@{urlsplit(base).hostname}",
        title=name,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        changed_at=clock.now(),
        place=place(session),
        url=f"{base}/courses/{session.id}",
    )
    return calendar_file(name, [event], f"{session.course.code}.ics")
