"""Mailings to a segment and label sheets (N2, N3, N8; fault 46): everybody once, personal, stoppable, resumable."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from chassis import jobs as chassis_jobs
from chassis import worker as chassis_worker
from chassis.ids import new_id
from contracts.access import Permission
from contracts.base import ById, JobById, JobState
from contracts.contacts.consents import SetConsent
from contracts.contacts.persons import UpdatePerson
from contracts.contacts.segments import DeleteSegment
from contracts.errors import Conflict, Gone, Invalid, NotAllowed, NotFound
from contracts.identity import PasswordLinkWanted
from contracts.notify import (
    CreateMailing,
    ListMessages,
    Mailing,
    MailingState,
    MessageState,
    PreviewMailing,
    Suppress,
    Unsubscribe,
)
from services.notify import jobs as notify_jobs
from services.notify.commands import deliveries
from tests.integration.conftest import ANONYMOUS, member, staff
from tests.integration.school import at_once
from tests.integration.town import Town, opened_town

pytestmark = pytest.mark.integration
BODY = "Hei {{given_name}}!\n\nKesäpäivät lähestyvät, {{name}}.\n\n[[Ilmoittaudu|https://talkoo.example.org/k]]"


@pytest.fixture
def town(call_service, clean_database, monkeypatch) -> Iterator[Town]:
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


@pytest.fixture
def mailing(town):
    """A draft to `count` persons."""

    def create(count: int = 5, **changes) -> Mailing:
        fields = {"name": "Kesä", "segment_id": town.crowd(count), "subject": "Terve {{given_name}}", "body": BODY}
        found: Mailing = town.call("notify", "create_mailing", CreateMailing(**fields | changes))
        return found

    return create


def job(town, mailing):
    return town.call("notify", "get_job", JobById(id=town.mailing(mailing).job_id))


def received(town):
    """How many messages each address got."""
    return Counter(each["to"] for each in town.mailbox.messages(limit=2000))


def test_N3_a_draft_whose_segment_was_taken_away_is_not_launched(town, mailing):
    created = mailing(1)
    delete_segment(town, created.segment_id)
    with pytest.raises(Conflict) as caught:
        town.launch(created)
    assert caught.value.error_code == "segment_gone"
    assert town.mailing(created).state is MailingState.DRAFT


def delete_segment(town, segment_id):
    segment = town.call("contacts", "get_segment", ById(id=segment_id))
    town.call("contacts", "delete_segment", DeleteSegment(id=segment.id, version=segment.version))


@pytest.mark.parametrize("found", [0, 2])
def test_N3_a_mailing_whose_segment_is_deleted_while_it_is_sent_stops_and_goes_on(town, mailing, monkeypatch, found):
    monkeypatch.setattr(notify_jobs, "CHUNK", 2)
    created = mailing(5)
    town.launch(created)
    for _ in range(found // 2):
        chassis_worker.run_job_chunk(town.workers["notify"])
    delete_segment(town, created.segment_id)
    town.settle()
    now = town.mailing(created)
    assert (now.state, now.reason, now.recipients) == (MailingState.FAILED, "segment_gone", found)
    assert (job(town, created).state, job(town, created).result["code"]) == (JobState.FAILED, "segment_gone")
    with pytest.raises(Conflict) as caught:
        town.launch(created)
    assert caught.value.error_code == "segment_gone"
    town.call("contacts", "restore_segment", ById(id=created.segment_id))
    town.launch(created)
    town.settle()
    assert (town.mailing(created).state, town.mailing(created).reason) == (MailingState.SENT, "")
    assert received(town) == {f"v{number}@example.org": 1 for number in range(1, 6)}


def test_N3_a_mailing_whose_job_fails_stops_and_can_be_cancelled(town, mailing, monkeypatch):
    created = mailing(3)
    town.launch(created)
    chassis_worker.run_job_chunk(town.workers["notify"])
    with monkeypatch.context() as patched:
        patched.setattr(chassis_jobs, "MAX_ATTEMPTS", 1)
        patched.setattr(notify_jobs, "_wait_for_the_last", lambda *_: 1 / 0)
        chassis_worker.run_job_chunk(town.workers["notify"])
    assert (town.mailing(created).state, town.mailing(created).reason) == (MailingState.FAILED, "job_failed")
    town.settle()
    assert received(town) == Counter()
    town.call("notify", "cancel_mailing", ById(id=created.id))
    now = town.mailing(created)
    assert (now.state, now.suppressed) == (MailingState.CANCELLED, 3)


def test_N3_R6_who_only_sees_the_system_stops_no_mailing(town, mailing):
    created = mailing(1)
    town.launch(created)
    stop = JobById(id=town.mailing(created).job_id)
    with pytest.raises(NotAllowed):
        town.call("notify", "cancel_job", stop, staff(Permission.SYSTEM_READ))
    town.call("notify", "cancel_job", stop, staff(Permission.SYSTEM_READ, Permission.SYSTEM_OPERATE))
    assert town.mailing(created).state is MailingState.CANCELLED


def test_N3_each_of_a_thousand_gets_it_once_and_personally(town, mailing):
    created = mailing(1000)
    answers = at_once(6, lambda _: town.launch(created))
    assert sum(not isinstance(each, Exception) for each in answers) == 1
    town.settle()
    assert received(town) == {f"v{number}@example.org": 1 for number in range(1, 1001)}
    mail = town.mailbox.wait_for("v7@example.org")
    assert mail["subject"] == "Terve Väinö7"
    assert mail["text"].startswith("Hei Väinö7!\n\nKesäpäivät lähestyvät, Väinö7 Väki.")
    now, ended = town.mailing(created), job(town, created)
    assert (now.state, now.recipients, now.sent, now.failed) == (MailingState.SENT, 1000, 1000, 0)
    assert (ended.state, ended.done, ended.total) == (JobState.SUCCEEDED, 1000, 1000)
    for late in ("launch_mailing", "pause_mailing", "cancel_mailing"):
        with pytest.raises(Conflict):
            town.call("notify", late, ById(id=created.id))


def test_N3_paused_nothing_leaves_resumed_the_rest_does(town, mailing):
    created = mailing(30)
    town.launch(created)
    chassis_worker.run_job_chunk(town.workers["notify"])
    town.call("notify", "pause_mailing", ById(id=created.id))
    town.settle()
    assert (received(town), town.mailing(created).state) == (Counter(), MailingState.PAUSED)
    town.launch(created)
    town.settle()
    assert set(received(town).values()) == {1}
    assert (len(received(town)), town.mailing(created).state) == (30, MailingState.SENT)


@pytest.mark.parametrize("how", ["mailing", "job"])
def test_N3_cancelled_nothing_leaves(town, mailing, how):
    created = mailing(30)
    town.launch(created)
    chassis_worker.run_job_chunk(town.workers["notify"])
    if how == "mailing":
        town.call("notify", "cancel_mailing", ById(id=created.id))
    else:
        town.call("notify", "cancel_job", JobById(id=town.mailing(created).job_id))
    town.settle()
    assert received(town) == Counter()
    now = town.mailing(created)
    assert (now.state, now.suppressed, now.sent) == (MailingState.CANCELLED, 30, 0)
    assert job(town, created).state is JobState.CANCELLED
    with pytest.raises(Conflict):
        town.launch(created)


def test_N3_what_is_owed_to_a_person_goes_before_a_mailing(town, mailing):
    town.launch(mailing(10))
    chassis_worker.run_job_chunk(town.workers["notify"])
    person = town.person()
    event = PasswordLinkWanted(account_id=new_id(), person_id=person.id, request_id=new_id())
    town.hear("notify", event)
    with town.workers["notify"].transaction() as session:
        claimed = deliveries.claim(session, town.workers["notify"].now(), 4)
    assert [each.template for each in claimed] == ["password_link", "mailing", "mailing", "mailing"]


def test_N8_marketing_respects_bans_and_suppressed_addresses(town, mailing):
    created = mailing(4)
    persons = town.rows("contacts", "SELECT id FROM persons ORDER BY sort_key")
    ban = SetConsent(person_id=persons[0].id, channel="email", allowed=False)
    town.call("contacts", "set_consent", ban)
    town.call("notify", "suppress", Suppress(channel="email", address="v2@example.org", reason="complaint"))
    town.launch(created)
    town.settle()
    assert received(town) == {"v3@example.org": 1, "v4@example.org": 1}
    assert (town.mailing(created).sent, town.mailing(created).suppressed) == (2, 2)


def test_N8_one_click_ends_marketing_and_nothing_else(town, mailing):
    created = mailing(2)
    town.launch(created)
    town.settle()
    raw = town.mailbox.raw(town.mailbox.wait_for("v1@example.org")["id"]).decode("ascii")
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    token = re.search(r"List-Unsubscribe: <[^>]*/unsubscribe/([^>]+)>", raw).group(1)
    for _ in range(2):
        town.call("notify", "unsubscribe", Unsubscribe(token=token), ANONYMOUS)
    for bad in (token[:-1] + ("0" if token[-1] != "0" else "1"), "x", "", f"{new_id().hex}.{'0' * 40}"):
        with pytest.raises(Gone):
            town.call("notify", "unsubscribe", Unsubscribe(token=bad), ANONYMOUS)
    fields = {"name": "x", "segment_id": created.segment_id, "subject": "x", "body": "x"}
    for marketing in (True, False):
        again = town.call("notify", "create_mailing", CreateMailing(**fields, marketing=marketing))
        town.launch(again)
        town.settle()
    assert received(town) == {"v1@example.org": 2, "v2@example.org": 3}


def test_N8_C17_who_left_by_a_link_stays_away_under_a_new_address_and_the_card_says_why(town, mailing):
    created = mailing(2)
    town.launch(created)
    town.settle()
    raw = town.mailbox.raw(town.mailbox.wait_for("v1@example.org")["id"]).decode("ascii")
    token = re.search(r"List-Unsubscribe: <[^>]*/unsubscribe/([^>]+)>", raw).group(1)
    for _ in range(2):
        town.call("notify", "unsubscribe", Unsubscribe(token=token), ANONYMOUS)
        town.settle()
    (who,) = (row.id for row in town.rows("contacts", "SELECT id FROM persons WHERE email = 'v1@example.org'"))
    said = {each.channel: each for each in town.call("contacts", "get_consents", ById(id=who)).data}
    assert [channel for channel, each in said.items() if not each.allowed] == ["email"]
    (message,) = town.rows("notify", f"SELECT id FROM messages WHERE person_id = '{who}'")
    assert str(message.id) in said["email"].evidence
    assert len(town.rows("contacts", "SELECT FROM consents")) == 1
    version = town.call("contacts", "get_person", ById(id=who)).version
    town.call("contacts", "update_person", UpdatePerson(id=who, version=version, email="new@example.org"))
    again = {"name": "x", "segment_id": created.segment_id, "subject": "x", "body": "x"}
    town.launch(town.call("notify", "create_mailing", CreateMailing(**again)))
    town.settle()
    assert received(town) == {"v1@example.org": 1, "v2@example.org": 2}


def test_N3_what_persons_are_called_is_inert(town):
    person = town.person("{{seller}}<b>[[x|https://evil.example]]", email="bo@example.org", tags=["crowd"])
    created = town.call(
        "notify",
        "create_mailing",
        CreateMailing(name="x", segment_id=town.crowd(0), subject="Hei {{given_name}}", body=BODY),
    )
    preview = town.call("notify", "preview_mailing", PreviewMailing(id=created.id, person_id=person.id))
    town.launch(created)
    town.settle()
    mail = town.mailbox.wait_for("bo@example.org")
    assert mail["subject"] == preview.subject == "Hei {{seller}}<b>[[x|https://evil.example]]"
    assert "&lt;b&gt;" in mail["html"]
    assert 'href="https://evil.example' not in mail["html"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"subject": "Hei {{nickname}}"}, Invalid),
        ({"body": "{{link}}"}, Invalid),
        ({"body": ""}, Invalid),
        ({"segment_id": new_id()}, NotFound),
    ],
)
def test_N3_a_mailing_that_makes_no_sense_is_refused(town, mailing, changes, error):
    with pytest.raises(error):
        mailing(0, **changes)


def test_N3_only_who_may_send_sends(town, mailing):
    created = mailing(1)
    for principal in (member(new_id()), staff(Permission.NOTIFY_READ)):
        for method in ("launch_mailing", "pause_mailing", "cancel_mailing"):
            with pytest.raises(NotAllowed):
                town.call("notify", method, ById(id=created.id), principal)
    with pytest.raises(NotFound):
        town.call("notify", "launch_mailing", ById(id=new_id()))
    assert town.mailing(created).state is MailingState.DRAFT


def test_N3_a_mailings_message_is_shown_as_it_was_sent(town, mailing):
    created = mailing(1)
    town.launch(created)
    town.settle()
    [listed] = town.call("notify", "list_messages", ListMessages(mailing_id=created.id)).data
    assert (listed.subject, listed.body, listed.state) == ("Terve Väinö1", "", MessageState.DELIVERED)
    assert "Kesäpäivät lähestyvät, Väinö1 Väki." in town.call("notify", "get_message", ById(id=listed.id)).body
