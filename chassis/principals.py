"""Signing and checking principals: `base64url(json).base64url(ed25519 signature)`.

Identity may sign any principal; every other issuer only `system:<its own name>`, and the gateway `anonymous`: bare
names, to which no right, person or link is added.
Tokens live for a minute or less, so that a change of rights holds everywhere soon; checked ones are remembered
until they expire.
"""

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chassis.settings import settings
from contracts.access import ANONYMOUS, Principal, PrincipalKind
from contracts.errors import NotSignedIn

SYSTEM_LIFETIME = timedelta(minutes=5)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@lru_cache
def _private_key(issuer: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(settings().talkoo_signing_keys[issuer]))


@lru_cache
def _public_key(issuer: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(settings().talkoo_verify_keys[issuer]))


def sign(principal: Principal, issuer: str) -> str:
    """The principal as a signed token."""
    body = json.dumps({"iss": issuer, "p": principal.model_dump(mode="json")}, sort_keys=True).encode()
    return f"{_encode(body)}.{_encode(_private_key(issuer).sign(body))}"


@lru_cache(maxsize=4096)
def _checked(token: str) -> Principal:
    try:
        body_text, signature_text = token.split(".")
        body, signature = _decode(body_text), _decode(signature_text)
        envelope = json.loads(body)
        issuer = envelope["iss"]
        _public_key(issuer).verify(signature, body)
        principal = Principal.model_validate(envelope["p"])
    except (ValueError, KeyError, TypeError, RecursionError, InvalidSignature) as error:
        raise NotSignedIn("The message's principal is not signed by a known issuer.", code="bad_principal") from error
    if not _may_sign(issuer, principal):
        raise NotSignedIn(f"{issuer} may not sign {principal.label}.", code="bad_principal")
    return principal


def _may_sign(issuer: str, principal: Principal) -> bool:
    if issuer == "identity":
        return True
    bare = principal.model_copy(update={"expires_at": None})
    return bare == system_principal(issuer) or (issuer == "gateway" and bare == ANONYMOUS)


def verify(token: str, now: datetime) -> Principal:
    """The principal of a token; raises NotSignedIn when forged or expired."""
    principal = _checked(token)
    if principal.expires_at is None or principal.expires_at < now:
        raise NotSignedIn("The message's principal has expired.", code="principal_expired")
    return principal


class SystemTokens:
    """Signed tokens of one issuer's system principal, renewed before they expire."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._token = ""
        self._renew_at = datetime.min.replace(tzinfo=UTC)

    def current(self) -> str:
        """A token that is valid for at least half of its lifetime."""
        now = datetime.now(UTC)
        if now >= self._renew_at:
            principal = system_principal(self._issuer).model_copy(update={"expires_at": now + SYSTEM_LIFETIME})
            self._token = sign(principal, self._issuer)
            self._renew_at = now + SYSTEM_LIFETIME / 2
        return self._token


def system_principal(service: str) -> Principal:
    """The named principal that a service's events and jobs run as."""
    return Principal(kind=PrincipalKind.SYSTEM, id=service)
