"""What other services hold about the people of an organisation: their memberships, enrolments and messages (C3)."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Response

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById, ListRequest, Page
from contracts.contacts import ContactsApi
from contracts.contacts.affiliations import ListAffiliations
from contracts.courses import CoursesApi, Enrolment, ListEnrolments
from contracts.errors import Conflict
from contracts.membership import ListMemberships, Membership, MembershipApi
from contracts.notify import ListMessages, Message, NotifyApi
from gateway.api.door import answer, query_of
from gateway.api.routes import Resource
from gateway.local_today import today

contacts, courses = client(ContactsApi), client(CoursesApi)
membership, notify = client(MembershipApi), client(NotifyApi)
resource = Resource(ContactsApi, "People of organisations")
MOST: Final = 50
"""So many people are asked about at once."""


def _people(organisation_id: UUID) -> list[UUID]:
    """Who belongs to the organisation today; raises NotFound, and Conflict when they are too many to ask about."""
    contacts.get_organisation(ById(id=organisation_id))
    wanted = ListAffiliations(organisation_id=organisation_id, held_on=today(), limit=MOST)
    found = contacts.list_affiliations(wanted)
    if found.has_more:
        message = f"More than {MOST} persons belong to this organisation; ask about each of them."
        raise Conflict(message, code="too_many_people", most=MOST)
    return list(dict.fromkeys(each.person_id for each in found.data))


def _list(what: str, model: type[Any], reply: type[Page[Any]], call: Callable[[Any], Page[Any]]) -> None:
    """One of these lists, in the order and the pages that it has for a person; its service asks for its own right."""

    def view(id: UUID) -> Response:  # noqa: A002  (the name in the address)
        asked = query_of(ListRequest).model_dump()
        ids = ",".join(map(str, _people(id)))
        found = call(model(person_ids=ids, **asked)) if ids else Page[Any](data=[])
        return answer(route, found.model_dump(mode="json"))

    view.__name__ = f"list_{what}_of_organisation"
    resource.view(
        "GET",
        f"/organisations/{{id}}/{what}",
        view,
        f"{what.capitalize()} of those who belong to the organisation, for who may read them",
        (Permission.CONTACTS_READ,),
        request=ListRequest,
        reply=reply,
        also=(409,),
    )
    route = resource.routes[-1]


_list("memberships", ListMemberships, Page[Membership], membership.list_memberships)
_list("enrolments", ListEnrolments, Page[Enrolment], courses.list_enrolments)
_list("messages", ListMessages, Page[Message], notify.list_messages)
