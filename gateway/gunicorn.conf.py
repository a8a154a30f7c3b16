"""How gunicorn serves the gateway. Workers and threads by setting; nginx stands in front in production."""

import gc
import os
import shutil
import tempfile
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

os.environ["PROMETHEUS_MULTIPROC_DIR"] = measured = tempfile.mkdtemp(prefix="talkoo-measures-")
"""Where the workers put their figures (gateway.measures); set before the application is imported."""


def when_ready(_server: Any) -> None:
    """Keep what is imported out of the workers' garbage collection, so that it stays shared."""
    gc.freeze()


def on_exit(_server: Any) -> None:
    """Figures end with the process that began them."""
    shutil.rmtree(measured, ignore_errors=True)
