"""Calls at the same time: in order, in the caller's context, and never waiting for a thread that waits for them."""

import threading
import time
from contextvars import ContextVar

import pytest

from chassis.rpc import side_by_side

WHO: ContextVar[str] = ContextVar("who")


def test_answers_come_in_the_order_of_the_calls_and_at_the_same_time():
    began = time.monotonic()
    assert side_by_side(*(lambda n=n: (time.sleep(0.5), n)[1] for n in range(8))) == list(range(8))
    assert time.monotonic() - began < 3.5  # one after the other would take four seconds


def test_each_call_has_the_context_of_the_caller_and_keeps_its_own():
    WHO.set("aino")
    assert side_by_side(WHO.get, lambda: WHO.set("eino") and WHO.get(), WHO.get) == ["aino", "eino", "aino"]
    assert WHO.get() == "aino"


def test_the_first_error_is_raised():
    def fail():
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        side_by_side(lambda: 1, fail, lambda: 2)


def test_many_calls_that_call_side_by_side_themselves_all_end():
    found = []

    def page() -> None:
        found.append(side_by_side(*(lambda: side_by_side(*[lambda: time.sleep(0.01) or 1] * 3) for _ in range(3))))

    pages = [threading.Thread(target=page, daemon=True) for _ in range(16)]
    for each in pages:
        each.start()
    for each in pages:
        each.join(timeout=180)
    assert len(found) == 16
    assert all(each == [[1, 1, 1]] * 3 for each in found)
