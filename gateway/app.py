"""The gateway's application: `gunicorn -c gateway/gunicorn.conf.py "gateway.app:create_app()"`."""

from flask import Flask

from chassis import logs, rpc
from gateway import health, problems
from gateway.api import contacts

MAX_BODY = 1_000_000
"""Bytes of a request's body; uploads have their own limit."""


def create_app() -> Flask:
    """The application of one worker process."""
    logs.configure("gateway")
    rpc.act_as("gateway")
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.json.sort_keys = False  # type: ignore[attr-defined]
    problems.init_app(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(contacts.blueprint, url_prefix="/api/v1")
    return app
