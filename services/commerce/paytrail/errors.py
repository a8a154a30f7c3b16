"""What can go wrong between us and the payment provider."""


class PaymentProviderError(Exception):
    """Base of what can go wrong between us and the payment provider."""


class PaymentProviderUnavailable(PaymentProviderError):
    """No trustworthy answer came. `sent` is False when the request surely did nothing; else the outcome is unknown."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class PaymentProviderRefused(PaymentProviderError):
    """Paytrail read the request and declined it (4xx): nothing was done, and sending it again will not help."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"Paytrail answered {status}: {message}")
        self.status = status
        self.message = message


class ForgedNotice(PaymentProviderError):
    """Query parameters that claim to come from Paytrail and do not carry its signature. Have no effect; alarm."""
