"""Choosing what one's own lists and cards show, and in which order (C8). Every button saves at once."""

from urllib.parse import quote

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client
from contracts.access import Permission
from contracts.contacts import ContactsApi
from contracts.contacts.views import SaveView, ViewByName, ViewName
from contracts.errors import NotFound
from gateway.field_definitions import all_definitions
from gateway.pages.door import Pages
from gateway.pages.own_views import OFFERS, Arrangement, arrangement, own_views
from gateway.submitted import form_command
from gateway.undo import our_page

contacts = client(ContactsApi)
pages = Pages("views", __name__)


def _named(name: str) -> ViewName:
    if name not in set(ViewName):
        raise NotFound(f"There is no view {name[:40]}.")
    return ViewName(name)


@pages.get("/office/views/<name>", may=Permission.CONTACTS_READ)
def view_page(name: str) -> str:
    """What is shown, in order, and what could be."""
    view, known, views = _named(name), all_definitions(), own_views()
    offer, found = OFFERS[view], arrangement(view, views, known)
    labels = offer.labels(known)
    return render_template(
        "views/view.html",
        name=view,
        title=offer.title,
        back=our_page(request.args.get("back", ""), offer.page),
        tabs=[(each.title, f"/office/views/{other.value}", None) for other, each in OFFERS.items()],
        here=f"/office/views/{view.value}",
        shown=[(key, labels[key]) for key in found.shown],
        hidden=[(key, labels[key]) for key in found.hidden],
        own=found.own,
        pressed=request.args.get("pressed", ""),
    )


@pages.post("/office/views/<name>", may=Permission.CONTACTS_READ)
def change_view(name: str) -> ResponseReturnValue:
    """Show, hide or move one thing."""
    view = _named(name)
    action, _colon, key = request.form.get("do", "").partition(":")
    known = all_definitions()
    changed = moved(arrangement(view, own_views(), known), action, key)
    with form_command():
        contacts.save_view(SaveView(name=view, shown=changed.shown, hidden=changed.hidden))
    return redirect(_page_after(view, f"{action}:{key}"))


def moved(now: Arrangement, action: str, key: str) -> Arrangement:
    """The arrangement after a button: `show`, `hide`, `up` or `down` of one key; what cannot be changes nothing."""
    shown, hidden = list(now.shown), list(now.hidden)
    if action == "show" and key in hidden:
        hidden.remove(key)
        shown.append(key)
    elif action == "hide" and key in shown:
        shown.remove(key)
        hidden.append(key)
    elif action in {"up", "down"} and key in shown:
        here = shown.index(key)
        there = min(max(here + (1 if action == "down" else -1), 0), len(shown) - 1)
        shown[here], shown[there] = shown[there], shown[here]
    return Arrangement(shown, hidden, own=True)


@pages.post("/office/views/<name>/reset", may=Permission.CONTACTS_READ)
def reset_view(name: str) -> ResponseReturnValue:
    """Back to what everybody sees."""
    view = _named(name)
    with form_command():
        contacts.reset_view(ViewByName(name=view))
    flash(_("Shown as for everybody again."), "good")
    return redirect(_page_after(view))


def _page_after(view: ViewName, pressed: str = "") -> str:
    """The list, when the button stood on it; else the page of the view with the same button."""
    if back := our_page(request.form.get("back", ""), ""):
        return back
    return f"/office/views/{view.value}" + (f"?pressed={quote(pressed)}" if pressed else "")
