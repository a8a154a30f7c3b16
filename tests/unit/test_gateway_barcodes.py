"""The bank barcode on a page (E6): the bars of the standard, white around them, whole modules."""

import re

from lxml import html

from chassis.code_128 import QUIET_ZONE_MODULES, code_128_c
from gateway.barcodes import HEIGHT, barcode_picture

DIGITS = "4" + "79440520200360820048831500000000868516259619897100612"[:53]


def test_E6_the_picture_has_the_bars_of_the_digits_between_quiet_zones():
    picture = html.fromstring(str(barcode_picture(DIGITS, "Pankkiviivakoodi")))
    widths = code_128_c(DIGITS)
    drawn = re.findall(rf"M(\d+) 0h(\d+)v{HEIGHT}h-\2z", picture.findall("path")[1].get("d"))
    expected, offset = [], QUIET_ZONE_MODULES
    for position, width in enumerate(widths):
        if position % 2 == 0:
            expected.append((str(offset), str(width)))
        offset += width
    assert drawn == expected
    assert picture.get("viewbox") == f"0 0 {sum(widths) + 2 * QUIET_ZONE_MODULES} {HEIGHT}" == "0 0 352 40"
    assert picture.find("path").get("fill") == "#fff"


def test_the_name_of_the_picture_is_a_text():
    assert "<title>a &lt;b&gt;</title>" in barcode_picture("1234", "a <b>")
