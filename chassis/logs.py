"""Structured logs: one record a line, with request and correlation id, without personal data.

Log ids, codes and counts; never names, addresses, bodies or tokens. Of exceptions only the type and the frames
are logged: their messages may quote what a person typed.
"""

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog

from chassis.call import CURRENT, Trace
from chassis.settings import settings
from contracts.access import Principal

ROOT = Path(__file__).resolve().parent.parent
FRAMES = 8


def _add_trace(_logger: Any, _name: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    call = CURRENT.get()
    if call is not None:
        record.setdefault("request_id", call.trace.request_id)
        record.setdefault("correlation_id", call.trace.correlation_id)
        record.setdefault("principal", call.principal.label)
    return record


def _exception_without_message(_logger: Any, _name: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    error = record.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        record["exception"] = type(error).__name__
        record["sqlstate"] = getattr(getattr(error, "orig", None), "pgcode", None)
        record["frames"] = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return record


def _short(path: str) -> str:
    """The file's path without the folder of the checkout or of the packages."""
    return path.rsplit("site-packages/", 1)[-1].removeprefix(f"{ROOT}/")


def configure(process: str) -> None:
    """Send structlog and the standard library's warnings of this process to stderr."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _add_trace,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _exception_without_message,
    ]
    last = (
        structlog.dev.ConsoleRenderer(colors=False)
        if settings().talkoo_log_format == "console"
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=last, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("nameko").setLevel(logging.CRITICAL)  # our entrypoints log; Nameko's own would repeat bodies
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    logging.getLogger("kombu").setLevel(logging.ERROR)


@contextmanager
def about(trace: Trace) -> Iterator[None]:
    """All that is logged within carries the message's ids, also once its call has ended."""
    ids = {"request_id": trace.request_id, "correlation_id": trace.correlation_id, "principal": ""}
    with structlog.contextvars.bound_contextvars(**ids):
        yield


def asked_by(principal: Principal) -> None:
    """Within `about`: who asks, once that is known."""
    structlog.contextvars.bind_contextvars(principal=principal.label)


log = structlog.get_logger()
