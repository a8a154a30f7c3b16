"""Names of persons and of customers in bulk, for lists and cards of the office."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from flask import g

from chassis.rpc import client, or_nothing
from contracts.access import Permission
from contracts.base import ByIds
from contracts.contacts import ContactsApi
from contracts.contacts.persons import PersonSummary

contacts = client(ContactsApi)
MOST = 1_000


def persons_by_id(ids: Iterable[UUID]) -> dict[UUID, PersonSummary]:
    """The persons under these ids (at most 1,000); none when contacts is away or the caller has no right to them."""
    wanted = list(dict.fromkeys(ids))[:MOST]
    if not wanted or not may(Permission.CONTACTS_READ):
        return {}
    found = or_nothing(lambda: contacts.get_persons(ByIds(ids=wanted)))
    return {each.id: each for each in found.data} if found else {}


@dataclass(frozen=True, slots=True)
class Customer:
    """A person or an organisation that is billed; `card` is the address of its card."""

    name: str
    card: str


def customers_by_id(ids: Iterable[UUID]) -> dict[UUID, Customer]:
    """The persons and organisations under these ids, as far as `persons_by_id` would tell them."""
    wanted = list(dict.fromkeys(ids))[:MOST]
    if not wanted or not may(Permission.CONTACTS_READ):
        return {}
    found = {each.id: Customer(each.name, f"/office/contacts/{each.id}") for each in persons_by_id(wanted).values()}
    others = [each for each in wanted if each not in found]
    organisations = or_nothing(lambda: contacts.get_organisations(ByIds(ids=others))) if others else None
    for each in organisations.data if organisations else ():
        found[each.id] = Customer(each.name, f"/office/organisations/{each.id}")
    return found


def may(right: Permission) -> bool:
    """Whether who asks for this page has a right."""
    return g.principal is not None and right.value in g.principal.permissions
