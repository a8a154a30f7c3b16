"""Segments: saved filters that are counted and listed anew each time, and the builder for them."""

from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.rpc import client, side_by_side
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.segments import DeleteSegment, ListSegments, SegmentKind, SegmentMembers
from gateway.field_definitions import all_definitions
from gateway.listing import Column, ListState
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.pages.segment_choices import known_choices
from gateway.pages.segment_fields import Fields
from gateway.pages.segment_words import in_words
from gateway.submitted import form_command, read, without_empty
from gateway.undo import undo

contacts = client(ContactsApi)
pages = Pages("segments", __name__)
LIST: Final = "/office/segments"
COLUMNS: Final = (
    Column("name", lazy_gettext("Name"), "main"),
    Column("of", lazy_gettext("Finds")),
    Column("count", lazy_gettext("Number now"), "number"),
)
FINDS: Final = {
    SegmentKind.PERSONS: lazy_gettext("Persons"),
    SegmentKind.ORGANISATIONS: lazy_gettext("Organisations"),
}
MEMBER_COLUMNS: Final = (
    Column("name", lazy_gettext("Name"), "main"),
    Column("city", lazy_gettext("Town")),
    Column("email", lazy_gettext("E-mail"), "long"),
)
CARDS: Final = {SegmentKind.PERSONS: "/office/contacts", SegmentKind.ORGANISATIONS: "/office/organisations"}


@pages.get(LIST, may=Permission.CONTACTS_READ)
def list_segments() -> str:
    """Saved segments with how many persons or organisations they find now."""
    found = contacts.list_segments(read(ListSegments, without_empty({"cursor": request.args.get("cursor")})))
    shown_as = ListState(request.path, request.args.to_dict())
    return render_template("segments/list.html", state=shown_as, columns=COLUMNS, found=found, finds=FINDS)


@pages.get(f"{LIST}/<uuid:segment_id>", may=Permission.CONTACTS_READ)
def segment_card(segment_id: UUID) -> str:
    """A segment: its filter in words and whom or what it finds now."""
    asked = read(SegmentMembers, without_empty({"id": segment_id, "cursor": request.args.get("cursor")}))
    parts: list[Any] = side_by_side(lambda: contacts.get_segment(ById(id=segment_id)), all_definitions, known_choices)
    segment, known, choices = parts
    of_persons = segment.of is SegmentKind.PERSONS
    listed = contacts.list_segment_members if of_persons else contacts.list_segment_organisations
    return render_template(
        "segments/card.html",
        segment=segment,
        lines=in_words(segment.filter, Fields.of(segment.of, known, choices, segment.filter)),
        members=listed(asked),
        finds=FINDS[segment.of],
        cards=CARDS[segment.of],
        columns=MEMBER_COLUMNS,
        state=ListState(request.path, request.args.to_dict()),
        may_send=may(Permission.NOTIFY_SEND) and of_persons,
        may_write=may(Permission.CONTACTS_WRITE),
    )


@pages.post(f"{LIST}/<uuid:segment_id>/delete", may=Permission.CONTACTS_WRITE)
def delete_segment(segment_id: UUID) -> ResponseReturnValue:
    """Take a segment away; the next page offers to undo it. Mailings that were sent to it stay."""
    with form_command():
        contacts.delete_segment(read(DeleteSegment, {"id": segment_id, "version": request.form.get("version", "")}))
    flash(_("The segment is deleted. Mailings already sent to it stay."), undo(f"{LIST}/{segment_id}/restore", LIST))
    return redirect(LIST)


@pages.post(f"{LIST}/<uuid:segment_id>/restore", may=Permission.CONTACTS_WRITE)
def restore_segment(segment_id: UUID) -> ResponseReturnValue:
    """Bring a deleted segment back."""
    contacts.restore_segment(ById(id=segment_id))
    flash(_("The segment is back."), "good")
    return redirect(f"{LIST}/{segment_id}")
