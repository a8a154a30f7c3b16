"""Feature E6: references, bank barcode and QR code as Finance Finland and the EPC define them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.code_128 import bars, code_128_c
from services.commerce.rules.barcodes import NoBankBarcode, virtual_barcode
from services.commerce.rules.epc_qr import CreditTransfer, NoPaymentQr, epc_modules, epc_payload
from services.commerce.rules.iban import InvalidIban, finnish_iban, normalise_iban, print_iban
from services.commerce.rules.money import InexactMoney
from services.commerce.rules.references import (
    InvalidReference,
    finnish_reference,
    is_valid_reference,
    normalise_reference,
    print_reference,
    rf_reference,
)

# (IBAN, amount, reference, due date, the 54 digits): the examples of the Bank Bar Code Guide.
GUIDE_EXAMPLES = [
    ("FI79 4405 2020 0360 82", "4883.15", "86851 62596 19897", date(2010, 6, 12),
     "479440520200360820048831500000000868516259619897100612"),
    ("FI58 1017 1000 0001 22", "482.99", "55958 22432 94671", date(2012, 1, 31),
     "458101710000001220004829900000000559582243294671120131"),
    ("FI02 5000 4640 0013 02", "693.80", "69 87567 20834 35364", date(2011, 7, 24),
     "402500046400013020006938000000069875672083435364110724"),
    ("FI16 8000 1400 0502 67", "935.85", "78 77767 96566 28687", None,
     "416800014000502670009358500000078777679656628687000000"),
    ("FI73 3131 3001 0000 58", "0.00", "8 68624", date(2013, 8, 9),
     "473313130010000580000000000000000000000000868624130809"),
    ("FI83 3301 0001 1007 75", "150000.20", "92125 37425 25398 97737", date(2016, 5, 25),
     "483330100011007751500002000092125374252539897737160525"),
    ("FI79 4405 2020 0360 82", "4883.15", "RF09 8685 1625 9619 897", date(2010, 6, 12),
     "579440520200360820048831509000000868516259619897100612"),
]  # fmt: skip
TRANSFER = CreditTransfer(
    payee="Mallila ry",
    iban="FI21 1234 5600 0007 85",
    amount=Decimal("48.40"),
    reference="1232",
    due_on=date(2026, 12, 14),
    bic="NDEAFIHH",
)


@pytest.mark.parametrize(("iban", "amount", "reference", "due_on", "digits"), GUIDE_EXAMPLES)
def test_E6_bank_barcode_matches_the_guides_examples(
    iban: str, amount: str, reference: str, due_on: date | None, digits: str
) -> None:
    international = digits.startswith("5")
    assert virtual_barcode(iban, Decimal(amount), reference, due_on, international=international) == digits


@pytest.mark.parametrize("valid", ["1232", "1234561", "00 1234561", "13 57914", "RF18539007547034", "RF332348236"])
def test_known_references_are_valid(valid: str) -> None:
    assert is_valid_reference(valid)


@pytest.mark.parametrize(
    "invalid", ["", "1", "123", "1233", "123456789012345678901", "RF18539007547035", "12A2", "١٢٣٢"]
)
def test_wrong_references_are_refused(invalid: str) -> None:
    assert not is_valid_reference(invalid)
    with pytest.raises(InvalidReference):
        normalise_reference(invalid)


def test_E7_both_spellings_of_a_reference_are_one() -> None:
    assert (
        normalise_reference("RF09 8685 1625 9619 897")
        == normalise_reference("0 86851 62596 19897")
        == "868516259619897"
    )


def test_foreign_rf_reference_stays_rf() -> None:
    assert normalise_reference("rf18 5390 0754 7034") == "RF18539007547034"


def test_reference_of_an_invoice_number_keeps_its_digits() -> None:
    assert finnish_reference("2026-000123") == "20260001230"
    assert print_reference("20260001230") == "2 02600 01230"
    assert print_reference(rf_reference("20260001230")).startswith("RF")


@pytest.mark.parametrize("number", ["7", "0099", "A", "12345678901234567890"])
def test_invoice_number_of_wrong_length_is_refused(number: str) -> None:
    with pytest.raises(InvalidReference, match="significant digits"):
        finnish_reference(number)


@given(st.integers(min_value=100, max_value=10**19 - 1))
def test_every_reference_survives_its_rf_form(number: int) -> None:
    reference = finnish_reference(str(number))
    assert normalise_reference(rf_reference(reference)) == reference


@given(st.integers(min_value=100, max_value=10**19 - 1), st.data())
def test_one_wrong_digit_never_passes(number: int, data: st.DataObject) -> None:
    reference = finnish_reference(str(number))
    place = data.draw(st.integers(0, len(reference) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != reference[place]]))
    mistyped = reference[:place] + other + reference[place + 1 :]
    assert not is_valid_reference(mistyped)


def test_amount_too_large_for_the_barcode_is_left_open() -> None:
    assert virtual_barcode("FI7944052020036082", Decimal("1000000.00"), "1232", None)[17:25] == "00000000"


@pytest.mark.parametrize(
    ("iban", "amount", "reference", "error"),
    [
        ("SE3550000000054910000003", "1.00", "1232", NoBankBarcode),
        ("FI7944052020036082", "-1.00", "1232", NoBankBarcode),
        ("FI7944052020036083", "1.00", "1232", InvalidIban),
        ("FI7944052020036082", "1.005", "1232", InexactMoney),
        ("FI7944052020036082", "NaN", "1232", InexactMoney),
        ("FI7944052020036082", "1.00", "1233", InvalidReference),
        ("FI7944052020036082", "1.00", "RF18539007547034", NoBankBarcode),
    ],
)
def test_what_the_barcode_cannot_say_is_refused(iban: str, amount: str, reference: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        virtual_barcode(iban, Decimal(amount), reference, None)


def test_code_128_has_the_widths_of_its_symbol() -> None:
    widths = code_128_c(GUIDE_EXAMPLES[0][4])
    assert sum(widths) == (1 + 27 + 1) * 11 + 13
    assert widths[:6] == (2, 1, 1, 2, 3, 2)  # start C
    assert widths[-7:] == (2, 3, 3, 1, 1, 1, 2)  # stop
    last_offset, last_width = list(bars(widths))[-1]
    assert last_offset + last_width == sum(widths)


def test_code_128_check_symbol_of_a_worked_example() -> None:
    # 105 + 1*12 + 2*34 = 185; 185 mod 103 = 82, whose pattern is 1 2 1 2 4 1.
    assert code_128_c("1234")[18:24] == (1, 2, 1, 2, 4, 1)


def test_E6_qr_payload_has_the_elements_of_epc069_12_in_order() -> None:
    assert epc_payload(TRANSFER).split("\n") == [
        "BCD", "002", "1", "SCT", "NDEAFIHH", "Mallila ry", "FI2112345600000785", "EUR48.40", "",
        rf_reference("1232"), "", "ReqdExctnDt/2026-12-14",
    ]  # fmt: skip


def test_qr_of_the_longest_payee_is_still_readable_by_banks() -> None:
    modules = epc_modules(CreditTransfer("Å" * 200, TRANSFER.iban, TRANSFER.amount, "1232", TRANSFER.due_on))
    assert len(modules) <= 69
    assert all(len(row) == len(modules) for row in modules)


def test_payee_cannot_smuggle_elements_into_the_qr() -> None:
    forged = CreditTransfer("Mallila\nFI7944052020036082\nEUR1.00", TRANSFER.iban, TRANSFER.amount, "1232")
    assert epc_payload(forged).split("\n")[6:8] == ["FI2112345600000785", "EUR48.40"]


@pytest.mark.parametrize("amount", ["0.00", "-5.00", "1000000000.00"])
def test_amount_outside_the_qr_is_refused(amount: str) -> None:
    with pytest.raises(NoPaymentQr):
        epc_payload(CreditTransfer("Mallila ry", TRANSFER.iban, Decimal(amount), "1232"))


def test_account_numbers_in_all_forms() -> None:
    assert finnish_iban("12345600000785") == normalise_iban("fi21 1234 5600 0007 85") == "FI2112345600000785"
    assert print_iban("FI2112345600000785") == "FI21 1234 5600 0007 85"
    with pytest.raises(InvalidIban):
        finnish_iban("1234-785")
