"""Workers of notify killed in the middle of a mailing (N3; fault 46)."""

import signal
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from chassis import worker as chassis_worker
from contracts.notify import CreateMailing, Mailing
from tests.integration import lone_worker
from tests.integration.town import Town, opened_town

pytestmark = pytest.mark.integration


@pytest.fixture
def town(call_service, clean_database, monkeypatch) -> Iterator[Town]:
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


@pytest.fixture
def mailing(town):
    """A draft to `count` persons."""

    def create(count: int) -> Mailing:
        request = CreateMailing(name="Kesä", segment_id=town.crowd(count), subject="Terve {{given_name}}", body="Hei")
        found: Mailing = town.call("notify", "create_mailing", request)
        return found

    return create


def received(town):
    """How many messages each address got."""
    return Counter(each["to"] for each in town.mailbox.messages(limit=2000))


def all_received(town):
    """How many messages came, once the mail server has taken in what a killed worker had still written to it."""
    before, seen = -1, sum(received(town).values())
    while seen != before:
        time.sleep(1)
        before, seen = seen, sum(received(town).values())
    return seen


def test_N3_a_worker_killed_between_chunks_leaves_nobody_out_and_repeats_nobody(town, mailing):
    created = mailing(4500)
    town.launch(created)
    kills = 0
    while (before := queued(town)) < 4500:
        worker = lone_worker.start("notify", "jobs", TALKOO_CRASH_AT="notify.receivers:2")  # should we be too slow
        wait_until(lambda before=before: queued(town) > before)
        worker.kill()
        worker.wait()
        kills += 1
    assert kills > 1
    rows = town.rows("notify", "SELECT count(*), count(DISTINCT person_id) FROM messages")[0]
    assert tuple(rows) == (4500, 4500)
    assert town.mailing(created).recipients == 4500


def queued(town):
    return town.rows("notify", "SELECT count(*) FROM messages")[0][0]


def wait_until(condition, seconds=180):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_N3_a_worker_killed_while_sending_repeats_at_most_what_was_on_its_way_under_the_same_id(town, mailing):
    created = mailing(600)
    town.launch(created)
    chassis_worker.run_job_chunk(town.workers["notify"])
    worker = lone_worker.start("notify", "deliver_messages", TALKOO_CRASH_AT="notify.sent:2")
    assert worker.wait(timeout=180) == -signal.SIGKILL
    sent_before = all_received(town)
    recorded = town.mailing(created).sent
    assert 0 < recorded < sent_before < 600
    town.alter("notify", "UPDATE messages SET next_at = now() WHERE state = 'sending'")
    town.settle()
    times = received(town)
    assert len(times) == 600
    assert sum(times.values()) - 600 <= sent_before - recorded
    found = town.mailbox.messages(limit=2000)
    assert len({each["message_id"] for each in found}) == 600
    assert max(Counter((each["to"], each["message_id"]) for each in found).values()) <= 2
    assert town.mailing(created).sent == 600
