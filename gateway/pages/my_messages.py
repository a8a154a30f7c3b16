"""The messages that were sent to oneself, as they were sent."""

from typing import Final
from uuid import UUID

from flask import render_template, request
from flask_babel import lazy_gettext

from chassis.rpc import client
from contracts.access import Rule
from contracts.base import ById
from contracts.notify import ListMessages, Message, NotifyApi
from gateway.listing import Column, ListState
from gateway.pages.door import Pages
from gateway.pages.own import own, own_id
from gateway.pages.state_words import MESSAGE
from gateway.submitted import read

notify = client(NotifyApi)
pages = Pages("my_messages", __name__)
COLUMNS: Final = (
    Column("subject", lazy_gettext("Message"), "main"),
    Column("channel", lazy_gettext("By")),
    Column("sent", lazy_gettext("Sent"), "date"),
    Column("state", lazy_gettext("State")),
)
BEGINNING = 70


@pages.get("/my/messages", may=Rule.OWN)
def messages() -> str:
    """All messages, newest first."""
    state = ListState(request.path, request.args.to_dict())
    found = notify.list_messages(read(ListMessages, {"person_id": own_id(), "cursor": state.query.get("cursor")}))
    return render_template(
        "my/messages.html", state=state, columns=COLUMNS, found=found, title_of=title_of, words=MESSAGE
    )


@pages.get("/my/messages/<uuid:message_id>", may=Rule.OWN)
def message(message_id: UUID) -> str:
    """One message with its text; personal links are not kept."""
    found = own(notify.get_message(ById(id=message_id)))
    return render_template(
        "my/message.html",
        message=found,
        title=title_of(found),
        standing=MESSAGE[found.state],
        paragraphs=paragraphs_of(found),
    )


def title_of(found: Message) -> str:
    """The subject, or how a text message begins."""
    first = found.subject or " ".join(found.body.split())
    return first if len(first) <= BEGINNING else first[: BEGINNING - 1].rstrip() + "…"


def paragraphs_of(found: Message) -> list[list[str]]:
    """The text as lines by paragraph."""
    return [part.splitlines() for part in found.body.replace("\r\n", "\n").split("\n\n") if part.strip()]
