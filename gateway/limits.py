"""Rate limits that hold across all processes: identity counts, each worker takes a small share at a time.

An answer tells what is left (`RateLimit`, `RateLimit-Policy`, draft-ietf-httpapi-ratelimit-headers).
"""

import math
import threading
import time
from dataclasses import dataclass

from flask import Flask, Response, g, request

from chassis.rpc import calling, client, system_caller
from contracts.errors import TooMany, Unavailable
from contracts.identity import IdentityApi, TakeRateLimit
from gateway.callers import WITHOUT_CALLER
from gateway.config import gateway_settings

identity = client(IdentityApi)
MINUTE = 60
SHARES = 30
"""A worker asks for this part of a limit at a time, so few requests cost a call."""
ANONYMOUS_PART = 5
FORMS_PER_MINUTE = 60
MOST_KEPT = 10_000


@dataclass
class Share:
    """What this worker may still give out of a limit until `ends`; `elsewhere` is left for other workers."""

    left: int
    elsewhere: int
    ends: float


_shares: dict[str, Share] = {}
_lock = threading.Lock()
_asking = [threading.Lock() for _ in range(64)]
"""Who asks for a share of a limit holds one of these, chosen by the limit's key."""


def init_limits(app: Flask) -> None:
    """Count every request but those for assets and health."""
    app.before_request(_count)
    app.after_request(_tell)


def _count() -> None:
    if request.path.startswith(WITHOUT_CALLER):
        return
    limit = gateway_settings().talkoo_rate_limit_per_minute
    if g.principal is None:
        take(f"http:address:{request.remote_addr}", max(limit // ANONYMOUS_PART, 1))
    elif g.principal.account_id:
        take(f"http:account:{g.principal.account_id}", limit)
    else:
        take(f"http:key:{_key_prefix()}", limit)


def _key_prefix() -> str:
    """The visible part of the request's API key: `talkoo_<prefix>_<secret>`."""
    return request.headers.get("Authorization", "").split("_")[1][:40]


def limit_form(name: str, per_minute: int = FORMS_PER_MINUTE) -> None:
    """A tighter limit for a public form, per address; raises TooMany."""
    take(f"form:{name}:{request.remote_addr}", per_minute)


def take(key: str, limit: int) -> None:
    """Take one from the limit per minute; raises TooMany with the seconds to wait."""
    share, allowed = _take_one(key) or _asked_for(key, limit)
    wait = max(math.ceil(share.ends - time.monotonic()), 1)
    g.rate_limit = (limit, share.left + share.elsewhere, wait)
    if not allowed:
        raise TooMany(f"Too many requests; wait {wait} seconds.", seconds=wait)


def _take_one(key: str) -> tuple[Share, bool] | None:
    """The worker's share and whether it had one left; None when a share has to be asked for."""
    with _lock:
        share = _shares.get(key)
        if share is None or share.ends <= time.monotonic() or (share.left <= 0 < share.elsewhere):
            return None
        allowed = share.left > 0
        share.left -= allowed
        return share, allowed


def _asked_for(key: str, limit: int) -> tuple[Share, bool]:
    """One at a time asks: a crowd that comes at once must not take the shares of the other workers."""
    with _asking[hash(key) % len(_asking)]:
        while (taken := _take_one(key)) is None:
            share = _ask_for_share(key, limit)
            with _lock:
                if len(_shares) >= MOST_KEPT:
                    _shares.clear()
                _shares[key] = share
    return taken


def _ask_for_share(key: str, limit: int) -> Share:
    try:
        with calling(system_caller("gateway")):
            state = identity.take_rate_limit(
                TakeRateLimit(key=key, limit=limit, seconds=MINUTE, cost=max(limit // SHARES, 1))
            )
    except Unavailable:
        return Share(limit, 0, time.monotonic() + 1)  # nobody counts now; what the request wants will tell
    return Share(state.granted, state.remaining, time.monotonic() + state.reset_seconds)


def _tell(response: Response) -> Response:
    if "rate_limit" in g:
        limit, left, seconds = g.rate_limit
        response.headers["RateLimit-Policy"] = f'"default";q={limit};w={MINUTE}'
        response.headers["RateLimit"] = f'"default";r={max(left, 0)};t={seconds}'
    return response
