"""How the rows of a file are put together before they are stored."""

import pytest

from services.contacts.commands import import_staging
from services.contacts.commands.import_staging import Line, parts_of


@pytest.mark.parametrize(
    ("rows", "characters", "parts"),
    [(3, 1_000, [(2, 4, 3), (5, 7, 3), (8, 8, 1)]), (100, 25, [(2, 4, 3), (5, 7, 3), (8, 8, 1)])],
    ids=["so many rows", "so many characters"],
)
def test_rows_are_stored_in_parts_of_so_many_rows_or_characters(monkeypatch, rows, characters, parts):
    monkeypatch.setattr(import_staging, "ROWS_AT_ONCE", rows)
    monkeypatch.setattr(import_staging, "CHARACTERS_AT_ONCE", characters)
    lines = [Line(number, f"{number}\tabcdef\n", number == 7) for number in range(2, 9)]
    found = list(parts_of(iter(lines)))
    assert [(each.first, each.last, each.count) for each in found] == parts
    assert [each.rejected for each in found] == [0, 1, 0]
    assert "".join(each.lines for each in found) == "".join(line.text for line in lines)


def test_of_no_rows_there_is_no_part():
    assert list(parts_of(iter([]))) == []
