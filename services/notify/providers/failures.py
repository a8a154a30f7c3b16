"""How handing a message to a provider can fail. What is not raised has been accepted."""


class DeliveryFailure(Exception):
    """Base. `code` is the provider's (an SMTP reply, a Twilio error, an HTTP status) or 0 when it gave none.

    `of_recipient` says that the address or number itself is at fault, so that it may be marked.
    """

    def __init__(self, message: str, *, code: int = 0, of_recipient: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.of_recipient = of_recipient


class TemporaryFailure(DeliveryFailure):
    """Surely not sent; trying again later may work. `retry_after` in seconds when the provider says so."""

    def __init__(
        self, message: str, *, code: int = 0, of_recipient: bool = False, retry_after: int | None = None
    ) -> None:
        super().__init__(message, code=code, of_recipient=of_recipient)
        self.retry_after = retry_after


class PermanentFailure(DeliveryFailure):
    """Surely not sent; trying the same again is useless."""


class OutcomeUnknown(DeliveryFailure):
    """Handed over, but the answer was lost: it may have been sent. Sending again may deliver it twice."""
