"""Headers that tell browsers to be careful, on every answer."""

from typing import Final

from flask import Flask, Response, g, request

from gateway.config import is_https

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
A_YEAR: Final = 365 * 24 * 3600


def frameable(response: Response) -> Response:
    """Let pages of other sites show this one in a frame: for public pages without forms."""
    response.headers["Content-Security-Policy"] = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    g.frameable = True
    return response


def init_security(app: Flask) -> None:
    """Add the headers; what a view has set stays."""

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in HEADERS.items():
            if name != "X-Frame-Options" or not g.get("frameable"):
                response.headers.setdefault(name, value)
        if by_https():
            response.headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}")
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def by_https() -> bool:
    """Whether a cookie may go by https alone: where TLS ends in a proxy in front, our part of the way may be http."""
    return request.is_secure or is_https()
