"""What waits in a service's tables, as the worker tells Prometheus."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from chassis.ids import new_id
from chassis.worker import Runner, Worker, measure

pytestmark = pytest.mark.integration
TOLD = {
    "talkoo_outbox_unsent": {},
    "talkoo_events_parked": {"state": "waiting"},
    "talkoo_jobs_open": {},
}


def told(name, **labels):
    return REGISTRY.get_sample_value(name, {"service": "contacts", **labels})


@pytest.fixture
def worker(clean_database):
    clean_database("contacts")
    worker = Worker("contacts")
    yield worker
    worker.database.dispose()


def fill(worker):
    """Three unsent events, the oldest an hour old, and one sent; two parked and one dead; one open job of two."""
    now = datetime.now(UTC)
    with worker.transaction() as session:
        for minutes, sent_at in ((60, None), (2, None), (1, None), (90, now)):
            session.execute(
                text(
                    "INSERT INTO outbox (event_id, type, subject, envelope, created_at, sent_at)"
                    " VALUES (:id, 'x.y.v1', 'x', '{}', :at, :sent_at)"
                ),
                {"id": new_id(), "at": now - timedelta(minutes=minutes), "sent_at": sent_at},
            )
        for number, dead in enumerate((False, False, True)):
            session.execute(
                text(
                    "INSERT INTO parked (handler, event_id, envelope, error, next_at, dead)"
                    " VALUES ('contacts.x', :id, '{}', 'ValueError', now() + interval '1 day', :dead)"
                ),
                {"id": str(number), "dead": dead},
            )
        for number, state in enumerate(("queued", "succeeded")):
            session.execute(
                text(
                    "INSERT INTO jobs (id, kind, state, params, principal, not_before)"
                    " VALUES (:id, 'x', :state, '{}', 'system:contacts', now() + interval '1 day')"
                ),
                {"id": f"contacts-{number}", "state": state},
            )


def test_R4_what_waits_is_told_to_prometheus(worker):
    fill(worker)
    assert measure(worker) is False
    assert (told("talkoo_outbox_unsent"), told("talkoo_jobs_open")) == (3, 1)
    assert 3_600 <= told("talkoo_outbox_oldest_seconds") < 3_700
    assert (told("talkoo_events_parked", state="waiting"), told("talkoo_events_parked", state="dead")) == (2, 1)


def test_every_worker_looks_at_what_waits(worker):
    runner = Runner("contacts", threading.Event())
    assert "measure" in {task.name for task in runner.tasks}
    runner.worker.database.dispose()


def test_an_empty_service_waits_for_nothing(worker):
    fill(worker)
    measure(worker)
    with worker.transaction() as session:
        session.execute(text("TRUNCATE outbox, parked, jobs CASCADE"))
    measure(worker)
    assert [told(name, **labels) for name, labels in TOLD.items()] == [0, 0, 0]
    assert told("talkoo_outbox_oldest_seconds") == 0
