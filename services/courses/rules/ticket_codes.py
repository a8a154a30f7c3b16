"""The code on a ticket: 78 random bits, in letters and digits that nobody mistakes (K7)."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 16, 4


def new_code() -> str:
    """Such as `7KQ2-...`: four groups of four out of 30 characters."""
    return normalised("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def normalised(code: str) -> str:
    """A code as somebody typed or scanned it, in the form it is stored in."""
    letters = "".join(character for character in code.upper() if character.isalnum())
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))
