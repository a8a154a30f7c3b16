"""By what contacts are reached: what is to be checked as a list; confirmed, marked, undone from there and the cards."""

from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.contact_points import ConfirmPoint, ListContactPoints, MarkPoint, Outcome, PointKind, PointState
from contracts.contacts.segments import CreateSegment, SegmentKind
from contracts.errors import Conflict, Invalid, NotFound
from gateway.asked import asked, list_state
from gateway.form_state import FormState
from gateway.i18n import local_date
from gateway.listing import Column, Filter, Option
from gateway.local_today import today
from gateway.pages import point_words
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.phone_numbers import grouped
from gateway.submitted import day, form_command, read, state, typed, without_empty
from gateway.undo import our_page, undo

contacts = client(ContactsApi)
pages = Pages("contact_points", __name__)
LIST: Final = "/office/stale-addresses"
POINT: Final = "/office/contact-points"
MONTHS: Final = (6, 12, 24, 36, 60)
COLUMNS: Final = (
    Column("name", lazy_gettext("Name"), "main", sort=True),
    Column("value", lazy_gettext("Address"), "long"),
    Column("verified_at", lazy_gettext("Verified"), "date", sort=True),
    Column("state", lazy_gettext("State")),
    Column("confirm", lazy_gettext("Confirm")),
)
STATES: Final = {
    PointState.OLD: lazy_gettext("Not verified for long"),
    PointState.RETURNED: point_words.PROBLEMS[Outcome.RETURNED],
    PointState.BOUNCED: point_words.PROBLEMS[Outcome.BOUNCED],
}
FILTERS: Final = ("of", "months", "kind", "state", "sort")


@pages.get(LIST, may=Permission.CONTACTS_READ)
def stale_addresses() -> str:
    """What should be checked, the longest unverified first."""
    wanted = asked(ListContactPoints, *FILTERS)
    return render_template(
        "contact_points/list.html",
        state=list_state(),
        columns=COLUMNS,
        filters=_filters(),
        found=contacts.list_contact_points(wanted),
        wanted=wanted,
        card="/office/contacts" if wanted.of is SegmentKind.PERSONS else "/office/organisations",
        fields=[(name, request.args[name]) for name in FILTERS if request.args.get(name)],
        words=point_words,
        may_write=may(Permission.CONTACTS_WRITE),
        may_send=may(Permission.NOTIFY_SEND),
    )


def _filters() -> tuple[Filter, ...]:
    months = [Option(str(each), ngettext("%(num)s month", "%(num)s months", each)) for each in MONTHS]
    return (
        Filter("months", lazy_gettext("Not verified for"), months),
        Filter("kind", lazy_gettext("Kind"), [Option(each.value, point_words.KINDS[each]) for each in PointKind]),
        Filter("state", lazy_gettext("State"), [Option(each.value, words) for each, words in STATES.items()]),
    )


@pages.post(f"{LIST}/segment", may=Permission.CONTACTS_WRITE)
def as_segment() -> ResponseReturnValue:
    """Save those whom the list shows as a segment: to be written to, printed on labels or exported."""
    wanted = read(ListContactPoints, without_empty(typed(*FILTERS)))
    name = _("Addresses to check, %(day)s", day=local_date(today()))
    request_ = read(CreateSegment, {"name": name, "of": wanted.of, "filter": point_words.as_filter(wanted)})
    with form_command():
        made = contacts.create_segment(request_)
    if request.form.get("ask"):
        return redirect(f"/office/mailings/new?segment_id={made.id}&check_details=yes")
    return redirect(f"/office/segments/{made.id}")


@pages.post(f"{POINT}/<uuid:contact_id>/<key>/confirm", may=Permission.CONTACTS_WRITE)
def confirm_point(contact_id: UUID, key: str) -> ResponseReturnValue:
    """The value is right, as somebody has said."""
    back = our_page(request.form.get("back", ""), LIST)
    try:
        with form_command():
            made = contacts.confirm_contact_point(read(ConfirmPoint, {"id": contact_id, "key": key}))
    except NotFound:
        flash(_("This value was changed meanwhile; look at it again."), "warn")
        return redirect(back)
    flash(_("Confirmed."), undo(f"{POINT}/verifications/{made.id}/undo", back))
    return redirect(back)


@pages.form(f"{POINT}/<uuid:contact_id>/<key>/mark", may=Permission.CONTACTS_WRITE)
def mark_point(contact_id: UUID, key: str) -> ResponseReturnValue:
    """Mail to the value came back: on which day, and why."""
    back = our_page(request.values.get("back", ""), LIST)
    point = next((each for each in contacts.get_contact_points(ById(id=contact_id)).data if each.key == key), None)
    if point is None:
        flash(_("This value was changed meanwhile; look at it again."), "warn")
        return redirect(back)
    if request.method == "GET":
        return _form(point, FormState({"happened_on": local_date(today())}), back)
    values: dict[str, Any] = typed("happened_on", "reason")
    try:
        day(values, "happened_on")
        wanted = read(MarkPoint, {"id": contact_id, "key": key, **without_empty(values)})
        with form_command():
            made = contacts.mark_contact_point(wanted)
    except NotFound:
        flash(_("This value was changed meanwhile; look at it again."), "warn")
        return redirect(back)
    except Invalid as error:
        return _form(point, state(typed("happened_on", "reason"), error), back), 422
    flash(_("%(value)s is marked.", value=grouped(point.value)), undo(f"{POINT}/verifications/{made.id}/undo", back))
    return redirect(back)


def _form(point: Any, f: FormState, back: str) -> str:
    return render_template("contact_points/mark.html", f=f, point=point, back=back, words=point_words)


@pages.post(f"{POINT}/verifications/<uuid:verification_id>/undo", may=Permission.CONTACTS_WRITE)
def undo_point(verification_id: UUID) -> ResponseReturnValue:
    """Take back what was said last."""
    back = our_page(request.values.get("back", ""), LIST)
    try:
        with form_command():
            contacts.undo_verification(ById(id=verification_id))
        flash(_("Undone."), "good")
    except (Conflict, NotFound):
        flash(_("This is not possible any more; the page shows how things stand."), "warn")
    return redirect(back)
