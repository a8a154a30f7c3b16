"""Feature E2: the lowest price the customer is entitled to wins and is explained, whatever the order of rules."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.commerce.rules.pricing import (
    AmountOff,
    FixedPrice,
    InvalidPriceRule,
    Outcome,
    PercentOff,
    PriceKind,
    PriceRule,
    Situation,
    Validity,
    decide_price,
)

TODAY = date(2026, 11, 23)
LIST = Decimal("100.00")
AGREEMENT = PriceRule("a1", PriceKind.AGREEMENT, FixedPrice(Decimal("80.00")), entitles=frozenset({"customer:anna"}))
MEMBER = PriceRule("m1", PriceKind.MEMBERSHIP, PercentOff(Decimal(10)), entitles=frozenset({"membership:full"}))
CAMPAIGN = PriceRule("c1", PriceKind.CAMPAIGN, AmountOff(Decimal("15.00")), Validity(TODAY, TODAY))
BULK = PriceRule("b1", PriceKind.CAMPAIGN, FixedPrice(Decimal("70.00")), from_quantity=Decimal(10))
RULES = [AGREEMENT, MEMBER, CAMPAIGN, BULK]

days = st.dates(TODAY - timedelta(days=3), TODAY + timedelta(days=3))
money = st.decimals("0", "200", places=2)
effects = st.one_of(
    st.builds(FixedPrice, money),
    st.builds(AmountOff, money),
    st.builds(PercentOff, st.decimals("0", "100", places=2)),
)
validities = st.builds(
    lambda ends: Validity(min(ends), max(ends)), st.tuples(days, days)
) | st.builds(Validity, st.none() | days, st.none())  # fmt: skip
names = st.sampled_from(["customer:anna", "membership:full", "loyalty:gold"])
rules_of = st.lists(
    st.builds(
        PriceRule,
        rule_id=st.text("abcdef", min_size=1, max_size=3),
        kind=st.sampled_from([kind for kind in PriceKind if kind is not PriceKind.LIST]),
        effect=effects,
        validity=validities,
        entitles=st.frozensets(names),
        from_quantity=st.sampled_from([Decimal(1), Decimal(10)]),
    ),
    max_size=8,
)
situations = st.builds(
    Situation, on=days, entitlements=st.frozensets(names), quantity=st.sampled_from([Decimal(1), Decimal(12)])
)


def outcomes(rules: list[PriceRule], situation: Situation) -> dict[str, Outcome]:
    return {finding.rule_id: finding.outcome for finding in decide_price(LIST, rules, situation).findings}


def test_E2_agreement_of_the_recognised_customer_wins_when_lowest() -> None:
    decision = decide_price(LIST, RULES, Situation(TODAY, frozenset({"customer:anna", "membership:full"})))
    assert (decision.price, decision.chosen.rule_id) == (Decimal("80.00"), "a1")


def test_E2_stranger_gets_the_campaign_and_is_told_why_not_the_rest() -> None:
    assert outcomes(RULES, Situation(TODAY)) == {
        "a1": Outcome.NOT_ENTITLED,
        "m1": Outcome.NOT_ENTITLED,
        "c1": Outcome.CHOSEN,
        "b1": Outcome.QUANTITY_TOO_SMALL,
        "list": Outcome.NOT_LOWEST,
    }


def test_E2_price_changes_with_the_date() -> None:
    member = frozenset({"membership:full"})
    before, after = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    assert decide_price(LIST, RULES, Situation(before, member)).price == Decimal("90.00")
    assert decide_price(LIST, RULES, Situation(TODAY, member)).price == Decimal("85.00")
    assert outcomes(RULES, Situation(before))["c1"] is Outcome.NOT_YET_VALID
    assert outcomes(RULES, Situation(after))["c1"] is Outcome.NO_LONGER_VALID


def test_the_deciding_value_is_named() -> None:
    findings = {found.rule_id: found.detail for found in decide_price(LIST, RULES, Situation(TODAY)).findings}
    assert findings["b1"] == "10"
    assert findings["m1"] == "membership:full"


def test_agreement_above_the_list_price_never_costs_the_customer() -> None:
    dear = PriceRule("a2", PriceKind.AGREEMENT, FixedPrice(Decimal("120.00")))
    assert decide_price(LIST, [dear], Situation(TODAY)).chosen.kind is PriceKind.LIST


def test_equal_prices_name_the_agreement_first() -> None:
    same = PriceRule("z9", PriceKind.MEMBERSHIP, FixedPrice(Decimal("80.00")))
    findings = outcomes([same, AGREEMENT], Situation(TODAY, frozenset({"customer:anna"})))
    assert findings == {"a1": Outcome.CHOSEN, "z9": Outcome.SAME_PRICE, "list": Outcome.NOT_LOWEST}


def test_discount_larger_than_the_price_makes_it_free_not_negative() -> None:
    assert decide_price(Decimal("5.00"), [CAMPAIGN], Situation(TODAY)).price == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: PercentOff(Decimal("100.01")),
        lambda: PercentOff(Decimal(-1)),
        lambda: AmountOff(Decimal(-1)),
        lambda: FixedPrice(Decimal(-1)),
        lambda: Validity(TODAY, TODAY - timedelta(days=1)),
    ],
)
def test_rules_that_contradict_themselves_cannot_be_made(make: object) -> None:
    with pytest.raises(InvalidPriceRule):
        make()  # type: ignore[operator]


@given(rules_of, situations, st.randoms(use_true_random=False))
def test_E2_order_of_rules_never_matters(rules: list[PriceRule], situation: Situation, random: object) -> None:
    shuffled = list(rules)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert decide_price(LIST, rules, situation) == decide_price(LIST, shuffled, situation)


@given(rules_of, situations)
def test_E2_nobody_pays_more_than_any_price_he_is_entitled_to(rules: list[PriceRule], situation: Situation) -> None:
    decision = decide_price(LIST, rules, situation)
    usable = {Outcome.CHOSEN, Outcome.NOT_LOWEST, Outcome.SAME_PRICE}
    assert decision.price == min(found.price for found in decision.findings if found.outcome in usable)
    assert 0 <= decision.price <= LIST


@given(rules_of, situations)
def test_E2_every_rule_is_explained_and_exactly_one_is_chosen(rules: list[PriceRule], situation: Situation) -> None:
    decision = decide_price(LIST, rules, situation)
    assert len(decision.findings) == len(set(rules)) + 1
    assert [found for found in decision.findings if found.outcome is Outcome.CHOSEN] == [decision.chosen]
    refused = {found.outcome for found in decision.findings} - {Outcome.CHOSEN, Outcome.NOT_LOWEST, Outcome.SAME_PRICE}
    assert all(found.detail for found in decision.findings if found.outcome in refused)


@given(rules_of, situations, names)
def test_one_more_entitlement_never_raises_the_price(rules: list[PriceRule], situation: Situation, more: str) -> None:
    richer = Situation(situation.on, situation.entitlements | {more}, situation.quantity)
    assert decide_price(LIST, rules, richer).price <= decide_price(LIST, rules, situation).price
