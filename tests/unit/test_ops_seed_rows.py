"""Seeded rows: always the same, with ids of their own, never many at a time."""

from itertools import chain

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
    assert len(ids[0]) == 60 + 7 + 20
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


def test_without_organisations_nobody_is_affiliated():
    assert not any(chunk.affiliations for chunk in chunks(30, 0, 1, 10))
