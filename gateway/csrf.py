"""Requests that change something must come from our own pages, or carry no cookie's authority.

A signed-in browser's token is derived from its session, a visitor's from a random cookie. Forms send it as
`csrf_token`, scripts as `X-CSRF-Token`. API keys and callers without a session need none.
"""

import hashlib
import hmac
import secrets
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

from chassis.settings import settings
from contracts.errors import NotAllowed
from gateway import security
from gateway.callers import is_api

COOKIE: Final = "talkoo_visit"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
A_DAY: Final = 24 * 3600


def init_csrf(app: Flask) -> None:
    """Check every request that may change something."""
    app.before_request(_check)
    app.after_request(_remember_visit)


def exempt(view: Any) -> Any:
    """Mark a view that others call without our cookies (one-click unsubscribe)."""
    view.csrf_exempt = True
    return view


def csrf_token() -> str:
    """The token that this browser's forms carry."""
    if g.get("principal") is not None and g.principal.csrf:
        return _derived(g.principal.csrf)
    return _derived(_visit())


def _derived(secret: str) -> str:
    return hmac.new(settings().secret(), b"csrf\0" + secret.encode(), hashlib.sha256).hexdigest()


def _visit() -> str:
    found: str = g.get("visit") or request.cookies.get(COOKIE, "")
    if len(found) != 43:
        found = g.new_visit = secrets.token_urlsafe(32)
    g.visit = found
    return found


def _check() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in SAFE or view is None or getattr(view, "csrf_exempt", False):
        return
    if is_api() and not (g.principal and g.principal.csrf):
        return
    given = request.headers.get("X-CSRF-Token") or ("" if is_api() else request.form.get("csrf_token", ""))
    if not _from_our_pages() or not hmac.compare_digest(given.encode(), csrf_token().encode()):
        raise NotAllowed("This form is too old or came from elsewhere; load the page again.", code="csrf")


def _from_our_pages() -> bool:
    """What the browser says about where the request comes from; old browsers say nothing."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return False
    origin = request.headers.get("Origin", "")
    try:
        return origin in {"", "null"} or urlsplit(origin).netloc == request.host
    except ValueError:  # an address that cannot be, such as `http://[`
        return False


def _remember_visit(response: Response) -> Response:
    if g.get("new_visit"):
        response.set_cookie(
            COOKIE, g.new_visit, max_age=A_DAY, httponly=True, samesite="Lax", secure=security.by_https()
        )
    return response
