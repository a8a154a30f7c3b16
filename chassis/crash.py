"""Named crash points for chaos tests: `TALKOO_CRASH_AT=point:n` ends the process at the n-th pass of `point`.

Several are parted by commas.
"""

import os
import signal
from collections import Counter

from chassis.settings import settings

_passed: Counter[str] = Counter()


def point(name: str) -> None:
    """End this process with SIGKILL if the settings ask for it here."""
    for wanted in filter(None, settings().talkoo_crash_at.split(",")):
        place, _, nth = wanted.partition(":")
        if place == name:
            _passed[name] += 1
            if _passed[name] == int(nth or 1):
                os.kill(os.getpid(), signal.SIGKILL)
