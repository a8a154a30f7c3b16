"""What other services know that segments may ask for: types, products, courses, mailings, with their names."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from chassis import clock
from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Permission
from contracts.base import ListRequest, Nothing
from contracts.commerce import CommerceApi
from contracts.commerce.products import ListProducts
from contracts.contacts import ContactsApi
from contracts.contacts.projects import ListProjects
from contracts.courses import CoursesApi, ListSessions
from contracts.membership import MembershipApi
from contracts.notify import NotifyApi
from gateway.i18n import language, local_date
from gateway.pages.person_names import may

commerce, contacts, courses = client(CommerceApi), client(ContactsApi), client(CoursesApi)
membership, notify = client(MembershipApi), client(NotifyApi)
MOST: Final = 200
SESSIONS_SINCE: Final = timedelta(days=365)
Choices = dict[str, dict[str, Any]]


def known_choices() -> Choices:
    """Values with their words by field, of services that answer and that the caller may read; the first of many."""
    asked = [ask for right, ask in ASKED if may(right)]
    found: list[Any] = side_by_side(*(lambda ask=ask: or_nothing(ask) for ask in asked)) if asked else []
    return {name: words for each in found if each for name, words in each.items()}


def _types() -> Choices:
    found = membership.list_membership_types(Nothing()).data
    return {"membership.type": {each.code: each.name.in_language(language()) for each in found}}


def _products() -> Choices:
    found = commerce.list_products(ListProducts(limit=MOST)).data
    return {"purchase.product": {each.code: each.name.in_language(language()) for each in found}}


def _courses() -> Choices:
    found = courses.list_courses(ListRequest(limit=MOST)).data
    return {"enrolment.course": {each.code: each.name.in_language(language()) for each in found}}


def _sessions() -> Choices:
    since = clock.now() - SESSIONS_SINCE
    found = courses.list_sessions(ListSessions(limit=MOST, all=True, starts_after=since)).data
    words = {
        str(each.id): f"{each.course.name.in_language(language())}, {local_date(each.starts_at)}, {each.place}"
        for each in found
    }
    return {"enrolment.session_id": words}


def _mailings() -> Choices:
    found = notify.list_mailings(ListRequest(limit=MOST)).data
    return {"message.mailing_id": {str(each.id): each.name for each in found}}


def _projects() -> Choices:
    found = contacts.list_projects(ListProjects(limit=MOST)).data
    return {"activity.project_id": {str(each.id): each.name for each in found}}


def _surveys() -> Choices:
    found = contacts.list_surveys(ListRequest(limit=MOST)).data
    return {"survey_answer.survey_id": {str(each.id): each.title.in_language(language()) for each in found}}


ASKED: Final[tuple[tuple[Permission, Callable[[], Choices]], ...]] = (
    (Permission.MEMBERSHIP_READ, _types),
    (Permission.COMMERCE_READ, _products),
    (Permission.COURSES_READ, _courses),
    (Permission.COURSES_READ, _sessions),
    (Permission.NOTIFY_READ, _mailings),
    (Permission.ACTIVITIES_READ, _projects),
    (Permission.CONTACTS_READ, _surveys),
)
