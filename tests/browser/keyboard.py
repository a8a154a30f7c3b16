"""What holds for every page of ours by keyboard: all that can be clicked is reached by Tab, in order, and seen."""

from pathlib import Path

from playwright.sync_api import Page

LOOK = Path(__file__).with_suffix(".js")


def note_mouse(page: Page) -> None:
    """Before pages are opened that `check_keyboard` is to look at."""
    page.add_init_script(path=LOOK)


def check_keyboard(page: Page, seen: set[str]) -> None:
    """Whatever can be clicked is reached by Tab, in the document's order, with a ring; nothing is for mice alone.

    `seen` holds the kinds of controls whose ring was looked at, on this page or another, and takes those of this page.
    """
    found = page.evaluate("kinds => lookByKeyboard(kinds)", list(seen))
    assert not found["faults"], "\n".join((page.url, *found["faults"]))
    seen.update(found["kinds"])
