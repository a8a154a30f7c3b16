"""Address labels on sheets (N2): A4 PDFs for the common formats, begun at any label of a used sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chassis.logs import log
from chassis.typesetting import TypstRefused, render_pdf
from services.notify.documents.label_fitting import LINE_STEP, PADDING_X, fit
from services.notify.documents.label_formats import FORMATS, LabelFormat

TEMPLATE = Path(__file__).with_name("labels.typ")
MOST_LABELS = 10_000
MOST_LINES, LONGEST_LINE = 8, 200


class InvalidLabels(ValueError):
    """Labels that cannot be printed so: unknown format, start outside the sheet, none, too many, not to be set."""

    def __init__(self, message: str, code: str = "labels_refused") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class AddressLabel:
    """The lines of one label, name first."""

    lines: tuple[str, ...]


def render_labels(
    labels: Sequence[AddressLabel], format_code: str, created_at: datetime, *, start: int = 1, title: str = "Labels"
) -> bytes:
    """The PDF; `start` (1 is the top left label, counted by rows) leaves the labels before it free.

    Text shrinks and breaks to fit (see `label_fitting.fit`), a word too long is cut with an ellipsis; empty lines and
    empty labels are left out. Print without scaling. Raises InvalidLabels.
    """
    label_format = _format(format_code)
    filled = [lines for label in labels if (lines := _tidy(label.lines))]
    if not 1 <= start <= label_format.per_sheet:
        raise InvalidLabels(f"start {start} is not a label of the sheet; use 1-{label_format.per_sheet}")
    if not 1 <= len(filled) <= MOST_LABELS:
        message = f"{len(filled)} labels have an address; print 1-{MOST_LABELS} at a time"
        raise InvalidLabels(message, "too_many_labels" if filled else "no_labels")
    fitted = [fit(lines, label_format) for lines in filled]
    data = {"title": title, "format": vars(label_format), "padding": PADDING_X, "step": LINE_STEP, "start": start - 1}
    try:
        return render_pdf(TEMPLATE, {**data, "labels": [[label.points, label.rows] for label in fitted]}, created_at)
    except TypstRefused as error:
        log.error("labels_refused", exc_info=error)
        raise InvalidLabels("These labels cannot be set. The log says why.") from error


def _format(code: str) -> LabelFormat:
    if code not in FORMATS:
        raise InvalidLabels(f"label format {code!r} is unknown; known are {', '.join(sorted(FORMATS))}")
    return FORMATS[code]


def _tidy(lines: Sequence[str]) -> list[str]:
    tidied = (" ".join(line.split())[:LONGEST_LINE] for line in lines)
    return [line for line in tidied if line][:MOST_LINES]
