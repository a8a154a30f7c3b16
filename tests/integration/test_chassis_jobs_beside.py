"""Works of one chunk are shared by two transactions, and none is left half done."""

import threading
import time
from functools import partial

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from chassis import tables
from chassis.database import database_of
from chassis.jobs import beside, start
from chassis.worker import Worker

SECONDS = 10


@pytest.fixture
def together(clean_database):
    """Does works in a chunk's transaction."""
    clean_database("contacts")

    def work(*works, seconds=SECONDS):
        with Worker("contacts").transaction() as session:
            return beside(session, works, seconds)

    return work


def keep(name, session):
    start(session, "contacts", name, {})


def kept():
    with database_of("contacts").reader() as connection:
        return sorted(connection.scalars(select(tables.jobs.c.kind)))


@pytest.mark.parametrize("count", [0, 1, 2, 9])
def test_every_work_is_done_once(together, count):
    names = [f"work {number}" for number in range(count)]
    assert together(*(partial(keep, name) for name in names)) == count
    assert kept() == names


def test_when_time_is_up_those_that_are_done_are_the_first(together):
    """Whose rows a chunk has changed waits until its end."""
    names = [f"work {number}" for number in range(9)]
    done = together(*(partial(keep, name) for name in names), seconds=0)
    assert done in {1, 2}, "the other may have had nothing left"
    assert kept() == names[:done]


@pytest.mark.parametrize("failing", ["first", "second"])
def test_after_a_failure_no_work_begins_and_the_chunk_is_undone(together, failing):
    """The first is of the chunk, the second in a transaction of its own; each waits for the other to have begun."""
    both, failed, begun = threading.Barrier(2), threading.Event(), []

    def work(name, session):
        begun.append(name)
        keep(name, session)
        both.wait(SECONDS)
        if name == failing:
            failed.set()
            raise RuntimeError(name)
        assert failed.wait(SECONDS)
        time.sleep(0.5)  # what failed is undone before others know of it

    with pytest.raises(RuntimeError, match=failing):
        together(*(partial(work, name) for name in ("first", "second", "third", "fourth")))
    assert sorted(begun) == ["first", "second"]
    assert kept() == (["second"] if failing == "first" else [])


def test_of_two_that_want_the_same_row_one_gives_up_and_the_chunk_is_undone(together):
    together(partial(keep, "row"))
    locked = threading.Event()

    def lock(session):
        session.execute(text("UPDATE jobs SET done = 1"))
        locked.set()

    def want(session):
        assert locked.wait(SECONDS)
        session.execute(text("UPDATE jobs SET done = 2"))

    with pytest.raises(OperationalError, match="lock timeout"):
        together(lock, want)
    with database_of("contacts").reader() as connection:
        assert connection.scalar(select(tables.jobs.c.done)) == 0
