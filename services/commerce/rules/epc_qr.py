"""The QR code of a SEPA credit transfer: EPC069-12 version 2.1, with the due date as Finance Finland guides.

Finnish banks read the wished payment day from the last element as `ReqdExctnDt/YYYY-MM-DD` ("Guidelines for the
use of QR code in credit transfer forms", 2015).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import segno

from services.commerce.rules.iban import normalise_iban
from services.commerce.rules.money import CENT, whole_cents
from services.commerce.rules.references import normalise_reference, rf_reference

LONGEST_NAME = 70
LARGEST_AMOUNT = Decimal("999999999.99")
LARGEST_SYMBOL = 13
_UTF_8 = "1"
_MASK = 2  # readers take any of the eight; finding the best would cost more time than the rest of an invoice's codes


class NoPaymentQr(ValueError):
    """A payment the EPC code cannot express."""


@dataclass(frozen=True)
class CreditTransfer:
    """What a payer's bank needs: payee, account, euros, reference (Finnish or RF) and the wished day."""

    payee: str
    iban: str
    amount: Decimal
    reference: str
    due_on: date | None = None
    bic: str = ""


def epc_payload(transfer: CreditTransfer) -> str:
    """The text of the code; raises NoPaymentQr for amounts outside 0.01-999,999,999.99 or an empty payee."""
    amount = whole_cents(transfer.amount)
    if not CENT <= amount <= LARGEST_AMOUNT:
        raise NoPaymentQr(f"{amount} cannot be paid by QR code; it must be 0.01-{LARGEST_AMOUNT}")
    payee = " ".join(transfer.payee.split())[:LONGEST_NAME].rstrip()
    if not payee:
        raise NoPaymentQr("the payee has no name")
    wished_day = f"ReqdExctnDt/{transfer.due_on.isoformat()}" if transfer.due_on else ""
    account, reference = normalise_iban(transfer.iban), _creditor_reference(transfer.reference)
    elements = [
        "BCD",
        "002",
        _UTF_8,
        "SCT",
        transfer.bic,
        payee,
        account,
        f"EUR{amount}",
        "",
        reference,
        "",
        wished_day,
    ]
    return "\n".join(elements).rstrip("\n")


def epc_modules(transfer: CreditTransfer) -> tuple[tuple[bool, ...], ...]:
    """The code's rows of modules (True is black), error correction M, without quiet zone (4 modules are due)."""
    payload = epc_payload(transfer)
    symbol = segno.make_qr(payload, error="m", boost_error=False, encoding="utf-8", mode="byte", mask=_MASK)
    if int(symbol.version) > LARGEST_SYMBOL:
        raise NoPaymentQr(f"the code would be version {symbol.version}; banks read at most {LARGEST_SYMBOL}")
    return tuple(tuple(bool(module) for module in row) for row in symbol.matrix)


def _creditor_reference(reference: str) -> str:
    canonical = normalise_reference(reference)
    return rf_reference(canonical) if canonical.isdigit() else canonical
