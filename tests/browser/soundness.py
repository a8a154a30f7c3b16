"""What holds for every page of ours: axe-core finds nothing, a keyboard is enough, and it fits the screen."""

from collections.abc import Callable, Iterable

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page, expect

from tests.browser.keyboard import check_keyboard, note_mouse

WIDTHS = (1280, 390)
HEIGHT = 900
LOADING = '[hx-trigger="load"]'
RUN = "options => axe.run(document, options).then(({violations}) => ({violations}))"


def check_pages(visit: Callable[..., Page], paths: Iterable[str], as_user: str) -> None:
    """Open the pages and show them as wide as a desktop and a phone; each must answer, be accessible and fit.

    What loads by itself is waited for. The keyboard is tried at the desktop's width, where the navigation is open.
    """
    page, rings = visit("/sign-in", as_user=as_user), set[str]()
    note_mouse(page)
    for path in paths:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        expect(page.locator(LOADING)).to_have_count(0)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            check_page(page, colours=width == WIDTHS[0])
            if width == WIDTHS[0]:
                check_keyboard(page, rings)


def check_page(page: Page, *, colours: bool = True) -> None:
    """The page as it stands is accessible and does not scroll sideways.

    The contrast of colours takes three quarters of axe-core's time, and no width of the window changes a colour.
    """
    check_accessible(page, colours=colours)
    assert page.viewport_size is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


def check_accessible(page: Page, *, colours: bool = True) -> None:
    """Axe-core finds nothing; it is read once into each document, which takes as long as half a run."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": colours}}}
    found = AxeResults(page.evaluate(RUN, options))
    assert found.violations_count == 0, f"{page.url} {page.viewport_size}\n{found.generate_report()}"
