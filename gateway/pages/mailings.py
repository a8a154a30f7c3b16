"""Mailings to segments: prepared, previewed as a receiver gets them, launched, paused, resumed, cancelled."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_babel import lazy_pgettext as _p

from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Permission
from contracts.base import ById, ListRequest
from contracts.contacts import ContactsApi
from contracts.contacts.segments import ListSegments, SegmentKind, SegmentMembers
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound
from contracts.notify import CreateMailing, Mailing, MailingState, NotifyApi, PreviewMailing
from gateway.asked import ask_first, asked, list_state
from gateway.form_state import FormState
from gateway.i18n import language, number
from gateway.listing import Column
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.submitted import form_command, read, shown_again, state, typed, without_empty
from gateway.wording import sentence

notify = client(NotifyApi)
contacts = client(ContactsApi)
pages = Pages("office_mailings", __name__)
MOST: Final = 200
COLUMNS: Final = (
    Column("name", lazy_gettext("Name"), "main"),
    Column("state", lazy_gettext("State")),
    Column("created_at", lazy_gettext("Made"), "date"),
    Column("recipients", lazy_gettext("Receivers"), "number"),
    Column("sent", _p("mailing", "Sent"), "number"),
    Column("failed", _p("mailing", "Failed"), "number"),
)
STATES: Final[Mapping[MailingState, tuple[Any, str]]] = {
    MailingState.DRAFT: (_p("mailing", "Draft, nothing is sent yet"), ""),
    MailingState.SENDING: (_p("mailing", "Being sent"), "busy"),
    MailingState.PAUSED: (_p("mailing", "Paused"), "warn"),
    MailingState.SENT: (_p("mailing", "Sent"), "good"),
    MailingState.CANCELLED: (_p("mailing", "Cancelled"), ""),
    MailingState.FAILED: (_p("mailing", "Stopped at an error"), "bad"),
}
STOPPED: Final = {
    "segment_gone": lazy_gettext("The segment was deleted. Bring it back and send again, or cancel the mailing."),
}
NOT_KNOWN: Final = lazy_gettext("The operator finds the reason in the log. Who has got it does not get it again.")
"""Why a mailing stopped, where no more is known."""


@pages.get("/office/mailings", may=Permission.NOTIFY_READ)
def list_mailings() -> str:
    """Mailings, newest first."""
    found = notify.list_mailings(asked(ListRequest))
    return render_template("mailings/list.html", state=list_state(), columns=COLUMNS, found=found, states=STATES)


@pages.form("/office/mailings/new", may=Permission.NOTIFY_SEND)
def new_mailing() -> ResponseReturnValue:
    """Prepare a mailing; nothing is sent yet."""
    if request.method == "GET":
        return _form(FormState({"segment_id": request.args.get("segment_id", ""), "marketing": "yes", **_asking()}))
    values = typed("name", "segment_id", "subject", "body", "marketing", "survey_id", "check_details")
    try:
        given = {**without_empty(values), "marketing": bool(values["marketing"])}
        given["check_details"] = bool(values["check_details"])
        with form_command():
            made = notify.create_mailing(read(CreateMailing, given))
    except (Invalid, NotAllowed) as error:
        return _form(state(values, error)), shown_again(error)
    flash(_("The draft is saved. Look at it as a receiver gets it, then send it."), "good")
    return redirect(f"/office/mailings/{made.id}")


def _asking() -> dict[str, Any]:
    """What a mailing that asks to answer a survey, or to check the own details, begins with."""
    if request.args.get("check_details"):
        title = str(_("Please check your details"))
        body = _("Hello {{given_name}},\n\nare your details still right?\n\n[[Check your details|{{link}}]]")
        return {"check_details": "yes", "marketing": "", "name": title, "subject": title, "body": body}
    survey_id = request.args.get("survey_id", "")
    if not survey_id:
        return {}
    title = contacts.get_survey(read(ById, {"id": survey_id})).title.in_language(language())
    body = _("Hello {{given_name}},\n\nwe would like to hear from you.\n\n[[Answer the survey|{{link}}]]")
    return {"survey_id": survey_id, "name": title, "subject": title, "body": body}


def _form(f: FormState) -> str:
    return render_template("mailings/form.html", f=f, segments=segments())


def segments() -> list[tuple[UUID, str]]:
    """Saved segments with how many persons they find now, for a choice in a form."""
    found = contacts.list_segments(ListSegments(limit=MOST, of=SegmentKind.PERSONS)).data
    return [(each.id, each.name if each.count is None else f"{each.name} ({number(each.count)})") for each in found]


@pages.get("/office/mailings/<uuid:mailing_id>", may=Permission.NOTIFY_READ)
def show_mailing(mailing_id: UUID) -> str:
    """One mailing: how far it is, and how receivers get it."""
    mailing = notify.get_mailing(ById(id=mailing_id))
    segment, receivers, checks = _to_whom(mailing) if may(Permission.CONTACTS_READ) else (None, None, None)
    return render_template(
        "mailings/mailing.html",
        mailing=mailing,
        segment=segment,
        receivers=receivers,
        preview=_preview(mailing),
        shown=request.args.get("person_id", ""),
        standing=STATES[mailing.state],
        stopped=STOPPED.get(mailing.reason, NOT_KNOWN) if mailing.state is MailingState.FAILED else "",
        checks=checks,
        can_send=may(Permission.NOTIFY_SEND),
    )


def _to_whom(mailing: Mailing) -> list[Any]:
    """The segment, the first receivers and, if they were asked to check their details, how many have."""
    members = SegmentMembers(id=mailing.segment_id, limit=20)
    return side_by_side(
        partial(_or_gone, partial(contacts.get_segment, ById(id=mailing.segment_id))),
        partial(_or_gone, partial(contacts.list_segment_members, members)),
        partial(or_nothing, partial(contacts.count_details_checks, ById(id=mailing.id)))
        if mailing.check_details
        else lambda: None,
    )


def _or_gone(call: Callable[[], Any]) -> Any:
    """What is known of the segment; nothing when it was taken away, is not to be read, or contacts is away."""
    with suppress(NotFound, NotAllowed):
        return or_nothing(call)
    return None


def _preview(mailing: Mailing) -> Any:
    given = request.args.get("person_id", "")
    if not given:
        return None
    person_id = read(ById, {"id": given}).id
    return notify.preview_mailing(PreviewMailing(id=mailing.id, person_id=person_id))


@pages.post("/office/mailings/<uuid:mailing_id>/launch", may=Permission.NOTIFY_SEND)
def launch(mailing_id: UUID) -> ResponseReturnValue:
    """Send a draft or go on with a paused one; asks first, with the number of receivers."""
    mailing = notify.get_mailing(ById(id=mailing_id))
    count = 0
    with suppress(NotFound):  # launching tells that the segment is gone
        count = contacts.get_segment(ById(id=mailing.segment_id)).count or 0
    question = ask_first(
        _("Send %(name)s?", name=mailing.name),
        ngettext(
            "%(count)s receiver gets it by e-mail. What has left cannot be called back.",
            "%(count)s receivers get it by e-mail. What has left cannot be called back.",
            count,
            count=number(count),
        ),
        _("Send now"),
        f"/office/mailings/{mailing_id}",
    )
    if question is not None:
        return question
    return _done(mailing_id, partial(notify.launch_mailing, ById(id=mailing_id)), _("It is being sent."))


@pages.post("/office/mailings/<uuid:mailing_id>/pause", may=Permission.NOTIFY_SEND)
def pause(mailing_id: UUID) -> ResponseReturnValue:
    """Stop for a while; what has left has left."""
    return _done(mailing_id, partial(notify.pause_mailing, ById(id=mailing_id)), _("It is paused."))


@pages.post("/office/mailings/<uuid:mailing_id>/cancel", may=Permission.NOTIFY_SEND)
def cancel(mailing_id: UUID) -> ResponseReturnValue:
    """Never send what has not left."""
    question = ask_first(
        _("Cancel this mailing?"),
        _("What has not left is never sent. This cannot be undone."),
        _("Cancel the mailing"),
        f"/office/mailings/{mailing_id}",
    )
    if question is not None:
        return question
    return _done(mailing_id, partial(notify.cancel_mailing, ById(id=mailing_id)), _("The mailing is cancelled."))


def _done(mailing_id: UUID, command: Any, text: str) -> ResponseReturnValue:
    try:
        with form_command():
            command()
        flash(text, "good")
    except Conflict as error:
        is_gone = error.error_code == "segment_gone"
        told = sentence(error) if is_gone else _("This is not possible any more; the page shows how things stand.")
        flash(told, "warn")
    return redirect(f"/office/mailings/{mailing_id}")
