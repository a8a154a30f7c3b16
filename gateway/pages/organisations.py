"""Organisations: list, card with its people, entering, changing and deleting."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.affiliations import ListAffiliations
from contracts.contacts.documents import ListDocuments
from contracts.contacts.history import History
from contracts.contacts.organisations import ListOrganisations
from contracts.contacts.persons import DeleteContact
from contracts.contacts.segments import SegmentKind
from contracts.contacts.views import View, ViewName
from contracts.errors import Conflict
from gateway.field_definitions import all_definitions
from gateway.known_tags import known_tags, typed_tags
from gateway.listing import Column, ListState
from gateway.pages import card_sections, contact_facts, history_words, list_cells, point_words, source_words
from gateway.pages.activity_words import activity_section
from gateway.pages.contact_kinds import ORGANISATION
from gateway.pages.document_words import document_section
from gateway.pages.door import Pages
from gateway.pages.export_links import export_url
from gateway.pages.leading_on import led_on
from gateway.pages.own_views import ORGANISATION_SECTIONS, arrangement, chooser, columns_of, own_views
from gateway.pages.person_names import may
from gateway.pages.task_rows import open_tasks
from gateway.submitted import form_command, read, without_empty
from gateway.undo import undo

contacts = client(ContactsApi)
pages = Pages("organisations", __name__)
LIST: Final = "/office/organisations"
NAME: Final = Column("name", lazy_gettext("Name"), "main")
SHOWN: Final = 50


@pages.get(LIST, may=Permission.CONTACTS_READ)
def list_organisations() -> str:
    """Organisations by name, or the most alike to the words searched for."""
    query, known = request.args.to_dict(), all_definitions()
    view = arrangement(ViewName.ORGANISATIONS, own_views(), known)
    wanted = {"q": query.get("q", "").strip()[:100], "cursor": query.get("cursor")}
    wanted |= {"show": list_cells.further(view.shown), **typed_tags(query)}
    found = contacts.list_organisations(read(ListOrganisations, without_empty(wanted)))
    return render_template(
        "organisations/list.html",
        state=ListState(request.path, query),
        columns=[NAME, *columns_of(ViewName.ORGANISATIONS, view.shown, known)],
        chooser=chooser(ViewName.ORGANISATIONS, view, known),
        cell=partial(list_cells.cell, known=known, kind="organisation"),
        known_tags=known_tags(),
        found=found,
        export_url=export_url(SegmentKind.ORGANISATIONS),
    )


@pages.get(f"{LIST}/<uuid:organisation_id>", may=Permission.CONTACTS_READ)
def organisation_card(organisation_id: UUID) -> ResponseReturnValue:
    """An organisation with the people in it; a merged id leads to what it was merged into."""
    organisation = contacts.get_organisation(ById(id=organisation_id))
    if organisation.id != organisation_id:
        return led_on(ORGANISATION, organisation.id, organisation_id)
    known = all_definitions()
    documents = ListDocuments(organisation_id=organisation_id, limit=10)
    asked: list[Any] = [
        partial(contacts.list_affiliations, ListAffiliations(organisation_id=organisation_id, limit=SHOWN)),
        partial(contacts.list_history, History(id=organisation_id, limit=10)),
        partial(open_tasks, organisation_id=organisation_id) if may(Permission.ACTIVITIES_READ) else list,
        partial(contacts.list_documents, documents) if may(Permission.ACTIVITIES_READ) else list,
        own_views,
        partial(contacts.list_sources, ById(id=organisation_id)),
        partial(contacts.get_hierarchy, ById(id=organisation_id)),
        partial(contacts.get_contact_points, ById(id=organisation_id)),
    ]
    answers = side_by_side(*(partial(or_nothing, each) for each in asked))
    people, history, tasks, stored, chosen, sources, hierarchy, points = answers
    views: dict[ViewName, View] = chosen or {}
    shown = arrangement(ViewName.ORGANISATION_FACTS, views, known)
    parent = hierarchy.above[-1] if hierarchy and hierarchy.above else None
    facts = contact_facts.of_organisation(organisation, parent, known)
    return render_template(
        "organisations/card.html",
        organisation=organisation,
        more_about=partial(contact_facts.about_affiliation, known),
        facts=[fact[1:] for fact in shown.arrange(facts, contact_facts.key_of)],
        sections=arrangement(ViewName.ORGANISATION_SECTIONS, views, known).shown,
        titles=ORGANISATION_SECTIONS,
        people=people,
        tasks=tasks,
        documents=stored,
        hierarchy=hierarchy,
        points=points,
        point_words=point_words,
        history=history_words.entries(history.data, known, "organisation") if history else [],
        sources=source_words.entries(sources, known, "organisation"),
        may_write=may(Permission.CONTACTS_WRITE),
        loaded=card_sections.loaded_by_themselves(ORGANISATION, organisation_id),
        **activity_section(),
        **document_section(),
    )


@pages.post(f"{LIST}/<uuid:organisation_id>/delete", may=Permission.CONTACTS_WRITE)
def delete_organisation(organisation_id: UUID) -> ResponseReturnValue:
    """Take an organisation out of the register; the next page offers to undo it."""
    wanted = read(DeleteContact, {"id": organisation_id, "version": request.form.get("version", "")})
    organisation = contacts.get_organisation(ById(id=organisation_id))
    try:
        with form_command():
            contacts.delete_organisation(wanted)
    except Conflict as error:
        if error.error_code != "has_parts":
            raise
        flash(_("Other organisations belong to this one; move or delete them first."), "bad")
        return redirect(f"{LIST}/{organisation_id}")
    flash(_("%(name)s is deleted.", name=organisation.name), undo(f"{LIST}/{organisation_id}/restore", LIST))
    return redirect(LIST)


@pages.post(f"{LIST}/<uuid:organisation_id>/restore", may=Permission.CONTACTS_WRITE)
def restore_organisation(organisation_id: UUID) -> ResponseReturnValue:
    """Bring a deleted organisation back, with the people that were in it."""
    restored = contacts.restore_organisation(ById(id=organisation_id))
    flash(_("%(name)s is back, with its people.", name=restored.name), "good")
    return redirect(f"{LIST}/{restored.id}")
