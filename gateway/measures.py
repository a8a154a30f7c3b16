"""Metrics of requests, of all worker processes together.

Each worker writes its figures to files of a folder that gunicorn's configuration made (`PROMETHEUS_MULTIPROC_DIR`), so
that whichever answers `/metrics` tells the sum.
"""

import os
import time

from flask import Flask, Response, g, request
from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Histogram("talkoo_http_seconds", "Requests answered", ["endpoint", "method", "status"])
"""By the view that answered (a bounded list) and the class of status, such as 2xx."""
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def init_measures(app: Flask) -> None:
    """Time every request; registered first, so that all else is inside."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    method = request.method if request.method in KNOWN_METHODS else "other"
    seconds = time.perf_counter() - g.began
    REQUESTS.labels(endpoint, method, f"{response.status_code // 100}xx").observe(seconds)
    return response


def exposition() -> bytes:
    """All figures in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
