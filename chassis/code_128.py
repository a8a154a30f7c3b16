"""Code 128 subset C: an even count of digits as bars, as they stand on paper and on screens. ISO/IEC 15417."""

from collections.abc import Iterator

QUIET_ZONE_MODULES = 10
"""White that belongs on both sides of the bars."""

# Widths of bar, space, bar, space, bar, space for the values 0-105 of ISO/IEC 15417 table 1; the stop has a seventh.
_PATTERNS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 "
    "122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 "
    "322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 "
    "112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 "
    "331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 "
    "112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 "
    "124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 "
    "411311 113141 114131 311141 411131 211412 211214 211232 "
)
_PATTERN_PITCH, _PATTERN_LENGTH = 7, 6
_START_C, _STOP, _CHECK_MODULUS = 105, "2331112", 103


class OddDigits(ValueError):
    """Not an even count of digits, which subset C takes in pairs."""


def code_128_c(digits: str) -> tuple[int, ...]:
    """The widths in modules of bars and spaces in turn, from the first bar to the last, quiet zones not included.

    54 digits give 332 modules. Raises OddDigits.
    """
    if len(digits) % 2 or not (digits.isascii() and digits.isdigit()):
        raise OddDigits("Code 128 subset C needs an even count of digits")
    values = [_START_C, *(int(digits[at : at + 2]) for at in range(0, len(digits), 2))]
    check = sum(value * max(position, 1) for position, value in enumerate(values)) % _CHECK_MODULUS
    symbol = "".join(_pattern(value) for value in (*values, check)) + _STOP
    return tuple(int(width) for width in symbol)


def bars(widths: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """(offset, width) in modules of each black bar of `code_128_c`."""
    offset = 0
    for position, width in enumerate(widths):
        if position % 2 == 0:
            yield offset, width
        offset += width


def bars_path(digits: str, height: int, left: int = 0) -> tuple[int, str]:
    """Width in modules and the bars as one SVG path, so that no seam shows between them. Raises OddDigits."""
    widths = code_128_c(digits)
    path = "".join(f"M{left + offset} 0h{width}v{height}h-{width}z" for offset, width in bars(widths))
    return sum(widths), path


def _pattern(value: int) -> str:
    start = value * _PATTERN_PITCH
    return _PATTERNS[start : start + _PATTERN_LENGTH]
