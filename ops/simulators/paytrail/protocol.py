"""Paytrail's signatures and the rules for request bodies, as its API reference states them."""

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers

MAX_AMOUNT = 99_999_998
MAX_UNIT_PRICE = 2_147_483_647
ALGORITHMS = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}


class Rejected(Exception):
    """The request is answered with `status` and the message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def signature(secret: str, values: Mapping[str, str], body: str = "") -> str:
    """HMAC over the sorted `checkout-` values, one `name:value` a line, and the body; hex."""
    signed = sorted((name, value) for name, value in values.items() if name.startswith("checkout-"))
    payload = "".join(f"{name}:{value}\n" for name, value in signed) + body
    return hmac.new(secret.encode(), payload.encode(), ALGORITHMS[values["checkout-algorithm"]]).hexdigest()


def known_algorithm(name: str) -> str:
    """The name when it is an algorithm, else the default, to sign refusals with."""
    return name if name in ALGORITHMS else "sha256"


def check_request(headers: Headers, method: str, body: str, merchant: str, secret: str) -> None:
    """Check account, method and signature of a request. Rejected(401) otherwise."""
    values = {name.lower(): value for name, value in headers.items()}
    algorithm = values.get("checkout-algorithm", "")
    if values.get("checkout-account") != merchant or algorithm not in ALGORITHMS:
        raise Rejected(401, "Unknown account or algorithm")
    if values.get("checkout-method") != method or not values.get("checkout-nonce"):
        raise Rejected(401, "checkout-method or checkout-nonce is missing or wrong")
    if not _is_time(values.get("checkout-timestamp", "")):
        raise Rejected(401, "checkout-timestamp is not an ISO 8601 time")
    if not hmac.compare_digest(signature(secret, values, body).encode(), values.get("signature", "").encode()):
        raise Rejected(401, "HMAC calculation failed")


def answer_headers(merchant: str, algorithm: str, method: str, transaction_id: str) -> dict[str, str]:
    """The `checkout-` headers of an answer, still unsigned."""
    headers = {
        "checkout-account": merchant,
        "checkout-algorithm": algorithm,
        "checkout-method": method,
        "checkout-nonce": str(uuid.uuid4()),
        "checkout-timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    return headers | ({"checkout-transaction-id": transaction_id} if transaction_id else {})


def check_payment(body: dict[str, Any]) -> None:
    """The documented rules of `POST /payments`. Rejected(400) names the first field that breaks one."""
    _text(body, "stamp", 200)
    _text(body, "reference", 200)
    amount = _integer(body, "amount", 1, MAX_AMOUNT)
    _one_of(body, "currency", {"EUR"})
    _one_of(body, "language", {"FI", "SV", "EN"})
    _text(_object(body, "customer"), "email", 200)
    _urls(body, "redirectUrls", 300)
    if "callbackUrls" in body:
        _urls(body, "callbackUrls", 3000)
    if body.get("callbackDelay") is not None:
        _integer(body, "callbackDelay", 0, 900)
    items = body.get("items", [])
    if not isinstance(items, list):
        raise Rejected(400, "items must be an array")
    if items and sum(_item_sum(item) for item in items) != amount:
        raise Rejected(400, "amount does not match the total sum of items")


def check_refund(body: dict[str, Any]) -> int:
    """The documented rules of `POST /payments/{id}/refund`; the amount in cents. Rejected(400) otherwise."""
    _urls(body, "callbackUrls", 3000)
    return _integer(body, "amount", 1, MAX_AMOUNT)


def _item_sum(item: object) -> int:
    if not isinstance(item, dict):
        raise Rejected(400, "an item must be an object")
    price = _integer(item, "unitPrice", -MAX_UNIT_PRICE - 1, MAX_UNIT_PRICE)
    units = _integer(item, "units", 0, MAX_AMOUNT)
    vat = item.get("vatPercentage")
    if not isinstance(vat, int | float) or not 0 <= vat <= 100 or round(vat, 1) != vat:
        raise Rejected(400, "vatPercentage must be between 0 and 100 with one decimal")
    _text(item, "productCode", 100)
    return price * units


def _text(body: dict[str, Any], name: str, longest: int) -> None:
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise Rejected(400, f"{name} must be a text of 1 to {longest} characters")


def _integer(body: dict[str, Any], name: str, least: int, most: int) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Rejected(400, f"{name} must be an integer between {least} and {most}")
    return value


def _one_of(body: dict[str, Any], name: str, values: set[str]) -> None:
    if body.get(name) not in values:
        raise Rejected(400, f"{name} must be one of {sorted(values)}")


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if not isinstance(value, dict):
        raise Rejected(400, f"{name} must be an object")
    return value


def _urls(body: dict[str, Any], name: str, longest: int) -> None:
    urls = _object(body, name)
    for outcome in ("success", "cancel"):
        _text(urls, outcome, longest)
        if urlsplit(urls[outcome]).scheme not in ("http", "https"):
            raise Rejected(400, f"{name}.{outcome} must be an http address")


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
