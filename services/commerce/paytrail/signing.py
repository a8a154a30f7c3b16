"""Paytrail's signature over headers or query parameters, and body."""

import hmac
from collections.abc import Mapping

ALGORITHMS = ("sha256", "sha512")


def signature(secret: str, values: Mapping[str, str], body: str = "") -> str:
    """The lower-case hex HMAC of the `checkout-` values and the body, with the algorithm the values name."""
    lines = [f"{name}:{values[name]}" for name in sorted(values) if name.startswith("checkout-")]
    payload = "\n".join([*lines, body])
    return hmac.new(secret.encode(), payload.encode(), values["checkout-algorithm"]).hexdigest()


def is_signed(secret: str, values: Mapping[str, str], body: str = "") -> bool:
    """Whether `values["signature"]` is ours; False for an unknown algorithm or a line break inside a value."""
    if values.get("checkout-algorithm") not in ALGORITHMS:
        return False
    if any("\n" in value or "\r" in value for name, value in values.items() if name.startswith("checkout-")):
        return False
    given = values.get("signature", "").encode()
    return hmac.compare_digest(signature(secret, values, body).encode(), given)
