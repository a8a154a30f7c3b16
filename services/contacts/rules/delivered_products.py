"""Delivered products as files of accounting tell of them (C12, E5): headings, cells, and the line that a row is."""

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from services.contacts.rules import cells
from services.contacts.rules.fields import DoesNotFit
from services.contacts.rules.names import clean

HEADERS: Mapping[str, tuple[str, ...]] = {
    "document": ("Tositenumero", "Tosite", "Tositenro", "Laskunumero", "Laskun numero", "Lasku", "Laskunro",
                 "Toimitusnumero", "Verifikatnummer", "Fakturanummer", "Document number", "Document", "Invoice number",
                 "Voucher number"),
    "document_line": ("Rivi", "Rivinumero", "Rivinro", "Rivi nro", "Rivin numero", "Rad", "Radnummer", "Radnr", "Line",
                      "Line number", "Line no"),
    "product_code": ("Tuotekoodi", "Tuotenumero", "Tuotenro", "Tuotetunnus", "Nimikekoodi", "Nimikenumero",
                     "Artikkelinumero", "Produktkod", "Produktnummer", "Artikelnummer", "Artikelnr", "Product code",
                     "Product number", "Item code", "Item number", "SKU"),
    "product_name": ("Tuote", "Tuotenimi", "Tuotteen nimi", "Nimike", "Nimikkeen nimi", "Kuvaus", "Selite", "Produkt",
                     "Produktnamn", "Artikel", "Benämning", "Product", "Product name", "Item", "Description"),
    "quantity": ("Määrä", "Kpl", "Toimitettu", "Toimitettu määrä", "Antal", "Mängd", "Levererat antal", "Quantity",
                 "Qty", "Delivered quantity"),
    "unit": ("Yksikkö", "Yks", "Enhet", "Unit"),
    "unit_net": ("Hinta", "Yksikköhinta", "À-hinta", "Kappalehinta", "Veroton hinta", "Veroton yksikköhinta",
                 "Hinta alv 0", "Hinta alv 0 %", "Yksikköhinta alv 0 %", "Pris", "À-pris", "Enhetspris",
                 "Pris exkl. moms", "Price", "Unit price", "Price excl. VAT"),
    "unit_gross": ("Verollinen hinta", "Verollinen yksikköhinta", "Hinta sis. alv", "Yksikköhinta sis. alv",
                   "Pris inkl. moms", "Price incl. VAT"),
    "net": ("Veroton", "Veroton summa", "Summa veroton", "Veroton yhteensä", "Yhteensä veroton", "Yhteensä alv 0 %",
            "Summa alv 0 %", "Netto", "Nettosumma", "Rivisumma veroton", "Belopp exkl. moms", "Net", "Net amount",
            "Total excl. VAT"),
    "gross": ("Verollinen", "Verollinen summa", "Summa verollinen", "Verollinen yhteensä", "Yhteensä", "Summa",
              "Rivisumma", "Brutto", "Bruttosumma", "Yhteensä sis. alv", "Summa sis. alv", "Belopp", "Summa inkl. moms",
              "Belopp inkl. moms", "Gross", "Gross amount", "Total", "Total incl. VAT"),
    "vat_percent": ("ALV %", "ALV", "ALV-%", "Alv-kanta", "Verokanta", "Moms", "Moms %", "VAT", "VAT %", "VAT rate"),
    "currency": ("Valuutta", "Valuta", "Currency"),
    "delivered_on": ("Toimituspäivä", "Toimituspvm", "Toimituspäivämäärä", "Pvm", "Päivä", "Päivämäärä", "Leveransdag",
                     "Leveransdatum", "Datum", "Delivery date", "Delivered on", "Date"),
    "period": ("Jakso", "Kausi", "Erä", "Siirtoerä", "Period", "Batch", "Batch period"),
}  # fmt: skip
SHORT = 60
CENTS = Decimal("0.01")
LARGEST = Decimal(10) ** 10
NUMBER = re.compile(r"-?\d+([.,]\d+)?", re.ASCII)
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
NAMED_CURRENCIES = {"€": "EUR", "EURO": "EUR", "EUROA": "EUR"}


