"""The demo member waits for what the services make, says for what, and gives up only after minutes."""

import pytest

from contracts.errors import Unavailable
from ops.demo_member import PATIENCE, NotYet, soon


class Time:
    """A clock that goes on while somebody waits."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def clock(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds


def test_what_comes_after_two_minutes_is_waited_for_and_named(capsys):
    time = Time()
    found = soon("the invoice", lambda: 7 if time.now > 1_125 else None, clock=time.clock, pause=time.pause)
    told = capsys.readouterr().err.splitlines()
    assert found == 7
    assert told[0] == "Still waiting for the invoice, 10 s by now."
    assert len(told) == 12


def test_a_service_too_busy_to_answer_is_asked_again():
    time, tries = Time(), iter([Unavailable("busy"), Unavailable("busy"), None])

    def find() -> str:
        if (error := next(tries)) is not None:
            raise error
        return "found"

    assert soon("the membership", find, clock=time.clock, pause=time.pause) == "found"


def test_what_never_comes_is_given_up_by_name():
    time = Time()
    with pytest.raises(NotYet, match="the invoice did not come within 300 s"):
        soon("the invoice", lambda: None, clock=time.clock, pause=time.pause)
    assert time.now >= 1_000 + PATIENCE
