"""Leaving newsletters by the link of a message, and undoing just that (N8, C17)."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations

import pytest

from chassis import clock
from chassis.database import database_of
from chassis.ids import new_id
from contracts.base import ById
from contracts.contacts.consents import Consent, SetConsent
from contracts.contacts.persons import UpdatePerson
from contracts.errors import Gone, NotFound
from contracts.notify import (
    CreateMailing,
    Mailing,
    PersonResubscribed,
    PersonUnsubscribed,
    Resubscribe,
    Suppress,
    Unsubscribe,
)
from services.contacts.commands import consents
from services.notify.commands.suppressions import unsubscribe_token
from tests.integration.conftest import ANONYMOUS
from tests.integration.town import Town, opened_town

pytestmark = pytest.mark.integration
ADDRESS = "v1@example.org"
OFF = [("unsubscribed", True)]


class Leaver:
    """The first of two receivers of a newsletter, with its message."""

    def __init__(self, town: Town) -> None:
        self._town, self._segment = town, town.crowd(2)
        (row,) = town.rows("contacts", f"SELECT id FROM persons WHERE email = '{ADDRESS}'")
        self.id = row.id
        self.message = self.mailed()

    def mailed(self) -> str:
        """Send a newsletter; the id of the message to this person."""
        fields = {"name": "Kesä", "segment_id": self._segment, "subject": "Terve", "body": "Hei!"}
        made: Mailing = self._town.call("notify", "create_mailing", CreateMailing(**fields))
        self._town.launch(made)
        self._town.settle()
        of_person = f"person_id = '{self.id}' AND mailing_id = '{made.id}'"
        (row,) = self._town.rows("notify", f"SELECT id FROM messages WHERE {of_person}")
        return row.id

    def leave(self, message=None) -> bool:
        """Whether the same link can undo it."""
        return self._by_link("unsubscribe", Unsubscribe(token=unsubscribe_token(message or self.message))).can_undo

    def come_back(self, message=None, token="") -> bool:
        """Whether the address may get newsletters again, as far as leaving goes."""
        request = Resubscribe(token=token or unsubscribe_token(message or self.message))
        return not self._by_link("resubscribe", request).unsubscribed

    def _by_link(self, method, request):
        reply = self._town.call("notify", method, request, ANONYMOUS)
        self._town.settle()
        return reply

    def suppress(self, reason: str) -> None:
        """Enter the address, as the office or a server's answer does."""
        self._town.call("notify", "suppress", Suppress(channel="email", address=ADDRESS, reason=reason))

    def says(self, *, allowed: bool) -> None:
        """Tell the office by phone."""
        said = SetConsent(person_id=self.id, channel="email", allowed=allowed, evidence="Soitti")
        self._town.call("contacts", "set_consent", said)

    @property
    def kept_away(self) -> list[tuple[str, bool]]:
        rows = self._town.rows("notify", "SELECT reason, unsubscribed FROM suppressions")
        return [(row.reason, row.unsubscribed) for row in rows]

    @property
    def consent(self) -> Consent:
        found = self._town.call("contacts", "get_consents", ById(id=self.id)).data
        return next(each for each in found if each.channel == "email")


@pytest.fixture
def town(call_service, clean_database, monkeypatch) -> Iterator[Town]:
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


@pytest.fixture
def leaver(town) -> Leaver:
    return Leaver(town)


def test_N8_C17_leaving_is_undone_by_the_same_link_with_evidence(town, leaver):
    assert [leaver.leave(), leaver.leave()] == [True, True]
    assert not leaver.consent.allowed
    assert [leaver.come_back(), leaver.come_back()] == [True, True]
    assert leaver.kept_away == []
    said = leaver.consent
    assert (said.allowed, said.recorded_by) == (True, f"link:{leaver.message}")
    assert said.evidence == f"Viestin peruutuslinkki, kumottu: {leaver.message}"
    changes = town.rows("contacts", "SELECT new, channel FROM changes WHERE field = 'banned_channels' ORDER BY id")
    assert [(row.new, row.channel) for row in changes] == [(["email"], "link"), ([], "link")]
    assert len(town.rows("contacts", "SELECT FROM consents")) == 2
    leaver.mailed()
    assert len(town.mailbox.messages(ADDRESS)) == 2
    assert leaver.leave()
    assert (leaver.kept_away, leaver.consent.allowed) == (OFF, False)
    leaver.mailed()
    assert len(town.mailbox.messages(ADDRESS)) == 2


