"""The companies outside, simulated over sockets (mail, SMS, card payments), and our settings for them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from chassis.settings import settings
from ops.launcher.ports import free_port
from ops.simulators.clients import Mailbox, PaymentProvider, SmsInbox
from ops.simulators.faults import Faults
from ops.simulators.mailbox.app import create_app as mailbox_app
from ops.simulators.mailbox.smtp_in import FAULTS, controller
from ops.simulators.mailbox.store import Store
from ops.simulators.paytrail.app import create_app as paytrail_app
from ops.simulators.server import RunningSimulator
from ops.simulators.twilio.app import create_app as twilio_app
from services.commerce.config import commerce_settings
from services.commerce.process.provider import provider as payment_provider
from services.notify import codes, composition, delivery
from services.notify.config import notify_settings

MERCHANT, SECRET, ACCOUNT, TOKEN = "375917", "SAIPPUAKAUPPIAS", "AC0123", "token"
NOWHERE = "https://127.0.0.1:9"
"""Our own address: nobody answers there, callbacks are handed on by the tests."""
CACHES: tuple[Any, ...] = (
    settings,
    commerce_settings,
    payment_provider,
    notify_settings,
    delivery.smtp,
    codes.sms,
    codes.sms_soon,
    composition._seller_name_in,
)


@contextmanager
def opened_companies(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Mailbox, SmsInbox, PaymentProvider]]:
    """The three companies, and this process set up to use them."""
    store, faults, port = Store(), Faults(FAULTS), free_port()
    with ExitStack() as stack:
        smtp = controller(store, faults, "127.0.0.1", port)
        smtp.start()
        stack.callback(smtp.stop)
        web = stack.enter_context(RunningSimulator(mailbox_app(store, faults)))
        sms = stack.enter_context(RunningSimulator(twilio_app(ACCOUNT, TOKEN, retry_after=())))
        payments = stack.enter_context(RunningSimulator(paytrail_app(MERCHANT, SECRET, retry_after=())))
        for name, value in {
            "TALKOO_BASE_URL": NOWHERE,
            "SMTP_URL": f"smtp://127.0.0.1:{port}",
            "TWILIO_BASE_URL": sms.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "PAYTRAIL_BASE_URL": payments.url,
            "PAYTRAIL_MERCHANT_ID": MERCHANT,
            "PAYTRAIL_SECRET": SECRET,
        }.items():
            monkeypatch.setenv(name, value)
        clear_caches()
        yield Mailbox(web.url), SmsInbox(sms.url), PaymentProvider(payments.url)
        delivery.smtp().close()
    monkeypatch.undo()
    clear_caches()


def clear_caches() -> None:
    for cached in CACHES:
        cached.cache_clear()
