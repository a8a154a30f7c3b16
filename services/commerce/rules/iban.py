"""Account numbers: IBAN (ISO 13616) and the 14 digit Finnish account number inside it."""

from stdnum import iban as registry
from stdnum.exceptions import ValidationError

FINNISH_BBAN_DIGITS = 14


class InvalidIban(ValueError):
    """An account number whose length, country or check digits are wrong."""


def normalise_iban(text: str) -> str:
    """`text` in electronic form (capitals, no spaces); raises InvalidIban."""
    try:
        return str(registry.validate(text, check_country=False))
    except ValidationError as error:
        raise InvalidIban(f"{text!r} is not a valid IBAN; check the account number") from error


def print_iban(iban: str) -> str:
    """`iban` in groups of four, as people read it."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def finnish_iban(bban: str) -> str:
    """The IBAN of a 14 digit Finnish account number in machine form; raises InvalidIban."""
    if len(bban) != FINNISH_BBAN_DIGITS or not (bban.isascii() and bban.isdigit()):
        raise InvalidIban(f"{bban!r} is not a Finnish account number of 14 digits")
    return f"FI{mod_97_check(bban, 'FI')}{bban}"


def mod_97_check(body: str, prefix: str) -> str:
    """The two check digits of `prefix` + `body` by ISO 7064 MOD 97-10 (letters count as 10-35)."""
    digits = "".join(str(int(character, 36)) for character in f"{body}{prefix}00")
    return f"{98 - int(digits) % 97:02d}"
