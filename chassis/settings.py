"""Settings of a process, read once from the environment."""

from functools import lru_cache

from pydantic import Field, Json, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SHORTEST_SECRET = 16


class Settings(BaseSettings):
    """What the launcher or the operator sets. A missing value without a default stops the process with its name."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", case_sensitive=False)

    amqp_url: str
    contacts_database_url: str = ""
    membership_database_url: str = ""
    courses_database_url: str = ""
    commerce_database_url: str = ""
    notify_database_url: str = ""
    identity_database_url: str = ""

    talkoo_signing_keys: Json[dict[str, str]] = Field(default_factory=dict)
    """Base64 Ed25519 private keys by issuer, for the issuers this process may sign as."""
    talkoo_verify_keys: Json[dict[str, str]] = Field(default_factory=dict)
    """Base64 Ed25519 public keys of every issuer."""
    talkoo_secret: SecretStr = SecretStr("")
    talkoo_files: str = ".talkoo/files"
    """A folder, or `s3://<bucket>/<prefix>`."""
    talkoo_s3_endpoint: str = ""
    """Address of a store that speaks the S3 protocol, when it is not Amazon's."""
    talkoo_base_url: str = "http://127.0.0.1:8000"
    talkoo_time_zone: str = "Europe/Helsinki"
    talkoo_log_format: str = "json"
    talkoo_backup_days: int = 35
    """How long backups are kept: so long an erased person may still be in one."""
    talkoo_max_workers: int = 10
    """Messages a service process works on at the same time."""
    talkoo_start_seconds: float = 60.0
    """How long a service that starts waits for the broker and its own queues."""
    talkoo_stop_seconds: float = 30.0
    """How long a service that was told to stop may finish what it took."""
    talkoo_crash_at: str = ""
    """Chaos tests only: `point:n` ends the process the n-th time it passes the named point."""

    def secret(self) -> bytes:
        """The suite's secret, from which keys are made; an error names the variable when it is missing or short."""
        secret = self.talkoo_secret.get_secret_value()
        if len(secret) < SHORTEST_SECRET:
            raise RuntimeError(f"TALKOO_SECRET is not set or shorter than {SHORTEST_SECRET} characters")
        return secret.encode()

    def database_url(self, service: str) -> str:
        """The URL of the service's own database; an error names the variable when it is not set."""
        url: str = getattr(self, f"{service}_database_url")
        if not url:
            raise RuntimeError(f"{service.upper()}_DATABASE_URL is not set")
        return url


@lru_cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()  # filled from the environment


def amqp_url_for(issuer: str) -> str:
    """The broker address for a service's own broker user (`<SERVICE>_AMQP_URL`), or the common one."""
    import os

    return os.environ.get(f"{issuer.upper()}_AMQP_URL") or settings().amqp_url
