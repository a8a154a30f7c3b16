"""A small site with the style guide alone, served under the content security policy of the real gateway."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask, Response
from werkzeug.serving import make_server

from gateway.assets import init_assets
from gateway.i18n import init_i18n
from gateway.pages import design
from gateway.shell import Association, Shell, User, init_shell

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def make_app(accent: str = "") -> Flask:
    """The style guide with all sections shown, a signed-in office worker and an association's accent."""
    app = Flask("gateway", root_path=str(design.__file__).removesuffix("/pages/design.py"))
    app.config.update(SECRET_KEY=secrets.token_hex(16), SHOW_ALL_SECTIONS=True, TRAP_HTTP_EXCEPTIONS=False)
    init_assets(app)
    init_i18n(app)
    shell = Shell(
        association=Association("Metsänhoitajat ry", accent, "toimisto@example.org"),
        user=User("Eila Korhonen", rights=None, is_staff=True, is_member=True),
        inbox_count=7,
    )
    init_shell(app, lambda: shell, csrf_token=lambda: "csrf-of-the-test")
    app.register_blueprint(design.blueprint)

    @app.after_request
    def policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return app


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application on a free port; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
