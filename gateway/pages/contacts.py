"""Persons: the list with its search, the card with all that belongs to a person."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from chassis.rpc import client, side_by_side
from contracts.access import Permission
from contracts.base import ById, Page
from contracts.contacts import ContactsApi
from contracts.contacts.affiliations import ListAffiliations
from contracts.contacts.documents import ListDocuments
from contracts.contacts.history import History
from contracts.contacts.persons import ListPersons, PersonSummary
from contracts.contacts.segments import SegmentKind
from contracts.contacts.surveys import ListSurveyAnswers
from contracts.contacts.tags import Tag
from contracts.contacts.views import ViewName
from gateway.field_definitions import all_definitions
from gateway.known_tags import known_tags, typed_tags
from gateway.listing import Column, Filter, ListState, Option
from gateway.pages import belongings, card_sections, contact_facts, history_words, list_cells, point_words, source_words
from gateway.pages.activity_words import activity_section
from gateway.pages.contact_kinds import PERSON
from gateway.pages.document_words import document_section
from gateway.pages.door import Pages
from gateway.pages.export_links import export_url
from gateway.pages.leading_on import led_on
from gateway.pages.own_views import PERSON_SECTIONS, arrangement, chooser, columns_of, own_views
from gateway.pages.person_names import may
from gateway.pages.task_rows import open_tasks
from gateway.submitted import read, without_empty

contacts = client(ContactsApi)
pages = Pages("contacts", __name__)
NAME: Final = Column("name", lazy_gettext("Name"), "main", sort=True)
MOST_TAGS: Final = 40
SHOWN: Final = 10
"""Rows of each section of a card."""


@pages.get("/office/contacts", may=Permission.CONTACTS_READ)
def list_contacts() -> str:
    """Persons by name, or the most alike to the words searched for."""
    query, known = request.args.to_dict(), all_definitions()
    view = arrangement(ViewName.CONTACTS, own_views(), known)
    wanted = {name: query.get(name) for name in ("q", "tag", "cursor", "sort")}
    wanted |= {"q": (wanted["q"] or "").strip()[:100], "show": list_cells.further(view.shown), **typed_tags(query)}
    asked = partial(contacts.list_persons, read(ListPersons, without_empty(wanted)))
    found, tags = side_by_side(asked, known_tags)
    assert isinstance(found, Page)
    assert isinstance(tags, tuple)
    state = ListState(request.path, query)
    return render_template(
        "contacts/list.html",
        state=state,
        columns=[NAME, *columns_of(ViewName.CONTACTS, view.shown, known)],
        chooser=chooser(ViewName.CONTACTS, view, known),
        cell=partial(list_cells.cell, known=known, kind="person"),
        filters=_tag_filter(state, found.data, tags),
        known_tags=tags,
        found=found,
        export_url=export_url(SegmentKind.PERSONS),
    )


def _tag_filter(state: ListState, persons: list[PersonSummary], known: Sequence[Tag]) -> tuple[Filter, ...]:
    """The most used tags and those of the persons shown as choices, with the one that is on."""
    counts = {each.code: each.persons for each in known if each.persons}
    shown = {tag for each in persons for tag in each.tags} | ({state.query.get("tag", "")} - {""})
    words = sorted({*list(counts)[:MOST_TAGS], *shown})
    return (Filter("tag", lazy_gettext("Tag"), [Option(tag, tag, counts.get(tag)) for tag in words]),) if words else ()


@pages.get("/office/contacts/<uuid:person_id>", may=Permission.CONTACTS_READ)
def contact_card(person_id: UUID) -> ResponseReturnValue:
    """A person with what contacts knows, and places for the rest; a linked id leads to the contact it is."""
    person = contacts.get_person(ById(id=person_id))
    if person.id != person_id:
        return led_on(PERSON, person.id, person_id)
    known = all_definitions()
    about = _about(person.id)
    views = about["views"]
    facts = arrangement(ViewName.PERSON_FACTS, views, known)
    return render_template(
        "contacts/card.html",
        person=person,
        more_about=partial(contact_facts.about_affiliation, known),
        facts=[fact[1:] for fact in facts.arrange(contact_facts.of_person(person, known), contact_facts.key_of)],
        sections=arrangement(ViewName.PERSON_SECTIONS, views, known).shown,
        titles=PERSON_SECTIONS,
        about=about,
        history=history_words.entries(about["history"].data, known, "person") if about["history"] else [],
        sources=source_words.entries(about["sources"], known, "person"),
        point_words=point_words,
        may_write=may(Permission.CONTACTS_WRITE),
        loaded=card_sections.loaded_by_themselves(PERSON, person.id),
        **activity_section(),
        **document_section(),
    )


def _about(person_id: UUID) -> dict[str, Any]:
    """What contacts holds about a person, asked side by side: False without the right, None while away."""
    limit = SHOWN
    of_contacts: belongings.Asked = {
        "affiliations": (
            Permission.CONTACTS_READ,
            lambda: contacts.list_affiliations(ListAffiliations(person_id=person_id, limit=card_sections.AT_ONCE)),
        ),
        "surveys": (
            Permission.CONTACTS_READ,
            lambda: contacts.list_survey_answers(ListSurveyAnswers(person_id=person_id, limit=limit)),
        ),
        "documents": (
            Permission.ACTIVITIES_READ,
            lambda: contacts.list_documents(ListDocuments(person_id=person_id, limit=limit)),
        ),
        "history": (Permission.CONTACTS_READ, lambda: contacts.list_history(History(id=person_id, limit=limit))),
        "points": (Permission.CONTACTS_READ, lambda: contacts.get_contact_points(ById(id=person_id))),
        "sources": (Permission.CONTACTS_READ, lambda: contacts.list_sources(ById(id=person_id))),
        "views": (Permission.CONTACTS_READ, own_views),
        "tasks": (Permission.ACTIVITIES_READ, lambda: open_tasks(person_id=person_id)),
    }
    return belongings.ask(of_contacts)[0]
