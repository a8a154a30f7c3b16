"""Client of Paytrail's payment API (E4): create, look up and refund payments, and check what Paytrail sends us.

Every request and answer is signed: HMAC over all `checkout-` headers in alphabetical order, one `name:value` a line,
then the body (https://docs.paytrail.com/#/?id=authentication). Redirects and callbacks carry the same signature over
their query parameters. Money is `Decimal` euros here and whole cents on the wire.

`stamp` is the id of our payment attempt. Paytrail refuses a stamp it has seen, so an attempt is opened at most once. If
the answer to the opening is lost, nobody has the payment's address and nobody can pay it: open a new attempt. A refund
has no such guard; after a lost answer wait for its callback, never send it again unasked.
"""

from services.commerce.paytrail.client import Paytrail
from services.commerce.paytrail.errors import (
    ForgedNotice,
    PaymentProviderError,
    PaymentProviderRefused,
    PaymentProviderUnavailable,
)
from services.commerce.paytrail.messages import (
    NewPayment,
    OpenedPayment,
    PaymentItem,
    PaymentNotice,
    ProviderPayment,
    ProviderRefund,
)

__all__ = [
    "ForgedNotice",
    "NewPayment",
    "OpenedPayment",
    "PaymentItem",
    "PaymentNotice",
    "PaymentProviderError",
    "PaymentProviderRefused",
    "PaymentProviderUnavailable",
    "Paytrail",
    "ProviderPayment",
    "ProviderRefund",
]
