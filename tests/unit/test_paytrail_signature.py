"""The signature, the money and the notices of the payment provider (E4), against Paytrail's published examples."""

import json
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest
from pydantic import SecretStr

from ops.simulators.paytrail import protocol
from services.commerce.paytrail import ForgedNotice, NewPayment, PaymentItem, Paytrail
from services.commerce.paytrail.cents import from_cents, to_cents, to_positive_cents
from services.commerce.paytrail.signing import is_signed, signature

pytestmark = pytest.mark.unit
MERCHANT, SECRET = "375917", "SAIPPUAKAUPPIAS"
HEADERS = {
    "checkout-account": MERCHANT,
    "checkout-algorithm": "sha256",
    "checkout-method": "POST",
    "checkout-nonce": "564635208570151",
    "checkout-timestamp": "2018-07-06T10:01:31.904Z",
}
REDIRECT = (
    "checkout-account=375917&checkout-algorithm=sha256&checkout-amount=2964&checkout-stamp=15336332710015"
    "&checkout-reference=192387192837195&checkout-transaction-id=4b300af6-9a22-11e8-9184-abb6de7fd2d0"
    "&checkout-status=ok&checkout-provider=nordea"
    "&signature=b2d3ecdda2c04563a4638fcade3d4e77dfdc58829b429ad2c2cb422d0fc64080"
)
PAYTRAIL = Paytrail("https://services.paytrail.com", MERCHANT, SecretStr(SECRET))


def published_body(vat: float) -> str:
    body = {
        "stamp": "unique-identifier-for-merchant",
        "reference": "3759170",
        "amount": 1525,
        "currency": "EUR",
        "language": "FI",
        "items": [
            {"unitPrice": 1525, "units": 1, "vatPercentage": vat, "productCode": "#1234", "deliveryDate": "2018-09-01"}
        ],
        "customer": {"email": "test.customer@example.com"},
        "redirectUrls": {
            "success": "https://ecom.example.com/cart/success",
            "cancel": "https://ecom.example.com/cart/cancel",
        },
    }
    return json.dumps(body, separators=(",", ":"))


@pytest.mark.parametrize("sign", [signature, protocol.signature], ids=["client", "simulator"])
@pytest.mark.parametrize(
    ("vat", "expected"),
    [
        (24, "3708f6497ae7cc55a2e6009fc90aa10c3ad0ef125260ee91b19168750f6d74f6"),
        (25.5, "9a4a7735279de4c99268e4566a5526ae887e73e6e58f2918cb2309ccac366129"),
    ],
)
def test_E4_the_published_request_signatures_are_reproduced(sign: Any, vat: float, expected: str) -> None:
    assert sign(SECRET, HEADERS, published_body(vat)) == expected


def test_E4_the_published_redirect_is_read() -> None:
    notice = PAYTRAIL.read_notice(parse_qsl(REDIRECT))

    assert (notice.stamp, notice.reference, notice.status) == ("15336332710015", "192387192837195", "ok")
    assert notice.amount == Decimal("29.64")
    assert notice.transaction_id == "4b300af6-9a22-11e8-9184-abb6de7fd2d0"


def test_E4_parameters_added_later_are_part_of_the_signature() -> None:
    values = dict(parse_qsl(REDIRECT)) | {"checkout-settlement-reference": "77"}
    with pytest.raises(ForgedNotice):
        PAYTRAIL.read_notice(values.items())

    values["signature"] = signature(SECRET, values)
    assert PAYTRAIL.read_notice(values.items()).status == "ok"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("checkout-amount", "1"),
        ("checkout-status", "fail"),
        ("checkout-stamp", "other"),
        ("checkout-transaction-id", "other"),
        ("checkout-account", "375918"),
        ("checkout-algorithm", "sha512"),
        ("checkout-algorithm", "md5"),
        ("signature", ""),
        ("signature", "B2D3ECDDA2C04563A4638FCADE3D4E77DFDC58829B429AD2C2CB422D0FC64080"),
        ("signature", "ä"),
    ],
)
def test_E4_a_notice_with_one_changed_value_is_forged(name: str, value: str) -> None:
    values = dict(parse_qsl(REDIRECT)) | {name: value}
    with pytest.raises(ForgedNotice):
        PAYTRAIL.read_notice(values.items())


def test_E4_a_parameter_given_twice_is_forged() -> None:
    with pytest.raises(ForgedNotice, match="twice"):
        PAYTRAIL.read_notice([*parse_qsl(REDIRECT), ("checkout-amount", "2964")])


def test_E4_lines_cannot_be_moved_into_a_value() -> None:
    values = dict(parse_qsl(REDIRECT))
    values["checkout-provider"] = f"nordea\ncheckout-reference:{values.pop('checkout-reference')}"
    assert not is_signed(SECRET, values | {"signature": signature(SECRET, values)})


def test_E4_a_signed_notice_of_another_shape_is_refused() -> None:
    values = dict(parse_qsl(REDIRECT))
    del values["checkout-amount"]
    values["signature"] = signature(SECRET, values)
    with pytest.raises(ForgedNotice, match="1 fields"):
        PAYTRAIL.read_notice(values.items())


@pytest.mark.parametrize(("euros", "cents"), [("0.01", 1), ("15.90", 1590), ("1.1", 110), ("999999.98", 99_999_998)])
def test_E4_amounts_become_cents_exactly(euros: str, cents: int) -> None:
    assert to_cents(Decimal(euros)) == cents
    assert from_cents(cents) == Decimal(euros)


@pytest.mark.parametrize("euros", ["0.001", "NaN", "Infinity", "1E-3", "0", "-1", "999999.99", "1E+30"])
def test_E4_amounts_that_cannot_be_paid_are_refused(euros: str) -> None:
    with pytest.raises(ValueError, match=r"whole number of cents|between"):
        to_positive_cents(Decimal(euros))


def new_payment(**changes: Any) -> NewPayment:
    item = PaymentItem(
        unit_price=Decimal("7.95"), units=2, vat_percentage=Decimal("25.5"), product_code="T-1", description="Päivä"
    )
    values: dict[str, Any] = {
        "stamp": "s-1",
        "reference": "9187445",
        "amount": Decimal("15.90"),
        "email": "erja@example.org",
        "success_url": "https://shop.example.org/ok",
        "cancel_url": "https://shop.example.org/no",
        "callback_success_url": "https://shop.example.org/cb/ok",
        "callback_cancel_url": "https://shop.example.org/cb/no",
        "items": (item,),
    }
    return NewPayment(**values | changes)


def test_E4_a_payment_is_written_in_cents() -> None:
    body = new_payment().as_body()

    assert body["amount"] == 1590
    assert body["items"][0] == {
        "unitPrice": 795, "units": 2, "vatPercentage": 25.5, "productCode": "T-1", "description": "Päivä",
    }  # fmt: skip
    assert body["customer"] == {"email": "erja@example.org"}
    protocol.check_payment(body)


def test_E4_lines_must_add_up() -> None:
    with pytest.raises(ValueError, match="add up"):
        new_payment(amount=Decimal("15.91")).as_body()
