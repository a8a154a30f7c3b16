"""The style guide in Chromium: accessible, usable by keyboard and on a phone, whole without JavaScript."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.design_site import make_app, serving
from tests.browser.soundness import check_accessible, check_page
from tests.whole_suite import listening

PAGES = ("", "/list", "/card", "/form", "/job", "/site", "/member", "/message/404")
WIDTHS = {"desktop": 1280, "phone": 390}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(make_app(accent="#e0a800")) as base:
        yield f"{base}/design"


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB") as context:
        yield listening(context, complaints)
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_pages_have_no_accessibility_violation_and_fit_the_screen(browser, address, scheme, width):
    with browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme) as context:
        page = context.new_page()
        for path in PAGES:
            page.goto(address + path)
            check_page(page, colours=width == WIDTHS["desktop"])


def test_open_menus_dialogs_and_errors_have_no_accessibility_violation(page, address):
    page.goto(f"{address}/form")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("summary", has_text="Eila Korhonen").click()
    check_accessible(page)
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    check_accessible(page)
    page.context.clear_cookies()


def test_shortcuts_search_go_make_new_and_can_be_switched_off(page, address):
    page.goto(f"{address}/list")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search everything")).to_be_focused()
    page.keyboard.type("gn?/")
    expect(page.get_by_role("searchbox", name="Search everything")).to_have_value("gn?/")
    page.locator("h1").click()
    page.keyboard.press("n")
    page.wait_for_url("**/design/form")
    page.goto(f"{address}/list")
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="Use these shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("/")
    assert page.url.endswith("/design/list")
    expect(page.get_by_role("searchbox", name="Search everything")).not_to_be_focused()


def test_every_control_is_reached_by_tab_and_shows_its_focus(page, address):
    page.goto(f"{address}/form")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        focus = page.evaluate(
            "(e => [e.name || e.textContent.trim(), getComputedStyle(e).outlineStyle])(document.activeElement)"
        )
        reached.append(focus[0])
        assert focus[1] == "solid", focus
    assert reached == ["Contacts", "given_name", "family_name", "email", "born_on", "fee", "language", "Save", "Cancel"]


def test_search_filter_and_more_change_the_list_in_place(page, address):
    page.goto(f"{address}/list")
    rows = page.locator("#list tbody tr")
    expect(rows).to_have_count(20)
    page.get_by_role("link", name="Show more").click()
    expect(rows).to_have_count(40)
    page.get_by_role("link", name="Show more").click()
    expect(rows).to_have_count(60)
    page.get_by_role("link", name="Show more").click()
    expect(rows).to_have_count(67)
    expect(page.get_by_role("link", name="Show more")).to_have_count(0)
    page.locator("#list-q").press_sequentially("aino")
    expect(page).to_have_url(re.compile(r"\?q=aino"))
    expect(page.locator("#list-foot")).to_contain_text(f"{rows.count()} rows")
    found = rows.count()
    assert 0 < found < 20
    page.locator("summary", has_text="Town").click()
    page.get_by_role("link", name="Vaasa").click()
    expect(page).to_have_url(re.compile(r"q=aino.*town=Vaasa"))
    assert 0 < rows.count() < found
    page.locator("#list-q").fill("xyz")
    expect(page.get_by_role("heading", name="Nobody found")).to_be_visible()
    page.locator("#list-q").fill("")
    expect(rows.first).to_be_visible()


def test_selection_shows_what_can_be_done_and_how_many(page, address):
    page.goto(f"{address}/list")
    bulk = page.get_by_role("group", name="Selected rows")
    expect(bulk).to_be_hidden()
    page.get_by_role("checkbox", name="Select row 2", exact=True).check()
    expect(bulk).to_contain_text("1 selected")
    page.get_by_role("checkbox", name="Select all rows shown").check()
    expect(bulk).to_contain_text("20 selected")
    bulk.get_by_role("button", name="Export").click()
    expect(page.get_by_role("status").filter(has_text="export: 20 rows")).to_be_visible()


def test_click_on_a_row_opens_it_and_a_click_on_its_box_does_not(page, address):
    page.goto(f"{address}/list")
    page.get_by_role("checkbox", name="Select row 1", exact=True).check()
    assert page.url.endswith("/list")
    page.locator("#list tbody tr").first.locator("td").nth(2).click()
    page.wait_for_url("**/design/card")


def test_irreversible_actions_ask_first(page, address):
    page.goto(f"{address}/card")
    page.get_by_role("button", name="Erase this person").click()
    dialog = page.get_by_role("dialog", name="Erase Aino Virtanen?")
    expect(dialog).to_contain_text("Invoices stay in the books")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Erase this person")).to_be_focused()
    page.get_by_role("button", name="Erase this person").click()
    page.get_by_role("dialog").get_by_role("button", name="Erase this person").click()
    expect(page.get_by_text("Erased.")).to_be_visible()


def test_a_form_is_sent_once_however_often_it_is_clicked(page, address):
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"{address}/form")
    page.get_by_label("Family name").fill("Virtanen")
    page.evaluate("() => { const b = document.querySelector('.form .primary'); b.click(); b.click(); b.click(); }")
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert len(sent) == 1


def test_mistakes_are_listed_linked_and_keep_what_was_typed(browser, address):
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{address}/form")
        page.get_by_label("Day of birth").fill("31.2.2026")
        page.get_by_role("button", name="Save").click()
        summary = page.get_by_role("alert")
        expect(summary).to_be_focused()
        expect(summary).to_contain_text("2 things to correct")
        expect(summary.get_by_role("link")).to_contain_text(["Family name: ", "Day of birth: "])
        summary.get_by_role("link", name="Write the family name.").click()
        expect(page.get_by_label("Family name")).to_be_focused()
        expect(page.get_by_label("Family name")).to_have_accessible_description("Write the family name.")
        expect(page.get_by_label("Day of birth")).to_have_value("31.2.2026")


def test_typed_text_is_not_lost_by_leaving_unasked(page, address):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{address}/form")
    page.get_by_label("Family name").press_sequentially("Virtanen")
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url("**/design/list")
    assert asked == ["beforeunload"]


def test_a_running_job_moves_without_reloading(page, address):
    page.goto(f"{address}/job")
    while "Done" in (first := page.locator(".progress").inner_text()):  # the sample starts anew every while
        page.wait_for_timeout(500)
        page.reload()
    page.evaluate("document.body.dataset.same = 'yes'")
    expect(page.locator(".progress")).not_to_have_text(first, timeout=120_000)
    assert page.evaluate("document.body.dataset.same") == "yes"


def test_lost_connection_is_told(browser, address):
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{address}/list")
        context.set_offline(True)
        page.get_by_role("link", name="Show more").click()
        expect(page.locator("#live")).to_contain_text("Check the connection")
        expect(page.locator("#list tbody tr")).to_have_count(20)


def test_phone_opens_the_navigation_in_place(browser, address):
    with browser.new_context(viewport={"width": 390, "height": 800}, locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{address}/list")
        navigation = page.get_by_role("navigation", name="Main navigation")
        expect(navigation).to_be_hidden()
        page.get_by_role("link", name="Menu").click()
        expect(navigation.get_by_role("link", name="Today")).to_be_focused()
        navigation.get_by_role("link", name="Close the menu").click()
        expect(navigation).to_be_hidden()
        expect(page.get_by_role("link", name="Menu")).to_be_focused()


def test_everything_works_without_javascript(browser, address):
    with browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{address}/list?lang=en")
        page.get_by_role("link", name="Menu").click()
        expect(page.get_by_role("navigation", name="Main navigation")).to_be_visible()
        page.goto(f"{address}/list")
        page.get_by_role("link", name="Show more").click()
        expect(page).to_have_url(re.compile(r"cursor=20"))
        page.locator("#list-q").fill("aino")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"q=aino"))
        page.get_by_role("checkbox", name="Select row 1", exact=True).check()
        page.get_by_role("button", name="Export").click()
        expect(page.get_by_text("export: 1 rows")).to_be_visible()
        page.goto(f"{address}/card")
        page.get_by_role("button", name="Erase this person").click()
        expect(page.get_by_role("heading", name="Erase Virtanen Aino?")).to_be_visible()
        page.get_by_role("button", name="Erase").click()
        expect(page.get_by_text("Erased.")).to_be_visible()


@pytest.mark.parametrize(("language", "words"), [("fi", "Siirry sisältöön"), ("sv", "Hoppa till innehållet")])
def test_shell_speaks_the_language_chosen_and_remembers_it(browser, address, language, words):
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{address}/site?lang={language}")
        page.goto(f"{address}/list")
        assert page.locator("html").get_attribute("lang") == language
        expect(page.locator(".skip")).to_have_text(words)


def test_print_leaves_the_shell_out(page, address):
    page.goto(f"{address}/list")
    page.emulate_media(media="print")
    expect(page.locator(".office-bar")).to_be_hidden()
    expect(page.locator(".office-nav")).to_be_hidden()
    expect(page.locator(".sieve")).to_be_hidden()
    expect(page.locator("#list tbody tr").first).to_be_visible()


def test_numbered_pages_lead_back_and_forth(page, address):
    page.goto(address)
    numbered = page.get_by_role("navigation", name="Pages")
    expect(numbered).to_contain_text("Page 2 of 7")
    expect(numbered.get_by_role("link", name="Previous")).to_have_attribute("href", "/design?page=1")
    expect(numbered.get_by_role("link", name="Next")).to_have_attribute("href", "/design?page=3")
