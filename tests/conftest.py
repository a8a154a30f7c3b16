"""What all tests share: markers by folder, which tests run in one process, the running suite, the browser."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page, expect
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.whole_suite import Whole, chromium, listening, whole_suite

settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")
expect.set_options(timeout=20_000)
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

    Tests of e2e and of the browser together take longer than all others: each folder has a suite of its own.
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


@pytest.fixture(scope="session")
def whole() -> Iterator[Whole]:
    """A running suite with demo data for all end-to-end or browser tests of the process that do not hurt it."""
    with whole_suite() as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with chromium() as found:
        yield found


@pytest.fixture
def visit(whole: Whole, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page in a fresh browser: `visit("/office", as_user="toimisto", width=390)`; script errors fail."""
    contexts, complaints = [], []

    def open_page(path: str = "/", *, as_user: str = "", width: int = 1280, locale: str = "fi-FI") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale=locale, base_url=whole.base_url)
        contexts.append(context)
        if as_user:
            context.add_cookies(whole.cookies_of(as_user))
        page = listening(context, complaints)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
