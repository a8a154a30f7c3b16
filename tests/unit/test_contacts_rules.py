"""Names, addresses, additional fields and segment filters."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from contracts.contacts.fields import FieldType
from contracts.contacts.segments import SegmentFilter, SegmentKind
from contracts.errors import Invalid
from services.contacts.rules import personal_ids, segments, tags
from services.contacts.rules.fields import merge
from services.contacts.rules.names import clean, fold, search_text, sort_key, swaps
from services.contacts.rules.reachability import letter_lines, normal_email, normal_phone, sendable_email
from services.contacts.rules.segment_fields import Kind
from services.contacts.rules.segment_values import FromToday
from services.contacts.rules.segments import Group, Some, parse
from services.contacts.rules.values import normalise


@dataclass
class Definition:
    type: FieldType
    choices: list[dict[str, Any]] = field(default_factory=list)
    retired: bool = False


def choices(*codes: str, retired: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [{"code": each, "label": {"fi": each.upper()}, "retired": each in retired} for each in codes]


def test_C10_names_sort_as_finnish_readers_expect():
    names = ["Öhman", "Zettel", "Åberg", "Aho", "Wirtanen", "Virtanen", "Äijälä", "3M", "Müller", "Muller", "von Aho"]
    assert sorted(names, key=sort_key) == [
        "3M", "Aho", "Müller", "Muller", "Virtanen", "von Aho", "Wirtanen", "Zettel", "Åberg", "Äijälä", "Öhman",
    ]  # fmt: skip


def test_C10_a_family_name_goes_before_longer_ones():
    assert sort_key("Aho", "Öky") < sort_key("Aho-Lehto", "Aino") < sort_key("Ahola", "Aino")


def test_C10_names_are_folded_for_search():
    assert fold("Åke Öhman-Niño O’Connor Łukasz") == "ake ohman nino oconnor lukasz"
    assert search_text("Åke Öhman", "+358401234567") == " ake ohman 358401234567"
    assert clean("  A\u0308iti \n x ") == "Äiti x"


def test_C10_a_hasty_typist_swaps_letters_within_a_word():
    assert swaps("aatlo") == ["aalto", "aatol", "atalo"]
    assert swaps("ano aho") == []
    assert "aino aalto" in swaps("aino alato")
    assert {each.index(" ") for each in swaps("aino aatlo")} == {4}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Aino.Aho@Example.FI", "Aino.Aho@example.fi"),
        ("aino@EXAMPLE.ORG", "aino@example.org"),
        ("aino@näyte.fi", "aino@näyte.fi"),
    ],
)
def test_C5_the_domain_of_an_address_is_in_lower_case(typed, stored):
    assert normal_email(typed) == stored


@pytest.mark.parametrize(
    "typed", ["aino", "aino@", "@example.org", "a..b@example.org", "aino@example", "a b@example.org"]
)
def test_C5_what_is_no_address_is_refused(typed):
    with pytest.raises(ValueError, match="not an e-mail address"):
        normal_email(typed)


def test_C5_an_international_domain_is_sent_to_in_ascii():
    assert sendable_email("aino@näyte.fi") == "aino@xn--nyte-loa.fi"


def test_C5_phones_abroad_keep_their_country():
    assert normal_phone("+46 70 123 45 67") == "+46701234567"


def test_C5_letters_carry_the_country_only_abroad():
    home = {"street": "Rantatie 1", "postal_code": "00100", "city": "Helsinki"}
    assert letter_lines(home) == ["Rantatie 1", "00100 HELSINKI"]
    assert letter_lines(home | {"country": "SE"}) == ["Rantatie 1", "00100 HELSINKI", "RUOTSI"]
    assert letter_lines({"street": "Rantatie 1"}) == []


def test_C7_fields_take_what_fits_and_say_what_does_not():
    definitions = {
        "size": Definition(FieldType.CHOICE, choices("s", "m")),
        "skills": Definition(FieldType.MULTI_CHOICE, choices("law", "tax")),
        "age": Definition(FieldType.NUMBER),
        "since": Definition(FieldType.DATE),
        "vegan": Definition(FieldType.YES_NO),
        "old": Definition(FieldType.TEXT, retired=True),
    }
    good = {"size": "m", "skills": ["tax", "law", "tax"], "age": "12,5", "since": "2026-01-31", "vegan": True}
    merged, errors = merge(definitions, {"old": "x"}, good)
    assert (merged, errors) == (
        {"old": "x", "size": "m", "skills": ["law", "tax"], "age": 12.5, "since": "2026-01-31", "vegan": True}, [],
    )  # fmt: skip
    bad = {"size": "xl", "skills": "law", "age": "many", "since": "31.1.2026", "vegan": "yes", "old": "y", "new": 1}
    _, errors = merge(definitions, {}, bad)
    assert {error.pointer: error.code for error in errors} == {
        "/fields/size": "not_a_choice", "/fields/skills": "not_a_list", "/fields/age": "not_a_number",
        "/fields/since": "not_a_date", "/fields/vegan": "not_yes_or_no", "/fields/old": "retired_field",
        "/fields/new": "unknown_field",
    }  # fmt: skip
    assert merge(definitions, {"age": 3}, {"age": None}) == ({}, [])


def tree(value):
    return SegmentFilter.model_validate(value)


def test_C10_a_filter_is_parsed_with_typed_values():
    parsed = parse(
        SegmentKind.PERSONS,
        tree({"all": [{"field": "birth_date", "op": "lte", "value": "1980-01-31"},
                      {"none": [{"field": "fields.age", "op": "in", "value": [1, 2]}]}]}),
        {("person", "age"): FieldType.NUMBER},
    )  # fmt: skip
    assert parsed == Group(
        "all",
        (
            segments.Test("birth_date", Kind.DATE, "lte", date(1980, 1, 31)),
            Group("none", (segments.Test("fields.age", Kind.NUMBER, "in", (1, 2)),)),
        ),
    )


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({}, "/filter"),
        ({"all": [], "any": []}, "/filter"),
        ({"field": "salary", "op": "eq", "value": 1}, "/filter/field"),
        ({"field": "fields.age", "op": "eq", "value": 1}, "/filter/field"),
        ({"field": "name", "op": "gte", "value": "a"}, "/filter/op"),
        ({"any": [{"field": "birth_date", "op": "eq", "value": "31.2.1980"}]}, "/filter/any/0/value"),
        ({"field": "name", "op": "eq", "value": "a\0b"}, "/filter/value"),
        ({"field": "name", "op": "in", "value": ["a"] * 1_001}, "/filter/value"),
        ({"field": "has_email", "op": "eq", "value": "yes"}, "/filter/value"),
        ({"field": "created_at", "op": "gte", "value": "2026-01-01T00:00:00"}, "/filter/value"),
        ({"field": "birth_date", "op": "gte", "value": "today-99999"}, "/filter/value"),
        ({"field": "birth_date", "op": "gte", "value": "0001-01-01"}, "/filter/value"),
        ({"field": "business_id", "op": "eq", "value": "x"}, "/filter/field"),
        ({"field": "membership.state", "op": "contains", "value": "a"}, "/filter/op"),
        ({"has": "wedding"}, "/filter/has"),
        ({"has": "membership", "all": [{"has": "purchase"}]}, "/filter/all/0/has"),
        ({"has": "membership", "all": [{"field": "city", "op": "eq", "value": "x"}]}, "/filter/all/0/field"),
        ({"has": "membership", "field": "city", "op": "eq", "value": "x"}, "/filter"),
        ({"at_least": 2, "all": []}, "/filter/at_least"),
    ],
)
def test_C10_a_wrong_filter_is_refused_with_its_place(wrong, pointer):
    with pytest.raises(Invalid) as caught:
        parse(SegmentKind.PERSONS, tree(wrong), {})
    assert [error.pointer for error in caught.value.errors] == [pointer]


@pytest.mark.parametrize(
    ("test", "parsed"),
    [
        (("membership.type", "eq", "a"), Some("membership", segments.Test("membership.type", Kind.CHOICE, "eq", "a"))),
        (
            ("membership.type", "ne", "a"),
            Group("none", (Some("membership", segments.Test("membership.type", Kind.CHOICE, "eq", "a")),)),
        ),
        (
            ("purchase.bought_on", "gte", "today-30"),
            Some("purchase", segments.Test("purchase.bought_on", Kind.DATE, "gte", FromToday(-30))),
        ),
        (
            ("membership.ended_on", "empty", None),
            Group("none", (Some("membership", segments.Test("membership.ended_on", Kind.DATE, "not_empty", None)),)),
        ),
        (
            ("enrolment.attended", "eq", False),
            Group("none", (Some("enrolment", segments.Test("enrolment.attended", Kind.FLAG, "eq", value=True)),)),
        ),
        (
            ("enrolment.attended", "ne", False),
            Some("enrolment", segments.Test("enrolment.attended", Kind.FLAG, "eq", value=True)),
        ),
    ],
)
def test_C10_a_test_of_what_one_has_several_of_is_about_one_of_them(test, parsed):
    field, op, value = test
    given = {"field": field, "op": op, "value": value}
    assert parse(SegmentKind.PERSONS, tree(given), {}) == parsed


def test_C10_organisations_have_fields_and_relations_of_their_own():
    of = SegmentKind.ORGANISATIONS
    assert parse(of, tree({"field": "business_id", "op": "eq", "value": "1"}), {}).kind is Kind.TEXT
    assert parse(of, tree({"field": "purchase.paid", "op": "eq", "value": True}), {}).relation == "purchase"
    for unknown in ("given_name", "enrolment.course", "organisation.name"):
        with pytest.raises(Invalid):
            parse(of, tree({"field": unknown, "op": "eq", "value": "x"}), {})


@pytest.mark.parametrize(
    ("wrong", "place", "code"),
    [
        ({}, "", "filter_shape"),
        ({"field": "city", "op": "eq", "value": "x", "all": []}, "", "filter_shape"),
        ({"field": "city", "op": "eq", "value": "x", "at_least": 2}, "/at_least", "least_without_has"),
        ({"field": "city", "op": "eq", "value": 5}, "/value", "not_text"),
        ({"field": "city", "op": "in", "value": "x"}, "/value", "not_a_list"),
        ({"field": "birth_date", "op": "gte", "value": "31.2.2026"}, "/value", "not_a_date"),
        ({"field": "birth_date", "op": "gte", "value": "today-99999"}, "/value", "too_far"),
        ({"field": "created_at", "op": "gte", "value": "2026-01-31T12:00"}, "/value", "timezone_aware"),
        ({"field": "created_at", "op": "gte", "value": "2026-01-31 at noon"}, "/value", "datetime_parsing"),
        ({"field": "payment_days", "op": "gte", "value": "x"}, "/value", "not_a_number"),
        ({"field": "has_email", "op": "eq", "value": "x"}, "/value", "not_yes_or_no"),
        ({"field": "affiliation.organisation_id", "op": "eq", "value": "x"}, "/value", "uuid_parsing"),
    ],
)
def test_C10_what_is_wrong_with_a_filter_is_told_by_its_own_code(wrong, place, code):
    with pytest.raises(Invalid) as caught:
        parse(SegmentKind.PERSONS, tree({"all": [wrong]}), {})
    (error,) = caught.value.errors
    assert (error.pointer, error.code) == (f"/filter/all/0{place}", code)


def test_C10_a_filter_nested_deeper_than_python_counts_is_refused():
    deep = SegmentFilter(field="name", op="eq", value="a")
    for _ in range(3_000):
        deep = SegmentFilter(all=[deep])
    with pytest.raises(Invalid) as caught:
        parse(SegmentKind.PERSONS, deep, {})
    assert caught.value.errors[0].code == "too_deep"
    assert segments.additional_fields(SegmentKind.PERSONS, deep) == set()


def test_C10_filters_have_a_depth_and_a_size():
    deep = {"field": "name", "op": "eq", "value": "a"}
    for _ in range(10):
        deep = {"all": [deep]}
    with pytest.raises(Invalid):
        parse(SegmentKind.PERSONS, tree(deep), {})
    wide = {"any": [{"any": [{"field": "name", "op": "eq", "value": "a"}] * 50}] * 5}
    with pytest.raises(Invalid):
        parse(SegmentKind.PERSONS, tree(wide), {})


@pytest.mark.parametrize("unseen", ["\u00ad", "\u200b", "\u200e", "\u2060"])
def test_C5_what_nobody_sees_hides_no_personal_identity_code(unseen):
    hidden = f"Aalto 131052{unseen}-308T"
    assert personal_ids.may_hold_code(hidden)
    assert personal_ids.masked(hidden) == "Aalto 131052******"
    assert personal_ids.holds_code(hidden)
    assert personal_ids.masked(f"x{unseen}131052-308T") == f"x{unseen}131052******"


def test_C4_a_name_of_which_nothing_is_seen_is_none():
    _stored, errors = normalise({"name": "\u200b"})
    assert [(each.pointer, each.code) for each in errors] == [("/name", "empty")]


def test_C9_a_filter_follows_its_tag_however_it_was_written():
    tree = {"any": [{"field": "tag", "op": "in", "value": ["VIP", "vip", "board"]}, {"field": "tag", "value": "Vip"}]}
    assert tags.tests_tag(tree, "vip")
    found = tags.renamed(tree, "vip", "guest")
    assert found == {"any": [{**tree["any"][0], "value": ["guest", "board"]}, {"field": "tag", "value": "guest"}]}


def test_C9_a_filter_that_names_a_tag_twice_tests_no_other():
    twice = {"field": "tag", "op": "in", "value": ["vip", "VIP"]}
    assert [tags.tests_tag(twice, code) for code in ("vip", "board")] == [True, False]
    assert not tags.tests_tag({**twice, "value": ["vip", "vip"]}, "board")
