"""One's own memberships: what they are, until when they are paid, and what they give."""

from functools import partial
from typing import Any

from flask import render_template

from chassis.rpc import client, side_by_side
from contracts.access import Rule
from contracts.base import ById, Nothing
from contracts.contacts import ContactsApi
from contracts.contacts.persons import Person
from contracts.membership import ListMemberships, Membership, MembershipApi, MembershipState, MembershipType
from gateway import standing
from gateway.i18n import language
from gateway.pages.door import Pages
from gateway.pages.own import own_id

membership, contacts = client(MembershipApi), client(ContactsApi)
pages = Pages("my_memberships", __name__)
ALL = 200
VALID = (MembershipState.ACTIVE, MembershipState.GRACE)


@pages.get("/my/memberships", may=Rule.OWN)
def memberships() -> str:
    """Each as a card; ended ones last."""
    me = own_id()
    calls: list[Any] = [
        partial(membership.list_memberships, ListMemberships(person_id=me, limit=ALL)),
        partial(membership.list_membership_types, Nothing()),
        partial(contacts.get_person, ById(id=me)),
    ]
    found, types, person = side_by_side(*calls)
    known = {each.id: each for each in types.data}
    cards = [_card(each, known.get(each.membership_type_id), person) for each in sorted(found.data, key=_order)]
    return render_template("my/memberships.html", cards=cards)


def _order(found: Membership) -> tuple[bool, int]:
    return found.state is MembershipState.ENDED, -found.number


def _card(found: Membership, kind: MembershipType | None, person: Person) -> dict[str, Any]:
    """A membership with what its type gives."""
    chosen = language()
    return {
        "membership": found,
        "name": found.type_name.in_language(chosen),
        "standing": standing.of_membership(found),
        "about": kind.description.in_language(chosen) if kind else "",
        "discounts": kind.discounts if kind and found.state in VALID else [],
        "person": person.name,
        "valid": found.state in VALID,
    }
