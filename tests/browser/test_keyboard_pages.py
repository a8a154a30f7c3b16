"""By keyboard alone: Tab leads through everything and out again; menus and dialogs open, close and give focus back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.keyboard import check_keyboard, note_mouse

STOPS = """() => [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
  )].filter((each) => each.tabIndex >= 0 && !each.matches(":disabled"))
    .filter((each) => each.checkVisibility({ visibilityProperty: true }))
    .map((each, at) => { each.dataset.stop = at; return at; })"""
BEGIN = """() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  getSelection().removeAllRanges();
  scrollTo(0, 0);
}"""
"""A form for something new has the cursor in its first field."""
FOCUSED = """() => {
  const element = document.activeElement, box = element.getBoundingClientRect(), middle = box.top + box.height / 2;
  const seen = middle >= 0 && middle <= innerHeight && getComputedStyle(element).outlineStyle !== "none";
  return [element.dataset.stop ?? null, seen, element.outerHTML.slice(0, 120)];
}"""
BAD = {
    '<div onclick="1">a</div>': "clicked, but not reached by Tab",
    "<a>b</a>": "clicked, but not reached by Tab",
    '<div hx-get="/design">c</div>': "clicked, but not reached by Tab",
    '<button tabindex="-1">d</button>': "clicked, but not reached by Tab",
    '<i class="pointer">e</i>': "clicked, but not reached by Tab",
    '<button tabindex="1">f</button>': "has its own place in the order",
    '<button class="unseen">g</button>': "not seen in focus",
}
"""Parts that no page may have, and what is said of them."""


def tabbed_through(page: Page) -> None:
    """From the top of the page Tab stops at everything in the order of the document, and then leaves the page."""
    stops = page.evaluate(STOPS)
    page.evaluate(BEGIN)
    for stop in stops:
        page.keyboard.press("Tab")
        at, seen, element = page.evaluate(FOCUSED)
        assert at == str(stop), f"{page.url}: {element} instead of {stop}"
        assert seen, f"{page.url}: no focus is seen on {element}"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement === document.body || document.activeElement.dataset.stop === '0'")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("Number(document.activeElement.dataset.stop)") == stops[-1]


ANOTHER_PART = """addEventListener("htmx:afterSwap", () => {
    const detail = { target: document.querySelector("main") };
    detail.target.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true, detail }));
}, { once: true })"""
"""Another part of the page is there just before the rows are."""


def test_n_leads_into_the_first_field_and_more_rows_are_gone_on_from(visit, whole):
    page = visit("/office/contacts", as_user="toimisto")
    page.keyboard.press("n")
    expect(page.locator("#given_name")).to_be_focused()
    person = whole.api.post("/persons", {"family_name": "Rivinen"})["id"]
    for number in range(23):
        whole.api.post("/activities", {"kind": "note", "text": f"Merkintä {number}.", "person_id": person})
        organisation = whole.api.post("/organisations", {"name": f"Rivi {number}"})["id"]
        whole.api.post("/affiliations", {"person_id": person, "organisation_id": organisation})
    page.goto(f"/office/contacts/{person}")
    for rows, foot in (("#time-line li", "#time-line-foot a"), ("#affiliations tbody tr", "#affiliations-foot a")):
        expect(page.locator(rows)).to_have_count(20)
        page.evaluate(ANOTHER_PART)
        page.locator(foot).press("Enter")
        expect(page.locator(rows)).to_have_count(23)
        expect(page.locator(rows).nth(20).locator("a").first).to_be_focused()


@pytest.mark.parametrize("path", ["/office/contacts?q=virtanen", "/office/contacts/new"])
@pytest.mark.parametrize("width", [1280, 390])
def test_tab_leads_through_a_list_and_a_form_and_out_again(visit, path, width):
    tabbed_through(visit(path, as_user="toimisto", width=width))


def test_menus_open_by_enter_are_walked_through_and_close_by_escape(visit):
    page = visit("/office/contacts", as_user="toimisto")
    for menu in (page.locator(".office-bar details.menu"), page.locator("details.word").first):
        menu.locator("summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(menu.locator(".sheet a").first).to_be_focused()
        page.keyboard.press("Escape")
        expect(menu).not_to_have_attribute("open", "")
        expect(menu.locator("summary")).to_be_focused()


def test_a_dialog_keeps_the_focus_until_it_is_closed_and_gives_it_back(visit):
    page = visit("/office/contacts", as_user="toimisto")
    summary = page.locator(".office-bar summary")
    summary.focus()
    page.keyboard.press("?")
    dialog = page.locator("#keys")
    expect(dialog).to_be_visible()
    inside = "document.activeElement === document.body || document.activeElement.closest('#keys') !== null"
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate(inside)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_check_of_every_page_finds_what_only_a_mouse_can_reach(visit):
    page = visit("/courses")
    note_mouse(page)
    page.reload()
    check_keyboard(page, set())
    for part, fault in BAD.items():
        page.evaluate("part => document.querySelector('main').insertAdjacentHTML('beforeend', part)", part)
        with pytest.raises(AssertionError, match=fault):
            check_keyboard(page, set())
        page.evaluate("document.querySelector('main').lastElementChild.remove()")
    heard = "document.querySelector('h1').addEventListener('{}', () => {{}})"
    for event, fault in (("click", "clicked, but not reached"), ("mouseenter", "hears the mouse alone")):
        page.reload()
        page.evaluate(heard.format(event))
        with pytest.raises(AssertionError, match=fault):
            check_keyboard(page, set())
    page.reload()
    page.evaluate("document.querySelector('.skip').remove()")
    with pytest.raises(AssertionError, match="not a link past the navigation"):
        check_keyboard(page, set())
