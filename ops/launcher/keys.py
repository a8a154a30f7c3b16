"""Ed25519 keys with which the suite's processes sign principals: one pair per issuer, kept in the state folder."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ops.launcher.services import ISSUERS
from ops.launcher.state import StateFolder

KEPT_AS = "signing_keys"


def signing_keys(state: StateFolder) -> dict[str, str]:
    """Base64 private keys (32 bytes) by issuer; made when absent."""
    keys: dict[str, str] = dict(state.kept_secret(KEPT_AS) or {})
    missing = [issuer for issuer in ISSUERS if issuer not in keys]
    if missing:
        keys.update(fresh(missing))
        state.keep_secret(KEPT_AS, keys)
    return keys


def fresh(issuers: Iterable[str]) -> dict[str, str]:
    """New base64 private keys (32 bytes) by issuer."""
    return {issuer: _encode(Ed25519PrivateKey.generate().private_bytes_raw()) for issuer in issuers}


def verify_keys(private: dict[str, str]) -> dict[str, str]:
    """Base64 public keys (32 bytes) by issuer."""
    return {issuer: _encode(_public(key)) for issuer, key in private.items()}


def only(private: dict[str, str], issuers: Iterable[str]) -> dict[str, str]:
    """The private keys of these issuers alone."""
    return {issuer: private[issuer] for issuer in issuers}


def _public(private: str) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(private)).public_key().public_bytes_raw()


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
