"""Segments: saved filters that are counted and listed anew each time, and a builder for simple ones."""

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
from contracts.contacts.segments import CreateSegment, ListSegments, PreviewSegment, SegmentMembers
from contracts.errors import Invalid
from gateway.field_definitions import all_definitions
from gateway.form_state import FormState
from gateway.listing import Column, ListState
from gateway.pages import segment_forms as forms
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.pages.segment_fields import Fields
from gateway.submitted import form_command, needed, read, state, without_empty

contacts = client(ContactsApi)
pages = Pages("segments", __name__)
COLUMNS: Final = (Column("name", lazy_gettext("Name"), "main"), Column("count", lazy_gettext("Persons"), "number"))
MEMBER_COLUMNS: Final = (
    Column("name", lazy_gettext("Name"), "main"),
    Column("city", lazy_gettext("Town")),
    Column("email", lazy_gettext("E-mail"), "long"),
    Column("phone", lazy_gettext("Phone")),
)


@pages.get("/office/segments", may=Permission.CONTACTS_READ)
def list_segments() -> str:
    """Saved segments with how many persons they find now."""
    found = contacts.list_segments(read(ListSegments, without_empty({"cursor": request.args.get("cursor")})))
    shown_as = ListState(request.path, request.args.to_dict())
    return render_template("segments/list.html", state=shown_as, columns=COLUMNS, found=found)


@pages.form("/office/segments/new", may=Permission.CONTACTS_WRITE)
def new_segment() -> ResponseReturnValue:
    """Build a filter row by row, see how many it finds, save it."""
    fields = Fields.of(all_definitions())
    if request.method == "GET":
        return _form({"join": "all", "field_0": "", "op_0": "eq", "value_0": ""}, fields)
    values = forms.typed_rows()
    if {"add", "remove", "refresh"} & set(request.form):
        return _form(forms.with_one_more(values) if "add" in request.form else values, fields)
    try:
        wanted = forms.tree(values, fields)
        if "preview" in request.form:
            count = contacts.preview_segment(PreviewSegment(filter=wanted)).count
            return _form(values, fields, count=count)
        needed(values, "name")
        with form_command():
            made = contacts.create_segment(read(CreateSegment, {"name": values["name"], "filter": wanted}))
    except Invalid as error:
        return _form(state(values, forms.at_their_rows(error, values)), fields), 422
    flash(_("Saved."), "good")
    return redirect(f"/office/segments/{made.id}")


def _form(f: FormState | dict[str, Any], fields: Fields, count: int | None = None) -> str:
    shown = f if isinstance(f, FormState) else FormState(f)
    return render_template(
        "segments/form.html",
        f=shown,
        rows=[(row, fields.options(shown.values, row)) for row in forms.rows_of(dict(shown.values))],
        fields=list(fields.names.items()),
        operators=list(forms.OPERATORS.items()),
        joins=[(value, label, "") for value, label in forms.JOINS.items()],
        count=count,
    )


@pages.get("/office/segments/<uuid:segment_id>", may=Permission.CONTACTS_READ)
def segment_card(segment_id: UUID) -> str:
    """A segment: its filter in words and the persons it finds now."""
    asked = read(SegmentMembers, without_empty({"id": segment_id, "cursor": request.args.get("cursor")}))
    parts: list[Any] = side_by_side(
        lambda: contacts.get_segment(ById(id=segment_id)),
        lambda: contacts.list_segment_members(asked),
        all_definitions,
    )
    segment, members, known = parts
    return render_template(
        "segments/card.html",
        segment=segment,
        lines=forms.in_words(segment.filter, Fields.of(known)),
        members=members,
        columns=MEMBER_COLUMNS,
        state=ListState(request.path, request.args.to_dict()),
        may_send=may(Permission.NOTIFY_SEND),
    )
