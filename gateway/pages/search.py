"""One search over everything the user may see (A7)."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from flask import render_template, request

from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Permission
from contracts.commerce import CommerceApi
from contracts.commerce.invoices import ListInvoices
from contracts.contacts import ContactsApi
from contracts.contacts.organisations import ListOrganisations
from contracts.contacts.persons import ListPersons
from contracts.courses import CoursesApi, ListSessions
from gateway import found_things
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.pages.state_words import invoice_words
from gateway.submitted import read, without_empty

commerce = client(CommerceApi)
contacts = client(ContactsApi)
courses = client(CoursesApi)
pages = Pages("search", __name__)
HITS: Final = 8


@pages.get("/office/search", may=tuple(Permission))
def search() -> str:
    """Persons, organisations, invoices and sessions as their lists find them; everything else by its words."""
    q = request.args.get("q", "").strip()[:60]
    found, others = _found(q) if q else ({}, [])
    return render_template("office/search.html", q=q, found=found, others=others, words=invoice_words)


def _found(q: str) -> tuple[dict[str, Any], list[found_things.Things]]:
    wanted = {"q": q, "limit": HITS}
    asked: dict[str, tuple[Permission, Callable[[], Any]]] = {
        "persons": (Permission.CONTACTS_READ, lambda: contacts.list_persons(ListPersons(**wanted))),
        "organisations": (Permission.CONTACTS_READ, lambda: contacts.list_organisations(ListOrganisations(**wanted))),
        "invoices": (Permission.COMMERCE_READ, lambda: commerce.list_invoices(ListInvoices(**wanted))),
        "sessions": (Permission.COURSES_READ, lambda: courses.list_sessions(_sessions(q))),
    }
    *answers, others = side_by_side(
        *(partial(_part, *each) for each in asked.values()), partial(found_things.by_words, q, HITS)
    )
    return dict(zip(asked, answers, strict=True)), others


def _part(right: Permission, call: Callable[[], Any]) -> Any:
    """One part of the page; None without the right or when the service is away."""
    return or_nothing(call) if may(right) else None


def _sessions(q: str) -> ListSessions:
    return read(ListSessions, without_empty({"q": q, "limit": HITS, "all": True}))
