"""Making one contact of two: the choice of values, the merges that were made, and undoing them."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.rpc import client, side_by_side
from contracts.access import Permission
from contracts.base import ById, Request
from contracts.contacts import ContactsApi
from contracts.contacts.about import ContactKind
from contracts.contacts.merges import ListMerges, MergeTwo
from contracts.errors import Invalid, ServiceError, Stale
from gateway import wording
from gateway.asked import asked, list_state
from gateway.field_definitions import all_definitions
from gateway.listing import Column
from gateway.pages import merge_review
from gateway.pages.contact_kinds import KINDS, ORGANISATION, PERSON, ContactPages
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.submitted import form_command, read, typed, without_empty

contacts = client(ContactsApi)
pages = Pages("merges", __name__)
COLUMNS: Final = (
    Column("survivor_name", lazy_gettext("Contact"), "main"),
    Column("merged_name", lazy_gettext("Merged into it")),
    Column("merged_at", lazy_gettext("Time"), "date"),
    Column("state", lazy_gettext("State")),
)
CHOICE: Final = "choice."
HITS: Final = 10


class Two(Request):
    """The contacts of a review: who stays, and who is merged into it."""

    survivor: UUID
    merged: UUID
    kind: ContactKind = ContactKind.PERSON

    @property
    def of(self) -> ContactPages:
        """The pages of their kind."""
        return KINDS[self.kind]


@pages.get("/office/merges", may=Permission.CONTACTS_READ)
def list_merges() -> str:
    """Merges, newest first: all, or those of one contact."""
    g.page_path = "/office/duplicates"
    found = contacts.list_merges(asked(ListMerges, "person_id", "organisation_id"))
    return render_template(
        "duplicates/merges.html",
        state=list_state(),
        columns=COLUMNS,
        found=found,
        kinds=KINDS,
        may_write=may(Permission.CONTACTS_WRITE),
    )


@pages.get("/office/contacts/<uuid:person_id>/merge", may=Permission.CONTACTS_WRITE)
def choose_other(person_id: UUID) -> str:
    """Choose the contact that is the same person: similar ones, or what the search finds."""
    return _choose(PERSON, person_id)


@pages.get("/office/organisations/<uuid:organisation_id>/merge", may=Permission.CONTACTS_WRITE)
def choose_other_organisation(organisation_id: UUID) -> str:
    """The same of organisations."""
    return _choose(ORGANISATION, organisation_id)


def _choose(of: ContactPages, contact_id: UUID) -> str:
    g.page_path = of.address
    contact = of.get(contact_id)
    q = request.args.get("q", "").strip()[:100]
    found = of.find(q, HITS) if q else of.similar(contact.id, HITS)
    others = [each for each in found if each.id != contact.id]
    return render_template("duplicates/choose.html", contact=contact, of=of, q=q, others=others)


@pages.form("/office/merges/new", may=Permission.CONTACTS_WRITE)
def new_merge() -> ResponseReturnValue:
    """Two contacts side by side; whose value is kept, field by field."""
    if request.method == "GET":
        two = read(Two, without_empty({name: request.args.get(name) for name in Two.model_fields}))
        return review(two)
    two = read(Two, typed("survivor", "merged", "kind"))
    try:
        with form_command():
            made = two.of.merge(_wanted(two))
    except (Stale, Invalid) as error:
        return review(two, error), 422
    flash(_("%(name)s was merged into this contact.", name=made.merged_name), f"undo:/office/merges/{made.id}/undo")
    return redirect(two.of.card(made.survivor_id))


def _wanted(two: Two) -> MergeTwo:
    choices = {name.removeprefix(CHOICE): side for name, side in request.form.items() if name.startswith(CHOICE)}
    given = typed("survivor_version", "merged_version")
    return read(two.of.request, {"survivor_id": two.survivor, "merged_id": two.merged, "choices": choices, **given})


def review(two: Two, error: ServiceError | None = None, **more: Any) -> str:
    """The page on which two contacts are compared; `more` is about the pair that the scan has found."""
    g.page_path = "/office/duplicates"
    survivor, merged = side_by_side(*(partial(two.of.get, each) for each in (two.survivor, two.merged)))
    fields = all_definitions().of(two.kind)
    both = merge_review.of_each(two.kind, survivor.id, merged.id)
    chosen = {name: side for name, side in request.form.items() if name.startswith(CHOICE)}
    return render_template(
        "duplicates/review.html",
        of=two.of,
        survivor=survivor,
        merged=merged,
        lines=merge_review.lines(two.kind, survivor, merged, fields),
        kinds=merge_review.KINDS[two.kind],
        both=both,
        most=merge_review.COUNTED,
        warnings=merge_review.warnings(both) if two.of is PERSON else [],
        chosen=chosen,
        problem=wording.sentence(error) if error else "",
        may_write=may(Permission.CONTACTS_WRITE),
        **({"pair": None} | more),
    )


@pages.post("/office/merges/<uuid:merge_id>/undo", may=Permission.CONTACTS_WRITE)
def undo_merge(merge_id: UUID) -> ResponseReturnValue:
    """Make two contacts of one again."""
    undone = contacts.undo_merge(ById(id=merge_id))
    flash(_("%(name)s is a contact of its own again.", name=undone.merged_name), "good")
    return redirect(KINDS[undone.kind].card(undone.merged_id))
