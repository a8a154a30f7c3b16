"""How gunicorn serves the gateway. Workers and threads by setting; nginx stands in front in production."""

import gc
import os
from typing import Any

worker_class = "gthread"
workers = int(os.environ.get("TALKOO_GATEWAY_WORKERS", "2"))
threads = int(os.environ.get("TALKOO_GATEWAY_THREADS", "16"))
timeout = 60
graceful_timeout = 20
keepalive = 15
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190
control_socket_disable = True
accesslog = None
preload_app = True
"""Imported once; workers share the memory of it (connections are made by a worker's first call, after the fork)."""


def when_ready(_server: Any) -> None:
    """Keep what is imported out of the workers' garbage collection, so that it stays shared."""
    gc.freeze()
