"""All messages that were sent, or could not be: what the office looks at when somebody says that nothing came."""

from typing import Final
from uuid import UUID

from flask import render_template
from flask_babel import lazy_gettext

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById
from contracts.notify import ListMessages, NotifyApi
from gateway.asked import asked, list_state
from gateway.listing import Column, Filter, Option
from gateway.pages.door import Pages
from gateway.pages.my_messages import paragraphs_of, title_of
from gateway.pages.person_names import persons_by_id
from gateway.pages.state_words import MESSAGE

notify = client(NotifyApi)
pages = Pages("office_messages", __name__)
COLUMNS: Final = (
    Column("subject", lazy_gettext("Message"), "main"),
    Column("person", lazy_gettext("To")),
    Column("channel", lazy_gettext("By")),
    Column("sent", lazy_gettext("Sent"), "date"),
    Column("state", lazy_gettext("State")),
)
STATE: Final = Filter(
    "state", lazy_gettext("State"), [Option(state.value, words) for state, (words, _kind) in MESSAGE.items()]
)


@pages.get("/office/messages", may=Permission.NOTIFY_READ)
def list_messages() -> str:
    """The newest first."""
    found = notify.list_messages(asked(ListMessages, "state", "person_id", "mailing_id", limit=50))
    return render_template(
        "messages/list.html",
        state=list_state(),
        columns=COLUMNS,
        filters=(STATE,),
        found=found,
        persons=persons_by_id(each.person_id for each in found.data if each.person_id),
        title_of=title_of,
        words=MESSAGE,
    )


@pages.get("/office/messages/<uuid:message_id>", may=Permission.NOTIFY_READ)
def message(message_id: UUID) -> str:
    """One message with its text and, when it failed, the reason."""
    found = notify.get_message(ById(id=message_id))
    return render_template(
        "messages/message.html",
        message=found,
        title=title_of(found),
        person=persons_by_id([found.person_id]).get(found.person_id) if found.person_id else None,
        standing=MESSAGE[found.state],
        paragraphs=paragraphs_of(found),
    )
