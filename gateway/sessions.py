"""The session cookie: it lasts until sign-out or until the browser is closed."""

from werkzeug import Response

from gateway import security
from gateway.callers import COOKIE


def open_session(response: Response, token: str) -> None:
    """Give the browser its session."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=security.by_https())


def close_session(response: Response) -> None:
    """Take it back."""
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=security.by_https())
