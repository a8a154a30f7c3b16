"""The session cookie: it lasts until sign-out or until the browser is closed."""

from flask import request
from werkzeug import Response

from gateway.callers import COOKIE


def open_session(response: Response, token: str) -> None:
    """Give the browser its session."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=request.is_secure)


def close_session(response: Response) -> None:
    """Take it back."""
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
