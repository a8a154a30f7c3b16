"""A message that bounces marks the address in the register, and mailings and labels leave it out (C19, N8)."""

from collections.abc import Iterator

import pytest

from chassis import files
from contracts.base import ById, ListRequest
from contracts.bounces import MessageBounced
from contracts.contacts.contact_points import ConfirmPoint, MarkPoint
from contracts.contacts.history import History
from contracts.contacts.persons import UpdatePerson
from contracts.notify import CreateLabelSheet, CreateMailing, Suppress
from tests.integration.town import Town, opened_town


@pytest.fixture
def town(call_service, clean_database, monkeypatch) -> Iterator[Town]:
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


@pytest.fixture
def bounced(town):
    """Who is in a segment of one, to whom a mailing has bounced, and the event that tells of it."""
    town.mailbox.order_fault(on="rcpt", effect="reply", status=550)
    segment_id = town.crowd(1)
    mailing = mailed(town, segment_id)
    (who,) = town.rows("contacts", "SELECT id FROM persons")
    assert (mailing.failed, mailing.sent) == (1, 0)
    (row,) = town.rows("notify", "SELECT envelope FROM outbox WHERE type = 'message.bounced.v1'")
    return who.id, segment_id, MessageBounced.model_validate(row.envelope["data"])


def mailed(town, segment_id):
    request = CreateMailing(name="Kevät", segment_id=segment_id, subject="Kevät", body="Hei!")
    mailing = town.call("notify", "create_mailing", request)
    town.launch(mailing)
    town.settle()
    return town.mailing(mailing)


def email(town, who):
    (found,) = [each for each in town.call("contacts", "get_contact_points", ById(id=who)).data if each.kind == "email"]
    return found


def words(town):
    return town.rows("contacts", "SELECT outcome FROM verifications ORDER BY id")


def test_C19_a_bounce_marks_the_value_that_bounced_once(town, bounced):
    who, segment_id, event = bounced
    town.hear("contacts", event)
    town.settle(twice=True)
    assert (email(town, who).problem, len(words(town))) == ("bounced", 1)
    told = town.call("contacts", "list_history", History(id=who, field="contact_point.bounced")).data
    assert [(each.channel, each.new["value"]) for each in told] == [("bounce", "v1@example.org")]
    left_out = mailed(town, segment_id)
    assert (left_out.suppressed, left_out.sent) == (1, 0)


def test_C19_a_changed_value_is_written_to_and_the_old_bounce_says_nothing_of_it(town, bounced):
    who, segment_id, event = bounced
    change = UpdatePerson(id=who, version=1, email="uusi@example.org")
    town.call("contacts", "update_person", change)
    town.hear("contacts", event)
    town.settle()
    assert email(town, who).problem is None
    assert mailed(town, segment_id).sent == 1
    assert town.mailbox.wait_for("uusi@example.org")


def test_C19_a_confirmed_address_is_written_to_again_and_a_late_bounce_counts_no_more(town, bounced):
    who, segment_id, event = bounced
    assert town.call("notify", "list_suppressions", ListRequest()).data
    town.call("contacts", "confirm_contact_point", ConfirmPoint(id=who, key=email(town, who).key))
    town.hear("contacts", event)
    town.settle()
    assert email(town, who).problem is None
    assert mailed(town, segment_id).sent == 1
    assert town.call("notify", "list_suppressions", ListRequest()).data == []
    town.mailbox.order_fault(on="rcpt", effect="reply", status=550)
    assert mailed(town, segment_id).failed == 1
    assert email(town, who).problem == "bounced"
    assert mailed(town, segment_id).suppressed == 1


def test_N8_who_left_the_newsletters_stays_away_after_a_bounce_was_confirmed(town, bounced):
    who, segment_id, _event = bounced
    address = {"channel": "email", "address": "v1@example.org"}
    for reason in ("unsubscribed", "bounced"):
        town.call("notify", "suppress", Suppress(**address, reason=reason))
    town.call("contacts", "confirm_contact_point", ConfirmPoint(id=who, key=email(town, who).key))
    assert mailed(town, segment_id).suppressed == 1
    (found,) = town.call("notify", "list_suppressions", ListRequest()).data
    assert found.reason == "unsubscribed"


def test_C19_a_mark_of_the_office_keeps_mailings_away(town):
    segment_id = town.crowd(2)
    (first, _second) = town.rows("contacts", "SELECT id FROM persons ORDER BY sort_key")
    town.call("contacts", "mark_contact_point", MarkPoint(id=first.id, key=email(town, first.id).key))
    mailing = mailed(town, segment_id)
    assert (mailing.recipients, mailing.sent, mailing.suppressed) == (2, 1, 1)
    assert town.mailbox.messages("v1@example.org") == []


def test_C19_labels_leave_returned_addresses_out_and_count_them(town):
    segment_id = town.crowd(2)
    (first, _second) = town.rows("contacts", "SELECT id FROM persons ORDER BY sort_key")
    points = town.call("contacts", "get_contact_points", ById(id=first.id)).data
    address = next(each for each in points if each.kind == "address")
    town.call("contacts", "mark_contact_point", MarkPoint(id=first.id, key=address.key))
    sheet = town.call("notify", "create_label_sheet", CreateLabelSheet(segment_id=segment_id))
    town.settle()
    made = town.call("notify", "get_label_sheet", ById(id=sheet.id))
    assert (made.labels, made.without_address, made.returned) == (1, 0, 1)
    assert files.load(made.file_key)
