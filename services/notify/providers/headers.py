"""Values of mail headers: refused when they could add a header, encoded when they are not ASCII (RFC 2047, 2231).

Written by hand because the standard library's policies parse every header again: building a message took longer than
sending it.
"""

import re
from base64 import b64encode
from urllib.parse import quote

CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
LINE = 76
WORD_BYTES = 45
"""UTF-8 bytes that fit into one encoded word of at most 75 characters."""


class UnsafeHeader(ValueError):
    """A header value holds a line break or another control character: somebody tries to add headers."""


def safe(value: str, field: str) -> str:
    """The value unchanged. UnsafeHeader when it could break out of its header."""
    if CONTROL.search(value):
        raise UnsafeHeader(f"the {field} holds a line break or control character")
    if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise UnsafeHeader(f"the {field} holds half a character")
    return value


def unstructured(value: str) -> str:
    """A subject's value, folded."""
    words = value.split(" ")
    tidy = value.isascii() and "=?" not in value and value == value.strip() and "" not in words
    if not value or (tidy and len(value) < LINE - 10):
        return value
    if tidy and max(map(len, words)) < LINE - 10:
        return _folded(words)
    return _encoded(value)


def mailbox(address: str, name: str) -> str:
    """`name <address>`, folded before the address when long."""
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        shown = _encoded(name)
    elif ATOMS.fullmatch(name) and name == name.strip():
        shown = name
    else:
        shown = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    gap = " " if len(shown) + len(address) < LINE - 10 else "\r\n "
    return f"{shown}{gap}<{address}>"


def filename(name: str) -> str:
    """The parameters that name a part's file, each on a line of its own."""
    if name.isascii() and len(name) < LINE - 20:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f';\r\n filename="{escaped}"'
    encoded = [quote(letter, safe="") for letter in name]
    pieces, piece = [], "utf-8''"
    for letter in encoded:
        if len(piece) + len(letter) > LINE - 20:
            pieces.append(piece)
            piece = ""
        piece += letter
    pieces.append(piece)
    return "".join(f";\r\n filename*{number}*={piece}" for number, piece in enumerate(pieces))


def _folded(words: list[str]) -> str:
    lines, line = [], ""
    for word in words:
        if line and len(line) + len(word) > LINE - 12:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\r\n ".join([*lines, line])


def _encoded(value: str) -> str:
    """Encoded words, split between characters."""
    content = value.encode()
    if len(content) <= WORD_BYTES:
        return _word(content)
    chunks, chunk = [], b""
    for letter in value:
        encoded = letter.encode()
        if len(chunk) + len(encoded) > WORD_BYTES:
            chunks.append(chunk)
            chunk = b""
        chunk += encoded
    return "\r\n ".join(_word(each) for each in [*chunks, chunk])


def _word(content: bytes) -> str:
    return f"=?utf-8?b?{b64encode(content).decode()}?="
