"""The bank barcode as a picture inside a page, to be read from the screen; no picture is fetched from anywhere."""

from markupsafe import Markup

from chassis.code_128 import QUIET_ZONE_MODULES, bars_path

HEIGHT = 40
"""Units of the drawing: its height comes from the style sheet, its width keeps whole modules."""


def barcode_picture(digits: str, label: str) -> Markup:
    """The digits as an SVG element with their quiet zones, black on white in the dark, too; `label` is its name."""
    width, path = bars_path(digits, HEIGHT, QUIET_ZONE_MODULES)
    whole = width + 2 * QUIET_ZONE_MODULES
    return Markup(
        '<svg class="barcode" role="img" viewBox="0 0 {whole} {height}" width="{whole}" height="{height}"'
        ' preserveAspectRatio="none" shape-rendering="crispEdges"><title>{label}</title>'
        '<path fill="#fff" d="M0 0h{whole}v{height}h-{whole}z"/><path fill="#000" d="{path}"/></svg>'
    ).format(whole=whole, height=HEIGHT, label=label, path=path)
