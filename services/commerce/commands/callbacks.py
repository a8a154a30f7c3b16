"""What the payment provider tells us: checked against our own books before it has any effect (E4)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.logs import log
from contracts.commerce.payments import CallbackResult, PaymentState
from contracts.errors import Invalid
from services.commerce import models
from services.commerce.commands import captures, payments, refunds
from services.commerce.paytrail import PaymentNotice


def receive(session: Session, notice: PaymentNotice, today: date, now: datetime) -> CallbackResult:
    """The effect of a signed notice, once. Raises Invalid when it is not about a payment or refund of ours."""
    stamp = _stamp(notice)
    payment = session.get(models.Payment, stamp)
    if payment is not None:
        return _payment_notice(session, payment, notice, today, now)
    refund = session.get(models.Refund, stamp)
    if refund is not None:
        return _refund_notice(session, refund, notice, today, now)
    raise _refused("unknown_payment", stamp, "This notice is about no payment of ours.")


def _stamp(notice: PaymentNotice) -> UUID:
    try:
        return UUID(notice.stamp)
    except ValueError:
        raise _refused("unknown_payment", notice.stamp[:40], "This notice is about no payment of ours.") from None


def _payment_notice(
    session: Session, payment: models.Payment, notice: PaymentNotice, today: date, now: datetime
) -> CallbackResult:
    agreed = payment.transaction_id in (None, notice.transaction_id)
    if notice.amount != payment.amount or notice.reference != payment.reference or not agreed:
        raise _refused("notice_mismatch", payment.id, "The notice does not agree with the payment.")
    fresh = False
    if notice.status == "ok":
        fresh = captures.capture(session, payment.id, notice.transaction_id, today, now)
    elif notice.status == "fail":
        fresh = payments.fail(session, payment.id)
    session.refresh(payment)
    return CallbackResult(
        payment_id=payment.id, state=PaymentState(payment.state), fresh=fresh, return_path=payment.return_path
    )


def _refund_notice(
    session: Session, refund: models.Refund, notice: PaymentNotice, today: date, now: datetime
) -> CallbackResult:
    if notice.amount != refund.amount:
        raise _refused("notice_mismatch", refund.id, "The notice does not agree with the refund.")
    fresh = False
    if notice.status == "ok":
        fresh = refunds.complete(session, refund.id, notice.transaction_id, today, now)
    elif notice.status == "fail":
        refunds.fail(session, refund.id, "the provider told us that the refund failed", certain=True)
    payment = session.get_one(models.Payment, refund.payment_id, populate_existing=True)
    return CallbackResult(
        payment_id=payment.id, state=PaymentState(payment.state), fresh=fresh, return_path=payment.return_path
    )


def _refused(code: str, subject: object, message: str) -> Invalid:
    log.error("payment_notice_refused", code=code, subject=str(subject))
    return Invalid(message, code=code)
