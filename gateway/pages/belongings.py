"""What belongs to a person in every service, asked side by side."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Permission
from contracts.commerce import CommerceApi
from contracts.commerce.deliveries import ListPurchases
from contracts.commerce.invoices import ListInvoices
from contracts.contacts import ContactsApi
from contracts.contacts.affiliations import ListAffiliations
from contracts.courses import CoursesApi, ListEnrolments
from contracts.membership import ListMemberships, MembershipApi
from contracts.notify import ListMessages, NotifyApi
from gateway.pages.person_names import may

commerce = client(CommerceApi)
contacts = client(ContactsApi)
courses = client(CoursesApi)
membership = client(MembershipApi)
notify = client(NotifyApi)
Asked = Mapping[str, tuple[Permission, Callable[[], Any]]]
"""Calls by name, each with the right it needs."""


def of_person(who: UUID, limit: int) -> dict[str, tuple[Permission, Callable[[], Any]]]:
    """The first page of everything that other lists hold about a person."""
    return {
        "memberships": (
            Permission.MEMBERSHIP_READ,
            lambda: membership.list_memberships(ListMemberships(person_id=who, limit=limit)),
        ),
        "enrolments": (
            Permission.COURSES_READ,
            lambda: courses.list_enrolments(ListEnrolments(person_id=who, limit=limit)),
        ),
        **of_customer(who, limit),
        "messages": (Permission.NOTIFY_READ, lambda: notify.list_messages(ListMessages(person_id=who, limit=limit))),
        "affiliations": (
            Permission.CONTACTS_READ,
            lambda: contacts.list_affiliations(ListAffiliations(person_id=who, limit=limit)),
        ),
    }


def of_organisation(which: UUID, limit: int) -> dict[str, tuple[Permission, Callable[[], Any]]]:
    """The same of an organisation."""
    return {
        **of_customer(which, limit),
        "affiliations": (
            Permission.CONTACTS_READ,
            lambda: contacts.list_affiliations(ListAffiliations(organisation_id=which, limit=limit)),
        ),
    }


def of_customer(who: UUID, limit: int) -> dict[str, tuple[Permission, Callable[[], Any]]]:
    """What a person or an organisation was billed for and has bought."""
    return {
        "invoices": (
            Permission.COMMERCE_READ,
            lambda: commerce.list_invoices(ListInvoices(customer_id=who, limit=limit)),
        ),
        "purchases": (
            Permission.COMMERCE_READ,
            lambda: commerce.list_purchases(ListPurchases(customer_id=who, limit=limit)),
        ),
    }


def ask(*askings: Asked) -> list[dict[str, Any]]:
    """The answers to each of the askings by name: False without the right, None while a service is away."""
    calls = [partial(_part, *each) for asked in askings for each in asked.values()]
    answers = iter(side_by_side(*calls))
    return [{name: next(answers) for name in asked} for asked in askings]


def _part(right: Permission, call: Callable[[], Any]) -> Any:
    return or_nothing(call) if may(right) else False
