"""`/metrics` of processes without HTTP of their own: on `<NAME>_METRICS_PORT`, when set."""

import os

from prometheus_client import start_http_server


def serve_metrics(process: str) -> None:
    """Serve Prometheus metrics if the operator gave this process a port."""
    port = os.environ.get(f"{process.upper()}_METRICS_PORT")
    if port:
        start_http_server(int(port), addr=os.environ.get("METRICS_HOST", "127.0.0.1"))
