"""On whose behalf a request's calls are made: the API key of the Authorization header, or nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import g, request

from chassis import clock
from chassis.principals import sign
from chassis.rpc import Caller, calling, client, system_caller
from contracts.access import ANONYMOUS
from contracts.errors import NotSignedIn
from contracts.identity import ApiKeyToken, IdentityApi

identity = client(IdentityApi)
ANONYMOUS_LIFETIME = timedelta(minutes=1)


@contextmanager
def request_caller() -> Iterator[list[bool]]:
    """Calls in this block carry the request's principal, its id and its Idempotency-Key."""
    token = _token()
    key = request.headers.get("Idempotency-Key", "")[:255]
    with calling(Caller(lambda: token, g.request_id, g.request_id, key)) as replayed:
        yield replayed


def _token() -> str:
    given = request.headers.get("Authorization", "")
    if not given:
        expires_at = clock.now() + ANONYMOUS_LIFETIME
        return sign(ANONYMOUS.model_copy(update={"expires_at": expires_at}), "gateway")
    scheme, _, value = given.partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(value) <= 200:
        raise NotSignedIn("Send the API key as: Authorization: Bearer talkoo_...")
    with calling(system_caller("gateway")):
        return identity.get_api_key_principal(ApiKeyToken(token=value)).token
