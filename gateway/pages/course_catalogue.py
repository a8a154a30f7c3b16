"""Courses and sessions for the office, past and unpublished ones too; making new ones."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_babel import lazy_pgettext as _p

from chassis import clock
from chassis.rpc import client, side_by_side
from contracts.access import Permission
from contracts.base import ById, ListRequest
from contracts.courses import CoursesApi, CreateCourse, CreateSession, ListSessions, Session, UpdateSession
from contracts.errors import Conflict, Invalid, Stale
from gateway.asked import asked, list_state
from gateway.form_state import FormState
from gateway.i18n import clock_time, language, local_date
from gateway.listing import Column, Filter, Option
from gateway.pages import item_rows
from gateway.pages.door import Pages
from gateway.pages.products import all_products, choices
from gateway.submitted import day, form_command, moment_of, needed, read, state, time_of_day, typed, without_empty

courses = client(CoursesApi)
pages = Pages("office_courses", __name__)
MOST: Final = 200
COURSES: Final = (
    Column("name", lazy_gettext("Course"), "main"),
    Column("code", _p("short name", "Code")),
    Column("topic", lazy_gettext("Topic")),
)
SESSIONS: Final = (
    Column("course", lazy_gettext("Course"), "main"),
    Column("starts_at", lazy_gettext("Begins"), "date"),
    Column("place", lazy_gettext("Place")),
    Column("seats", lazy_gettext("Seats free"), "number"),
    Column("waiting", lazy_gettext("Waiting"), "number"),
    Column("state", lazy_gettext("State")),
)
WHEN: Final = Filter(
    "when", lazy_gettext("When"), (Option("past", _p("sessions", "Past")), Option("all", _p("sessions", "All")))
)
SESSION_FIELDS: Final = (
    *("course_id", "day", "starts", "end_day", "ends", "place", "city", "seats", "product_id"),
    *("hold_minutes", "offer_hours", "published"),
)
EDITED: Final = SESSION_FIELDS[1:]
WAS: Final = (*EDITED, "items")
MOMENTS: Final = {"starts_at": ("day", "starts"), "ends_at": ("day", "end_day", "ends")}
"""Fields of the form that say when a session begins and ends."""
SHOWN_AS: Final = {"starts_at": "starts", "ends_at": "ends"}


@pages.get("/office/courses", may=Permission.COURSES_READ)
def list_courses() -> str:
    """Courses by code."""
    found = courses.list_courses(asked(ListRequest))
    return render_template("courses_office/courses.html", state=list_state(), columns=COURSES, found=found)


@pages.get("/office/courses/<uuid:course_id>", may=Permission.COURSES_READ)
def show_course(course_id: UUID) -> str:
    """One course; when it is held is said by its sessions."""
    return render_template("courses_office/course.html", course=courses.get_course(ById(id=course_id)))


@pages.form("/office/courses/new", may=Permission.COURSES_WRITE)
def new_course() -> ResponseReturnValue:
    """A new course; its sessions follow."""
    if request.method == "GET":
        return render_template("courses_office/course_form.html", f=FormState({"topic": "general"}))
    names = [f"{part}_{each}" for part in ("name", "description") for each in ("fi", "sv", "en")]
    values = typed("code", "topic", *names)
    try:
        with form_command():
            made = courses.create_course(_course(values))
    except (Invalid, Conflict) as error:
        return render_template("courses_office/course_form.html", f=state(values, error)), 422
    flash(_("%(name)s is made. Now say when and where it is held.", name=made.name.in_language(language())), "good")
    return redirect(f"/office/sessions/new?course_id={made.id}")


def _course(values: dict[str, str]) -> CreateCourse:
    given: dict[str, Any] = without_empty({"code": values["code"], "topic": values["topic"]})
    given["name"] = without_empty({each: values[f"name_{each}"] for each in ("fi", "sv", "en")})
    given["description"] = {each: values[f"description_{each}"] for each in ("fi", "sv", "en")}
    return read(CreateCourse, given)


@pages.get("/office/sessions", may=Permission.COURSES_READ)
def list_sessions() -> str:
    """Sessions by start: those to come, those past, or all; unpublished ones too."""
    when = request.args.get("when", "")
    limits = {"past": {"starts_before": clock.now()}, "all": {}}.get(when, {"starts_after": clock.now()})
    found = courses.list_sessions(asked(ListSessions, "q", "topic", "city", all=True, **limits))
    return render_template(
        "courses_office/sessions.html",
        state=list_state(),
        columns=SESSIONS,
        filters=(WHEN,),
        found=found,
        now=clock.now(),
    )


@pages.form("/office/sessions/new", may=Permission.COURSES_WRITE)
def new_session() -> ResponseReturnValue:
    """A new session: day and times as they are where the association is."""
    if request.method == "GET":
        defaults = {"hold_minutes": "30", "offer_hours": "48", "published": "yes"}
        return _session_page(FormState({**defaults, "course_id": request.args.get("course_id", "")}))
    values, rows = typed(*SESSION_FIELDS), item_rows.typed_rows()
    try:
        with form_command():
            made = courses.create_session(_session(values, rows))
    except Invalid as error:
        return _session_page(state(values | rows, error, SHOWN_AS | item_rows.names_in_form(rows))), 422
    flash(_("The session is made."), "good")
    return redirect(f"/office/sessions/{made.id}")


@pages.form("/office/sessions/<uuid:session_id>/edit", may=Permission.COURSES_WRITE)
def edit_session(session_id: UUID) -> ResponseReturnValue:
    """Another time, place, price, or other seats; the page says who will be told."""
    session = courses.get_session(ById(id=session_id))
    if request.method == "GET":
        rows = item_rows.shown_rows(session)
        return _edit_page(FormState(_shown(session) | rows), session, _shown(session))
    values, was = typed(*EDITED, "version"), typed(*(f"was_{name}" for name in WAS))
    rows = item_rows.typed_rows()
    try:
        with form_command():
            changed = courses.update_session(_changed(values, rows, session))
    except Stale as error:
        now = _shown(session)
        untouched = {name: now[name] for name in EDITED if values[name] == was[f"was_{name}"]}
        if item_rows.content(rows) == was["was_items"]:
            rows = item_rows.shown_rows(session)
        again = state({**values, **untouched, **rows, "version": now["version"]}, error)
        return _edit_page(again, session, now), 422
    except Invalid as error:
        before = {name: was[f"was_{name}"] for name in WAS}
        return _edit_page(state(values | rows, error, SHOWN_AS | item_rows.names_in_form(rows)), session, before), 422
    flash(_saved(session, changed), "good")
    return redirect(f"/office/sessions/{session_id}")


def _saved(before: Session, after: Session) -> str:
    told = after.seats - after.seats_free + after.waiting
    moved = any(getattr(before, name) != getattr(after, name) for name in ("starts_at", "ends_at", "place", "city"))
    if not (moved and told):
        return str(_("Saved."))
    return str(ngettext("Saved. %(num)s person is told of it.", "Saved. %(num)s persons are told of it.", told))


def _shown(session: Session) -> dict[str, str]:
    """The session as its form shows it, with its version."""
    first, last = local_date(session.starts_at), local_date(session.ends_at)
    numbers = {name: str(getattr(session, name)) for name in ("seats", "hold_minutes", "offer_hours", "version")}
    times = {"starts": clock_time(session.starts_at), "ends": clock_time(session.ends_at)}
    days = {"day": first, "end_day": "" if last == first else last}
    about = {"place": session.place, "city": session.city, "product_id": str(session.product_id)}
    items = {"items": item_rows.content(item_rows.shown_rows(session))}
    return {**numbers, **times, **days, **about, **items, "published": "yes" if session.published else ""}


def _changed(values: dict[str, str], rows: dict[str, str], session: Session) -> UpdateSession:
    """What was typed anew; a start with seconds is no other start because the form shows none."""
    shown, given = _shown(session), _times(values)
    needed(given, "place", "seats", "product_id", "hold_minutes", "offer_hours")
    for moment_, fields in MOMENTS.items():
        if all(values[name] == shown[name] for name in fields):
            del given[moment_]
    if item_rows.content(rows) != shown["items"]:
        first = session.items[0].model_dump(mode="json") | {"product_id": given.pop("product_id")}
        given["items"] = item_rows.items_of(rows, first)
    emptied = [] if values["city"] else ["city"]
    changes = {**without_empty(given), "published": bool(values["published"]), "clear": emptied}
    return read(UpdateSession, {"id": session.id, **changes})


def _edit_page(f: FormState, session: Session, was: Mapping[str, str]) -> str:
    """`was`: what the form showed first, by which what somebody else changed meanwhile is told from what was typed."""
    products = choices(all_products())
    hidden = {"version": f.value("version"), **{f"was_{name}": was[name] for name in WAS}}
    return render_template(
        "courses_office/session_form.html",
        f=f,
        session=session,
        products=products,
        places=item_rows.places(f.values),
        hidden=hidden,
    )


def _session(values: dict[str, str], rows: dict[str, str]) -> CreateSession:
    given = _times(values)
    needed(given, "product_id")
    items = item_rows.items_of(rows, {"product_id": given.pop("product_id"), "required": True})
    return read(CreateSession, {**without_empty(given), "items": items, "published": bool(values["published"])})


def _times(values: dict[str, str]) -> dict[str, Any]:
    """The typed values with days and times of day as moments; raises Invalid."""
    given: dict[str, Any] = dict(values)
    needed(given, "day", "starts", "ends")
    for name in ("day", "end_day"):
        day(given, name)
    for name in ("starts", "ends"):
        time_of_day(given, name)
    first, last = given.pop("day"), given.pop("end_day")
    given["starts_at"] = moment_of(first, given.pop("starts"), "starts")
    given["ends_at"] = moment_of(last or first, given.pop("ends"), "ends")
    return given


def _session_page(f: FormState) -> str:
    given, products = side_by_side(_all_courses, lambda: choices(all_products()))
    places = item_rows.places(f.values)
    return render_template("courses_office/session_form.html", f=f, courses=given, products=products, places=places)


def _all_courses() -> list[tuple[UUID, str]]:
    found = courses.list_courses(ListRequest(limit=MOST)).data
    return [(each.id, each.name.in_language(language())) for each in found]
