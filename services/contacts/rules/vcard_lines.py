"""The lines of vCards (C11): RFC 6350 and 2426, and what versions 2.1 and 3.0 of address books write.

A line is `group.NAME;PARAM=value;PARAM:value`; long ones are folded, which is undone before lines get here.
"""

import codecs
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MAX_OCTETS = 75
"""Of a line that is written, without its end (RFC 2426, section 2.6)."""
MOST_COLONS = 100
"""In the quoted parameters of a line."""
ESCAPE = re.compile(r"\\(.?)", re.DOTALL)
PIECES = re.compile(r"\\.?|[^\\]+", re.DOTALL)
ESCAPED = {"n": "\n", "N": "\n"}
UNNAMED = ("TYPE", "ENCODING")
ENCODINGS = frozenset({"QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT"})
NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"})
"""What Python reads besides character sets: slow for long texts, or meant for something else."""


@dataclass(frozen=True)
class Line:
    """A property: its name in capitals without group, its types in lower case, its value as it stands."""

    name: str
    value: str
    types: frozenset[str] = frozenset()
    preference: int = 100
    """1 is the most preferred; 100 says nothing."""
    params: dict[str, list[str]] = field(default_factory=dict)


def parse(text: str) -> Line | None:
    """A whole, unfolded line; None when it is none."""
    head, colon, value = _split(text)
    if not colon:
        return None
    first, *rest = _outside_quotes(head, ";")
    name = first.rpartition(".")[2].strip().upper()
    if not name or not name.replace("-", "").isalnum() or not name.isascii():
        return None
    params: dict[str, list[str]] = {}
    for part in rest:
        key, values = _param(part)
        params.setdefault(key, []).extend(values)
    if "QUOTED-PRINTABLE" in params.get("ENCODING", ()):
        value = _printable(value, params.get("CHARSET", [""])[0])
    types = frozenset(each.lower() for each in params.get("TYPE", ()))
    return Line(name, value, types, _preference(types, params), params)


def _split(text: str) -> tuple[str, str, str]:
    """Head and value at the first colon that stands in no quotation marks."""
    head, colon, value = text.partition(":")
    for _ in range(MOST_COLONS):
        if not colon or head.count('"') % 2 == 0:
            break
        more, colon, value = value.partition(":")
        head = f"{head}:{more}"
    return head, colon, value


def _outside_quotes(text: str, separator: str) -> Iterator[str]:
    begun, quoted = 0, False
    for at, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character == separator and not quoted:
            yield text[begun:at]
            begun = at + 1
    yield text[begun:]


def _param(part: str) -> tuple[str, list[str]]:
    """A parameter with its values; version 2.1 leaves out the names of types and encodings."""
    key, equals, values = part.partition("=")
    if not equals:
        word = key.strip().upper()
        return ("ENCODING" if word in ENCODINGS else "TYPE"), [word]
    name = key.strip().upper()
    found = [
        piece.strip()
        for each in _outside_quotes(values, ",")
        for piece in (each.strip().strip('"').split(",") if name == "TYPE" else [each.strip().strip('"')])
    ]
    return name, [each.upper() for each in found] if name in UNNAMED else found


def _preference(types: frozenset[str], params: dict[str, list[str]]) -> int:
    said = params.get("PREF", [""])[0]
    if said.isascii() and said.isdigit() and 1 <= len(said) <= 3:
        return int(said)
    return 1 if "pref" in types else 100


def _printable(value: str, charset: str) -> str:
    """Quoted-printable text; in the character set it names, else UTF-8 where that fits, else Windows-1252."""
    octets = quopri.decodestring(value.encode("utf-8", "replace"))
    for codec in (charset, "utf-8"):
        try:
            if codecs.lookup(codec).name not in NO_CHARSETS:
                return octets.decode(codec)
        except (LookupError, ValueError):
            continue
    return octets.decode("cp1252", "replace")


def text_of(value: str) -> str:
    """A text with its escapes undone."""
    return ESCAPE.sub(_meant, value) if "\\" in value else value


def _meant(escape: re.Match[str]) -> str:
    return ESCAPED.get(escape[1], escape[1])


def parts_of(value: str, separator: str) -> list[str]:
    """The parts of a value between separators that are not escaped, with the escapes undone."""
    return [text_of(each) for each in _parts(value, separator)]


def components_of(value: str) -> list[list[str]]:
    """The components of a value between semicolons, each as its parts between commas, with the escapes undone."""
    return [parts_of(each, ",") for each in _parts(value, ";")]


def _parts(value: str, separator: str) -> list[str]:
    """The parts as they stand."""
    if "\\" not in value:
        return value.split(separator)
    parts: list[list[str]] = [[]]
    for piece in PIECES.findall(value):
        first, *rest = [piece] if piece.startswith("\\") else piece.split(separator)
        parts[-1].append(first)
        parts += ([each] for each in rest)
    return ["".join(each) for each in parts]


def escaped(text: str) -> str:
    """A text as it stands in a value."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return plain.replace("\\", "\\\\").replace("\n", "\\n").replace(",", "\\,").replace(";", "\\;")


def folded(line: str) -> str:
    """A line as it is written: parts of at most 75 octets that cut no character, each with its end."""
    parts, size = [""], 0
    for character in line:
        width = len(character.encode())
        if size + width > MAX_OCTETS:
            parts.append(" ")
            size = 1
        parts[-1] += character
        size += width
    return "\r\n".join(parts) + "\r\n"


def preferred(lines: Iterable[Line]) -> list[Line]:
    """Lines of one name, the most preferred first."""
    return sorted(lines, key=lambda line: line.preference)
