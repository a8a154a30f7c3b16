"""One's own contact details and consents for marketing."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client, side_by_side, with_key
from contracts.access import Rule
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.addresses import Address
from contracts.contacts.consents import ContactChannel, SetConsent
from gateway.form_state import FormState
from gateway.pages.consent_forms import CHANNELS, changed, form_key
from gateway.pages.door import Pages
from gateway.pages.own import own_id

contacts = client(ContactsApi)
pages = Pages("my_details", __name__)
EVIDENCE: Final = "own page /my/details"


@pages.get("/my/details", may=Rule.OWN)
def details() -> str:
    """What the register knows, and what one is written about."""
    me = own_id()
    calls: list[Any] = [partial(contacts.get_person, ById(id=me)), partial(contacts.get_consents, ById(id=me))]
    person, consents = side_by_side(*calls)
    return render_template(
        "my/details.html",
        person=person,
        addresses=[_on_lines(each) for each in person.addresses],
        f=FormState({each.channel.value: "yes" if each.allowed else "" for each in consents.data}),
        channels=[(channel.value, label) for channel, label in CHANNELS.items()],
    )


def _on_lines(found: Address) -> str:
    town = " ".join(part for part in (found.postal_code, found.city) if part)
    country = found.country if found.country != "FI" else ""
    return ", ".join(part for part in (found.street, town, country) if part)


@pages.post("/my/details/consents", may=Rule.OWN)
def consents() -> ResponseReturnValue:
    """Record what was changed, one command for each channel."""
    me = own_id()
    for channel, allowed in changed(contacts.get_consents(ById(id=me))):
        with with_key(form_key(channel)):
            contacts.set_consent(_consent(me, channel, allowed=allowed))
    flash(_("Your choices are saved and hold from now on."), "good")
    return redirect("/my/details")


def _consent(person_id: UUID, channel: ContactChannel, *, allowed: bool) -> SetConsent:
    return SetConsent(person_id=person_id, channel=channel, allowed=allowed, evidence=EVIDENCE)
