"""The front page, and what visitors are told of privacy and accessibility."""

from functools import partial
from typing import Any

from flask import render_template

from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Rule
from contracts.base import Nothing
from contracts.commerce import CommerceApi
from contracts.courses import CoursesApi, ListSessions
from gateway.course_rows import rows_of
from gateway.pages.door import Pages
from gateway.pages.joining import kinds_of_membership

commerce = client(CommerceApi)
courses = client(CoursesApi)
pages = Pages("front", __name__)
NEXT_COURSES = 4


@pages.get("/", may=Rule.PUBLIC)
def front() -> str:
    """Who we are, the next courses, how to join; each part may be missing for a while."""
    found: list[Any] = side_by_side(
        partial(or_nothing, partial(commerce.get_seller, Nothing())),
        partial(or_nothing, partial(courses.list_sessions, ListSessions(limit=NEXT_COURSES))),
        partial(or_nothing, kinds_of_membership),
    )
    seller, upcoming, kinds = found
    rows = rows_of(upcoming.data) if upcoming else None
    return render_template("front/front.html", seller=seller, rows=rows, kinds=kinds)


@pages.get("/privacy", may=Rule.PUBLIC)
def privacy() -> str:
    """What is kept about people, why, and for how long."""
    return render_template("front/privacy.html", seller=or_nothing(partial(commerce.get_seller, Nothing())))


@pages.get("/accessibility", may=Rule.PUBLIC)
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("front/accessibility.html", seller=or_nothing(partial(commerce.get_seller, Nothing())))
