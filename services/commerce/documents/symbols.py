"""Barcode and QR code as SVG drawings of one path each, so that no reader sees seams between modules."""

from chassis.code_128 import bars_path

BAR_HEIGHT_MODULES = 38


def barcode_svg(digits: str) -> str:
    """Code 128 without its quiet zones, one unit a module."""
    width, path = bars_path(digits, BAR_HEIGHT_MODULES)
    return _svg(width, BAR_HEIGHT_MODULES, path)


def qr_svg(modules: tuple[tuple[bool, ...], ...]) -> str:
    """A QR symbol without its quiet zone, one unit a module; neighbours in a row are drawn as one."""
    path = "".join(_row_path(row, y) for y, row in enumerate(modules))
    return _svg(len(modules), len(modules), path)


def _row_path(row: tuple[bool, ...], y: int) -> str:
    runs, start = [], None
    for x, black in enumerate((*row, False)):
        if black and start is None:
            start = x
        elif not black and start is not None:
            runs.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            start = None
    return "".join(runs)


def _svg(width: int, height: int, path: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><path d="{path}"/></svg>'
