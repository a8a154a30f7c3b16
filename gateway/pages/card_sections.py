"""Sections of a card: each is a page of its own, and the card takes its part from it when it has been shown.

So a service that does not answer holds up its own section and nothing else. Without JavaScript a section is a link to
its list. What another service holds is asked for only by who may read it there.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import g, render_template, request
from flask_babel import gettext as _

from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Permission
from contracts.base import ById, Page
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
from gateway.pages.door import Pages
from gateway.pages.my_messages import title_of
from gateway.pages.own_views import ORGANISATION_SECTIONS, PERSON_SECTIONS
from gateway.pages.person_names import may, persons_by_id
from gateway.pages.standings import standing_of

commerce, contacts, courses = client(CommerceApi), client(ContactsApi), client(CoursesApi)
membership, notify = client(MembershipApi), client(NotifyApi)
pages = Pages("card_sections", __name__)
AT_ONCE: Final = 20
"""Rows of a section; more come by a button."""
OF_OTHERS: Final = {
    "memberships": (Permission.MEMBERSHIP_READ, "/office/memberships?person_id={id}"),
    "invoices": (Permission.COMMERCE_READ, "/office/invoices?customer_id={id}"),
    "purchases": (Permission.COMMERCE_READ, "{card}/purchases"),
    "enrolments": (Permission.COURSES_READ, ""),
    "messages": (Permission.NOTIFY_READ, "/office/messages?person_id={id}"),
}
"""Sections that load by themselves: the right they need, and the list of all of it where there is one."""
OF_PEOPLE: Final = ("memberships", "enrolments", "messages")
"""Sections of an organisation that are about its people."""
MOST_PEOPLE: Final = 50
PERSON: Final = "/office/contacts"
ORGANISATION: Final = "/office/organisations"


def loaded_by_themselves(card: str) -> dict[str, str]:
    """Where all of each section is that the caller may see, by its key, for the card at this address."""
    return {key: _list_of(key, card) for key, (right, _list) in OF_OTHERS.items() if may(right)}


def _list_of(key: str, card: str) -> str:
    """The list of all that a section of the card shows, without JavaScript too."""
    _right, listed = OF_OTHERS[key]
    if card.startswith(ORGANISATION) and key in OF_PEOPLE:
        listed = ""
    return (listed or f"{{card}}/sections/{key}").format(card=card, id=card.rpartition("/")[2])


@pages.get("/office/contacts/<uuid:person_id>/sections/memberships", may=Permission.MEMBERSHIP_READ)
def memberships_of_person(person_id: UUID) -> str:
    """What a person is a member of, and in one sentence whether the person is one."""
    wanted = asked(ListMemberships, person_id=person_id, limit=AT_ONCE)
    return _page("memberships", f"{PERSON}/{person_id}", partial(membership.list_memberships, wanted))


@pages.get("/office/contacts/<uuid:person_id>/sections/enrolments", may=Permission.COURSES_READ)
def enrolments_of_person(person_id: UUID) -> str:
    """What a person is or was enrolled on."""
    wanted = asked(ListEnrolments, person_id=person_id, limit=AT_ONCE)
    return _page("enrolments", f"{PERSON}/{person_id}", partial(courses.list_enrolments, wanted))


@pages.get("/office/contacts/<uuid:person_id>/sections/messages", may=Permission.NOTIFY_READ)
def messages_of_person(person_id: UUID) -> str:
    """What was sent to a person."""
    wanted = asked(ListMessages, person_id=person_id, limit=AT_ONCE)
    return _page("messages", f"{PERSON}/{person_id}", partial(notify.list_messages, wanted))


@pages.get("/office/contacts/<uuid:person_id>/sections/invoices", may=Permission.COMMERCE_READ)
def invoices_of_person(person_id: UUID) -> str:
    """What a person was invoiced for."""
    return _invoices(f"{PERSON}/{person_id}", person_id)


@pages.get("/office/organisations/<uuid:organisation_id>/sections/invoices", may=Permission.COMMERCE_READ)
def invoices_of_organisation(organisation_id: UUID) -> str:
    """What an organisation was invoiced for."""
    return _invoices(f"{ORGANISATION}/{organisation_id}", organisation_id)


def _invoices(card: str, customer_id: UUID) -> str:
    wanted = asked(ListInvoices, customer_id=customer_id, limit=AT_ONCE)
    return _page("invoices", card, partial(commerce.list_invoices, wanted))


@pages.get("/office/contacts/<uuid:person_id>/sections/purchases", may=Permission.COMMERCE_READ)
def latest_purchases_of_person(person_id: UUID) -> str:
    """What a person has bought lately."""
    return _purchases(f"{PERSON}/{person_id}", person_id)


@pages.get("/office/organisations/<uuid:organisation_id>/sections/purchases", may=Permission.COMMERCE_READ)
def latest_purchases_of_organisation(organisation_id: UUID) -> str:
    """What an organisation has bought lately."""
    return _purchases(f"{ORGANISATION}/{organisation_id}", organisation_id)


def _purchases(card: str, customer_id: UUID) -> str:
    wanted = asked(ListPurchases, customer_id=customer_id, limit=AT_ONCE)
    return _page("purchases", card, partial(commerce.list_purchases, wanted))


@pages.get("/office/contacts/<uuid:person_id>/sections/affiliations", may=Permission.CONTACTS_READ)
def affiliations_of_person(person_id: UUID) -> str:
    """The organisations of a person, further than the card shows at once."""
    wanted = asked(ListAffiliations, person_id=person_id, limit=AT_ONCE)
    return _page("affiliations", f"{PERSON}/{person_id}", partial(contacts.list_affiliations, wanted))


@pages.get("/office/organisations/<uuid:organisation_id>/sections/people", may=Permission.CONTACTS_READ)
def people_of_organisation(organisation_id: UUID) -> str:
    """The persons of an organisation by name, further than the card shows at once."""
    wanted = asked(ListAffiliations, organisation_id=organisation_id, limit=MOST_PEOPLE)
    return _page("people", f"{ORGANISATION}/{organisation_id}", partial(contacts.list_affiliations, wanted))


@pages.get("/office/organisations/<uuid:organisation_id>/sections/memberships", may=Permission.MEMBERSHIP_READ)
def memberships_of_people(organisation_id: UUID) -> str:
    """What the people of an organisation are members of."""
    return _of_people("memberships", organisation_id, ListMemberships, membership.list_memberships)


@pages.get("/office/organisations/<uuid:organisation_id>/sections/enrolments", may=Permission.COURSES_READ)
def enrolments_of_people(organisation_id: UUID) -> str:
    """What the people of an organisation are or were enrolled on."""
    return _of_people("enrolments", organisation_id, ListEnrolments, courses.list_enrolments)


@pages.get("/office/organisations/<uuid:organisation_id>/sections/messages", may=Permission.NOTIFY_READ)
def messages_of_people(organisation_id: UUID) -> str:
    """What was sent to the people of an organisation."""
    return _of_people("messages", organisation_id, ListMessages, notify.list_messages)


def _of_people(key: str, organisation_id: UUID, model: type[Any], listed: Callable[[Any], Page[Any]]) -> str:
    """What belongs to the people who are in the organisation now; of a big one, to the first by name."""
    found = _people_of_today(organisation_id)
    names = {each.person_id: each.person_name for each in found.data} if found else {}
    wanted = asked(model, person_ids=",".join(map(str, names)), limit=AT_ONCE)

    def call() -> Page[Any]:
        return listed(wanted) if names else Page[Any](data=[])

    card = f"{ORGANISATION}/{organisation_id}"
    return _page(
        key,
        card,
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


def _page(key: str, card: str, call: Callable[[], Page[Any] | None], **more: Any) -> str:
    found, name = side_by_side(partial(or_nothing, call), partial(_name, card))
    g.page_path = above = card.rpartition("/")[0]
    begins = not request.args.get("cursor")
    return render_template(
        "contacts/section.html",
        key=key,
        title=(PERSON_SECTIONS if above == PERSON else ORGANISATION_SECTIONS)[key],
        crumbs=[(_("Contacts") if above == PERSON else _("Organisations"), above), *([(name, card)] if name else [])],
        address=card,
        found=found,
        standing=standing_of(found) if key == "memberships" and above == PERSON and begins else ("", ""),
        loaded=loaded_by_themselves(card),
        more_about=partial(contact_facts.about_affiliation, all_definitions()),
        may_write=may(Permission.CONTACTS_WRITE),
        words=state_words,
        title_of=title_of,
        **{"names": {}, "of_people": False, "note": "", **more},
    )


def _name(card: str) -> str:
    """Whose card it is, for who opens the section as a page."""
    if "HX-Request" in request.headers or not may(Permission.CONTACTS_READ):
        return ""
    above, _slash, contact_id = card.rpartition("/")
    if above == PERSON:
        person = persons_by_id([UUID(contact_id)]).get(UUID(contact_id))
        return person.name if person else ""
    found = or_nothing(lambda: contacts.get_organisation(ById(id=UUID(contact_id))))
    return found.name if found else ""
