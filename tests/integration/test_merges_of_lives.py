"""Whatever two persons or organisations have: merged and parted again they have what they had (C13).

In the end all persons are erased, since they are here: of what was drawn nothing is left but papers (C17).
"""

from random import Random

import pytest

from chassis.redirects import followed
from chassis.service import SERVICES
from contracts.contacts.erasures import ErasePerson, ErasureReason
from contracts.contacts.merges import Side
from tests.integration.lives import Lives
from tests.integration.merging import all_rows, belongings, get, merge, undo
from tests.integration.town import opened_town

FOLLOWED = [
    (service, column.table.name, column.name, mark) for service in SERVICES for column, mark in followed(service)
]
SECONDS_LONG = {("contacts", "bounces", "person_id")}
"""Rows that live until the next look."""
COUNTERS = {"commerce.number_series"}
"""What changes with whatever is added."""
HOURS_LONG = {"commerce.quotes"}
"""What names who asked, and is gone before it matters."""
NOT_TWICE = {"account", "confirmed_address", "consent"}
"""What is refused, or changes the card, when somebody who has one gets another."""
PAPERS = {"commerce.invoice_documents"}
"""What the books keep, as the report of an erasure says."""
CHOICES = ("email", "customer_number", "addresses", "payment_days")


@pytest.fixture
def town(call_service, clean_database, monkeypatch):
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


def apart(before, after):
    """Rows that are gone, and rows that are there besides, by table."""
    gone = {name: list((rows - after[name]).elements()) for name, rows in before.items() if rows - after[name]}
    stays = after.keys() - HOURS_LONG
    more = [row for name in stays for row in (after[name] - before[name]).elements()]
    return gone, more


def moved(town):
    """Columns that hold what was moved."""
    found = set()
    for service, table, column, mark in FOLLOWED:
        if town.rows(service, f"SELECT FROM {table} WHERE {mark.name} IS NOT NULL LIMIT 1"):
            found.add((service, table, column))
    return found


def identifiers(town, persons):
    """By what the persons can be known, and nothing else."""
    for each in persons:
        card = get(town.contacts, each)
        yield from filter(None, (card.family_name, card.email, card.phone, card.customer_number))
        yield from (other.address for other in card.other_emails)


def erase(town, who):
    wanted = ErasePerson(id=who.id, version=get(town.contacts, who).version, reason=ErasureReason.REQUESTED)
    town.contacts("erase_person", wanted)


@pytest.mark.parametrize("seed", [1])
def test_C13_C17_lives_are_merged_parted_again_and_erased(town, seed):
    """Eight pairs at once, in whose lives something of every kind was drawn; half of them go on living as one."""
    lives, chance = Lives(town, Random(seed)), Random(seed)
    persons = [(lives.person(), lives.person()) for _ in range(4)]
    pairs = persons + [(lives.organisation(), lives.organisation()) for _ in range(4)]
    for each in (each for pair in pairs for each in pair):
        lives.live(each)
    lives.settle()
    before = all_rows(*SERVICES)
    of_each = {each.id: belongings(town, each.id) for pair in persons for each in pair}
    made = []
    for survivor, merged in pairs:
        chosen = {each: chance.choice(list(Side)) for each in CHOICES if chance.random() < 0.3}
        made.append(merge(town.contacts, survivor, merged, chosen))
    town.settle(twice=True, shuffled=seed)
    assert {each[:3] for each in FOLLOWED} - moved(town) == SECONDS_LONG, "a kind of thing that no life has"
    for survivor, merged in persons:
        both = of_each[survivor.id] + of_each[merged.id]
        assert belongings(town, survivor.id) == belongings(town, merged.id) == both
    for pair in pairs[::2]:
        lives.live(chance.choice(pair), common=0, without=NOT_TWICE)
    lives.settle()
    for each in chance.sample(made, len(made)):
        undo(town.contacts, each)
    town.settle(twice=True, shuffled=seed)
    gone, more = apart(before, all_rows(*SERVICES))
    assert {name: rows for name, rows in gone.items() if name not in COUNTERS} == {}
    merged_ids = [str(merged.id) for _survivor, merged in pairs]
    assert [row for row in more if any(each in row for each in merged_ids)] == [], "what was added stays"
    everybody = [each for pair in persons for each in pair]
    known_by = set(identifiers(town, everybody))
    for each in everybody:
        erase(town, each)
    town.settle(twice=True, shuffled=seed)
    left = all_rows(*SERVICES, aside=())
    found = {(name, each) for name, rows in left.items() for row in rows for each in known_by if each in row}
    assert {name for name, _ in found} == PAPERS
