"""What a message says to its receiver: texts filled with facts, in the receiver's language."""

from datetime import datetime
from functools import lru_cache
from time import monotonic
from typing import Any
from uuid import UUID

from chassis.rpc import client
from chassis.settings import settings
from contracts.base import Nothing
from contracts.commerce import CommerceApi
from contracts.contacts.recipients import Recipient
from services.notify.commands.suppressions import unsubscribe_token
from services.notify.config import notify_settings
from services.notify.facts import Facts
from services.notify.providers.mime import Mailbox, MailContent
from services.notify.rules.rendering import Footer, Rendered, fill_line, render
from services.notify.rules.texts import LEAVE, words

commerce = client(CommerceApi)
WITHHELD = "(…)"
"""Stands for a personal link in the text that is kept: who may read messages must not be able to use it."""


def seller_name() -> str:
    """The association's name, from the settings of commerce; asked for once a minute."""
    return _seller_name_in(int(monotonic() // 60))


@lru_cache(maxsize=1)
def _seller_name_in(_minute: int) -> str:
    return commerce.get_seller(Nothing()).name


def suite_message(template: str, receiver: Recipient, facts: Facts, seller: str) -> Rendered:
    """A message the suite sends by itself."""
    chosen = words(template, receiver.language)
    values = {"given_name": receiver.given_name or receiver.name, "seller": seller, **facts.values}
    return render(chosen.subject, chosen.body, values, language=receiver.language, footer=Footer(seller))


def sms_text(template: str, receiver: Recipient, facts: Facts) -> str:
    """The one line of an SMS."""
    return fill_line(words(template, receiver.language).body, facts.values)


def mailing_message(
    mailing: Any, receiver: Recipient, seller: str, message_id: UUID | None = None, link: str = WITHHELD
) -> Rendered:
    """A mailing as this person gets it. Marketing ends with the address that stops it, when the message is known.

    `link` is the person's own link to the survey of the mailing, if it has one.
    """
    given = receiver.given_name or receiver.name
    values = {
        "given_name": given,
        "family_name": receiver.name.removeprefix(given).strip(),
        "name": receiver.name,
        "seller": seller,
        "link": link,
    }
    footer = Footer(seller)
    if mailing.marketing and message_id is not None:
        footer = Footer(seller, LEAVE[receiver.language], unsubscribe_url(message_id))
    return render(mailing.subject, mailing.body, values, language=receiver.language, footer=footer)


def kept_text(text: str, facts: Facts) -> str:
    """The text as it is stored: without its personal link."""
    link = facts.values.get("link")
    return text.replace(link, WITHHELD) if link else text


def unsubscribe_url(message_id: UUID) -> str:
    """The personal address that takes a message's receiver off marketing (RFC 8058 posts to it)."""
    return f"{settings().talkoo_base_url}/unsubscribe/{unsubscribe_token(message_id)}"


def mail(
    message_id: UUID, created_at: datetime, address: str, receiver: Recipient, rendered: Rendered, seller: str
) -> MailContent:
    """The e-mail around a rendered text; the same message always has the same Message-ID and date."""
    sender = notify_settings().mail_from
    return MailContent(
        message_id=f"<{message_id}@{sender.rpartition('@')[2]}>",
        sender=Mailbox(sender, fill_line(seller, {})),
        to=Mailbox(address, fill_line("{{name}}", {"name": receiver.name})),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        sent_at=created_at,
        return_path=sender,
    )
