"""What other services hold about the people of an organisation: their memberships, enrolments and messages (C3)."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Response

from chassis.paging import decode_cursor, encode_cursor
from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById, ListRequest, Page
from contracts.contacts import ContactsApi
from contracts.contacts.affiliations import ListAffiliations
from contracts.courses import CoursesApi, Enrolment, ListEnrolments
from contracts.membership import ListMemberships, Membership, MembershipApi
from contracts.notify import ListMessages, Message, NotifyApi
from gateway.api.door import answer, query_of
from gateway.api.routes import Resource
from gateway.local_today import today

contacts, courses = client(ContactsApi), client(CoursesApi)
membership, notify = client(MembershipApi), client(NotifyApi)
resource = Resource(ContactsApi, "People of organisations")
AT_ONCE: Final = 50
"""So many people are asked about at once."""
MOST_GROUPS: Final = 10
"""So many times in a request, until one of them has something."""


def _people(organisation_id: UUID, after: str) -> tuple[str, str | None]:
    """Ids of the next people of today, and the cursor to those that follow; who belongs there twice comes once."""
    last = decode_cursor(after, length=2) if after else None
    wanted = ListAffiliations(
        organisation_id=organisation_id, held_on=today(), limit=AT_ONCE, sort="person", cursor=after or None
    )
    found = contacts.list_affiliations(wanted)
    ids = dict.fromkeys(str(each.person_id) for each in found.data)
    return ",".join(each for each in ids if not last or each != last[0]), found.next_cursor


def _found(organisation_id: UUID, model: type[Any], call: Callable[[Any], Page[Any]], asked: ListRequest) -> Page[Any]:
    """A page of what some of the people have; it may be empty though more follows."""
    after, within = map(str, decode_cursor(asked.cursor, length=2) or ("", ""))
    for _group in range(MOST_GROUPS):
        ids, following = _people(organisation_id, after)
        wanted = model(person_ids=ids, limit=asked.limit, cursor=within or None)
        found = call(wanted) if ids else Page[Any](data=[])
        if found.next_cursor:
            return _going_on(found, after, found.next_cursor)
        if following is None:
            return found
        after, within = following, ""
        if found.data:
            break
    return _going_on(found, after, within)


def _going_on(found: Page[Any], after: str, within: str) -> Page[Any]:
    return Page[Any](data=found.data, next_cursor=encode_cursor([after, within]), has_more=True)


def _list(what: str, model: type[Any], reply: type[Page[Any]], call: Callable[[Any], Page[Any]]) -> None:
    """One of these lists, some people after others, of each group in the order that it has for a person; its service
    asks for its own right."""

    def view(id: UUID) -> Response:  # noqa: A002  (the name in the address)
        asked = query_of(ListRequest)
        contacts.get_organisation(ById(id=id))
        return answer(route, _found(id, model, call, asked).model_dump(mode="json"))

    view.__name__ = f"list_{what}_of_organisation"
    resource.view(
        "GET",
        f"/organisations/{{id}}/{what}",
        view,
        f"{what.capitalize()} of those who belong to the organisation, for who may read them",
        (Permission.CONTACTS_READ,),
        request=ListRequest,
        reply=reply,
    )
    route = resource.routes[-1]


_list("memberships", ListMemberships, Page[Membership], membership.list_memberships)
_list("enrolments", ListEnrolments, Page[Enrolment], courses.list_enrolments)
_list("messages", ListMessages, Page[Message], notify.list_messages)