class LacksCell(Exception):
    """A row has no cell that its line needs; `target` is what its column means."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.target = target


def number(text: str, decimals: int) -> Decimal:
    """A number as accounting writes it: 1 234,50 or 1.234,50 or 1234.50, a minus before or behind it."""
    bare = "".join(text.replace("\u2212", "-").removesuffix("€").removesuffix("EUR").split())
    if bare.endswith("-") and not bare.startswith("-"):
        bare = f"-{bare[:-1]}"
    bare = cells.ungrouped(bare)
    shown = text[: cells.SHOWN]
    if not NUMBER.fullmatch(bare):
        raise DoesNotFit("not_a_number", f"{shown} is not a number; write it as 1234,50.", value=shown)
    try:
        found = Decimal(bare.replace(",", "."))
        fits = abs(found) < LARGEST and found == round(found, decimals)
    except InvalidOperation:
        fits = False
    if not fits:
        reason = f"{shown} is too large or has more than {decimals} decimals."
        raise DoesNotFit("number_too_exact", reason, value=shown, most=decimals)
    return found


def short(text: str) -> str:
    """One line of at most 60 characters."""
    found = clean(text)
    if len(found) > SHORT:
        reason = f"This text has {len(found)} characters; at most {SHORT} are taken."
        raise DoesNotFit("text_too_long", reason, length=len(found), most=SHORT)
    return found


def currency(text: str) -> str:
    """A currency by its three letters, or the euro by its sign."""
    found = text.strip().upper()
    found = NAMED_CURRENCIES.get(found, found)
    if not CURRENCY.fullmatch(found):
        shown = text[: cells.SHOWN]
        raise DoesNotFit("bad_currency", f"{shown} is not a currency; write its three letters, as EUR.", value=shown)
    return found


def _percent(text: str) -> Decimal:
    found = number(text.removesuffix("%"), 2)
    if not 0 <= found <= 100:
        shown = text[: cells.SHOWN]
        raise DoesNotFit("not_a_percentage", f"{shown} is not a percentage from 0 to 100.", value=shown)
    return found


RULES: Mapping[str, Callable[[str], Any]] = {
    "document": short,
    "document_line": short,
    "product_code": short,
    "unit": short,
    "period": short,
    "quantity": lambda text: number(text, 3),
    **dict.fromkeys(("unit_net", "unit_gross"), lambda text: number(text, 6)),
    **dict.fromkeys(("net", "gross"), lambda text: number(text, 2)),
    "vat_percent": _percent,
    "currency": currency,
    "delivered_on": lambda text: cells.day(text).isoformat(),
}
NEEDED = ("document", "document_line", "quantity", "delivered_on")
"""What every line has."""


def line_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """A row's values as a line of a delivery, in JSON; raises LacksCell and DoesNotFit."""
    for target in NEEDED:
        if target not in values:
            raise LacksCell(target)
    if not values.keys() & {"product_code", "product_name"}:
        raise LacksCell("product_name")
    net, gross = _sums(values)
    if net is None and gross is None:
        raise LacksCell("gross")
    return {
        "document": values["document"],
        "line": values["document_line"],
        **{name: values.get(name, "") for name in ("product_code", "product_name", "unit", "period")},
        "quantity": f"{values['quantity']:f}",
        "net": None if net is None else f"{net:.2f}",
        "gross": None if gross is None else f"{gross:.2f}",
        "currency": values.get("currency", "EUR"),
        "delivered_on": values["delivered_on"],
    }


def _sums(values: Mapping[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    """The sums of the line without and with VAT: as told, by the price of one, or by the percentage of VAT."""
    net, gross = (
        values.get(name) if name in values else _times(values.get(f"unit_{name}"), values["quantity"])
        for name in ("net", "gross")
    )
    factor = 1 + values["vat_percent"] / 100 if "vat_percent" in values else None
    if factor and net is not None and gross is None:
        gross = _cents(net * factor)
    elif factor and gross is not None and net is None:
        net = _cents(gross / factor)
    return net, gross


def _times(price: Decimal | None, quantity: Decimal) -> Decimal | None:
    return None if price is None else _cents(price * quantity)


def _cents(value: Decimal) -> Decimal:
    found = value.quantize(CENTS, ROUND_HALF_UP)
    if abs(found) >= LARGEST:
        raise DoesNotFit("number_too_exact", f"{found} is too large a sum.", value=found, most=2)
    return found
