"""Which of several sources is believed about a field (C12)."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from contracts.contacts.basics import CustomerStatus
from contracts.contacts.masters import DecidedBy, ValueSource
from services.contacts.rules.masters import STRENGTH, Claim, Mastership, Outcome, judge, standing, why

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OFFICE, API, ACCOUNTING = ValueSource.OFFICE, ValueSource.API, ValueSource.ACCOUNTING


FILES = (ValueSource.IMPORT, ValueSource.ADDRESS_PROVIDER, ACCOUNTING)


def claims_of(seed):
    """A conflict: what was written by hand, if anything, and then files about one field, some of them at the same
    moment or with the same value; the master of the field and whether it holds the contact."""
    chance = random.Random(seed)
    values = ["Rantatie 1", "Kotikatu 2", "", None, ["a", "b"], {"street": "Tie 3"}]
    files = [
        Claim(chance.choice(FILES), NOON + timedelta(days=chance.randint(0, 3)), chance.choice(values))
        for _ in range(chance.randint(2, 7))
    ]
    first = Claim(chance.choice([OFFICE, API, *FILES]), NOON - timedelta(days=1), "Alkutie 9")
    bound = chance.random() < 0.7
    return chance.choice([None, first]), files, chance.choice([None, *STRENGTH]), bound, chance


def told(first, claims, master, bound):
    """What stands after the claims have come one by one, each judged against what stood."""
    stands = first
    for claim in claims:
        if judge(claim, stands, master, bound=bound) is Outcome.TAKEN:
            stands = claim
    return stands


@pytest.mark.parametrize("seed", range(500))
def test_C12_a_conflict_ends_the_same_in_any_order_and_on_replay(seed):
    first, files, master, bound, chance = claims_of(seed)
    expected = told(first, files, master, bound)
    if any(each.source is master for each in files) and first is None:
        assert expected.source is master
    for _ in range(8):
        again = [*files, *chance.sample(files, chance.randint(0, len(files)))]
        chance.shuffle(again)
        assert told(first, again, master, bound) == expected
    assert told(first, [*files, *files], master, bound) == expected


def test_C12_files_count_by_time_until_the_master_speaks_but_change_nothing_written_by_hand():
    old, new = Claim(ValueSource.IMPORT, NOON, "a"), Claim(ValueSource.ADDRESS_PROVIDER, NOON + timedelta(days=1), "b")
    by_hand = Claim(OFFICE, NOON - timedelta(days=9), "c")
    assert judge(new, old, ACCOUNTING) is Outcome.TAKEN
    assert judge(old, new, ACCOUNTING) is Outcome.OUTDONE
    assert judge(new, by_hand, ACCOUNTING) is Outcome.REFUSED
    assert judge(new, by_hand, ACCOUNTING, bound=False) is Outcome.TAKEN
    assert judge(new, by_hand, None) is Outcome.TAKEN


def test_C12_what_accounting_says_without_being_master_counts_least():
    made = Claim(ACCOUNTING, NOON + timedelta(days=9), "a")
    assert judge(Claim(ValueSource.IMPORT, NOON, "b"), made, None) is Outcome.TAKEN
    assert judge(Claim(ValueSource.IMPORT, NOON, "b"), made, ACCOUNTING) is Outcome.REFUSED


def test_C12_the_master_counts_before_what_is_later():
    accounting = Claim(ACCOUNTING, NOON, "Rantatie 1")
    office = Claim(OFFICE, NOON + timedelta(days=30), "Kotikatu 2")
    assert standing([accounting, office], ACCOUNTING) == accounting
    assert standing([accounting, office], None) == office
    assert judge(office, accounting, ACCOUNTING) is Outcome.REFUSED
    assert judge(accounting, office, ACCOUNTING) is Outcome.TAKEN


def test_C12_accounting_says_nothing_of_fields_that_are_not_its_own():
    assert judge(Claim(ACCOUNTING, NOON, "x"), None, None) is Outcome.OUTDONE
    assert judge(Claim(ACCOUNTING, NOON, "x"), None, OFFICE) is Outcome.REFUSED


def test_C12_without_a_master_the_latest_counts_and_a_tie_falls_always_the_same():
    first, second = Claim(OFFICE, NOON, "a"), Claim(API, NOON, "b")
    assert standing([first, second], None) == standing([second, first], None)
    assert judge(first, first, None) is Outcome.OUTDONE


@pytest.mark.parametrize(
    ("status", "number", "held"),
    [
        (CustomerStatus.PROSPECT, "1", False),
        (CustomerStatus.PROSPECT, None, False),
        (None, None, False),
        (None, "1", True),
        (CustomerStatus.CUSTOMER, None, True),
    ],
)
def test_C12_prospects_and_whom_accounting_does_not_know_stay_editable(status, number, held):
    masters = Mastership({"addresses": ACCOUNTING})
    assert masters.locked(status, number) == ({"addresses": ACCOUNTING} if held else {})
    assert Mastership({"addresses": ACCOUNTING}, linked=False).locked(status, number) == {}


def test_C12_it_is_known_why_a_value_stands():
    assert why(ACCOUNTING, ACCOUNTING, first=True) is DecidedBy.MASTER
    assert why(OFFICE, None, first=True) is DecidedBy.FIRST
    assert why(OFFICE, None, first=False) is DecidedBy.LATEST
