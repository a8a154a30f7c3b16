"""Telephone numbers as people read them; what is stored, sent, dialled and typed stays without spaces."""

import re
from typing import Final

import phonenumbers

WRITTEN: Final = re.compile(r"\+[\d ()./-]{4,25}(?:(?:;ext=| ?ext\.? ?| ?x ?)\d{1,7})?")
"""A number with its country; an address such as `+358401234567@example.org` is none."""
HOME: Final = 358
LONG: Final = re.compile(r"\d{5,9}")


def grouped(text: str | None) -> str:
    """A number with its country in the groups of that country: `+358401234567` is `+358 40 123 4567`.

    Whatever is no such number is shown as it is, and so is a number that would lose a digit.
    """
    if not text or not WRITTEN.fullmatch(text):
        return text or ""
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return text
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    if number.country_code == HOME:
        shown = LONG.sub(_in_two, shown, count=1)
    return shown if _digits(shown) == _digits(text) else text


def _in_two(found: re.Match[str]) -> str:
    """A long group in two, the longer one last, as Finnish is written: `123 4567`."""
    digits = found[0]
    return f"{digits[: len(digits) // 2]} {digits[len(digits) // 2 :]}"


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdigit())
