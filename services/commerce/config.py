"""Settings of commerce, read once from the environment."""

from datetime import timedelta
from functools import lru_cache

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.commerce.seller import SellerDetails

QUOTE_LIFETIME = timedelta(hours=24)
KEEP_QUOTES = timedelta(days=60)
INVOICE_SERIES = "invoices"
FIRST_INVOICE_NUMBER = 1_000_001
"""Seven digits from the start: with any prefix, and without, the digits of two numbers differ (rules.references)."""
CALLBACK_PATH = "/api/v1/payments/providers/paytrail/callback"
RETURN_PATH = "/payments/paytrail/return"
"""Where the gateway takes the provider's calls, and the payer's browser when it comes back."""

DEFAULT_SELLER = SellerDetails(
    name="Esimerkkiyhdistys ry",
    business_id="1234567-1",
    street="Esimerkkikatu 1",
    postal_code="00100",
    city="Helsinki",
    email="toimisto@example.org",
    iban="FI2112345600000785",
    bic="NDEAFIHH",
)
"""Holds until the office has entered its own details."""


class CommerceSettings(BaseSettings):
    """The card payment provider's address and our credentials there."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", case_sensitive=False)

    paytrail_base_url: str = ""
    paytrail_merchant_id: str = ""
    paytrail_secret: SecretStr = SecretStr("")
    provider_timeout: float = 4.0
    """Seconds to wait for the provider's answer while a person waits for ours."""


@lru_cache
def commerce_settings() -> CommerceSettings:
    """The settings of this process."""
    return CommerceSettings()
