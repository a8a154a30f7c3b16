"""What a line of an order or invoice says besides its product: what exactly it is for, and why at this price."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chassis.local_forms import known, money
from contracts.base import Translated

REDUCED = {
    "membership": {"fi": "Jäsenhinta", "sv": "Medlemspris", "en": "Member price"},
    "price_agreement": {"fi": "Sopimushinta", "sv": "Avtalspris", "en": "Agreed price"},
    "loyalty": {"fi": "Kanta-asiakashinta", "sv": "Stamkundspris", "en": "Loyalty price"},
    "campaign": {"fi": "Kampanjahinta", "sv": "Kampanjpris", "en": "Campaign price"},
}
"""By kind of the price rule that was used."""
NORMAL = {"fi": "normaalihinta", "sv": "ordinarie pris", "en": "normal price"}


@dataclass(frozen=True)
class Priced:
    """What is known of a line: its own words, the list price and the price asked, VAT included."""

    about: Mapping[str, Any] | None
    list_price: Decimal | None
    price_kind: str
    unit_price: Decimal


def detail(line: Priced, language: str) -> str:
    """Such as `Ensiavun peruskurssi, 12.3.2027`, and below it `Jäsenhinta, normaalihinta 120,00 €`; may be empty."""
    about = Translated.model_validate(line.about).in_language(language) if line.about else ""
    return "\n".join(part for part in (about, _reduction(line, known(language))) if part)


def _reduction(line: Priced, language: str) -> str:
    words = REDUCED.get(line.price_kind)
    if words is None or line.list_price is None or line.list_price <= line.unit_price:
        return ""
    return f"{words[language]}, {NORMAL[language]} {money(line.list_price, language)}"
