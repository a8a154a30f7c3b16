"""How an address fits on a label: the largest type at which all lines have room, long lines broken at words."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.notify.documents.label_formats import LabelFormat

POINT_MM = 0.3528
WHOLE_LINE_POINTS = (11.0, 10.5, 10.0, 9.5, 9.0)  # tried first, without breaking lines
BROKEN_LINE_POINTS = (11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
LINE_STEP = 1.22  # distance of lines in ems
PADDING_X, PADDING_Y = 6.0, 3.0
_CAPITAL, _NARROW, _OTHER = 0.68, 0.28, 0.5  # widths of letters in ems, a little generous
_NARROW_LETTERS = frozenset(" .,:;'|!iljtfrI()-/")


@dataclass(frozen=True)
class FittedLabel:
    """Type size in points and the rows to set; a row may still be cut where a single word is too long."""

    points: float
    rows: tuple[str, ...]


def fit(lines: Sequence[str], label_format: LabelFormat) -> FittedLabel:
    """The lines at the largest size that holds them; rows beyond the label's height at 7 points are left out."""
    width, height = label_format.width - 2 * PADDING_X, label_format.height - 2 * PADDING_Y
    for points in WHOLE_LINE_POINTS:
        if len(lines) <= _rows_at(points, height) and all(_width(line, points) <= width for line in lines):
            return FittedLabel(points, tuple(lines))
    for points in BROKEN_LINE_POINTS:
        rows = [row for line in lines for row in _broken(line, points, width)]
        if len(rows) <= _rows_at(points, height):
            return FittedLabel(points, tuple(rows))
    smallest = BROKEN_LINE_POINTS[-1]
    return FittedLabel(smallest, tuple(lines[: _rows_at(smallest, height)]))


def _rows_at(points: float, height: float) -> int:
    return int(height / (points * POINT_MM * LINE_STEP))


def _width(text: str, points: float) -> float:
    """The estimated width in millimetres."""
    return sum(map(_letter_width, text)) * points * POINT_MM


def _letter_width(letter: str) -> float:
    if letter in _NARROW_LETTERS:
        return _NARROW
    return _CAPITAL if letter.isupper() else _OTHER


def _broken(line: str, points: float, width: float) -> list[str]:
    """The line in rows no wider than `width`, except where one word is."""
    first, *others = line.split()
    rows = [first]
    for word in others:
        longer = f"{rows[-1]} {word}"
        if _width(longer, points) <= width:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows
