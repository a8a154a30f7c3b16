"""Finnish personal identity codes (henkilötunnus): recognised so that they are never stored.

A register of members needs none, and the law (tietosuojalaki 29 §) lets few keep one. From an import, the date of
birth in it is taken; the code itself is left out everywhere.
"""

import re
from collections.abc import Iterator
from datetime import date

from services.contacts.rules.names import INVISIBLE

CODE = re.compile(r"(?<![^\W_])(\d{2})(\d{2})(\d{2})([-+A-FU-Ya-fu-y])(\d{3})([0-9A-Ya-y])(?![^\W_])", re.ASCII)
ENDING = re.compile(r"(?<=\d)[-+A-FU-Ya-fu-y]\d{3}[0-9A-Ya-y]", re.ASCII)
"""The second half of a code; few texts hold one, and it is found three times as quickly."""
CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
CENTURIES = {"+": 1800, **dict.fromkeys("-UVWXY", 1900), **dict.fromkeys("ABCDEF", 2000)}
LENGTH = 11
MASK = "******"
UNSEEN = re.compile(f"[{''.join(map(chr, INVISIBLE))}]")
"""Does not part a code: it is left out of what is stored."""


def may_hold_code(text: str) -> bool:
    """Whether something that looks like a code stands anywhere in the text."""
    return any(ENDING.search(each) and CODE.search(each) for each in _ways(text))


def holds_code(text: str) -> bool:
    """Whether a personal identity code stands anywhere in the text."""
    return len(text) >= LENGTH and any(_birth_date(found) for each in _ways(text) for found in CODE.finditer(each))


def _ways(text: str) -> Iterator[str]:
    """The text, and as it is stored, should that be another."""
    yield text
    if not text.isascii() and UNSEEN.search(text):
        yield UNSEEN.sub("", text)


def birth_date(text: str) -> date | None:
    """The date of birth in a text that is a code and nothing else, else None."""
    found = CODE.fullmatch(text)
    return _birth_date(found) if found else None


def masked(text: str) -> str:
    """The text with the date alone left of each code, so that a report can still show where it stood."""
    shown = _masked(text)
    *_, bare = _ways(shown)
    return _masked(bare) if holds_code(bare) else shown


def _masked(text: str) -> str:
    return CODE.sub(lambda found: f"{found[0][:6]}{MASK}" if _birth_date(found) else found[0], text)


def _birth_date(found: re.Match[str]) -> date | None:
    """The date in what looks like a code, if its check character is right."""
    day, month, year, sign, number, check = found.groups()
    if CHECK[int(day + month + year + number) % 31] != check.upper():
        return None
    try:
        return date(CENTURIES[sign.upper()] + int(year), int(month), int(day))
    except ValueError:
        return None
