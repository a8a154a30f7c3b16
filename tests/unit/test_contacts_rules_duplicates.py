"""Who is taken for whom (C13)."""

from datetime import date
from types import SimpleNamespace

import pytest

from services.contacts.rules.duplicates import compare, facts_of, fingerprint

BASE = {
    "given_name": "Matti",
    "family_name": "Virtanen",
    "birth_date": date(1961, 3, 14),
    "email_key": "matti.virtanen@example.org",
    "other_emails": [],
    "phone": "+358401234567",
    "other_phones": [],
    "addresses": [{"street": "Koulukatu 5 A 12", "postal_code": "33100", "city": "Tampere"}],
}
NOTHING = {"birth_date": None, "email_key": None, "phone": None, "addresses": []}
HOME = {"addresses": BASE["addresses"]}


def facts(**changes):
    return facts_of(SimpleNamespace(**{**BASE, **changes}))


def only(*kept, **changes):
    """The base person with nothing known but the names and what is named."""
    return facts(**{**NOTHING, **{name: BASE[name] for name in kept}, **changes})


def reasons(one, other, **known):
    found = compare(one, other, known.get("bearers", {}))
    assert found == compare(other, one, known.get("bearers", {})), "the order of the two must not matter"
    return found and list(found.reasons)


@pytest.mark.parametrize("shared", ["birth_date", "email_key", "phone", "addresses"])
def test_C13_the_same_name_and_one_thing_more_is_one_person(shared):
    assert reasons(facts(), only(shared))[0] == "same_name"


def test_C13_the_same_name_alone_is_a_namesake():
    assert reasons(facts(), only()) is None


@pytest.mark.parametrize(
    ("given", "family", "named"),
    [
        ("MATTI", "virtanen", "same_name"),
        ("Virtanen", "Matti", "swapped_name"),
        ("", "Matti Virtanen", "swapped_name"),
        ("Matt", "Virtanen", "similar_name"),
        ("Matti", "Virtanenn", "similar_name"),
        ("Mattii", "Virttanen", "similar_name"),
        ("Matti Juhani", "Virtanen", "similar_name"),
        ("Matti", "Virtanen-Korhonen", "similar_name"),
        ("M.", "Virtanen", "initials"),
        ("Matti", "Korhonen", "other_family_name"),
    ],
)
def test_C13_names_are_written_in_many_ways(given, family, named):
    assert reasons(facts(), only("email_key", given_name=given, family_name=family))[0] == named


@pytest.mark.parametrize(
    ("one", "other"), [(("Åke", "Öhman"), ("Ake", "Ohman")), (("Eva-Liisa", "Aho"), ("Evaliisa", "Aho"))]
)
def test_C13_accents_and_hyphens_do_not_count(one, other):
    cards = [only("phone", given_name=given, family_name=family) for given, family in (one, other)]
    assert reasons(*cards)[0] in {"same_name", "similar_name"}


@pytest.mark.parametrize("given", ["Maija", "Mikko", "Anna", "Pekka"])
def test_C13_members_of_a_household_are_not_one_person(given):
    assert reasons(facts(), facts(given_name=given, birth_date=None)) is None
    assert reasons(facts(), facts(given_name=given)) is None, "twins"


def test_C13_another_date_of_birth_is_another_person_whatever_agrees():
    assert reasons(facts(), facts(birth_date=date(1989, 11, 2))) is None


@pytest.mark.parametrize(
    ("born", "near"),
    [
        (date(1961, 3, 15), True),
        (date(1971, 3, 14), True),
        (date(1916, 3, 14), True),
        (date(1961, 3, 21), False),
        (date(1962, 4, 14), False),
    ],
)
def test_C13_a_date_of_birth_may_have_one_typing_error(born, near):
    assert bool(reasons(facts(), facts(birth_date=born))) is near
    assert reasons(facts(), only("addresses", birth_date=born)) is None, "an address is not enough beside it"


