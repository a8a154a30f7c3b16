"""How much a file may hold, and what is said when it cannot be read."""

MAX_COLUMNS = 200
MAX_CELL = 10_000
MAX_UNPACKED_BYTES = 300_000_000
MAX_RATIO = 100
MAX_PARTS = 2_000
MAX_CELLS = 6_000_000
"""Rows times columns of an XLSX sheet, empty cells included: the reader holds them all."""


class Unreadable(Exception):
    """The file cannot be read; `row` where it is known."""

    def __init__(self, reason: str, row: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.row = reason, row