@pytest.mark.parametrize("reason", ["bounced", "complaint", "by-hand"])
@pytest.mark.parametrize("first", [True, False])
def test_N8_undoing_lifts_nothing_that_has_another_reason(leaver, reason, first):
    if first:
        leaver.suppress(reason)
    assert leaver.leave()
    if not first:
        leaver.suppress(reason)
    assert leaver.kept_away == [(reason, True)]
    assert leaver.come_back()
    assert leaver.kept_away == [(reason, False)]


@pytest.mark.parametrize("first", [True, False])
def test_N8_undoing_keeps_what_the_office_entered_as_unsubscribed(leaver, first):
    if first:
        leaver.suppress("unsubscribed")
    assert leaver.leave() is not first
    if not first:
        leaver.suppress("unsubscribed")
    assert not leaver.come_back()
    assert (leaver.kept_away, leaver.consent.allowed) == (OFF, False)


def test_N8_undoing_keeps_an_unsubscription_by_another_message(leaver):
    other = leaver.mailed()
    assert leaver.leave()
    assert not leaver.come_back(other)
    assert not leaver.leave(other)
    assert [leaver.come_back(other), leaver.come_back()] == [False, False]
    assert (leaver.kept_away, leaver.consent.allowed) == (OFF, False)


@pytest.mark.parametrize("undone", [0, 1])
def test_C17_who_left_by_links_at_two_addresses_and_undoes_one_stays_away(town, leaver, undone):
    version = town.call("contacts", "get_person", ById(id=leaver.id)).version
    town.call("contacts", "update_person", UpdatePerson(id=leaver.id, version=version, email="new@example.org"))
    messages = [leaver.message, leaver.mailed()]
    assert [leaver.leave(each) for each in messages] == [True, True]
    leaver.come_back(messages[undone])
    assert leaver.kept_away == OFF
    said = leaver.consent
    assert (said.allowed, said.evidence) == (False, f"Viestin peruutuslinkki: {messages[1]}")


@pytest.mark.parametrize("first", [True, False])
def test_C17_undoing_keeps_a_ban_of_the_office(leaver, first):
    if first:
        leaver.says(allowed=False)
    leaver.leave()
    if not first:
        leaver.says(allowed=False)
    assert leaver.come_back()
    assert (leaver.consent.allowed, leaver.consent.evidence) == (False, "Soitti")


def test_N8_undoing_takes_links_of_ours_alone(leaver):
    leaver.leave()
    token = unsubscribe_token(leaver.message)
    for bad in (token[:-1] + ("0" if token[-1] != "0" else "1"), "x", f"{new_id().hex}.{'0' * 40}"):
        with pytest.raises(Gone):
            leaver.come_back(token=bad)
    with pytest.raises(NotFound):
        leaver.come_back(new_id())
    assert (leaver.kept_away, leaver.consent.allowed) == (OFF, False)


def test_N8_undoing_what_was_not_done_changes_nothing(town, leaver):
    leaver.suppress("bounced")
    assert leaver.come_back()
    assert leaver.kept_away == [("bounced", False)]
    assert town.rows("contacts", "SELECT FROM consents") == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("words", ["left, back", "left, back, left"])
def test_C17_in_whatever_order_the_words_come_the_last_one_holds(leaver, words, order):
    told = {"message_id": leaver.message, "person_id": leaver.id, "channel": "email"}
    with database_of("contacts").transaction() as session:
        take = {
            "left": lambda at: consents.unsubscribe(session, PersonUnsubscribed(**told, unsubscribed_at=at)),
            "back": lambda at: consents.resubscribe(session, PersonResubscribed(**told, resubscribed_at=at)),
        }
        said = [(word, clock.now() - timedelta(minutes=3 - number)) for number, word in enumerate(words.split(", "))]
        for number in order:
            for word, at in said[number : number + 1]:
                take[word](at)
    assert leaver.consent.allowed is (said[-1][0] == "back")
