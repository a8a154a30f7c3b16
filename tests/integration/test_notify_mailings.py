"""Mailings to a segment and label sheets (N2, N3, N8; fault 46): everybody once, personal, stoppable, resumable."""

import re
import signal
import time
from collections import Counter
from collections.abc import Iterator

import pymupdf
import pytest

from chassis import files
from chassis import worker as chassis_worker
from chassis.ids import new_id
from contracts.access import Permission
from contracts.base import ById, JobById, JobState
from contracts.contacts import SetConsent
from contracts.errors import Conflict, Gone, Invalid, NotAllowed, NotFound
from contracts.identity import PasswordLinkWanted
from contracts.notify import (
    CreateLabelSheet,
    CreateMailing,
    ListMessages,
    Mailing,
    MailingState,
    MessageState,
    PreviewMailing,
    Suppress,
    Unsubscribe,
)
from services.notify.commands import deliveries
from tests.integration import lone_worker
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


def launch(town, mailing):
    return town.call("notify", "launch_mailing", ById(id=mailing.id))


def look(town, mailing):
    return town.call("notify", "get_mailing", ById(id=mailing.id))


def job(town, mailing):
    return town.call("notify", "get_job", JobById(id=look(town, mailing).job_id))


def received(town):
    """How many messages each address got."""
    return Counter(each["to"] for each in town.mailbox.messages(limit=2000))


def test_N3_each_of_a_thousand_gets_it_once_and_personally(town, mailing):
    created = mailing(1000)
    answers = at_once(6, lambda _: launch(town, created))
    assert sum(not isinstance(each, Exception) for each in answers) == 1
    town.settle()
    assert received(town) == {f"v{number}@example.org": 1 for number in range(1, 1001)}
    mail = town.mailbox.wait_for("v7@example.org", seconds=1)
    assert mail["subject"] == "Terve Väinö7"
    assert mail["text"].startswith("Hei Väinö7!\n\nKesäpäivät lähestyvät, Väinö7 Väki.")
    now, ended = look(town, created), job(town, created)
    assert (now.state, now.recipients, now.sent, now.failed) == (MailingState.SENT, 1000, 1000, 0)
    assert (ended.state, ended.done, ended.total) == (JobState.SUCCEEDED, 1000, 1000)
    for late in ("launch_mailing", "pause_mailing", "cancel_mailing"):
        with pytest.raises(Conflict):
            town.call("notify", late, ById(id=created.id))


def test_N3_paused_nothing_leaves_resumed_the_rest_does(town, mailing):
    created = mailing(30)
    launch(town, created)
    chassis_worker.run_job_chunk(town.workers["notify"])
    town.call("notify", "pause_mailing", ById(id=created.id))
    town.settle()
    assert (received(town), look(town, created).state) == (Counter(), MailingState.PAUSED)
    launch(town, created)
    town.settle()
    assert set(received(town).values()) == {1}
    assert (len(received(town)), look(town, created).state) == (30, MailingState.SENT)


@pytest.mark.parametrize("how", ["mailing", "job"])
def test_N3_cancelled_nothing_leaves(town, mailing, how):
    created = mailing(30)
    launch(town, created)
    chassis_worker.run_job_chunk(town.workers["notify"])
    if how == "mailing":
        town.call("notify", "cancel_mailing", ById(id=created.id))
    else:
        town.call("notify", "cancel_job", JobById(id=look(town, created).job_id))
    town.settle()
    assert received(town) == Counter()
    now = look(town, created)
    assert (now.state, now.suppressed, now.sent) == (MailingState.CANCELLED, 30, 0)
    assert job(town, created).state is JobState.CANCELLED
    with pytest.raises(Conflict):
        launch(town, created)


def test_N3_a_worker_killed_between_chunks_leaves_nobody_out_and_repeats_nobody(town, mailing):
    created = mailing(2500)
    launch(town, created)
    killed = 0
    while job(town, created).state not in {JobState.SUCCEEDED, JobState.FAILED} and killed < 6:
        worker = lone_worker.start("notify", "jobs")
        before = queued(town)
        wait_until(lambda before=before: queued(town) > before or queued(town) == 2500)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        killed += 1
        if queued(town) == 2500:
            break
    assert killed >= 2
    rows = town.rows("notify", "SELECT count(*), count(DISTINCT person_id) FROM messages")[0]
    assert tuple(rows) == (2500, 2500)


