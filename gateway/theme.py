"""The association's accent colour, made safe to read on light and on dark ground (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from dataclasses import dataclass
from typing import Final

Rgb = tuple[int, int, int]

READABLE: Final = 5.0
"""Contrast ratio every accent text must reach; the standard asks for 4.5."""
LIGHT_GROUND: Final[Rgb] = (0xEC, 0xEE, 0xEB)
"""The darkest ground of `tokens.css` in light colours on which accent text may stand (`--hover`)."""
DARK_GROUND: Final[Rgb] = (0x26, 0x2B, 0x2F)
"""The lightest one in dark colours."""
_BLACK: Final[Rgb] = (0, 0, 0)
_WHITE: Final[Rgb] = (255, 255, 255)
_STEPS: Final = 100


@dataclass(frozen=True, slots=True)
class Accent:
    """The four accent colours of one colour scheme, as `#rrggbb`."""

    text: str
    strong: str
    tint: str
    on_accent: str

    def declarations(self) -> str:
        """As CSS custom properties."""
        return (
            f"--accent: {self.text}; --accent-strong: {self.strong}; "
            f"--accent-tint: {self.tint}; --on-accent: {self.on_accent};"
        )


def parse_colour(text: str) -> Rgb:
    """`rrggbb`, with or without `#`, as three numbers of 0-255. Raises ValueError for anything else."""
    if re.fullmatch(r"#?[0-9a-fA-F]{6}", text, flags=re.ASCII) is None:
        raise ValueError(f"{text!r} is no colour; write it as #0f5c6e")
    digits = text.removeprefix("#")
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def light_accent(colour: Rgb) -> Accent:
    """The accent for light colours: darkened as far as reading needs."""
    text = _readable(colour, towards=_BLACK, ground=LIGHT_GROUND)
    return Accent(_hex(text), _hex(_mix(text, _BLACK, 0.25)), _hex(_mix(_WHITE, text, 0.09)), "#ffffff")


def dark_accent(colour: Rgb) -> Accent:
    """The accent for dark colours: lightened as far as reading needs."""
    text = _readable(colour, towards=_WHITE, ground=DARK_GROUND)
    return Accent(_hex(text), _hex(_mix(text, _WHITE, 0.35)), _hex(_mix((0x19, 0x1D, 0x20), text, 0.12)), "#0d1214")


def stylesheet(accent: str) -> str:
    """CSS that puts the accent `rrggbb` in place of the built-in one. Raises ValueError when it is no colour."""
    colour = parse_colour(accent)
    light, dark = light_accent(colour).declarations(), dark_accent(colour).declarations()
    return (
        f"@media screen {{ :root {{ {light} }} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    )


def _readable(colour: Rgb, *, towards: Rgb, ground: Rgb) -> Rgb:
    for step in range(_STEPS + 1):
        mixed = _mix(colour, towards, step / _STEPS)
        if contrast(mixed, ground) >= READABLE:
            return mixed
    return towards


def _mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _hex(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
