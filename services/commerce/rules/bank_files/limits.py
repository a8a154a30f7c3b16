"""A binary stream that stops a file which is too large before it fills the memory."""

from typing import BinaryIO

from services.commerce.rules.bank_files.entries import InvalidBankFile

LARGEST_FILE = 50 * 1024 * 1024
LONGEST_LINE = 4_096


class LimitedStream:
    """Reads from `source`, after bytes already taken from it; raises InvalidBankFile past `limit` bytes."""

    def __init__(self, source: BinaryIO, taken: bytes = b"", limit: int = LARGEST_FILE) -> None:
        self._source, self._taken, self._left = source, taken, limit - len(taken)

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes (64 KiB when not given), b"" at the end."""
        if self._taken:
            given, self._taken = self._taken, b""
            return given
        chunk = self._source.read(size if 0 < size <= 65_536 else 65_536)
        self._left -= len(chunk)
        if self._left < 0:
            raise InvalidBankFile(
                "file", "", 0, f"is larger than {LARGEST_FILE // 1024**2} MB; ask the bank for a shorter period"
            )
        return chunk
