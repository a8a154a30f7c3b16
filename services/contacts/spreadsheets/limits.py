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
MAX_MEMORY_BYTES = 190_000_000
"""Address space of the process that unpacks XLSX, of which 50 MB are programs; 300 MB are for it, who
reads what it says, and the worker."""
MAX_SECONDS = 60
"""Processor time of the same."""


class Unreadable(Exception):
    """The file cannot be read: why (a stable code, in English, and with which numbers), and `row` where it is known."""

    def __init__(self, code: str, reason: str, row: int | None = None, **params: object) -> None:
        super().__init__(reason)
        self.code, self.reason, self.row = code, reason, row
        self.params = {name: str(value) for name, value in params.items()}

    def at(self, row: int) -> "Unreadable":
        """The same, said of a row."""
        return Unreadable(self.code, self.reason, row, **self.params)


def too_many_columns(count: int) -> Unreadable:
    """More columns than are taken."""
    reason = f"There are {count} columns; at most {MAX_COLUMNS} are taken."
    return Unreadable("too_many_columns", reason, count=count, most=MAX_COLUMNS)


def not_a_table() -> Unreadable:
    """A file of another program."""
    reason = "This is not CSV or XLSX; save the sheet as XLSX, without a password, and try again."
    return Unreadable("not_a_table", reason)
