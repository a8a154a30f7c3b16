"""Texts that a table keeps for a while and nobody can read in it: encrypted under the suite's secret."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chassis.settings import settings

SHORTEST_SECRET = 16


class Unreadable(Exception):
    """Sealed for something else, or under another secret."""


def seal(purpose: str, text: str) -> bytes:
    """What may be stored. Purposes are keys of their own: what is sealed for one cannot be opened for another."""
    return _lock(purpose, settings().talkoo_secret.get_secret_value()).encrypt(text.encode())


def open_sealed(purpose: str, sealed: bytes) -> str:
    """The text; raises Unreadable."""
    try:
        return _lock(purpose, settings().talkoo_secret.get_secret_value()).decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise Unreadable(purpose) from None


@lru_cache(maxsize=8)
def _lock(purpose: str, secret: str) -> Fernet:
    if len(secret) < SHORTEST_SECRET:
        raise RuntimeError(f"TALKOO_SECRET is not set or shorter than {SHORTEST_SECRET} characters")
    key = HKDF(SHA256(), length=32, salt=None, info=f"talkoo sealed {purpose}".encode()).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))
