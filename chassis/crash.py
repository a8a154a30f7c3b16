"""Named crash points for chaos tests: `TALKOO_CRASH_AT=point:n` ends the process at the n-th pass of `point`."""

import os
import signal
from collections import Counter

from chassis.settings import settings

_passed: Counter[str] = Counter()


def point(name: str) -> None:
    """End this process with SIGKILL if the settings ask for it here."""
    wanted = settings().talkoo_crash_at
    if wanted and wanted.partition(":")[0] == name:
        _passed[name] += 1
        if _passed[name] == int(wanted.partition(":")[2] or 1):
            os.kill(os.getpid(), signal.SIGKILL)
