"""Offering to undo what was just done: a message on the next page with a button that posts to an address of ours."""

from typing import Final
from urllib.parse import urlencode

PREFIX: Final = "undo:"


def undo(address: str, back: str) -> str:
    """The kind of a `flash` whose button posts to `address` and then leads to `back`."""
    return f"{PREFIX}{address}?{urlencode({'back': back})}"


def our_page(path: str, otherwise: str) -> str:
    """The page of the office that an address names, or the other one when it names none."""
    ours = path.startswith("/office/") and path.isprintable() and "\\" not in path
    return path if ours else otherwise
