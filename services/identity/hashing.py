"""Argon2id (RFC 9106) hashes of passwords, made and checked in a native thread so that other calls go on."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import SecretStr

from chassis import native
from services.identity.config import identity_settings


@lru_cache
def _hasher() -> PasswordHasher:
    settings = identity_settings()
    return PasswordHasher(time_cost=settings.hash_rounds, memory_cost=settings.hash_memory_kib, parallelism=1)


@lru_cache
def _nobodys_hash() -> str:
    """Checked when there is no such account, so that the answer takes as long."""
    return native.run(_hasher().hash, "the password of nobody")


def hash_password(password: SecretStr) -> str:
    """The hash to store."""
    return native.run(_hasher().hash, password.get_secret_value())


def is_right(stored: str | None, password: SecretStr) -> bool:
    """Whether the password belongs to the hash; without a hash False, after the same time."""
    try:
        native.run(_hasher().verify, stored or _nobodys_hash(), password.get_secret_value())
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(stored)
