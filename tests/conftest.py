"""What all tests share: a marker per folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page

from tests.whole_suite import Whole, chromium, listening, whole_suite

settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")
KINDS = ("unit", "integration", "contracts", "e2e", "browser", "chaos")
ORDER = ("e2e", "browser", "chaos")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Mark each test with the name of its folder and, for pytest-xdist, of its group; the longest come first."""
    for item in items:
        path = Path(item.path).relative_to(config.rootpath / "tests")
        if path.parts[0] in KINDS:
            item.add_marker(path.parts[0])
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(group_of(item, path)))
    yield  # the groups are read and the order is shuffled
    items.sort(key=lambda item: ORDER.index(folder) if (folder := item.path.parent.name) in ORDER else len(ORDER))


def group_of(item: pytest.Item, path: Path) -> str:
    """What one process runs: a file, or all that use the shared running suite."""
    return "whole" if "whole" in getattr(item, "fixturenames", ()) else str(path)


@pytest.fixture(scope="session")
def whole() -> Iterator[Whole]:
    """One running suite with demo data for all end-to-end and browser tests that do not hurt it."""
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
