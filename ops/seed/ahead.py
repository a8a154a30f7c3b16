"""Making the next thing while the one before is used: a thread and a short queue."""

import threading
from collections.abc import Iterable, Iterator
from queue import Full, Queue
from typing import TypeVar

Thing = TypeVar("Thing")
AHEAD = 2
_END = object()


def ahead(things: Iterable[Thing]) -> Iterator[Thing]:
    """The things, of which the next two are made meanwhile. What making them raises is raised here."""
    waiting: Queue[object] = Queue(AHEAD)
    wanted = threading.Event()
    wanted.set()

    def put(each: object) -> None:
        while wanted.is_set():
            try:
                waiting.put(each, timeout=0.1)
            except Full:
                continue
            return

    def make() -> None:
        try:
            for each in things:
                put(each)
                if not wanted.is_set():
                    return
        except BaseException as error:
            put(_Raised(error))
        else:
            put(_END)

    thread = threading.Thread(target=make, daemon=True)
    thread.start()
    try:
        while (each := waiting.get()) is not _END:
            if isinstance(each, _Raised):
                raise each.error
            yield each  # type: ignore[misc]
    finally:
        wanted.clear()
        thread.join()


class _Raised:
    def __init__(self, error: BaseException) -> None:
        self.error = error
