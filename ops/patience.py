"""Waiting for services that are too busy to answer in time."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from contracts.errors import StillRunning, Unavailable

Made = TypeVar("Made")
TRIES = 20


def patiently(make: Callable[[], Made]) -> Made:
    """Try again while a service is too busy to answer in time; its key keeps a command from being done twice."""
    for _ in range(TRIES):
        with suppress(Unavailable, StillRunning):
            return make()
        time.sleep(1)
    return make()
