"""On whose behalf a request's calls are made: a session cookie, an API key, a personal link, or nobody.

`g.principal` tells who asks (None: nobody). Every call that a view makes carries its signed token, the request's id
and its Idempotency-Key. Sessions are asked for at every request, so that a sign-out holds at once; API keys are
remembered for one second.
"""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from flask import Flask, g, request

from chassis import clock
from chassis.principals import sign
from chassis.rpc import Caller, calling, client, system_caller
from contracts.access import ANONYMOUS
from contracts.errors import Gone, Invalid, NotSignedIn, Unavailable
from contracts.identity import ApiKeyToken, IdentityApi, LinkToken, SessionToken, SignedPrincipal

identity = client(IdentityApi)
COOKIE = "talkoo_session"
API_PREFIX = "/api/"
WITHOUT_CALLER = ("/static/", "/style/", "/theme/", "/livez", "/readyz", "/metrics")
ANONYMOUS_LIFETIME = timedelta(minutes=1)
KEY_REMEMBERED = 1.0
LINK_TOKEN = re.compile(r"[A-Za-z0-9_.~-]{1,200}")
MOST_REMEMBERED = 1_000

_known_keys: dict[str, tuple[float, SignedPrincipal]] = {}


def init_callers(app: Flask) -> None:
    """Identify the caller of each request, and make the request's calls in its name."""
    app.before_request(_identify)
    app.teardown_request(_leave)


def is_api() -> bool:
    """Whether this request came to the JSON API (else to a page)."""
    return request.path.startswith(API_PREFIX)


def _identify() -> None:
    g.principal = None
    if request.path.startswith(WITHOUT_CALLER):
        return
    g.principal = _principal()
    token = g.principal.token if g.principal else _anonymous_token()
    g.calls = ExitStack()
    g.replayed = g.calls.enter_context(calling(Caller(lambda: token, g.request_id, g.request_id, command_key())))


def _leave(_error: BaseException | None) -> None:
    calls = g.pop("calls", None)
    if calls is not None:
        calls.close()


def command_key() -> str:
    """The request's Idempotency-Key; raises Invalid when it is not 1-255 printable ASCII characters."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > 255 or not key.isascii() or not (key.isprintable() or not key):
        message = "Send an Idempotency-Key of 1-255 printable ASCII characters, such as a UUID."
        raise Invalid(message, code="bad_idempotency_key")
    return key


def _principal() -> SignedPrincipal | None:
    given = request.headers.get("Authorization", "")
    if given and is_api():
        return _of_api_key(given)
    session = session_token()
    if not session:
        return None
    try:
        with calling(system_caller("gateway")):
            found = identity.get_session_principal(SessionToken(token=session))
    except NotSignedIn:
        if is_api():
            raise
        g.session_ended = True
        return None
    except Unavailable:
        if is_api():
            raise
        g.identity_away = True
        return None
    g.account_language = found.language.value
    return found


def session_token() -> str:
    """The session cookie's value, or empty when there is none that could be one."""
    value = request.cookies.get(COOKIE, "")
    return (
        value
        if 20 <= len(value) <= 200 and value.isascii() and all(each.isalnum() or each in "-_.~" for each in value)
        else ""
    )


def _of_api_key(header: str) -> SignedPrincipal:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(value) <= 200 or not value.isascii():
        raise NotSignedIn("Send the API key as: Authorization: Bearer talkoo_...", code="bad_api_key")
    now = time.monotonic()
    until, known = _known_keys.get(value, (0.0, None))
    if known is not None and until > now:
        return known
    with calling(system_caller("gateway")):
        found = identity.get_api_key_principal(ApiKeyToken(token=value))
    if len(_known_keys) >= MOST_REMEMBERED:
        _known_keys.clear()
    _known_keys[value] = (now + KEY_REMEMBERED, found)
    return found


def _anonymous_token() -> str:
    expires_at = clock.now() + ANONYMOUS_LIFETIME
    return sign(ANONYMOUS.model_copy(update={"expires_at": expires_at}), "gateway")


def link_token(text: str) -> str:
    """The token in a link's address; raises Gone for what cannot be one."""
    if not LINK_TOKEN.fullmatch(text):
        raise Gone("This link is not one of ours.", code="bad_link")
    return text


@contextmanager
def by_link(token: str) -> Iterator[SignedPrincipal]:
    """Make the calls of this block as the personal link; raises Gone when it is used, revoked or expired."""
    with calling(system_caller("gateway")):
        principal = identity.get_link_principal(LinkToken(token=link_token(token)))
    with calling(Caller(lambda: principal.token, g.request_id, g.request_id)):
        yield principal
