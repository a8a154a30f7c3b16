"""The bank barcode of a Finnish invoice: its 54 digits, and their bars in Code 128 subset C.

Source: Finance Finland, Bank Bar Code Guide 5.3 (symbol versions 4 and 5); Code 128: ISO/IEC 15417.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from services.commerce.rules.iban import normalise_iban
from services.commerce.rules.money import ZERO, whole_cents
from services.commerce.rules.references import normalise_reference, rf_reference

LARGEST_AMOUNT = Decimal("999999.99")
QUIET_ZONE_MODULES = 10

# Widths of bar, space, bar, space, bar, space for the values 0-105 of ISO/IEC 15417 table 1; the stop has a seventh.
_PATTERNS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 "
    "122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 "
    "322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 "
    "112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 "
    "331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 "
    "112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 "
    "124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 "
    "411311 113141 114131 311141 411131 211412 211214 211232 "
)
_PATTERN_PITCH, _PATTERN_LENGTH = 7, 6
_START_C, _STOP, _CHECK_MODULUS = 105, "2331112", 103


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


def code_128_c(digits: str) -> tuple[int, ...]:
    """The widths in modules of bars and spaces in turn, from the first bar to the last, quiet zones not included.

    `digits` is an even count of digits. 54 digits give 332 modules.
    """
    if len(digits) % 2 or not (digits.isascii() and digits.isdigit()):
        raise NoBankBarcode("Code 128 subset C needs an even count of digits")
    values = [_START_C, *(int(digits[at : at + 2]) for at in range(0, len(digits), 2))]
    check = sum(value * max(position, 1) for position, value in enumerate(values)) % _CHECK_MODULUS
    symbol = "".join(_pattern(value) for value in (*values, check)) + _STOP
    return tuple(int(width) for width in symbol)


def bars(widths: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """(offset, width) in modules of each black bar of `code_128_c`."""
    offset = 0
    for position, width in enumerate(widths):
        if position % 2 == 0:
            yield offset, width
        offset += width


def _pattern(value: int) -> str:
    start = value * _PATTERN_PITCH
    return _PATTERNS[start : start + _PATTERN_LENGTH]


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
