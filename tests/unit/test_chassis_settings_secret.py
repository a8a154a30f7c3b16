"""The suite's secret, from which keys are made, is there and long enough, whoever asks."""

import pytest
from pydantic import SecretStr

from chassis.settings import SHORTEST_SECRET, Settings


def secret_of(text):
    return Settings.model_construct(talkoo_secret=SecretStr(text)).secret()


@pytest.mark.parametrize("secret", ["", "x" * (SHORTEST_SECRET - 1)])
def test_a_missing_or_short_secret_makes_no_keys(secret):
    with pytest.raises(RuntimeError, match="TALKOO_SECRET"):
        secret_of(secret)


def test_one_that_is_long_enough_does():
    assert secret_of("y" * SHORTEST_SECRET) == b"y" * SHORTEST_SECRET
