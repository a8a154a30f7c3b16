"""The gateway's application: `gunicorn -c gateway/gunicorn.conf.py "gateway.app:create_app()"`."""

import hashlib
import hmac

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from chassis import logs, rpc
from chassis.settings import settings
from gateway import api, assets, callers, csrf, health, i18n, limits, measures, pages, problems, security, shell
from gateway.config import gateway_settings, is_https

MAX_BODY = 1_000_000
"""Bytes of a request's body; uploads have their own limit."""
UPLOADS = ("multipart/form-data",)


def create_app() -> Flask:
    """The application of one worker process."""
    logs.configure("gateway")
    rpc.act_as("gateway")
    app = Flask(__name__, static_folder="static")
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, SECRET_KEY=_flask_key(), SESSION_COOKIE_NAME="talkoo_flash")
    app.config.update(SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=is_https())
    app.json.sort_keys = False  # type: ignore[attr-defined]
    if proxies := gateway_settings().talkoo_trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    measures.init_measures(app)
    assets.init_assets(app)
    i18n.init_i18n(app, time_zone=settings().talkoo_time_zone, secure_cookie=is_https())
    problems.init_problems(app)
    app.before_request(_allow_uploads)
    callers.init_callers(app)
    limits.init_limits(app)
    csrf.init_csrf(app)
    security.init_security(app)
    shell.init_shell(app, pages.shell_of_request, csrf.csrf_token)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(api.docs)
    pages.register(app)
    return app


def _flask_key() -> bytes:
    """Signs the cookie of messages shown on the next page."""
    return hmac.new(settings().secret(), b"flask", hashlib.sha256).digest()


def _allow_uploads() -> None:
    if request.mimetype in UPLOADS:
        request.max_content_length = gateway_settings().talkoo_upload_limit + MAX_BODY
