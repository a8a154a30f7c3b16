"""Structured logs: one record a line, with request and correlation id, without personal data.

Log ids, codes and counts; never names, addresses, bodies or tokens. Exceptions are logged with their type and
traceback frames, and database errors hide their parameters (`hide_parameters`).
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from chassis.call import CURRENT
from chassis.settings import settings


def _add_trace(_logger: Any, _name: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    call = CURRENT.get()
    if call is not None:
        record.setdefault("request_id", call.trace.request_id)
        record.setdefault("correlation_id", call.trace.correlation_id)
        record.setdefault("principal", call.principal.label)
    return record


def configure(process: str) -> None:
    """Send structlog and the standard library's warnings of this process to stderr."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _add_trace,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
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


log = structlog.get_logger()
