"""Lines of orders and invoices say in the customer's language what they are for and why at this price (E2, E6)."""

from decimal import Decimal

import pytest

from services.commerce.prices import KINDS
from services.commerce.rules.line_texts import REDUCED, Priced, detail
from services.commerce.rules.pricing import PriceKind

ABOUT = {"fi": "Ensiapu, 12.3.2027", "sv": "Första hjälpen, 12.3.2027", "en": ""}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fi", "Ensiapu, 12.3.2027|Jäsenhinta, normaalihinta 120,00 €"),
        ("sv", "Första hjälpen, 12.3.2027|Medlemspris, ordinarie pris 120,00 €"),
        ("en", "Ensiapu, 12.3.2027|Member price, normal price €120.00"),
    ],
)
def test_E6_a_member_price_is_explained_in_each_language(language: str, said: str) -> None:
    line = Priced(ABOUT, Decimal("120.00"), "membership", Decimal("90.00"))
    assert detail(line, language).replace("\N{NO-BREAK SPACE}", " ").split("\n") == said.split("|")


@pytest.mark.parametrize("line", [
    Priced(None, Decimal("120.00"), "list_price", Decimal("120.00")),
    Priced(None, Decimal("120.00"), "membership", Decimal("120.00")),
    Priced(None, None, "", Decimal("120.00")),
])  # fmt: skip
def test_a_normal_price_needs_no_words(line: Priced) -> None:
    assert detail(line, "fi") == ""


def test_every_kind_of_reduction_has_its_words() -> None:
    assert set(REDUCED) == {name for kind, name in KINDS.items() if kind is not PriceKind.LIST}
    assert all(set(words) == {"fi", "sv", "en"} for words in REDUCED.values())
