"""Cursors that nobody of ours has made."""

import base64
import json

import pytest

from chassis.paging import cursor_id, cursor_number, decode_cursor, encode_cursor
from contracts.errors import Invalid

FORGED = [None, 5, {}, [], [[]], [{}], [None], [True], [1.5], [2**63], ["a\0b"], ["x"], ["1"], [1, 2]]


def cursor_of(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize("value", FORGED, ids=str)
def test_forged_cursors_are_refused(value):
    for read in (cursor_id, cursor_number):
        with pytest.raises(Invalid) as caught:
            read(cursor_of(value))
        assert caught.value.errors[0].code == "bad_cursor"


@pytest.mark.parametrize("cursor", ["", "!", "garbage", "AAAA", "W1" * 200])
def test_what_is_no_cursor_is_refused(cursor):
    with pytest.raises(Invalid):
        decode_cursor(cursor)


def test_our_own_cursors_are_read():
    assert decode_cursor(None) is None
    assert decode_cursor(encode_cursor(["Öhman", 7]), 2) == ["Öhman", 7]
    assert cursor_number(encode_cursor([7])) == 7
