"""Things that the services find by words: what they are called, and where they are shown (A7)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from flask import g
from flask_babel import lazy_gettext as _
from pydantic import BaseModel, ValidationError

from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Permission
from contracts.base import Page, Translated
from contracts.commerce import CommerceApi
from contracts.commerce.invoices import ListInvoices
from contracts.contacts import ContactsApi
from contracts.contacts.organisations import ListOrganisations
from contracts.contacts.persons import ListPersons
from contracts.courses import CoursesApi, ListSessions
from contracts.search import Hit, Hits, SearchWords
from contracts.system import SystemApi
from gateway.services import APIS

SERVICES: Final[tuple[SystemApi, ...]] = tuple(client(api) for api in APIS)
contacts, commerce, courses = client(ContactsApi), client(CommerceApi), client(CoursesApi)


@dataclass(frozen=True)
class FoundBy:
    """A list that finds by likeness, number or course: its call, and what a hit shows of a row."""

    may: Permission
    call: Callable[[Any], Page[Any]]
    request: type[BaseModel]
    title: Callable[[Any], str | Translated]
    when: Callable[[Any], dict[str, Any]] = lambda _row: {}


LISTS: Final[Mapping[str, FoundBy]] = {
    "persons": FoundBy(Permission.CONTACTS_READ, contacts.list_persons, ListPersons, attrgetter("name")),
    "organisations": FoundBy(
        Permission.CONTACTS_READ, contacts.list_organisations, ListOrganisations, attrgetter("name")
    ),
    "invoices": FoundBy(
        Permission.COMMERCE_READ,
        commerce.list_invoices,
        ListInvoices,
        attrgetter("number"),
        lambda row: {"on": row.issued_on},
    ),
    "sessions": FoundBy(
        Permission.COURSES_READ,
        courses.list_sessions,
        ListSessions,
        attrgetter("course.name"),
        lambda row: {"at": row.starts_at},
    ),
}
KINDS: Final[Mapping[str, tuple[Any, str]]] = {
    "activities": (_("Activities"), "/office/activities/{id}/edit"),
    "tasks": (_("Tasks"), "/office/tasks/{id}"),
    "projects": (_("Projects"), "/office/projects/{id}"),
    "calendar_events": (_("Calendar"), "/office/calendar/{within_id}/{id}"),
    "documents": (_("Documents"), "/office/documents/{id}/edit"),
    "surveys": (_("Surveys"), "/office/surveys/{id}"),
    "segments": (_("Segments"), "/office/segments/{id}"),
    "memberships": (_("Memberships"), "/office/memberships/{id}"),
    "applications": (_("Applications"), "/office/applications/{id}"),
    "products": (_("Products"), "/office/products"),
    "orders": (_("Orders"), "/office/orders/{id}"),
    "courses": (_("Courses"), "/office/courses/{id}"),
    "messages": (_("Messages"), "/office/messages/{id}"),
    "mailings": (_("Mailings"), "/office/mailings/{id}"),
    "accounts": (_("Users"), "/office/settings/users/{id}"),
}


@dataclass(frozen=True)
class Things:
    """Things of one kind, each as title, address and day or time."""

    title: Any
    rows: list[tuple[str | Translated, str, Any]]
    more: bool


def by_words(q: str, limit: int) -> list[Things]:
    """What all services find by words, kind by kind."""
    return [things for found in _answers(SearchWords(q=q, limit=limit)) for things in _of(found)]


def everything(asked: SearchWords) -> Hits:
    """The same as hits, after what the lists find: persons, organisations, invoices, sessions."""
    lists = (partial(_in_list, *each, asked) for each in LISTS.items())
    found = [*filter(None, side_by_side(*lists)), *_answers(asked)]
    return Hits(data=[hit for each in found for hit in each.data], more=[kind for each in found for kind in each.more])


def _answers(asked: SearchWords) -> list[Hits]:
    """One after the other by service; one that is away finds nothing."""
    answers = side_by_side(*(partial(or_nothing, partial(each.search, asked)) for each in SERVICES))
    return [each for each in answers if each]


def _in_list(kind: str, found_by: FoundBy, asked: SearchWords) -> Hits | None:
    """What the list of a kind finds; None without the right, while its service is away, or for words it cannot take."""
    if g.principal is None or found_by.may.value not in g.principal.permissions:
        return None
    try:
        wanted = found_by.request.model_validate({"q": asked.q, "limit": asked.limit})
    except ValidationError:  # longer than any invoice's number, or not on one line
        return None
    page = or_nothing(partial(found_by.call, wanted))
    if page is None:
        return None
    hits = [Hit(kind=kind, id=each.id, title=found_by.title(each), **found_by.when(each)) for each in page.data]
    return Hits(data=hits, more=[kind] if page.has_more else [])


def _of(found: Hits) -> Iterable[Things]:
    for kind, hits in groupby(found.data, key=lambda each: each.kind):
        title, address = KINDS[kind]
        yield Things(title, [_row(each, address) for each in hits], kind in found.more)


def _row(hit: Hit, address: str) -> tuple[str | Translated, str, Any]:
    return hit.title, address.format(id=hit.id, within_id=hit.within_id), hit.at or hit.on
