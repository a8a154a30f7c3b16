"""The running suite of the end-to-end tests."""

from collections.abc import Iterator

import pytest

from tests.whole_suite import Whole, whole_suite


@pytest.fixture(scope="package")
def whole() -> Iterator[Whole]:
    """A running suite with demo data, for all tests of this folder."""
    with whole_suite() as found:
        yield found
