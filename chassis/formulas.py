"""Cells of files that spreadsheets open, so that they take none for a formula."""

from typing import Final

STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a formula may begin with; also in full width, which some spreadsheets read as the same."""


def inert(cell: object) -> str:
    """The cell's text, with an apostrophe before what a spreadsheet would calculate; phone numbers stay as they are."""
    text = "" if cell is None else str(cell)
    is_number = text[:1] in {"+", "-"} and text[1:].replace(" ", "").isdigit()
    return f"'{text}" if text.startswith(STARTS) and not is_number else text


def meant(cell: str) -> str:
    """The cell's text without the apostrophe that `inert` has put before it."""
    return cell[1:] if cell[:1] == "'" and inert(cell[1:]) == cell else cell
