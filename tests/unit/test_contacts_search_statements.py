"""Statements of the search are made once for all searches of a shape (C10)."""

import pytest

from services.contacts import models
from services.contacts.queries import likeness


@pytest.mark.parametrize("model", [models.Person, models.Organisation])
@pytest.mark.parametrize(("one", "other"), [("lumi", "talvi"), ("lumi oy", "jää ja talvi")])
def test_words_of_as_many_kinds_are_looked_for_by_the_same_conditions(model, one, other):
    first, second = likeness._matching(model, one), likeness._matching(model, other)
    assert first[0] is second[0]
    assert first[1] is second[1]
    assert first[2] != second[2]
