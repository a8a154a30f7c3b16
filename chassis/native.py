"""Work that would stop an eventlet process for everybody, such as hashing passwords: it runs in a real thread."""

import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def run(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The function's result. Under eventlet it runs in a thread of the system while others go on; else right here.

    It helps where the function gives up Python's lock (C code such as argon2), and must not use green sockets or locks.
    """
    eventlet = sys.modules.get("eventlet")
    if eventlet is None or not eventlet.patcher.is_monkey_patched("thread"):
        return function(*args, **kwargs)
    from eventlet import tpool

    result: T = tpool.execute(function, *args, **kwargs)
    return result
