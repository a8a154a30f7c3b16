"""What every simulator's process shares: arguments, Flask application, threaded server, quick end."""

import argparse
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from flask import Flask, Response, jsonify, request
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

from ops.simulators.faults import Faults

SHARED = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "frame-ancestors 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class _QuietRequest(WSGIRequestHandler):
    """HTTP/1.1 with kept connections; no line per request."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def simulator_app(package: str, folder: Path) -> Flask:
    """A Flask application with the shared layout and stylesheet, and the templates of `folder`."""
    app = Flask(package, static_folder=str(SHARED / "static"), static_url_path="/static")
    app.jinja_loader = ChoiceLoader([FileSystemLoader(folder / "templates"), FileSystemLoader(SHARED / "templates")])
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = 2 * 1024 * 1024

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.errorhandler(ValueError)
    def refuse(error: ValueError) -> tuple[Response, int]:
        return jsonify(status="error", message=str(error)), 400

    @app.errorhandler(HTTPException)
    def explain(error: HTTPException) -> tuple[Response, int]:
        return jsonify(status="error", message=error.description), error.code or 500

    return app


def add_fault_routes(app: Flask, faults: Faults) -> None:
    """`GET|POST|DELETE /control/faults`: see, order and forget faults."""

    @app.get("/control/faults")
    def list_faults() -> Response:
        return jsonify(faults=faults.listed())

    @app.post("/control/faults")
    def order_fault() -> tuple[Response, int]:
        faults.order(json_object())
        return jsonify(faults=faults.listed()), 201

    @app.delete("/control/faults")
    def clear_faults() -> tuple[str, int]:
        faults.clear()
        return "", 204


def json_object() -> dict[str, Any]:
    """The request's body as a JSON object, `{}` when there is none; ValueError for anything else."""
    if not request.get_data():
        return {}
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    return body


def drop_connection() -> Response:
    """Cut the client's connection without an answer. What is returned reaches nobody."""
    connection = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500)


def arguments(description: str, port: int) -> argparse.ArgumentParser:
    """A parser with `--host` and `--port`, the ones all simulators have."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--host", default="127.0.0.1", help="address to bind (default: this machine only)")
    parser.add_argument("--port", type=int, default=port, help=f"HTTP port (default {port})")
    return parser


def end_on_signal(before: Callable[[], None] = lambda: None) -> None:
    """SIGTERM and SIGINT end the process at once: there is nothing to save."""

    def end(_signal: int, _frame: object) -> None:
        before()
        sys.stdout.flush()
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)


def serve(app: Flask, host: str, port: int, name: str) -> None:
    """Serve `app` with a thread per connection until a signal comes. Prints one line when ready."""
    end_on_signal()
    server = make_server(host, port, app, threaded=True, request_handler=_QuietRequest)
    print(f"{name} simulator: http://{host}:{server.port}/", flush=True)
    server.serve_forever()


class RunningSimulator:
    """The application served from a thread of this process, on a free port: for tests. Use as a context manager."""

    def __init__(self, app: Flask) -> None:
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_QuietRequest)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()
