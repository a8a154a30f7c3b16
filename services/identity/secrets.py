"""Tokens, codes and what is stored of them: SHA-256 of a token of 256 random bits, HMAC of a short code."""

import base64
import hashlib
import hmac
import secrets
import string
from uuid import UUID

from chassis.settings import settings

KEY_ALPHABET = string.ascii_lowercase + string.digits


def new_token() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def stored(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def keyed(purpose: str, *parts: object) -> bytes:
    """HMAC-SHA-256 of the parts under the suite's secret; purposes never collide."""
    text = "\n".join([purpose, *map(str, parts)])
    return hmac.new(settings().secret(), text.encode(), hashlib.sha256).digest()


def link_token(link_id: UUID) -> str:
    """The token of a personal link: always the same for the same link."""
    return base64.urlsafe_b64encode(keyed("link", link_id)).rstrip(b"=").decode()


def csrf_secret(session_id: UUID) -> str:
    """The secret of a session from which the gateway makes CSRF tokens."""
    return base64.urlsafe_b64encode(keyed("csrf", session_id)).rstrip(b"=").decode()


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def stored_code(challenge_id: UUID, code: str) -> bytes:
    """What is kept of a code: useless without the suite's secret, and for any other challenge."""
    return keyed("code", challenge_id, code)


def new_api_key() -> tuple[str, str]:
    """A key's visible prefix and the whole key, `talkoo_<prefix>_<secret>`."""
    prefix = "".join(secrets.choice(KEY_ALPHABET) for _ in range(8))
    return prefix, f"talkoo_{prefix}_{secrets.token_urlsafe(32)}"


def same(one: bytes, other: bytes) -> bool:
    """Comparison in constant time."""
    return hmac.compare_digest(one, other)
