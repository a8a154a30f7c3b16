"""Groups, companies and sites while many move, merge, part and delete them at once: nobody lies below itself (C4)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random

import pytest
from sqlalchemy import text

from chassis.database import database_of
from contracts.base import ById
from contracts.contacts.merges import ListMerges, MergeOrganisations
from contracts.contacts.organisations import CreateOrganisation, UpdateOrganisation
from contracts.contacts.persons import DeleteContact
from contracts.errors import Conflict, Invalid, NotFound, Stale
from tests.integration.conftest import staff

OFFICE = staff()
AT_ONCE, STEPS, ORGANISATIONS = 4, 14, 9
REFUSED = (Conflict, Invalid, NotFound, Stale)
BELOW_THEMSELVES = text(
    """
    WITH RECURSIVE above AS (
        SELECT id AS part, parent_id AS id FROM organisations WHERE parent_id IS NOT NULL
        UNION SELECT a.part, o.parent_id FROM above a JOIN organisations o ON o.id = a.id WHERE o.parent_id IS NOT NULL)
    SELECT part FROM above WHERE part = id
    """
)
UNDER_NOBODY = text(
    """
    SELECT o.id FROM organisations o JOIN organisations p ON p.id = o.parent_id
    WHERE o.deleted_at IS NULL AND p.deleted_at IS NOT NULL
    """
)


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request: call_service("contacts", method, request, principal=OFFICE)


def chains(call, chance):
    """Chains of any length, and some that belong to nothing."""
    ids = []
    for number in range(ORGANISATIONS):
        parent_id = chance.choice([None, *ids[-2:]])
        made = call("create_organisation", CreateOrganisation(name=f"O{number}", parent_id=parent_id))
        ids.append(made.id)
    return ids


def move(call, chance, ids):
    one, other = chance.sample(ids, 2)
    where = {"clear": ["parent_id"]} if chance.random() < 0.1 else {"parent_id": other}
    version = call("get_organisation", ById(id=one)).version
    call("update_organisation", UpdateOrganisation(id=one, version=version, **where))


def merge(call, chance, ids):
    one, other = chance.sample(ids, 2)
    chosen = chance.choice([{}, {"parent_id": "survivor"}, {"parent_id": "merged"}])
    call("merge_organisations", MergeOrganisations(survivor_id=one, merged_id=other, choices=chosen))


def undo(call, chance, _ids):
    made = call("list_merges", ListMerges()).data
    if made:
        call("undo_merge", ById(id=chance.choice(made).id))


def delete(call, chance, ids):
    one = chance.choice(ids)
    version = call("get_organisation", ById(id=one)).version
    call("delete_organisation", DeleteContact(id=one, version=version))


STEPS_TAKEN = {move: 6, merge: 2, undo: 2, delete: 1}


@pytest.mark.parametrize("seed", range(3))
def test_C4_random_chains_never_make_a_circle_whatever_is_done_at_once(call, seed):
    ids = chains(call, Random(seed))

    def works(number):
        """What one of those at work has done, by its name; anything but a plain refusal fails the test."""
        chance, done = Random(f"{seed} {number}"), Counter()
        for _ in range(STEPS):
            step = chance.choices([*STEPS_TAKEN], [*STEPS_TAKEN.values()])[0]
            try:
                step(call, chance, ids)
            except REFUSED:
                continue
            done[step.__name__] += 1
        return done

    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = sum(pool.map(works, range(AT_ONCE)), Counter())
    assert done["move"] > 3
    assert done["merge"] > 0
    refuse_circles()
    for each in call("list_merges", ListMerges()).data:
        with suppress(*REFUSED):
            call("undo_merge", ById(id=each.id))
    refuse_circles()


def refuse_circles():
    with database_of("contacts").reader() as reader:
        assert (reader.execute(BELOW_THEMSELVES).all(), reader.execute(UNDER_NOBODY).all()) == ([], [])