def test_C13_day_and_month_may_be_swapped():
    one, other = facts(birth_date=date(1961, 3, 4)), facts(birth_date=date(1961, 4, 3))
    assert reasons(one, other) == ["same_name", "same_email", "same_phone", "near_birth_date", "same_address"]


def test_C13_two_usual_names_are_no_typing_error():
    jari, jani = only("phone", "email_key", given_name="Jari"), only("phone", "email_key", given_name="Jani")
    assert reasons(jari, jani) is None
    assert reasons(only("phone", given_name="Jari"), only("phone", given_name="Jaari"))[0] == "similar_name"


def test_C13_two_names_that_many_in_the_register_bear_are_no_typing_error():
    one, other = only("phone", family_name="Lehtonen"), only("phone", family_name="Lehtinen")
    assert reasons(one, other)[0] == "similar_name"
    assert reasons(one, other, bearers={"lehtonen": 40, "lehtinen": 35}) is None
    assert reasons(one, other, bearers={"lehtonen": 400, "lehtinen": 3})[0] == "similar_name"


def test_C13_a_doubtful_name_needs_the_date_of_birth_and_more():
    one, other = {"given_name": "Sanna"}, {"given_name": "Sanni"}
    assert reasons(facts(**one, birth_date=None), facts(**other, birth_date=None)) is None
    assert reasons(facts(**one), facts(**other))[0] == "doubtful_name"


@pytest.mark.parametrize(
    ("kept", "same"),
    [
        (("email_key",), True),
        (("birth_date", "phone"), True),
        (("birth_date", "addresses"), True),
        (("birth_date",), False),
        (("phone",), False),
        (("phone", "addresses"), False),
    ],
)
def test_C13_a_changed_family_name_needs_more_in_common(kept, same):
    assert bool(reasons(facts(), only(*kept, family_name="Lindholm"))) is same


@pytest.mark.parametrize(
    ("kept", "same"), [(("email_key",), True), (("birth_date", "phone"), True), (("phone", "addresses"), False)]
)
def test_C13_initials_need_more_than_what_a_household_shares(kept, same):
    assert bool(reasons(facts(), only(*kept, given_name="M."))) is same


def test_C13_an_address_of_an_office_is_nobodys_own():
    office = {"email_key": "info@example.org"}
    assert reasons(only(**office), only(**office)) is None


def test_C13_father_and_son_of_one_name_at_one_address_have_phones_of_their_own():
    assert reasons(only("phone", **HOME), only(phone="+358507654321", **HOME)) is None
    assert reasons(only("phone", **HOME), only(**HOME)) == ["same_name", "same_address"]


@pytest.mark.parametrize(
    "further", [{"other_emails": [{"address": BASE["email_key"]}]}, {"other_phones": [{"number": BASE["phone"]}]}]
)
def test_C13_further_addresses_and_phones_count(further):
    assert reasons(facts(), only(**further))[0] == "same_name"


def test_C13_a_moved_person_is_known_by_phone():
    moved = [{"street": "Rantatie 1", "postal_code": "00100"}]
    assert reasons(facts(), only("phone", addresses=moved)) == ["same_name", "same_phone"]


def test_C13_more_in_common_scores_higher_and_at_most_100():
    scores = [compare(facts(), only(*kept)).score for kept in (("addresses",), ("phone",), ("phone", "email_key"))]
    assert scores == sorted(scores)
    assert compare(facts(), facts()).score == 100


def test_C13_a_card_with_one_name_alone_needs_the_date_of_birth():
    assert reasons(facts(), only("phone", "addresses", given_name="")) is None
    assert reasons(facts(), only("birth_date", "phone", given_name=""))[0] == "part_of_name"


def test_C13_the_fingerprint_changes_with_what_is_compared_alone():
    told = fingerprint(facts(), facts())
    assert told == fingerprint(facts(), facts(addresses=[{**BASE["addresses"][0], "city": "Turku"}]))
    for changes in ({"given_name": "Mati"}, {"phone": None}, {"birth_date": None}, {"email_key": "x@example.org"}):
        assert told != fingerprint(facts(), facts(**changes))
