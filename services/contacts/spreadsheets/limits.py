"""How much a file may hold, and what is said when it cannot be read."""

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELL = 10_000
MAX_ROW = 1_000_000
"""Characters of a row."""
MAX_QUOTED = 10 * MAX_CELL
"""Longest cell the parser takes before it says that a quotation mark was never closed."""
MAX_UNPACKED_BYTES = 300_000_000
MAX_RATIO = 100
MAX_PARTS = 2_000
MAX_MEMORY_BYTES = 300_000_000
"""Address space of the process that unpacks XLSX; all that it may ask for."""
MAX_SECONDS = 60
"""Processor time of the same."""


class Unreadable(Exception):
    """The file cannot be read; `row` where it is known."""

    def __init__(self, reason: str, row: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.row = reason, row
