"""Settings of notify."""

from functools import lru_cache

from pydantic_settings import BaseSettings, SettingsConfigDict


class NotifySettings(BaseSettings):
    """Where messages leave, and in whose name."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    smtp_url: str = "smtp://127.0.0.1:25"
    mail_from: str = "no-reply@talkoo.example"
    """Address in From; its name is the association's."""
    twilio_base_url: str = "https://api.twilio.com"
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    sms_sender: str = "Talkoo"


@lru_cache
def notify_settings() -> NotifySettings:
    """The settings of this process."""
    return NotifySettings()
