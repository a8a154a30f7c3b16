"""The card payment provider as this process knows it."""

from functools import lru_cache

import httpx

from chassis.settings import settings
from services.commerce import models
from services.commerce.config import CALLBACK_PATH, RETURN_PATH, commerce_settings
from services.commerce.paytrail import NewPayment, Paytrail

LANGUAGES = {"fi": "FI", "sv": "SV", "en": "EN"}


@lru_cache
def provider() -> Paytrail:
    """The provider's client, with connections kept."""
    own = commerce_settings()
    http = httpx.Client(timeout=httpx.Timeout(own.provider_timeout, connect=2.0), trust_env=False)
    return Paytrail(own.paytrail_base_url, own.paytrail_merchant_id, own.paytrail_secret, http=http)


def new_payment(payment: models.Payment, email: str) -> NewPayment:
    """The attempt as the provider is asked to open it; its id is the stamp."""
    returning, calling = _address(RETURN_PATH), _address(CALLBACK_PATH)
    return NewPayment(
        stamp=str(payment.id),
        reference=payment.reference,
        amount=payment.amount,
        language=LANGUAGES.get(payment.language, "FI"),
        email=email,
        success_url=returning,
        cancel_url=returning,
        callback_success_url=calling,
        callback_cancel_url=calling,
    )


def callback_address() -> str:
    """Where the provider tells us that a refund is settled."""
    return _address(CALLBACK_PATH)


def _address(path: str) -> str:
    return settings().talkoo_base_url.rstrip("/") + path
