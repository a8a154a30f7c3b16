"""Contacts that may be the same: the pairs that a scan has found, and what the office says of them."""

from typing import Final
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById, Job, Nothing
from contracts.contacts import ContactsApi
from contracts.contacts.about import ContactKind
from contracts.contacts.duplicates import Duplicate, DuplicateState, ListDuplicates
from contracts.errors import NotFound
from gateway.asked import asked, list_state
from gateway.listing import Column, Filter, Option
from gateway.pages.contact_kinds import KINDS
from gateway.pages.door import Pages
from gateway.pages.merges import Two, review
from gateway.pages.person_names import may
from gateway.submitted import form_command

contacts = client(ContactsApi)
pages = Pages("duplicates", __name__)
COLUMNS: Final = (
    Column("first", lazy_gettext("Contact"), "main"),
    Column("second", lazy_gettext("Perhaps the same as")),
    Column("reasons", lazy_gettext("What they have in common")),
)
KIND: Final = Filter(
    "kind",
    lazy_gettext("Kind"),
    (
        Option(ContactKind.PERSON, lazy_gettext("Persons")),
        Option(ContactKind.ORGANISATION, lazy_gettext("Organisations")),
    ),
)


@pages.get("/office/duplicates", may=Permission.CONTACTS_READ)
def list_duplicates() -> ResponseReturnValue:
    """Pairs that wait for somebody to judge them, the most alike first; or those that were found to be two."""
    scan = _latest_scan()
    runs = scan is not None and scan.finished_at is None
    if not runs and request.headers.get("HX-Request") and request.headers.get("HX-Target", "").startswith("job-"):
        answer = make_response("")
        answer.headers["HX-Refresh"] = "true"  # the scan has ended: show the whole page as it is now
        return answer
    wanted = asked(ListDuplicates, "state", "kind")
    return render_template(
        "duplicates/list.html",
        state=list_state(),
        columns=COLUMNS,
        filters=(KIND,),
        found=contacts.list_duplicates(wanted),
        dismissed=wanted.state is DuplicateState.DISMISSED,
        scan=scan,
        runs=runs,
        may_write=may(Permission.CONTACTS_WRITE),
    )


def _latest_scan() -> Job | None:
    try:
        return contacts.get_latest_scan(Nothing())
    except NotFound:
        return None


@pages.post("/office/duplicates/scan", may=Permission.CONTACTS_WRITE)
def scan() -> ResponseReturnValue:
    """Look through the whole register."""
    with form_command():
        contacts.scan_duplicates(Nothing())
    return redirect("/office/duplicates")


@pages.get("/office/duplicates/<uuid:pair_id>", may=Permission.CONTACTS_READ)
def show_pair(pair_id: UUID) -> ResponseReturnValue:
    """One pair side by side. The older contact stays, unless `keep` names the other."""
    pair = contacts.get_duplicate(ById(id=pair_id))
    if pair.state is DuplicateState.MERGED:
        return redirect(KINDS[pair.kind].card(pair.first.id))
    ids = (pair.first.id, pair.second.id)
    survivor, merged = reversed(ids) if request.args.get("keep") == str(pair.second.id) else ids
    return review(Two(survivor=survivor, merged=merged, kind=pair.kind), pair=pair)


@pages.post("/office/duplicates/<uuid:pair_id>/dismiss", may=Permission.CONTACTS_WRITE)
def dismiss(pair_id: UUID) -> ResponseReturnValue:
    """These are two contacts; the next pair is shown."""
    pair = contacts.dismiss_duplicate(ById(id=pair_id))
    told = _("%(first)s and %(second)s stay two contacts.", first=pair.first.name, second=pair.second.name)
    flash(told, f"undo:/office/duplicates/{pair_id}/reopen")
    return redirect(_next_pair())


def _next_pair() -> str:
    found: list[Duplicate] = contacts.list_duplicates(ListDuplicates(limit=1)).data
    return f"/office/duplicates/{found[0].id}" if found else "/office/duplicates"


@pages.post("/office/duplicates/<uuid:pair_id>/reopen", may=Permission.CONTACTS_WRITE)
def reopen(pair_id: UUID) -> ResponseReturnValue:
    """Judge the pair again."""
    contacts.reopen_duplicate(ById(id=pair_id))
    return redirect(f"/office/duplicates/{pair_id}")
