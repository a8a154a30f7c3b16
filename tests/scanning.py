"""Bars read back from pixels, on paper and on screens."""

from itertools import groupby


def runs(row: list[bool]) -> list[tuple[bool, int]]:
    """Whether black, and over how many pixels, from left to right."""
    return [(dark, len(list(pixels))) for dark, pixels in groupby(row)]
