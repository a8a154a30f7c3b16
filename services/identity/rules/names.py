"""When two user names are the same."""

import unicodedata


def key_of(name: str) -> str:
    """What a user name or e-mail address is compared by: NFKC, case folded, trimmed."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


def phone_hint(phone: str) -> str:
    """Enough of a number to recognise the own one: its last three digits."""
    return f"•••{phone[-3:]}"
