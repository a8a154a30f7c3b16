"""Settings of identity."""

from datetime import timedelta
from functools import lru_cache

from pydantic_settings import BaseSettings, SettingsConfigDict


class IdentitySettings(BaseSettings):
    """Lifetimes and limits. Variables are called `IDENTITY_<NAME>`; times in seconds or ISO 8601 durations."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_prefix="identity_")

    session_idle: timedelta = timedelta(hours=12)
    """A session ends when it was not used this long, or when its browser closes."""
    session_life: timedelta = timedelta(days=14)
    code_life: timedelta = timedelta(minutes=5)
    code_tries: int = 5
    codes_per_account: int = 3
    """Codes sent to one account within `code_window`."""
    code_window: timedelta = timedelta(minutes=10)
    failures_per_account: int = 10
    """Wrong passwords and codes for one user name within `failure_window`."""
    failures_per_address: int = 200
    failure_window: timedelta = timedelta(minutes=5)
    resets_per_account: int = 3
    """Password links asked for one user name within an hour."""
    resets_per_address: int = 60
    hash_memory_kib: int = 19_456
    hash_rounds: int = 2
    """Argon2id as OWASP's password storage cheat sheet asks at least: 19 MiB, 2 rounds, 1 lane."""


@lru_cache
def identity_settings() -> IdentitySettings:
    """The settings of this process."""
    return IdentitySettings()
