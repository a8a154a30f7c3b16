"""Texts that a table keeps for a while and nobody can read in it: encrypted under the suite's secret."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chassis.settings import settings


class Unreadable(Exception):
    """Sealed for something else, or under another secret."""


def seal(purpose: str, text: str) -> bytes:
    """What may be stored. Purposes are keys of their own: what is sealed for one cannot be opened for another."""
    return _lock(purpose, settings().secret()).encrypt(text.encode())


def open_sealed(purpose: str, sealed: bytes) -> str:
    """The text; raises Unreadable."""
    try:
        return _lock(purpose, settings().secret()).decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise Unreadable(purpose) from None


@lru_cache(maxsize=8)
def _lock(purpose: str, secret: bytes) -> Fernet:
    key = HKDF(SHA256(), length=32, salt=None, info=f"talkoo sealed {purpose}".encode()).derive(secret)
    return Fernet(base64.urlsafe_b64encode(key))
