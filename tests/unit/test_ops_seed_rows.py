"""Seeded rows: always the same, with ids of their own, never many at a time."""

from collections import Counter
from itertools import chain, count

import pytest

from ops import people
from ops.seed.ahead import ahead
from ops.seed.rows import chunks, seeded_id


def rows_of(seed):
    return [
        (model.__tablename__, row)
        for chunk in chunks(60, 7, seed, 25)
        for model, rows in chunk.by_model()
        for row in rows
    ]


def test_the_same_seed_gives_the_same_rows_and_another_seed_others():
    assert rows_of(3) == rows_of(3)
    ids = [{row["id"] for table, row in rows_of(seed) if "id" in row} for seed in (3, 4)]
    assert len([row for table, row in rows_of(3) if table == "persons"]) == 60
    assert not ids[0] & ids[1]


def test_chunks_hold_no_more_contacts_than_asked():
    found = list(chunks(60, 7, 1, 25))
    assert max(len(chunk.persons) for chunk in found) == 25
    assert len(list(chain.from_iterable(chunk.persons for chunk in found))) == 60


def test_ids_are_of_version_7_and_lie_in_the_order_of_the_numbers():
    ids = [seeded_id("person", 1, number) for number in range(1, 500)]
    assert {each.version for each in ids} == {7}
    assert {each.variant for each in ids} == {"specified in RFC 4122"}
    assert ids == sorted(ids)


def test_what_is_made_ahead_comes_in_order_and_its_errors_come_too():
    def things():
        yield from range(5)
        raise ValueError("no more")

    found = []
    with pytest.raises(ValueError, match="no more"):
        found.extend(ahead(things()))
    assert list(ahead(range(100))) == list(range(100))


def test_whoever_stops_asking_ends_what_is_made_ahead():
    made = []
    things = ahead(made.append(number) or number for number in count())
    assert [next(things), next(things)] == [0, 1]
    things.close()
    assert len(made) < 10


def test_common_names_are_common_and_rare_names_many():
    found = list(people.persons(20_000, seed=1))
    families, given = (Counter(getattr(each, name) for each in found) for name in ("family_name", "given_name"))
    assert 0.005 < families.most_common(1)[0][1] / 20_000 < 0.02
    assert len([name for name, bearers in families.items() if bearers <= 10]) > 500
    assert 0.01 < given.most_common(1)[0][1] / 20_000 < 0.04


def test_without_organisations_nobody_is_affiliated():
    assert not any(chunk.affiliations for chunk in chunks(30, 0, 1, 10))
