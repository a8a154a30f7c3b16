"""What the operator can set of the door is refused at the start when it cannot be (I6)."""

import pytest
from pydantic import ValidationError

from contracts.identity import TakeRateLimit
from gateway.config import GatewaySettings

MOST = 1_000_000


def test_a_rate_limit_that_nobody_could_count_is_refused():
    allowed = GatewaySettings(talkoo_rate_limit_per_minute=MOST).talkoo_rate_limit_per_minute
    assert TakeRateLimit(key="key", limit=allowed, seconds=60, cost=1).limit == MOST
    with pytest.raises(ValidationError, match="talkoo_rate_limit_per_minute"):
        GatewaySettings(talkoo_rate_limit_per_minute=MOST + 1)
