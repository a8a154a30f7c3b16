"""The form of consents for marketing: a box for each channel."""

from collections.abc import Iterator
from typing import Final

from flask import request
from flask_babel import lazy_gettext

from contracts.contacts.consents import Consents, ContactChannel

CHANNELS: Final = {
    ContactChannel.EMAIL: lazy_gettext("Newsletters and offers by e-mail"),
    ContactChannel.SMS: lazy_gettext("Offers by text message"),
    ContactChannel.POST: lazy_gettext("Letters and magazines by post"),
    ContactChannel.PHONE: lazy_gettext("Calls"),
}


def changed(known: Consents) -> Iterator[tuple[ContactChannel, bool]]:
    """Channels whose box says something else than what holds now."""
    for each in known.data:
        wanted = request.form.get(each.channel.value) == "yes"
        if wanted is not each.allowed:
            yield each.channel, wanted


def form_key(channel: ContactChannel) -> str:
    """The key of the command that records one channel of this form."""
    return f"form:{request.form.get('form_key', '')[:100]}:{channel}"
