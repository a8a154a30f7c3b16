"""What goes to Paytrail and comes back, as typed data. Money is `Decimal` euros here, whole cents on the wire."""

from decimal import Decimal
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.commerce.paytrail.cents import MAX_CENTS, from_cents, to_cents, to_positive_cents

Status = Literal["new", "ok", "fail", "pending", "delayed"]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class PaymentItem(_Wire):
    """A line of the payment; `unit_price` in euros with VAT, `vat_percentage` with at most one decimal."""

    unit_price: Decimal
    units: int = Field(ge=0, le=MAX_CENTS)
    vat_percentage: Decimal = Field(ge=0, le=100, decimal_places=1)
    product_code: str = Field(max_length=100)
    description: str = Field(default="", max_length=1000)

    def as_body(self) -> dict[str, Any]:
        """The line as Paytrail's JSON."""
        body: dict[str, Any] = {
            "unitPrice": to_cents(self.unit_price),
            "units": self.units,
            "vatPercentage": float(self.vat_percentage),
            "productCode": self.product_code,
        }
        return body | ({"description": self.description} if self.description else {})


class NewPayment(_Wire):
    """A payment to open. URLs must be public https addresses (loopback is fine with the simulator)."""

    stamp: str = Field(min_length=1, max_length=200)
    reference: str = Field(min_length=1, max_length=200)
    amount: Decimal
    language: Literal["FI", "SV", "EN"] = "FI"
    email: str = Field(max_length=200)
    first_name: str = Field(default="", max_length=50)
    last_name: str = Field(default="", max_length=50)
    success_url: str = Field(max_length=300)
    cancel_url: str = Field(max_length=300)
    callback_success_url: str
    callback_cancel_url: str
    items: tuple[PaymentItem, ...] = ()

    def as_body(self) -> dict[str, Any]:
        """The payment as Paytrail's JSON. ValueError for parts of a cent, or lines of another sum."""
        cents = to_positive_cents(self.amount)
        items = [item.as_body() for item in self.items]
        if items and sum(item["unitPrice"] * item["units"] for item in items) != cents:
            raise ValueError(f"the lines of payment {self.stamp} do not add up to {self.amount}")
        names = {"firstName": self.first_name, "lastName": self.last_name}
        body: dict[str, Any] = {
            "stamp": self.stamp,
            "reference": self.reference,
            "amount": cents,
            "currency": "EUR",
            "language": self.language,
            "customer": {"email": self.email} | {key: name for key, name in names.items() if name},
            "redirectUrls": {"success": self.success_url, "cancel": self.cancel_url},
            "callbackUrls": {"success": self.callback_success_url, "cancel": self.callback_cancel_url},
        }
        return body | ({"items": items} if items else {})


class OpenedPayment(_Wire):
    """Paytrail's answer to a new payment: send the buyer's browser to `href`."""

    transaction_id: str = Field(alias="transactionId", min_length=1)
    href: str = Field(min_length=1)
    reference: str = ""


class ProviderPayment(_Wire):
    """What Paytrail knows of a payment; `amount` in cents as on the wire, `euros` as money."""

    transaction_id: str = Field(alias="transactionId")
    status: Status
    amount: int
    currency: Literal["EUR"]
    stamp: str
    reference: str
    provider: str = ""
    paid_at: AwareDatetime | None = Field(default=None, alias="paidAt")

    @property
    def euros(self) -> Decimal:
        """The amount as money."""
        return from_cents(self.amount)


class ProviderRefund(_Wire):
    """Paytrail's answer to a refund; `pending` is settled by a callback whose stamp is our refund stamp."""

    transaction_id: str = Field(default="", alias="transactionId")
    status: Literal["ok", "pending", "fail"]
    provider: str = ""


class PaymentNotice(_Wire):
    """A verified redirect or callback. Compare `stamp`, `amount` and `transaction_id` with the attempt before use."""

    stamp: str = Field(alias="checkout-stamp")
    reference: str = Field(alias="checkout-reference")
    cents: int = Field(alias="checkout-amount", ge=0)
    status: Literal["ok", "pending", "delayed", "fail"] = Field(alias="checkout-status")
    transaction_id: str | None = Field(default=None, alias="checkout-transaction-id")
    provider: str = Field(default="", alias="checkout-provider")

    @property
    def amount(self) -> Decimal:
        """Euros."""
        return from_cents(self.cents)
