"""Work that keeps a core busy, beside the event loop of a service, so that others and heartbeats go on."""

import sys
from collections.abc import Callable
from typing import TypeVar, cast

Result = TypeVar("Result")


def in_native_thread(work: Callable[[], Result]) -> Result:
    """The result of `work`, done in a real thread when this process runs on eventlet, else at once.

    `work` computes only: no database, no calls to others (their waiting belongs to the event loop).
    """
    if "eventlet" not in sys.modules:
        return work()
    from eventlet import patcher, tpool

    if not patcher.is_monkey_patched("thread"):
        return work()
    return cast(Result, tpool.execute(work))
