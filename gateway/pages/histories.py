"""The whole change history of a contact: who, when, which field, old and new, through which channel (C18)."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from flask import render_template
from flask_babel import lazy_gettext

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.history import Change, History
from gateway.asked import asked, asked_day, list_state
from gateway.field_definitions import all_definitions
from gateway.listing import Column, Filter, Option
from gateway.pages import history_words
from gateway.pages.colleagues import names_of
from gateway.pages.door import Pages
from gateway.submitted import without_empty

contacts = client(ContactsApi)
pages = Pages("histories", __name__)
COLUMNS: Final = (
    Column("what", lazy_gettext("What was changed"), "main"),
    Column("old", lazy_gettext("Before"), "long"),
    Column("new", lazy_gettext("After"), "long"),
    Column("at", lazy_gettext("When"), "date"),
    Column("by", lazy_gettext("Who")),
)
CHANNEL: Final = Filter(
    "channel", lazy_gettext("Through"), [Option(code, label) for code, label in history_words.CHANNELS.items()]
)


@pages.get("/office/contacts/<uuid:person_id>/history", may=Permission.CONTACTS_READ)
def history_of_person(person_id: UUID) -> str:
    """Every change of a person, with those of cards that were merged into it."""
    person = contacts.get_person(ById(id=person_id))
    crumb = (lazy_gettext("Contacts"), "/office/contacts")
    return _show(person.id, person.name, "person", crumb, f"/office/contacts/{person.id}")


@pages.get("/office/organisations/<uuid:organisation_id>/history", may=Permission.CONTACTS_READ)
def history_of_organisation(organisation_id: UUID) -> str:
    """Every change of an organisation."""
    found = contacts.get_organisation(ById(id=organisation_id))
    crumb = (lazy_gettext("Organisations"), "/office/organisations")
    return _show(found.id, found.name, "organisation", crumb, f"/office/organisations/{found.id}")


def _show(contact_id: UUID, name: str, kind: str, crumb: tuple[Any, str], address: str) -> str:
    days = {day: asked_day(day) for day in ("from_on", "to_on")}
    found = contacts.list_history(asked(History, "channel", "field", id=contact_id, limit=50, **without_empty(days)))
    return render_template(
        "histories/history.html",
        state=list_state(),
        columns=COLUMNS,
        filters=(CHANNEL,),
        found=found,
        rows=_rows(found.data, kind),
        name=name,
        crumb=crumb,
        address=address,
    )


def _rows(changes: Iterable[Change], kind: str) -> list[dict[str, Any]]:
    shown = [each for each in changes if each.field not in history_words.HIDDEN]
    known, names = all_definitions(), names_of(map(history_words.account_of, shown))
    return [
        {
            "at": each.changed_at,
            "by": names.get(account, "") if (account := history_words.account_of(each)) else "",
            "through": history_words.author(each),
            **history_words.before_and_after(each, known, kind),
        }
        for each in shown
    ]
