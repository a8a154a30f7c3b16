"""How the rows of a file are put together before they are stored."""

from datetime import date

import pytest

from contracts.contacts.imports import ImportProfile
from services.contacts.spreadsheets.limits import Unreadable
from services.contacts.staging import lines as staged
from services.contacts.staging.lines import Line, together
from services.contacts.staging.reading import Asked, reading


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


def test_C11_a_file_says_no_more_than_can_be_compared(monkeypatch, tmp_path):
    """Rows with e-mail, phone and the like are told apart by all of them, which takes memory."""
    monkeypatch.setattr(staged, "MAX_KEYS", 7)
    file = tmp_path / "people.csv"
    rows = "".join(f"Aino;Aho;aino{n}@example.org;04012345{n:02}\n" for n in range(9))
    file.write_text(f"Etunimi;Sukunimi;Sähköposti;Puhelin\n{rows}")
    wanted = Asked(file, "", ImportProfile.CONTACTS, date(2026, 11, 28), {}, by_heading=True, fields=[])
    with pytest.raises(Unreadable) as error:
        list(reading(wanted)[1])
    assert (error.value.code, error.value.row, error.value.params) == ("too_many_rows", 5, {"most": "4"})
