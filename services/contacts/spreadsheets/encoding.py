"""Which encoding a text file has. Register exports are UTF-8, UTF-16 (Excel's "Unicode text"), or an old code page."""

import codecs
import re
from pathlib import Path

from services.contacts.spreadsheets.limits import Unreadable

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CODE_PAGES = ("cp1252", "iso8859-15", "cp850", "mac_roman")
"""The first of two that fit equally well is taken."""
NORDIC = frozenset("åäöÅÄÖ")
BETWEEN_LETTERS = frozenset("´’‘")
PUNCTUATION = frozenset("€§°«»“”„–—…\u00a0") | BETWEEN_LETTERS
BLOCK = 1 << 20
SAMPLE = 1 << 16
UNDECODABLE = re.compile("[\udc80-\udcff]")
"""Bytes that are no UTF-8, as `surrogateescape` shows them."""
FOLD = re.compile(rb"\r?\n[ \t]")
DAMAGED_UTF8_RATIO = 4
"""Valid beyond-ASCII characters per undecodable byte from which a file is UTF-8 with some damage."""


def detect(path: Path, *, folded: bool = False) -> str:
    """The codec to read the file with; raises Unreadable for what is no text. Lines of vCards are `folded`, also in the
    middle of letters."""
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    for mark, codec in BOMS:
        if start.startswith(mark):
            return codec
    if b"\0" in start:
        return _utf16_without_mark(start)
    valid, damaged, sample = _survey(path, folded=folded)
    if damaged == 0 or valid >= DAMAGED_UTF8_RATIO * damaged:
        return "utf-8"
    return max(CODE_PAGES, key=lambda codec: plausibility(sample.decode(codec, "replace")))


def plausibility(text: str) -> int:
    """How much the characters beyond ASCII look like names of this part of the world. Nordic letters are bytes of
    their own in each code page, and what is a letter in one is mostly a symbol in the others."""
    padded = f" {text} "
    return sum(
        _likeliness(padded[at - 1], character, padded[at + 1])
        for at, character in enumerate(padded)
        if character > "\x7f"
    )


def _likeliness(before: str, character: str, after: str) -> int:
    inside = before.isalpha() and after.isalpha()
    if character.isalpha() and not (character.isupper() and before.islower()):
        return 3 if character in NORDIC else 1
    if character in PUNCTUATION:
        return int(character in BETWEEN_LETTERS) if inside else 0
    return -2


def _utf16_without_mark(start: bytes) -> str:
    """ASCII text in UTF-16 has a zero in every second place."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) > len(start) // 5 and min(even, odd) * 10 < max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    row = start[: start.index(0)].count(b"\n") + 1
    raise Unreadable("not_text_file", "The file is no text: it holds NUL characters.", row)


def _survey(path: Path, *, folded: bool) -> tuple[int, int, bytes]:
    """How many characters beyond ASCII are valid UTF-8, how many bytes are not, and lines that show the latter."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    valid = damaged = 0
    sample = bytearray()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if block.isascii():
                continue
            if len(sample) < SAMPLE:
                beyond = b"\n".join(line for line in block.splitlines() if not line.isascii())
                sample += beyond[: SAMPLE - len(sample)]
            text = decoder.decode(FOLD.sub(b"", block) if folded else block)
            broken = len(UNDECODABLE.findall(text))
            damaged += broken
            valid += len(text) - len(text.encode("ascii", "ignore")) - broken
    return valid, damaged, bytes(sample)
