"""Computing beside the event loop of a service."""

import subprocess
import sys

import pytest

from chassis import native

pytestmark = pytest.mark.unit
UNDER_EVENTLET = """
import warnings; warnings.simplefilter("ignore")
import eventlet; eventlet.monkey_patch()
import time
from chassis import native
ticks = 0
def tick():
    global ticks
    while True:
        eventlet.sleep(0.01)
        ticks += 1
def compute():
    end = time.perf_counter() + 20
    while ticks < 6 and time.perf_counter() < end:
        pass
    return 42
eventlet.spawn(tick)
print(native.run(compute), ticks >= 6)
try:
    native.run(lambda: 1 / 0)
except ZeroDivisionError:
    print("raised")
"""


def test_work_runs_at_once_where_there_is_no_event_loop() -> None:
    assert native.run(lambda: 6 * 7) == 42


def test_the_event_loop_goes_on_while_work_is_done() -> None:
    done = subprocess.run([sys.executable, "-c", UNDER_EVENTLET], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["42", "True", "raised"]
