"""Pictures come out small, upright, without anything but pixels; bombs and what is no picture are refused."""

from io import BytesIO
from struct import pack
from zlib import crc32

import pytest
from PIL import Image
from PIL.Image import Exif

from chassis.pictures import NotAPicture, TooManyPixels, small

RED, BLUE = (200, 10, 10), (10, 10, 200)


def picture(size, kind="JPEG", **options):
    made = Image.new("RGB", size, RED)
    made.paste(BLUE, (0, 0, size[0] // 2, size[1]))
    out = BytesIO()
    made.save(out, kind, **options)
    return out.getvalue()


def opened(content):
    return Image.open(BytesIO(content))


def is_like(found, wanted):
    return all(abs(one - other) < 30 for one, other in zip(found, wanted, strict=True))


def test_C15_a_preview_fits_and_keeps_its_shape():
    assert opened(small(picture((1200, 600)), 300)).size == (300, 150)
    assert opened(small(picture((40, 20), "PNG"), 300)).size == (40, 20)


def test_C5_a_photo_is_cut_square_from_the_middle():
    made = opened(small(picture((1200, 600)), 256, square=True))
    assert made.size == (256, 256)
    assert is_like(made.getpixel((10, 128)), BLUE)
    assert is_like(made.getpixel((245, 128)), RED)


def test_C15_nothing_but_pixels_is_kept():
    exif = Exif()
    exif[0x010E] = "Kotiosoite 1"
    exif[0x0112] = 6
    told = picture((60, 40), exif=exif, comment=b"Salainen")
    made = small(told, 300)
    assert b"Kotiosoite" in told
    assert b"Salainen" in told
    assert b"Kotiosoite" not in made
    assert b"Salainen" not in made
    assert opened(made).size == (40, 60)  # turned upright before its orientation was dropped
    assert not opened(made).getexif()


def test_C15_what_is_transparent_becomes_white():
    out = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert is_like(opened(small(out.getvalue(), 20)).getpixel((5, 5)), (255, 255, 255))


def bomb(width, height):
    """A PNG of some hundred bytes that says it is this large."""
    header = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", b"x\x9cc\0\0"), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(body)) + kind + body + pack(">I", crc32(kind + body)) for kind, body in chunks
    )


@pytest.mark.parametrize("size", [(50_001, 1_000), (60_000, 60_000), (2_000_000_000, 2)])
def test_C15_a_bomb_is_refused_before_it_is_decoded(size):
    with pytest.raises(TooManyPixels):
        small(bomb(*size), 300)


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"%PDF-1.4", b"<svg/>", picture((50, 50))[:200], picture((9, 9), "BMP"), bomb(100, 100)],
)  # fmt: skip
def test_C15_what_cannot_be_decoded_is_no_picture(content):
    with pytest.raises(NotAPicture):
        small(content, 300)
