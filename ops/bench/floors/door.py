"""The plain stack's HTTP door: `gunicorn "ops.bench.floors.door:create_app()"`."""

import os
from functools import cache
from typing import Any

from flask import Flask, Response, jsonify, request

from ops.bench.floors.rpc import PlainRpc


@cache
def rpc() -> PlainRpc:
    """The worker's connection."""
    return PlainRpc(os.environ["AMQP_URL"])


def create_app() -> Flask:
    """The application of one worker process, connected before it takes requests: threads would make several."""
    rpc()
    app = Flask(__name__)
    app.register_error_handler(Exception, why)
    app.add_url_rule("/http", view_func=http)
    app.add_url_rule("/nothing", view_func=nothing)
    app.add_url_rule("/persons/<person_id>", view_func=read)
    app.add_url_rule("/persons", view_func=search)
    app.add_url_rule("/orders", view_func=write, methods=["POST"])
    return app


def why(error: Exception) -> tuple[str, int]:
    """What is wrong, for the bench to tell."""
    return f"{type(error).__name__}: {error}", 500


def http() -> dict[str, Any]:
    """F-http: nothing behind the door."""
    return {"id": "1", "given_name": "Aino", "family_name": "Virtanen", "email": "aino@example.org"}


def nothing() -> Response:
    """F-rpc: a method that returns at once."""
    return jsonify(rpc().call("plain", "nothing"))


def read(person_id: str) -> Response:
    """F-read: one SELECT by primary key."""
    return jsonify(rpc().call("plain", "read", person_id=person_id))


def search() -> Response:
    """F-search: 50 persons by a name that may hold a typing error."""
    return jsonify(rpc().call("plain", "search", q=request.args["q"]))


def write() -> tuple[Response, int]:
    """F-write: two rows and a COMMIT."""
    return jsonify(rpc().call("plain", "write", person_id=request.get_json()["person_id"])), 201
