"""Payment references: the Finnish reference number (viitenumero) and the RF creditor reference (ISO 11649).

Finnish: 3-19 digits and a check digit by the weights 7, 3, 1 from the right (Finance Finland, "Forming a Finnish
reference number"). RF: `RF`, two check digits by MOD 97-10, then up to 21 letters or digits; in Finland these are
the Finnish reference number, so that one reference can be written in both ways. Feature E6, E7.
"""

import re
from itertools import cycle

from services.commerce.rules.iban import mod_97_check

FEWEST_DIGITS, MOST_DIGITS = 4, 20
RF_FORM = re.compile(r"RF\d{2}[0-9A-Z]{1,21}")


class InvalidReference(ValueError):
    """A reference whose form or check digit is wrong."""


def finnish_reference(invoice_number: str) -> str:
    """The Finnish reference number of an invoice number: its digits and a check digit, without leading zeros.

    Letters, dashes and spaces of the number are left out, so within one association all number series must differ
    in their digits. Raises InvalidReference with fewer than 3 or more than 19 significant digits.
    """
    base = re.sub(r"[^0-9]", "", invoice_number).lstrip("0")
    if not FEWEST_DIGITS - 1 <= len(base) <= MOST_DIGITS - 1:
        raise InvalidReference(
            f"invoice number {invoice_number!r} has {len(base)} significant digits; a reference needs 3-19, "
            "so let the number series start at 100 or contain the year"
        )
    return f"{base}{_check_digit(base)}"


def rf_reference(finnish: str) -> str:
    """The RF form of a Finnish reference number; raises InvalidReference."""
    national = _normalise_finnish(_compact(finnish))
    return f"RF{mod_97_check(national, 'RF')}{national}"


def normalise_reference(text: str) -> str:
    """One canonical form for all spellings: the Finnish number without spaces and leading zeros, else the RF form.

    An RF reference around a Finnish number becomes that number, so that both ways to pay find the same invoice.
    Raises InvalidReference.
    """
    compact = _compact(text)
    if not compact.startswith("RF"):
        return _normalise_finnish(compact)
    if not RF_FORM.fullmatch(compact) or mod_97_check(compact[4:], "RF") != compact[2:4]:
        raise InvalidReference(f"{text!r} is not a valid RF reference; check its digits")
    body = compact[4:].lstrip("0")
    return body if _is_finnish(body) else compact


def is_valid_reference(text: str) -> bool:
    """Whether `text` is a Finnish or RF reference with the right check digits."""
    try:
        normalise_reference(text)
    except InvalidReference:
        return False
    return True


def print_reference(reference: str) -> str:
    """A reference as people read it: Finnish in fives from the right, RF in fours from the left."""
    compact = _compact(reference)
    if compact.startswith("RF"):
        return " ".join(re.findall(r".{1,4}", compact))
    return " ".join(group[::-1] for group in re.findall(r".{1,5}", compact[::-1])[::-1])


def _compact(text: str) -> str:
    return re.sub(r"\s", "", text).upper()


def _normalise_finnish(compact: str) -> str:
    significant = compact.lstrip("0")
    if not _is_finnish(significant):
        raise InvalidReference(f"{compact!r} is not a valid Finnish reference number; check its digits")
    return significant


def _is_finnish(digits: str) -> bool:
    right_form = re.fullmatch(rf"[0-9]{{{FEWEST_DIGITS},{MOST_DIGITS}}}", digits)
    return right_form is not None and _check_digit(digits[:-1]) == digits[-1]


def _check_digit(base: str) -> str:
    weighted = sum(int(digit) * weight for digit, weight in zip(reversed(base), cycle((7, 3, 1)), strict=False))
    return str(-weighted % 10)
