"""Answers to the office's questions (M7)."""

import pytest

from contracts.errors import Invalid
from services.membership.rules.answers import check_answers


@pytest.mark.parametrize("answer", ["", "Kukkia", 3, 2.5, True, None, ["a", "b"], []])
def test_M7_answers_of_the_usual_kinds_are_taken(answer):
    check_answers({"interests": answer})


@pytest.mark.parametrize("answer", ["x" * 2001, "a\0b", {"a": 1}, [["a"]], [1], ["a"] * 51, 10**20])
def test_M7_other_answers_are_refused_and_named(answer):
    with pytest.raises(Invalid) as caught:
        check_answers({"age": 3, "interests": answer})
    assert [error.pointer for error in caught.value.errors] == ["/answers/interests"]
