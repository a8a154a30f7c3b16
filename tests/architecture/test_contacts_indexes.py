"""What belongs to a contact is found by an index, however large the register is."""

import pytest

from services.contacts import models

OWNERS = {"persons.id", "organisations.id"}
NAMING = [
    column
    for table in models.Base.metadata.sorted_tables
    for column in table.c
    if OWNERS & {each.target_fullname for each in column.foreign_keys}
]


def finds(index, column):
    """Whether the index finds every row that names a contact in this column."""
    where = index.dialect_options["postgresql"]["where"]
    leads = getattr(next(iter(index.expressions)), "name", None) == column.name
    return leads and (where is None or str(where) == f"{column.name} IS NOT NULL")


@pytest.mark.parametrize("column", NAMING, ids=str)
def test_P15_who_is_named_is_found_by_an_index(column):
    table = column.table
    keyed = next(iter(table.primary_key.columns)) is column
    assert keyed or any(finds(each, column) for each in table.indexes)
