"""Notices of the payment provider: only what carries its signature gets in (E4)."""

from chassis.logs import log
from contracts.errors import Invalid
from services.commerce.paytrail import ForgedNotice, PaymentNotice
from services.commerce.process.provider import provider


def read(parameters: dict[str, str]) -> PaymentNotice:
    """The notice in a callback's or redirect's parameters; raises Invalid when it is forged."""
    try:
        return provider().read_notice(parameters.items())
    except ForgedNotice as error:
        log.error("payment_notice_forged", reason=str(error))
        raise Invalid("This does not come from the payment provider.", code="forged_notice") from error