def queued(town):
    return town.rows("notify", "SELECT count(*) FROM messages")[0][0]


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_N3_a_worker_killed_while_sending_repeats_at_most_what_was_on_its_way_under_the_same_id(town, mailing):
    created = mailing(600)
    launch(town, created)
    chassis_worker.run_job_chunk(town.workers["notify"])
    worker = lone_worker.start("notify", "deliver_messages", TALKOO_CRASH_AT="notify.sent:2")
    assert worker.wait(timeout=60) == -signal.SIGKILL
    sent_before = sum(received(town).values())
    recorded = look(town, created).sent
    assert 0 < recorded < sent_before < 600
    town.alter("notify", "UPDATE messages SET next_at = now() WHERE state = 'sending'")
    town.settle()
    times = received(town)
    assert len(times) == 600
    assert sum(times.values()) - 600 <= sent_before - recorded
    found = town.mailbox.messages(limit=2000)
    assert len({each["message_id"] for each in found}) == 600
    assert max(Counter((each["to"], each["message_id"]) for each in found).values()) <= 2
    assert look(town, created).sent == 600


def test_N3_what_is_owed_to_a_person_goes_before_a_mailing(town, mailing):
    launch(town, mailing(10))
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
    launch(town, created)
    town.settle()
    assert received(town) == {"v3@example.org": 1, "v4@example.org": 1}
    assert (look(town, created).sent, look(town, created).suppressed) == (2, 2)


def test_N8_one_click_ends_marketing_and_nothing_else(town, mailing):
    created = mailing(2)
    launch(town, created)
    town.settle()
    raw = town.mailbox.raw(town.mailbox.wait_for("v1@example.org", seconds=1)["id"]).decode("ascii")
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
        launch(town, again)
        town.settle()
    assert received(town) == {"v1@example.org": 2, "v2@example.org": 3}


def test_N3_what_persons_are_called_is_inert(town):
    person = town.person("{{seller}}<b>[[x|https://evil.example]]", email="bo@example.org", tags=["crowd"])
    created = town.call(
        "notify",
        "create_mailing",
        CreateMailing(name="x", segment_id=town.crowd(0), subject="Hei {{given_name}}", body=BODY),
    )
    preview = town.call("notify", "preview_mailing", PreviewMailing(id=created.id, person_id=person.id))
    launch(town, created)
    town.settle()
    mail = town.mailbox.wait_for("bo@example.org", seconds=1)
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
    assert look(town, created).state is MailingState.DRAFT


def test_N3_a_mailings_message_is_shown_as_it_was_sent(town, mailing):
    created = mailing(1)
    launch(town, created)
    town.settle()
    [listed] = town.call("notify", "list_messages", ListMessages(mailing_id=created.id)).data
    assert (listed.subject, listed.body, listed.state) == ("Terve Väinö1", "", MessageState.DELIVERED)
    assert "Kesäpäivät lähestyvät, Väinö1 Väki." in town.call("notify", "get_message", ById(id=listed.id)).body


def test_N2_labels_of_a_segment(town):
    segment_id = town.crowd(100)
    town.person("Koditon", tags=["crowd"])
    sheet = town.call("notify", "create_label_sheet", CreateLabelSheet(segment_id=segment_id, start_at=5))
    assert sheet.file_key is None
    town.settle()
    made = town.call("notify", "get_label_sheet", ById(id=sheet.id))
    assert (made.labels, made.without_address) == (100, 1)
    with pymupdf.open(stream=files.load(made.file_key), filetype="pdf") as pdf:
        printed = "".join(page.get_text() for page in pdf)
        assert len(pdf) == 5
    assert printed.count("Mannerheimintie 1 A 2") == printed.count("00100 Helsinki".upper()) == 100
    assert len(set(re.findall(r"Väinö\d+ Väki", printed))) == 100


def test_N2_a_sheet_that_cannot_be_printed_says_why(town):
    with pytest.raises(Invalid):
        town.call(
            "notify",
            "create_label_sheet",
            CreateLabelSheet(segment_id=town.crowd(1), start_at=22, format="a4-3x7-63.5x38.1"),
        )
    with pytest.raises(NotFound):
        town.call("notify", "create_label_sheet", CreateLabelSheet(segment_id=new_id()))
    sheet = town.call("notify", "create_label_sheet", CreateLabelSheet(segment_id=town.crowd(0, "nobody")))
    town.settle()
    failed = town.call("notify", "get_job", JobById(id=sheet.job_id))
    assert failed.state is JobState.FAILED
    assert failed.result["reason"]
