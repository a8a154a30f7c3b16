"""The running suite of the browser tests, and the browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.whole_suite import Whole, chromium, listening, whole_suite

PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="package")
def whole() -> Iterator[Whole]:
    """A running suite with demo data, for all tests of this folder."""
    with whole_suite() as found:
        yield found


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this folder."""
    with chromium() as found:
        yield found


@pytest.fixture
def visit(whole: Whole, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page in a fresh browser: `visit("/office", as_user="toimisto", width=390)`; script errors fail."""
    contexts, complaints = [], []

    def open_page(path: str = "/", *, as_user: str = "", width: int = 1280, locale: str = "fi-FI") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale=locale, base_url=whole.base_url)
        context.set_default_timeout(PATIENCE)
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
