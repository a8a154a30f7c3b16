"""Addresses that are not written to again (N8)."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel import lazy_pgettext as _p

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById, ListRequest
from contracts.errors import Conflict, Invalid
from contracts.notify import Channel, NotifyApi, Suppress
from gateway.asked import asked, list_state
from gateway.form_state import FormState
from gateway.listing import Column
from gateway.pages.door import Pages
from gateway.phone_numbers import grouped
from gateway.submitted import form_command, read, state, typed

notify = client(NotifyApi)
pages = Pages("office_suppressions", __name__)
PLACE: Final = "/office/suppressions"
COLUMNS: Final = (
    Column("address", lazy_gettext("Address"), "main"),
    Column("reason", lazy_gettext("Reason")),
    Column("since", lazy_gettext("Since"), "date"),
    Column("lift", lazy_gettext("Use again")),
)
REASONS: Final[Mapping[str, Any]] = {
    "unsubscribed": _p("suppression", "Left the newsletters"),
    "bounced": _p("suppression", "Mail came back"),
    "complaint": _p("suppression", "Complained"),
    "by-hand": _p("suppression", "Entered by the office"),
}
CHANNELS: Final = ((Channel.EMAIL.value, lazy_gettext("E-mail")), (Channel.SMS.value, lazy_gettext("Text message")))


@pages.get(PLACE, may=Permission.NOTIFY_READ)
def list_suppressions() -> ResponseReturnValue:
    """All of them, the newest first, with a form for one more."""
    return _page(FormState({"channel": "email", "reason": "by-hand"}))


@pages.post(f"{PLACE}/new", may=Permission.NOTIFY_SEND)
def suppress() -> ResponseReturnValue:
    """Never write to an address again."""
    values = typed("channel", "address", "reason")
    try:
        with form_command():
            made = notify.suppress(read(Suppress, values))
    except (Invalid, Conflict) as error:
        return _page(state(values, error)), 422
    flash(_("%(address)s is not written to any more.", address=grouped(made.address)), "good")
    return redirect(PLACE)


@pages.post(f"{PLACE}/<uuid:suppression_id>/lift", may=Permission.NOTIFY_SEND)
def lift(suppression_id: UUID) -> ResponseReturnValue:
    """The address may be used again."""
    with form_command():
        notify.lift_suppression(ById(id=suppression_id))
    flash(_("The address may be written to again."), "good")
    return redirect(PLACE)


def _page(f: FormState) -> str:
    return render_template(
        "messages/suppressions.html",
        f=f,
        state=list_state(),
        columns=COLUMNS,
        found=notify.list_suppressions(asked(ListRequest, limit=50)),
        reasons=REASONS,
        channels=CHANNELS,
    )
