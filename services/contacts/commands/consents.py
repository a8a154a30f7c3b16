"""Consents and bans for marketing, with their evidence (C17)."""

from datetime import datetime
from itertools import takewhile
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.contacts.consents import ContactChannel, SetConsent
from contracts.errors import NotFound
from contracts.notify import PersonResubscribed, PersonUnsubscribed
from services.contacts import models
from services.contacts.commands import persons
from services.contacts.commands.history import Author

LINK = "Viestin peruutuslinkki:"
"""The evidence of who left by a link, in the language of the office; the id of the message follows."""
BACK = "Viestin peruutuslinkki, kumottu:"
"""That of who has undone it by the same link."""
BY_LINK = "link:"
"""Begins the label of who used the link of a message; its id follows."""


def set_consent(session: Session, request: SetConsent, author: Author) -> None:
    """Keep what was said as evidence, and the ban or its end on the person."""
    person = persons.locked(session, request.person_id)
    session.add(
        models.Consent(
            id=new_id(),
            person_id=person.id,
            channel=request.channel,
            allowed=request.allowed,
            evidence=request.evidence,
            recorded_at=author.at,
            recorded_by=author.label,
        )
    )
    banned = set(person.banned_channels) - {request.channel.value}
    if not request.allowed:
        banned.add(request.channel.value)
    persons.change(session, person, {"banned_channels": sorted(banned)}, author)


def unsubscribe(session: Session, event: PersonUnsubscribed) -> None:
    """The person used the link of a message that ends marketing: a ban, unless somebody else has said one, or something
    has been said since. Of the same link said again the last time counts. Nobody else is changed."""
    channel = ContactChannel(event.channel.value)
    if (person := _locked(session, event.person_id)) is None:
        return
    last, author = _last(session, person, channel), _by_link(event.message_id, event.unsubscribed_at)
    if last is not None and last.recorded_at > author.at:
        return
    banned = channel.value in person.banned_channels
    if banned and last is not None and last.recorded_by == author.label:
        last.recorded_at = author.at
    elif not banned or (last is not None and last.recorded_by.startswith(BY_LINK)):
        ban = SetConsent(person_id=person.id, channel=channel, allowed=False, evidence=f"{LINK} {event.message_id}")
        set_consent(session, ban, author)


def resubscribe(session: Session, event: PersonResubscribed) -> None:
    """The person has undone that, by the link of the same message: the ban ends that came of it alone, and no other.

    Where there is no ban, the word of it may still be on its way: this is kept as said since. Who has left again
    meanwhile, or by another link too, stays away.
    """
    channel = ContactChannel(event.channel.value)
    if (person := _locked(session, event.person_id)) is None:
        return
    last, author = _last(session, person, channel), _by_link(event.message_id, event.resubscribed_at)
    by_this = _banned_by(session, person, channel) == {author.label}
    since = last is not None and last.recorded_at > author.at
    if channel.value not in person.banned_channels or (by_this and not since):
        back = SetConsent(person_id=person.id, channel=channel, allowed=True, evidence=f"{BACK} {event.message_id}")
        set_consent(session, back, author)


def _locked(session: Session, person_id: UUID) -> models.Person | None:
    """None when who used the link has been erased or deleted meanwhile."""
    try:
        return persons.locked(session, person_id)
    except NotFound:
        return None


def _by_link(message_id: UUID, moment: datetime) -> Author:
    return Author(f"{BY_LINK}{message_id}", "link", moment)


def _last(session: Session, person: models.Person, channel: ContactChannel) -> models.Consent | None:
    return session.scalar(_newest_first(person, channel).limit(1))


def _banned_by(session: Session, person: models.Person, channel: ContactChannel) -> set[str]:
    """Who all have said no since it was last allowed."""
    said = session.scalars(_newest_first(person, channel))
    return {each.recorded_by for each in takewhile(lambda each: not each.allowed, said)}


def _newest_first(person: models.Person, channel: ContactChannel) -> Select[models.Consent]:
    said = models.Consent
    of_channel = select(said).where(said.person_id == person.id, said.channel == channel)
    return of_channel.order_by(said.recorded_at.desc(), said.id.desc())
