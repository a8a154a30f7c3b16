"""Parts of the suite are killed and restarted in the middle of step 6 of the story: it finishes by itself.

Nothing is lost, nothing doubled: twenty seats, a gapless waiting list, one payment, one ticket, books that balance,
outboxes and queues drained. The relay dies after every fortieth batch as well, between publishing and marking.
"""

import os
import signal
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import psutil
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.ids import new_id
from chassis.service import SERVICES
from contracts.courses import SeatHeld
from ops.demo.becoming_a_member import apply, decide, pay_by_bank, sign_in_as_member
from ops.demo.bookkeeping import balance
from ops.demo.enrolling import cancel_and_offer, enrol_and_pay
from ops.demo.stage import Stage
from ops.simulators.clients import wait_until
from tests.whole_suite import Whole


@pytest.fixture(scope="module")
def stage(hurt):
    """The story up to the signed-in member."""
    with Stage(hurt.run) as found:
        for step in (apply, decide, pay_by_bank, sign_in_as_member):
            step(found)
        yield found


def kill(*names):
    """Each may just have died of itself and not be back yet."""

    def fault(whole):
        for name in names:
            wait_until(lambda name=name: killed(whole, name), 180, name)

    return fault


def killed(whole, name):
    with suppress(KeyError, ProcessLookupError):
        whole.suite.kill(name)
        return True


def kill_a_gateway_worker(whole: Whole):
    workers = psutil.Process(whole.suite.pids["gateway"]).children()
    os.kill(workers[0].pid, signal.SIGKILL)


TOGETHER = (("contacts", "identity"), ("courses", "notify"), ("commerce", "membership"), ("worker", "relay"))
assert {name for names in TOGETHER for name in names} == {*SERVICES, "worker", "relay"}
FAULTS = {
    **{f"kill {' and '.join(names)}": kill(*names) for names in TOGETHER},
    "kill a gateway worker": kill_a_gateway_worker,
    "kill the broker": lambda whole: whole.suite.restart_broker(signal.SIGKILL),
    "restart the broker": lambda whole: whole.suite.restart_broker(),
    "crash PostgreSQL": lambda whole: whole.suite.restart_postgres(signal.SIGQUIT),
    "restart PostgreSQL": lambda whole: whole.suite.restart_postgres(),
}


@contextmanager
def fault_in_the_middle(stage, fault, whole, operator):
    """The fault happens once, while sixty people rush for seats."""
    happened = []
    stage.midway = lambda: happened.append(operator.submit(fault, whole).result())
    try:
        yield
    finally:
        stage.midway = lambda: None
    assert len(happened) == 1


def new_tale(stage):
    """New people and a new session."""
    stage.tale += 10


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_R1_K2_E4_the_rush_for_seats_survives(stage, hurt, operator, fault):
    new_tale(stage)
    with fault_in_the_middle(stage, fault, hurt, operator):
        enrol_and_pay(stage)
    balance(stage)


def test_R1_R4_while_the_relay_dies_a_poison_event_is_parked_listed_replayed_and_hinders_nobody(stage, hurt):
    with database(hurt, "courses") as connection, Session(connection) as session:
        event_id = outbox.record(session, seat_that_nobody_holds())
        session.commit()
    parked = stage.soon(
        "the parked event",
        lambda: next(
            (each for each in stage.office.get("/system/services/commerce/parked")["data"]
             if each["event_id"] == str(event_id)), None
        ),
    )  # fmt: skip
    new_tale(stage)
    enrol_and_pay(stage)
    cancel_and_offer(stage)
    wait_until(lambda: has_died_twice(hurt) or None, 180, "the relay's second death")
    assert parked["handler"] == "commerce.open_order"
    replayed = stage.office.post("/system/services/commerce/parked/replay", {"id": parked["id"]})
    assert replayed == {"count": 1}
    with database(hurt, "commerce") as connection:
        assert connection.execute(text("DELETE FROM parked WHERE event_id = :id"), {"id": str(event_id)}).rowcount == 1
    balance(stage)


def has_died_twice(whole):
    """Batches are few when the relay is slower than what comes; who comes alone makes one more."""
    whole.api.post("/persons", {"given_name": "Yksi", "family_name": "Kerrallaan"})
    return whole.suite.supervisor.starts("relay") > 2


def seat_that_nobody_holds():
    """An event that commerce cannot handle: there is no such quote."""
    ids = {name: new_id() for name in ("enrolment_id", "session_id", "person_id", "order_id", "quote_id")}
    return SeatHeld(**ids, payment="card", expires_at=datetime.now(UTC))


@contextmanager
def database(whole, service):
    engine = create_engine(whole.suite.infrastructure.database_urls[service])
    with engine.begin() as connection:
        yield connection
    engine.dispose()
