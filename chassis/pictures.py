"""Pictures made small and harmless: decoded within limits, turned upright, written anew without anything but pixels."""

import threading
from io import BytesIO

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 50_000_000
"""Of the picture that comes in; more is not decoded. One at a time is decoded in a process: 200 MB at most."""
QUALITY = 85
WHITE = (255, 255, 255)
_one_at_a_time = threading.Lock()


class NotAPicture(ValueError):
    """This cannot be decoded, or is no picture of the kinds we take."""


class TooManyPixels(ValueError):
    """This picture is larger than we decode."""


def small(content: bytes, side: int, *, square: bool = False) -> bytes:
    """A JPEG that fits a square of `side` pixels, or fills it from the middle of the picture, on white.

    Raises NotAPicture, TooManyPixels.
    """
    try:
        with _one_at_a_time, Image.open(BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise TooManyPixels
            return _written(picture, side, square=square)
    except TooManyPixels:
        raise
    except Image.DecompressionBombError:
        raise TooManyPixels from None
    except Exception as error:  # whatever decoders raise on what is no picture
        raise NotAPicture from error


def is_square(content: bytes, most: int) -> bool:
    """Whether this is a square JPEG of at most so many pixels a side, as `small` makes it."""
    try:
        with Image.open(BytesIO(content), formats=("JPEG",)) as picture:
            return picture.width == picture.height <= most
    except (OSError, SyntaxError, ValueError):
        return False


def _written(picture: Image.Image, side: int, *, square: bool) -> bytes:
    picture.draft("RGB", (side * 2, side * 2))
    upright = ImageOps.exif_transpose(_smaller(picture, side)).convert("RGBA")
    fitted = ImageOps.fit(upright, (side, side)) if square else ImageOps.contain(upright, _within(upright, side))
    plain = Image.new("RGB", fitted.size, WHITE)
    plain.paste(fitted, mask=fitted.getchannel("A"))
    out = BytesIO()
    plain.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _smaller(picture: Image.Image, side: int) -> Image.Image:
    """At least twice as large as wanted; no further copy of a large picture is made."""
    factor = min(picture.width, picture.height) // (2 * side)
    if factor < 2:
        return picture
    return (picture.convert("RGBA") if picture.mode in {"P", "1"} else picture).reduce(factor)


def _within(picture: Image.Image, side: int) -> tuple[int, int]:
    """A small picture is not made larger."""
    return min(side, picture.width), min(side, picture.height)
