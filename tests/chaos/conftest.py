"""One running suite for all chaos tests: some of its processes die by themselves, over and over."""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor

import pytest

from ops.simulators.clients import wait_until
from tests.whole_suite import Whole, whole_suite

DEATHS = "relay.published:40,gateway.stored:2,notify.searching:4"
"""The relay dies after every fortieth batch, between publishing and marking; a gateway worker after its second file;
the worker in the middle of its second search for an erased person in the texts of notify."""


@pytest.fixture(scope="package")
def operator() -> Iterator[Executor]:
    """Who does the faults: one thread that outlives the suite, as a server ends with the thread that began it."""
    with ThreadPoolExecutor(1) as found:
        yield found


@pytest.fixture(scope="package")
def hurt(operator: Executor) -> Iterator[Whole]:
    """The suite that is hurt."""
    with whole_suite({"TALKOO_CRASH_AT": DEATHS}) as found:
        yield found


@pytest.fixture(autouse=True)
def recovered(hurt: Whole) -> None:
    """What the test before has killed is there again, in whatever order tests come; who died often starts late."""
    is_ready = lambda: hurt.api.ask("GET", "/readyz").status_code == 200 or None  # noqa: E731
    wait_until(is_ready, 180, "suite that is ready again")
