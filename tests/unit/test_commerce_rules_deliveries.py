"""Which content of a line stands, whatever batches come, repeat, correct and are withdrawn (C12, ADR 17)."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.ids import new_id
from services.commerce.rules.deliveries import Said, hear, standing, withdraw

BEGUN = datetime(2026, 10, 1, tzinfo=UTC)


def batch(content, day=None, hour=0):
    """A batch without a day counts from when it came."""
    at = BEGUN + (timedelta(hours=hour) if day is None else timedelta(days=day))
    return Said(new_id(), new_id(), 1, at, day is not None, (content,))


def told(*batches):
    """The batches heard one after another."""
    said: list[Said] = []
    return said, [hear(said, replace(each), ("quantity",)) for each in batches]


def stands(said):
    found = standing(said)
    return None if found is None else found.content[0]


def test_C12_a_line_lives_while_one_batch_says_it():
    said, (first, again) = told(batch(2), batch(2, hour=1))
    assert (first.state, again.state, stands(said)) == ("created", "unchanged", 2)
    assert withdraw(said, [first]) is False
    assert (stands(said), again.stands, first.stands) == (2, True, False)
    assert withdraw(said, [again]) is True
    assert stands(said) is None


def test_C12_the_older_content_again_changes_nothing_and_outlives_its_first_batch():
    said, (first, later, again) = told(batch(2), batch(3, hour=1), batch(2, hour=2))
    assert (later.changed, again.state, again.corrected, stands(said)) == (["quantity"], "unchanged", True, 3)
    assert withdraw(said, [later]) is True
    assert (stands(said), withdraw(said, [first]), stands(said)) == (2, False, 2)
    assert again.stands


def test_C12_a_file_of_the_same_day_again_takes_no_correction_back():
    _, (_first, _later, again) = told(batch(2, day=1), batch(3, day=1), batch(2, day=1))
    assert (again.state, again.corrected) == ("unchanged", True)


def test_C12_withdrawing_again_says_the_same():
    said, (_first, later) = told(batch(2), batch(3, hour=1))
    assert [withdraw(said, [later]) for _ in range(2)] == [True, True]


@pytest.mark.parametrize("seed", range(300))
def test_C12_whatever_is_withdrawn_in_any_order_is_as_though_it_had_never_come(seed):
    chance = random.Random(seed)
    batches = [
        batch(chance.choice("abc"), chance.choice((None, None, 1, 2, 3)), hour) for hour in range(chance.randint(1, 7))
    ]
    said: list[Said] = []
    undone: set[UUID] = set()
    for coming in [*batches, *chance.choices(batches, k=2)]:
        hear(said, replace(coming), ("quantity",))
        for each in chance.sample(said, chance.randint(0, 1)):
            undone.add(each.batch_id)
            withdraw(said, [each])
        kept = [each for each in batches if each.batch_id in {one.batch_id for one in said} - undone]
        assert stands(said) == stands(told(*kept)[0])
        assert [each.content for each in said if each.stands] == [(stands(said),)] * bool(kept)
