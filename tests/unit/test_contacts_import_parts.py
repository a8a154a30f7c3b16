"""How the rows of a file are put together before they are stored."""

import pytest

from services.contacts.staging import lines as staged
from services.contacts.staging.lines import Line, together


@pytest.mark.parametrize(
    ("rows", "size", "parts"),
    [(3, 1_000, [(2, 4, 3), (5, 7, 3), (8, 8, 1)]), (100, 25, [(2, 4, 3), (5, 7, 3), (8, 8, 1)])],
    ids=["so many rows", "so many bytes"],
)
def test_rows_are_stored_in_parts_of_so_many_rows_or_bytes(monkeypatch, rows, size, parts):
    monkeypatch.setattr(staged, "ROWS_AT_ONCE", rows)
    monkeypatch.setattr(staged, "BYTES_AT_ONCE", size)
    lines = [Line(number, b"%d\tabcdef\n" % number, number == 7) for number in range(2, 9)]
    found = list(together(iter(lines)))
    assert [(each[0].number, each[-1].number, len(each)) for each in found] == parts
    assert [line for each in found for line in each] == lines


def test_of_no_rows_there_is_no_part():
    assert list(together(iter([]))) == []
