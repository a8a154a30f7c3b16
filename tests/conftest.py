"""What all tests share: markers by folder, and which tests run in one process."""

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")
KINDS = ("unit", "integration", "contracts", "e2e", "browser", "chaos")
LONGEST = ("e2e", "browser", "chaos")
CHANGE_THE_TEST_SERVERS = {"tests/integration/test_launcher_servers.py", "tests/integration/test_compose_backup.py"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test with the name of its folder; what takes longest comes first, whatever the shuffled order."""
    for item in items:
        if (folder := folder_of(item.nodeid)) in KINDS:
            item.add_marker(folder)
    items.sort(
        key=lambda item: LONGEST.index(folder) if (folder := folder_of(item.nodeid)) in LONGEST else len(LONGEST)
    )


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> "SideBySide":
    """How `./talkoo test` spreads the tests over its processes."""
    return SideBySide(config, log)


class SideBySide(LoadScopeScheduling):
    """A process runs a whole file, or all tests that share a running suite, or all that change the test servers.

    Tests of e2e and of the browser together take longer than all others: each folder has a suite of its own, which
    ends with the folder: one that is idle takes a tenth of a processor.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        if folder_of(nodeid) in {"e2e", "browser"}:
            return f"the running suite of {folder_of(nodeid)}"
        if folder_of(nodeid) == "chaos":
            return "the suite that is hurt"
        return "the test servers" if path in CHANGE_THE_TEST_SERVERS else path


def folder_of(nodeid: str) -> str:
    """`unit` of `tests/unit/test_x.py::test_y`."""
    return nodeid.split("/")[1]
