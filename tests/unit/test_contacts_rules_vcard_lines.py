"""Lines of vCards (C11) that somebody wrote to do harm."""

import time

import pytest

from services.contacts.rules.vcard_lines import parse


@pytest.mark.parametrize("charset", ["undefined", "idna", "punycode", "unicode_escape", "x\0y", "hex", "no-such"])
def test_C11_what_is_no_character_set_is_read_as_utf_8_and_at_once(charset):
    begun = time.monotonic()
    line = parse(f"NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET={charset}:=C3=84 " + "-a" * 100_000)
    assert line is not None
    assert line.value.startswith("Ä -a-a")
    assert time.monotonic() - begun < 1
    assert parse(f"NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET={charset}:a-" + "b" * 200_000) is not None
    assert time.monotonic() - begun < 2
