"""Settings of the gateway, read once from the environment (beside `chassis.settings`)."""

from functools import lru_cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.settings import settings


class GatewaySettings(BaseSettings):
    """What the operator can set of the door."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", case_sensitive=False)

    talkoo_trusted_proxies: int = Field(default=0, ge=0, le=5)
    """How many proxies stand in front and set X-Forwarded-For and X-Forwarded-Proto; 0: such headers are ignored."""
    talkoo_rate_limit_per_minute: int = Field(default=3_000, ge=10, le=1_000_000)
    """Requests that one API key or session may make in a minute; an address without either makes a fifth of it."""
    talkoo_upload_limit: int = Field(default=20_000_000, ge=1_000)
    """Bytes of an uploaded file."""
    talkoo_clamd: str = Field(default="", pattern=r"^(|unix:/.+|.+:[0-9]{1,5})$")
    """Where clamd scans uploaded files: `host:port` or `unix:/path`; empty: nobody scans."""
    talkoo_show_design: bool = False
    """Whether the style guide is served at /design."""


def is_https() -> bool:
    """Whether people come by https, as the public address says."""
    return settings().talkoo_base_url.startswith("https:")


@lru_cache
def gateway_settings() -> GatewaySettings:
    """The settings of this process."""
    return GatewaySettings()
