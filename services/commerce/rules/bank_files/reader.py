"""Finds out what a bank file is, and reads it."""

from collections.abc import Iterator
from enum import StrEnum
from typing import BinaryIO

from services.commerce.rules.bank_files import camt, ktl
from services.commerce.rules.bank_files.entries import BankEntry, InvalidBankFile
from services.commerce.rules.bank_files.limits import LARGEST_FILE, LimitedStream

_SNIFFED_BYTES = 4_096
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")


class BankFileKind(StrEnum):
    """The kinds of file understood; which camt message it is, the reader finds out by itself."""

    CAMT = "camt"
    KTL = "ktl"


def kind_of(beginning: bytes) -> BankFileKind:
    """The kind of a file by its first bytes; raises InvalidBankFile for anything else."""
    start = beginning.lstrip()
    if start.startswith((b"<", *_BYTE_ORDER_MARKS)):
        return BankFileKind.CAMT
    if start[:1] == b"0" and start[1:7].isdigit():
        return BankFileKind.KTL
    shown = start[:20].decode("ascii", "replace")
    raise InvalidBankFile("file", shown, 1, "is neither camt.053/camt.054 XML nor a reference payment file (KTL)")


def read_bank_file(source: BinaryIO, limit: int = LARGEST_FILE) -> Iterator[BankEntry]:
    """The booked entries of a file, one by one as it is read.

    Raises InvalidBankFile, possibly after some entries: sums are checked at the end, so the caller books all
    entries of a file in one transaction or none. Memory does not grow with the file, `limit` is in bytes.
    """
    beginning = source.read(_SNIFFED_BYTES)
    stream = LimitedStream(source, beginning, limit)
    if kind_of(beginning) is BankFileKind.CAMT:
        return camt.read_camt(stream)
    return ktl.read_ktl(stream)
