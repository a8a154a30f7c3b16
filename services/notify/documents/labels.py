"""Address labels on sheets (N2): A4 PDFs for the common formats, begun at any label of a used sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chassis.typesetting import render_pdf
from services.notify.documents.label_formats import FORMATS, LabelFormat

TEMPLATE = Path(__file__).with_name("labels.typ")
MOST_LABELS = 10_000
MOST_LINES, LONGEST_LINE = 7, 200
POINT_MM = 0.3528
LARGEST_POINTS, SMALLEST_POINTS = 11.0, 6.5
LINE_STEP, GLYPH_WIDTH = 1.22, 0.5  # in ems: distance of lines, and a generous mean width of letters
PADDING_X, PADDING_Y = 6.0, 3.5


class InvalidLabels(ValueError):
    """Labels that cannot be printed so: unknown format, start outside the sheet, too many."""


@dataclass(frozen=True)
class AddressLabel:
    """The lines of one label, name first."""

    lines: tuple[str, ...]


def render_labels(
    labels: Sequence[AddressLabel], format_code: str, created_at: datetime, *, start: int = 1, title: str = "Labels"
) -> bytes:
    """The PDF; `start` (1 is the top left label, counted by rows) leaves the labels before it free.

    Text shrinks to fit down to 6.5 points, then lines are cut with an ellipsis; empty lines and empty labels are left
    out. The text is set at its true size: print without scaling. Raises InvalidLabels.
    """
    label_format = _format(format_code)
    filled = [lines for label in labels if (lines := _tidy(label.lines))]
    if not 1 <= start <= label_format.per_sheet:
        raise InvalidLabels(f"start {start} is not a label of the sheet; use 1-{label_format.per_sheet}")
    if not 1 <= len(filled) <= MOST_LABELS:
        raise InvalidLabels(f"{len(filled)} labels have an address; print 1-{MOST_LABELS} at a time")
    cells = [_cell(lines, label_format) for lines in filled]
    data = {"title": title, "format": vars(label_format), "padding": [PADDING_X, PADDING_Y], "step": LINE_STEP}
    return render_pdf(TEMPLATE, {**data, "start": start - 1, "labels": cells}, created_at)


def fitting_points(lines: Sequence[str], label_format: LabelFormat) -> float:
    """The type size in points at which the lines fit by estimate, within 6.5-11; long ones may still be cut."""
    height = (label_format.height - 2 * PADDING_Y) / (len(lines) * LINE_STEP)
    width = (label_format.width - 2 * PADDING_X) / (max(map(len, lines)) * GLYPH_WIDTH)
    points = min(height, width) / POINT_MM
    return max(SMALLEST_POINTS, min(LARGEST_POINTS, round(points * 2 - 0.5) / 2))


def _format(code: str) -> LabelFormat:
    if code not in FORMATS:
        raise InvalidLabels(f"label format {code!r} is unknown; known are {', '.join(sorted(FORMATS))}")
    return FORMATS[code]


def _tidy(lines: Sequence[str]) -> list[str]:
    tidied = (" ".join(line.split())[:LONGEST_LINE] for line in lines)
    return [line for line in tidied if line][:MOST_LINES]


def _cell(lines: list[str], label_format: LabelFormat) -> list[object]:
    return [fitting_points(lines, label_format), lines]
