"""Building a segment: rows and groups, counted as they are built; saved as a new segment or in place of the old one."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client, side_by_side
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.segments import (
    CreateSegment,
    PreviewSegment,
    Segment,
    SegmentFilter,
    SegmentKind,
    UpdateSegment,
)
from contracts.errors import Invalid
from gateway.field_definitions import all_definitions
from gateway.form_state import FormState
from gateway.pages import segment_drafts as drafts
from gateway.pages.door import Pages
from gateway.pages.segment_choices import known_choices
from gateway.pages.segment_drafts import DEEPEST, Draft
from gateway.pages.segment_fields import RELATIONS, Fields
from gateway.pages.segment_forms import Reader, draft_of
from gateway.pages.segment_words import JOINS, OPERATORS, SAME
from gateway.pages.segments import FINDS
from gateway.submitted import form_command, needed, read, state

contacts = client(ContactsApi)
pages = Pages("segment_builder", __name__)
BUTTONS = frozenset({"add", "add_group", "add_has", "take_away", "refresh"})


@pages.form("/office/segments/new", may=Permission.CONTACTS_WRITE)
def new_segment() -> ResponseReturnValue:
    """Build a filter row by row, see how many it finds, save it."""
    of = SegmentKind.ORGANISATIONS if request.values.get("of") == SegmentKind.ORGANISATIONS else SegmentKind.PERSONS
    fields = _fields(of)
    if request.method == "GET":
        return _form(drafts.group(drafts.row()), {"of": of.value}, fields)
    return _answered(of, fields, None)


@pages.form("/office/segments/<uuid:segment_id>/edit", may=Permission.CONTACTS_WRITE)
def edit_segment(segment_id: UUID) -> ResponseReturnValue:
    """Change a segment's name and filter."""
    segment = contacts.get_segment(ById(id=segment_id))
    fields = _fields(segment.of, segment.filter)
    if request.method == "GET":
        about = {"of": segment.of.value, "name": segment.name, "version": str(segment.version)}
        return _form(draft_of(segment.filter, fields), about, fields, segment)
    return _answered(segment.of, fields, segment)


def _fields(of: SegmentKind, used: SegmentFilter | None = None) -> Fields:
    found: list[Any] = side_by_side(all_definitions, known_choices)
    return Fields.of(of, found[0], found[1], used)


def _answered(of: SegmentKind, fields: Fields, segment: Segment | None) -> ResponseReturnValue:
    whole = drafts.typed()
    about = {name: request.form.get(name, "").strip()[:300] for name in ("name", "version")} | {"of": of.value}
    if BUTTONS & set(request.form):
        relation = next((name for name in fields.groups if name), "")
        return _form(drafts.after_button(whole, relation), about, fields, segment)
    reader = Reader(fields)
    try:
        wanted = reader.filter(whole)
        if "preview" in request.form:
            count = contacts.preview_segment(PreviewSegment(of=of, filter=wanted)).count
            return _form(whole, about, fields, segment, count)
        needed(about, "name")
        made = _saved(about, of, wanted, segment)
    except Invalid as error:
        wrong = state(about | drafts.values(whole), reader.at_their_rows(error))
        return _form(whole, about, fields, segment, wrong=wrong)
    flash(_("Saved."), "good")
    return redirect(f"/office/segments/{made.id}")


def _saved(about: dict[str, str], of: SegmentKind, wanted: Any, segment: Segment | None) -> Segment:
    with form_command():
        if segment is None:
            return contacts.create_segment(read(CreateSegment, {"name": about["name"], "of": of, "filter": wanted}))
        given = {"id": segment.id, "version": about["version"] or 0, "name": about["name"], "filter": wanted}
        return contacts.update_segment(read(UpdateSegment, given))


def _form(
    whole: Draft,
    about: dict[str, str],
    fields: Fields,
    segment: Segment | None = None,
    count: int | None = None,
    wrong: FormState | None = None,
) -> ResponseReturnValue:
    """The builder. Counting as one builds (an htmx request) never shouts: an unfinished row has no number yet."""
    live = "preview" in request.form and "HX-Request" in request.headers
    shown = render_template(
        "segments/form.html",
        f=FormState(about | drafts.values(whole)) if wrong is None or live else wrong,
        whole=whole,
        fields=fields,
        segment=segment,
        of=SegmentKind(about["of"]),
        finds=[(kind.value, words) for kind, words in FINDS.items()],
        operators=list(OPERATORS.items()),
        joins=list(JOINS.items()),
        things=[(name, SAME[name]) for name in fields.groups if name in RELATIONS],
        deepest=DEEPEST,
        count=count,
        unfinished=live and wrong is not None,
        problems=list(wrong.problems) if live and wrong else [],
    )
    return shown, 422 if wrong is not None and not live else 200
