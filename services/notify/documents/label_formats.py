"""Label sheets sold in shops, as data: all lengths are millimetres on A4 (210 x 297)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LabelFormat:
    """A sheet's grid: labels of one size, the first one's left and top edge, and the steps to the next."""

    code: str
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    step_x: float
    step_y: float

    @property
    def per_sheet(self) -> int:
        """Labels on a sheet."""
        return self.columns * self.rows


FORMATS: dict[str, LabelFormat] = {
    label_format.code: label_format
    for label_format in (
        LabelFormat("a4-3x8-70x37", 3, 8, 70.0, 37.0, 0.0, 0.5, 70.0, 37.0),
        LabelFormat("a4-3x7-63.5x38.1", 3, 7, 63.5, 38.1, 7.25, 15.15, 66.0, 38.1),
        LabelFormat("a4-2x8-105x37", 2, 8, 105.0, 37.0, 0.0, 0.5, 105.0, 37.0),
    )
}
