"""Card payments (E4): note the attempt, commit, ask the provider, note its answer; a sweeper ends what was cut off."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from chassis import crash
from chassis.logs import log
from chassis.rpc import client, or_nothing
from chassis.service import ServiceBase
from contracts.base import ByIds
from contracts.commerce.payments import Payment, PaymentState, StartPayment
from contracts.contacts import ContactsApi
from contracts.errors import Conflict, Unavailable
from services.commerce import answers, models
from services.commerce.commands import captures, payments
from services.commerce.paytrail import PaymentProviderRefused, PaymentProviderUnavailable
from services.commerce.process.provider import new_payment, provider
from services.commerce.seller import current_seller

contacts = client(ContactsApi)
Transactions = Callable[[], AbstractContextManager[Session]]
PATIENCE, PAUSE = 4.0, 0.1
"""Seconds to wait for the address that another click is fetching."""


def start(call: ServiceBase, target: payments.Target, request: StartPayment) -> Payment:
    """The payment with the provider's address, or `unknown` while the provider does not answer.

    Raises Conflict when there is nothing to pay or the provider refuses.
    """
    email = payer_email(target.customer_id, current_seller(call.reader).email)
    for _ in range(2):
        attempt = payments.open_attempt(call.session, target, request, call.now)
        call.checkpoint()
        crash.point("commerce.payment_noted")
        if not attempt.ours:
            return _with_address(call.reader, attempt.payment.id)
        try:
            opened = provider().create_payment(new_payment(attempt.payment, email))
        except PaymentProviderUnavailable:
            log.warning("payment_provider_away", payment_id=str(attempt.payment.id))
            return answers.payment(payments.keep_unknown(call.session, attempt.payment.id, call.now))
        except PaymentProviderRefused as error:
            _fail(call, attempt.payment, error)
            continue
        kept = payments.keep_address(call.session, attempt.payment.id, opened.transaction_id, opened.href, call.now)
        return answers.payment(kept)
    raise Unavailable("The payment provider does not open the payment; try again in a moment.")


def _fail(call: ServiceBase, payment: models.Payment, error: PaymentProviderRefused) -> None:
    """A stamp already used tells of a lost answer: nobody has that payment's address, so a new attempt may follow."""
    payments.fail(call.session, payment.id)
    call.checkpoint()
    if not payment.checks:
        log.error("payment_refused", payment_id=str(payment.id), status=error.status)
        raise Conflict("The payment provider refused the payment.", code="payment_refused")


def _with_address(reader: Connection, payment_id: UUID) -> Payment:
    table = models.Payment.__table__
    end = time.monotonic() + PATIENCE
    while True:
        row = reader.execute(select(table).where(table.c.id == payment_id)).one()
        if row.pay_url or row.state != PaymentState.CREATED or time.monotonic() > end:
            return answers.payment(row)
        time.sleep(PAUSE)


def payer_email(customer_id: UUID | None, otherwise: str) -> str:
    """Where the provider sends its receipt: the payer's address, or ours when the payer has none."""
    found = or_nothing(lambda: contacts.get_recipients(ByIds(ids=[customer_id]))) if customer_id else None
    emails = [each.email for each in found.data if each.email] if found else []
    return emails[0] if emails else otherwise or "payments@example.org"


def check_due(transaction: Transactions, today: date, now: datetime) -> bool:
    """Ask the provider about attempts that hang; True when there was one."""
    with transaction() as session:
        due = payments.claim_due(session, now)
    for payment in due:
        _check(transaction, payment, today, now)
    return bool(due)


def _check(transaction: Transactions, payment: models.Payment, today: date, now: datetime) -> None:
    try:
        if payment.transaction_id is None:
            _open_again(transaction, payment, now)
        else:
            _look_up(transaction, payment, today, now)
    except PaymentProviderUnavailable:
        log.warning("payment_provider_away", payment_id=str(payment.id))
        if payment.transaction_id is None:
            with transaction() as session:
                payments.keep_unknown(session, payment.id, now)


def _open_again(transaction: Transactions, payment: models.Payment, now: datetime) -> None:
    """The same stamp again: opened now, or refused because it was opened then and nobody has the address."""
    with transaction() as session:
        fallback = current_seller(session).email
    email = payer_email(payment.customer_id, fallback)
    try:
        opened = provider().create_payment(new_payment(payment, email))
    except PaymentProviderRefused:
        with transaction() as session:
            payments.fail(session, payment.id)
        return
    with transaction() as session:
        payments.keep_address(session, payment.id, opened.transaction_id, opened.href, now)


def _look_up(transaction: Transactions, payment: models.Payment, today: date, now: datetime) -> None:
    assert payment.transaction_id is not None
    found = provider().get_payment(payment.transaction_id)
    if found.stamp != str(payment.id) or found.euros != payment.amount:
        log.error("payment_mismatch", payment_id=str(payment.id))
        return
    with transaction() as session:
        if found.status == "ok":
            captures.capture(session, payment.id, payment.transaction_id, today, now)
        elif found.status == "fail" or (found.status == "new" and now - payment.created_at > payments.GIVE_UP_AFTER):
            payments.fail(session, payment.id)
