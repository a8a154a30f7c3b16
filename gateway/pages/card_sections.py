"""Sections of a card: each is a page of its own, and the card takes its part from it when it has been shown.

So a service that does not answer holds up its own section and nothing else. Without JavaScript a section is a link to
its list. What another service holds is asked for only by who may read it there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import g, render_template, request
from flask_babel import gettext as _

from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Permission
from contracts.base import Page
from contracts.commerce import CommerceApi
from contracts.commerce.deliveries import ListPurchases
from contracts.commerce.invoices import ListInvoices
from contracts.contacts import ContactsApi
from contracts.contacts.affiliations import Affiliation, ListAffiliations
from contracts.courses import CoursesApi, ListEnrolments
from contracts.membership import ListMemberships, MembershipApi
from contracts.notify import ListMessages, NotifyApi
from gateway.asked import asked
from gateway.field_definitions import all_definitions
from gateway.local_today import today
from gateway.pages import contact_facts, state_words
from gateway.pages.contact_kinds import ORGANISATION, PERSON, ContactPages
from gateway.pages.door import Pages
from gateway.pages.my_messages import title_of
from gateway.pages.own_views import ORGANISATION_SECTIONS, PERSON_SECTIONS
from gateway.pages.person_names import may
from gateway.pages.standings import standing_of

commerce, contacts, courses = client(CommerceApi), client(ContactsApi), client(CoursesApi)
membership, notify = client(MembershipApi), client(NotifyApi)
pages = Pages("card_sections", __name__)
AT_ONCE: Final = 20
"""Rows of a section; more come by a button."""
MOST_PEOPLE: Final = 50
THEIR_PEOPLE: Final = "person_ids"


@dataclass(frozen=True, slots=True)
class Section:
    """What a section asks for. `about` is the field of the request that names whose card it is, or whose people.

    `listed` is the list of all of it, where there is one; `own` sections stand on the card from the first.
    """

    right: Permission
    model: type[Any]
    call: Callable[[Any], Page[Any]]
    about: str = "person_id"
    listed: str = "{card}/sections/{key}"
    at_once: int = AT_ONCE
    own: bool = False

    def of_people(self) -> "Section":
        """The same about the people of an organisation."""
        return Section(self.right, self.model, self.call, THEIR_PEOPLE)


MEMBERSHIPS: Final = Section(
    Permission.MEMBERSHIP_READ, ListMemberships, membership.list_memberships,
    listed="/office/memberships?person_id={id}",
)  # fmt: skip
ENROLMENTS: Final = Section(Permission.COURSES_READ, ListEnrolments, courses.list_enrolments)
MESSAGES: Final = Section(
    Permission.NOTIFY_READ, ListMessages, notify.list_messages, listed="/office/messages?person_id={id}"
)
OF_CUSTOMERS: Final = {
    "invoices": Section(
        Permission.COMMERCE_READ, ListInvoices, commerce.list_invoices, "customer_id",
        "/office/invoices?customer_id={id}",
    ),
    "purchases": Section(
        Permission.COMMERCE_READ, ListPurchases, commerce.list_purchases, "customer_id", "{card}/purchases"
    ),
}  # fmt: skip
SECTIONS: Final[Mapping[ContactPages, Mapping[str, Section]]] = {
    PERSON: {
        "memberships": MEMBERSHIPS,
        "enrolments": ENROLMENTS,
        "messages": MESSAGES,
        **OF_CUSTOMERS,
        "affiliations": Section(Permission.CONTACTS_READ, ListAffiliations, contacts.list_affiliations, own=True),
    },
    ORGANISATION: {
        "memberships": MEMBERSHIPS.of_people(),
        "enrolments": ENROLMENTS.of_people(),
        "messages": MESSAGES.of_people(),
        **OF_CUSTOMERS,
        "people": Section(
            Permission.CONTACTS_READ, ListAffiliations, contacts.list_affiliations, "organisation_id",
            at_once=MOST_PEOPLE, own=True,
        ),
    },
}  # fmt: skip
"""The sections of each kind of card that are pages of their own."""
TITLES: Final = {PERSON: PERSON_SECTIONS, ORGANISATION: ORGANISATION_SECTIONS}


def loaded_by_themselves(of: ContactPages, contact_id: UUID) -> dict[str, str]:
    """Where all of each section is that the caller may see and that loads by itself, by its key."""
    return {
        key: section.listed.format(card=of.card(contact_id), id=contact_id, key=key)
        for key, section in SECTIONS[of].items()
        if not section.own and may(section.right)
    }


def _declare(of: ContactPages, key: str, section: Section) -> None:
    """The address of a section."""

    def show(**whose: UUID) -> str:
        (contact_id,) = whose.values()
        if section.about == THEIR_PEOPLE:
            return _of_people(of, key, section, contact_id)
        wanted = asked(section.model, limit=section.at_once, **{section.about: contact_id})
        return _page(of, key, contact_id, partial(section.call, wanted))

    show.__name__ = f"{key}_of_{of.kind}"
    pages.get(f"{of.address}/<uuid:{of.kind}_id>/sections/{key}", may=section.right)(show)


for _of, _sections in SECTIONS.items():
    for _key, _section in _sections.items():
        _declare(_of, _key, _section)


def _of_people(of: ContactPages, key: str, section: Section, organisation_id: UUID) -> str:
    """What belongs to the people who are in the organisation now; of a big one, to the first by name."""
    found = _people_of_today(organisation_id)
    names = {each.person_id: each.person_name for each in found.data} if found else {}
    wanted = asked(section.model, person_ids=",".join(map(str, names)), limit=section.at_once)

    def call() -> Page[Any]:
        return section.call(wanted) if names else Page[Any](data=[])

    return _page(
        of,
        key,
        organisation_id,
        call if found else lambda: None,
        names=names,
        of_people=True,
        note=_("Only of the first %(count)s persons by name.", count=MOST_PEOPLE) if found and found.has_more else "",
    )


def _people_of_today(organisation_id: UUID) -> Page[Affiliation] | None:
    if not may(Permission.CONTACTS_READ):
        return Page[Affiliation](data=[])
    wanted = ListAffiliations(organisation_id=organisation_id, held_on=today(), limit=MOST_PEOPLE)
    return or_nothing(lambda: contacts.list_affiliations(wanted))


def _page(of: ContactPages, key: str, contact_id: UUID, call: Callable[[], Page[Any] | None], **more: Any) -> str:
    found, name = side_by_side(partial(or_nothing, call), partial(_name, of, contact_id))
    g.page_path = of.address
    card, begins = of.card(contact_id), not request.args.get("cursor")
    return render_template(
        "contacts/section.html",
        key=key,
        title=TITLES[of][key],
        crumbs=[(of.listed, of.address), *([(name, card)] if name else [])],
        address=card,
        found=found,
        standing=standing_of(found) if key == "memberships" and of is PERSON and begins else ("", ""),
        loaded=loaded_by_themselves(of, contact_id),
        more_about=partial(contact_facts.about_affiliation, all_definitions()) if SECTIONS[of][key].own else None,
        may_write=may(Permission.CONTACTS_WRITE),
        words=state_words,
        title_of=title_of,
        **{"names": {}, "of_people": False, "note": "", **more},
    )


def _name(of: ContactPages, contact_id: UUID) -> str:
    """Whose card it is, for who opens the section as a page."""
    if "HX-Request" in request.headers or not may(Permission.CONTACTS_READ):
        return ""
    found = or_nothing(lambda: of.get(contact_id))
    return str(found.name) if found else ""
