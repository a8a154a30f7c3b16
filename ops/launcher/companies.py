"""Outside companies (e-mail, SMS, card payments): the operator's own addresses, or simulators on this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from ops.launcher.ports import LOOPBACK
from ops.launcher.state import StateFolder

MAIL = ("SMTP_URL",)
SMS = ("TWILIO_BASE_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "SMS_SENDER")
PAYMENTS = ("PAYTRAIL_BASE_URL", "PAYTRAIL_MERCHANT_ID", "PAYTRAIL_SECRET")


@dataclass(frozen=True)
class Company:
    """The variables with which processes reach one company; `page` is the simulator's web page, when simulated."""

    variables: dict[str, str]
    page: str | None


def companies(state: StateFolder, ports: Mapping[str, int], own: Mapping[str, str] = os.environ) -> dict[str, Company]:
    """mail, sms, payments: given by the operator when the first variable of each is set, else simulated."""
    return {
        "mail": _given(MAIL, own) or _mail(ports),
        "sms": _given(SMS, own) or _sms(state, ports),
        "payments": _given(PAYMENTS, own) or _payments(state, ports),
    }


def _given(names: tuple[str, ...], own: Mapping[str, str]) -> Company | None:
    if not own.get(names[0]):
        return None
    return Company({name: own[name] for name in names if own.get(name)}, page=None)


def _mail(ports: Mapping[str, int]) -> Company:
    return Company({"SMTP_URL": f"smtp://{LOOPBACK}:{ports['smtp']}"}, f"http://{LOOPBACK}:{ports['mailbox']}")


def _sms(state: StateFolder, ports: Mapping[str, int]) -> Company:
    page = f"http://{LOOPBACK}:{ports['sms']}"
    values = (page, "AC00000000000000000000000000000000", state.secret("twilio"), "Talkoo")
    return Company(dict(zip(SMS, values, strict=True)), page)


def _payments(state: StateFolder, ports: Mapping[str, int]) -> Company:
    page = f"http://{LOOPBACK}:{ports['payments']}"
    values = (page, "375917", state.secret("paytrail"))
    return Company(dict(zip(PAYMENTS, values, strict=True)), page)
