"""The 54 digits of the bank barcode of a Finnish invoice (drawn by chassis.code_128).

Source: Finance Finland, Bank Bar Code Guide 5.3 (symbol versions 4 and 5).
"""

from datetime import date
from decimal import Decimal

from services.commerce.rules.iban import normalise_iban
from services.commerce.rules.money import ZERO, whole_cents
from services.commerce.rules.references import normalise_reference, rf_reference

LARGEST_AMOUNT = Decimal("999999.99")


class NoBankBarcode(ValueError):
    """A payment that the bank barcode cannot express, such as one to an account abroad."""


def virtual_barcode(
    iban: str, amount: Decimal, reference: str, due_on: date | None, *, international: bool = False
) -> str:
    """The 54 digits a payer may copy into the bank, version 4, or version 5 (RF) when `international`.

    An amount over 999,999.99 is written as zeros, as is a missing due date. Raises NoBankBarcode for an account
    that is not Finnish and for negative amounts, InvalidIban, InvalidReference, InexactMoney.
    """
    account = normalise_iban(iban)
    if not account.startswith("FI"):
        raise NoBankBarcode(f"account {account} is not Finnish; the bank barcode knows only Finnish accounts")
    euros = f"{_payable(amount) * 100:08.0f}"
    due = due_on.strftime("%y%m%d") if due_on else "000000"
    return "".join(
        (("5", account[2:], euros, _international_part(reference), due))
        if international
        else (("4", account[2:], euros, "000", _national_part(reference), due))
    )


def _payable(amount: Decimal) -> Decimal:
    exact = whole_cents(amount)
    if exact < ZERO:
        raise NoBankBarcode(f"{exact} is negative; a credit cannot be paid")
    return exact if exact <= LARGEST_AMOUNT else ZERO


def _national_part(reference: str) -> str:
    national = normalise_reference(reference)
    if not national.isdigit():
        raise NoBankBarcode(f"reference {national} has no Finnish form; use the international barcode")
    return national.zfill(20)


def _international_part(reference: str) -> str:
    canonical = normalise_reference(reference)
    rf = rf_reference(canonical) if canonical.isdigit() else canonical
    if not rf[4:].isdigit():
        raise NoBankBarcode(f"reference {rf} contains letters; the bank barcode holds only digits")
    return f"{rf[2:4]}{rf[4:].zfill(21)}"
