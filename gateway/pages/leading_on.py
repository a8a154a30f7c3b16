"""The address of a card that was merged leads to the one that stands for it."""

from uuid import UUID

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client, or_nothing
from contracts.contacts import ContactsApi
from contracts.contacts.merges import ListMerges
from gateway.pages.contact_kinds import ContactPages

contacts = client(ContactsApi)


def led_on(of: ContactPages, known_as: UUID, asked_id: UUID) -> ResponseReturnValue:
    """The card that stands for the one that was asked for, with a word about why."""
    asked = ListMerges.model_validate({f"{of.kind.value}_id": asked_id, "limit": 1})
    made = or_nothing(lambda: contacts.list_merges(asked).data)
    if made and made[0].merged_id == asked_id:
        flash(_("%(name)s was merged into this contact.", name=made[0].merged_name), "good")
    return redirect(of.card(known_as))
