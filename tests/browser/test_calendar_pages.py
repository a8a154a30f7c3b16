"""Calendars: events by hand at three levels, in month and list, in a frame of another site, and as feeds."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect

from chassis.ids import new_id
from contracts.contacts.calendars import OFFICE_CALENDAR, PUBLIC_CALENDAR
from tests.browser.soundness import check_page
from tests.whole_suite import Whole

Visit = Callable[..., Page]
MARCH = "2027-03"


def entries(whole: Whole, address: str) -> list[str]:
    """Titles in a feed, read without signing in."""
    answer = whole.visitor().ask("GET", address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/calendar")
    return [str(each["SUMMARY"]) for each in Calendar.from_ical(answer.content).walk("VEVENT")]


def status(whole: Whole, address: str) -> int:
    return int(whole.visitor().ask("GET", address).status_code)


@pytest.fixture
def public_event(whole: Whole) -> dict[str, str]:
    """An event over three days for everybody."""
    wanted = {"title": f"Kevätleiri {str(new_id())[-6:]}", "starts_on": "2027-03-30", "ends_on": "2027-04-01",
              "place": "Leirikeskus", "url": "https://www.example.org/leiri"}  # fmt: skip
    return dict(whole.api.post(f"/calendars/{PUBLIC_CALENDAR}/events", wanted))


def test_A6_an_event_of_several_days_stands_on_each_of_them(visit, public_event):
    page = visit(f"/calendar?month={MARCH}")
    link = page.get_by_role("link", name=public_event["title"])
    expect(link).to_have_count(2)
    page.get_by_role("link", name="huhtikuu 2027").click()
    expect(link).to_have_count(1)
    link.click()
    expect(page.get_by_text("30.3.2027–1.4.2027")).to_be_visible()
    expect(page.get_by_role("link", name="https://www.example.org/leiri")).to_be_visible()


def test_A6_an_event_is_written_by_keyboard_changed_deleted_and_brought_back(visit, whole):
    title = f"Palaveri {str(new_id())[-6:]}"
    page = visit("/office/calendar/new", as_user="toimisto")
    page.locator("#title").fill(title)
    page.locator("#day").fill("30.2.2027")
    page.locator("#starts").fill("9")
    page.locator("#ends").fill("8.30")
    page.locator("#ends").press("Enter")
    expect(page.locator("#day-error")).to_be_visible()
    page.locator("#day").fill("15.3.2027")
    page.locator("#day").press("Enter")
    expect(page.locator("#ends-error")).to_be_visible()
    page.locator("#ends").fill("10.30")
    page.locator("#ends").press("Enter")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_text("klo 9.00–10.30")).to_be_visible()
    visible = visit(f"/office/calendar?month={MARCH}", as_user="rahasto")
    expect(visible.get_by_role("link", name=title)).to_be_visible()
    visible.goto(f"/calendar?month={MARCH}")
    expect(visible.get_by_role("link", name=title)).to_have_count(0)
    page.get_by_role("link", name="Muokkaa").click()
    page.locator("#starts").fill("")
    page.locator("#ends").fill("")
    page.locator("#end_day").fill("16.3.2027")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_text("15.3.2027–16.3.2027")).to_be_visible()
    page.get_by_role("button", name="Poista").click()
    expect(page.get_by_text("Tapahtuma on poistettu.")).to_be_visible()
    page.get_by_role("button", name="Kumoa").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    check_page(page)


def test_A6_a_series_is_written_changed_from_one_on_deleted_and_brought_back(visit):
    title = f"Hallitus {str(new_id())[-6:]}"
    page = visit("/office/calendar/new?day=8.3.2027", as_user="toimisto")
    page.locator("#title").fill(title)
    page.locator("#starts").fill("17")
    page.locator("#repeats").select_option(label="Joka viikko")
    page.locator("#title").press("Enter")
    expect(page.locator("#repeats_until-error")).to_be_visible()
    page.locator("#repeats_until").fill("31.3.2027")
    page.locator("#repeats_until").press("Enter")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_text("4 kertaa, 8.3.2027–29.3.2027")).to_be_visible()
    page.goto(f"/office/calendar?month={MARCH}")
    links = page.get_by_role("link", name=title)
    expect(links).to_have_count(4)
    links.nth(2).click()
    page.get_by_role("link", name="Muokkaa").click()
    page.locator("#title").fill(f"{title} (etänä)")
    page.get_by_label("Muuta myös sarjan seuraavat").check()
    page.locator("#title").press("Enter")
    page.goto(f"/office/calendar?month={MARCH}")
    expect(page.get_by_role("link", name=f"{title} (etänä)")).to_have_count(2)
    links.nth(1).click()
    check_page(page)
    page.get_by_role("button", name="Poista tämä ja seuraavat").click()
    expect(page.get_by_text("Tapahtuma ja sitä seuraavat on poistettu.")).to_be_visible()
    page.get_by_role("button", name="Kumoa").click()
    expect(page.get_by_text("4 kertaa, 8.3.2027–29.3.2027")).to_be_visible()


def test_A6_ones_own_event_is_hidden_from_the_administrator(visit):
    title = f"Hammaslääkäri {str(new_id())[-6:]}"
    page = visit("/office/calendar/new", as_user="kurssit")
    page.locator("#calendar_id").select_option(label="Oma")
    page.locator("#title").fill(title)
    page.locator("#day").fill("15.3.2027")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    other = visit(f"/office/calendar?month={MARCH}", as_user="admin")
    expect(other.get_by_role("link", name=title)).to_have_count(0)
    answer = other.goto(page.url)
    assert answer is not None
    assert answer.status == 404


def test_A6_tasks_with_days_and_sessions_stand_in_the_calendar(visit, whole):
    toimisto = next(each for each in whole.api.get("/colleagues")["data"] if each["name"] == "toimisto")
    title = f"Tilaa kahvit {str(new_id())[-6:]}"
    whole.api.post("/tasks", {"title": title, "due_on": "2027-03-10", "assignee_id": toimisto["id"]})
    page = visit(f"/office/calendar?month={MARCH}", as_user="toimisto")
    expect(page.get_by_role("link", name=title)).to_be_visible()
    other = visit(f"/office/calendar?month={MARCH}", as_user="rahasto")
    expect(other.get_by_role("link", name=title)).to_have_count(0)
    soon = (date.today() + timedelta(days=20)).strftime("%Y-%m")  # noqa: DTZ011  (any day among the demo's sessions)
    page.goto(f"/office/calendar?month={soon}&show=courses")
    expect(page.locator(".month a").first).to_be_visible()
    page.goto("/calendar?view=list")
    expect(page.locator(".agenda .state").filter(has_text="Kurssi").first).to_be_visible()


def test_A6_a_secret_address_is_shown_once_renewed_and_withdrawn(visit, whole):
    title = f"Talvipäivä {str(new_id())[-6:]}"
    whole.api.post(f"/calendars/{OFFICE_CALENDAR}/events", {"title": title, "starts_at": "2027-02-01T09:00:00+02:00"})
    page = visit("/office/calendar/addresses", as_user="rahasto")
    office = page.locator(".address", has_text="Toimisto").first
    office.get_by_role("button", name="Luo osoite").click()
    first = page.locator("#made").inner_text()
    check_page(page)
    assert title in entries(whole, first)
    assert status(whole, first.partition("?")[0]) == 404
    page.goto("/office/calendar/addresses")
    expect(page.locator("#made")).to_have_count(0)
    office.get_by_role("button", name="Luo uusi osoite").click()
    second = page.locator("#made").inner_text()
    assert status(whole, first) == 404
    assert title in entries(whole, second)
    office.get_by_role("button", name="Poista osoite käytöstä").click()
    expect(office.get_by_text("Ei osoitetta.")).to_be_visible()
    assert status(whole, second) == 404
    assert status(whole, f"{second}&x=1") == 400


def test_A6_the_public_feed_needs_no_secret_and_holds_the_courses_too(whole, public_event):
    found = entries(whole, f"{whole.base_url}/api/v1/calendars/{PUBLIC_CALENDAR}.ics")
    assert public_event["title"] in found
    assert "Ensiavun peruskurssi" in found
    one = entries(whole, f"{whole.base_url}/calendar/{PUBLIC_CALENDAR}/{public_event['id']}/event.ics")
    assert one == [public_event["title"]]


class ElsewhereHandler(BaseHTTPRequestHandler):
    """Another site that shows a page of ours in a frame."""

    path_of_ours = ""

    def do_GET(self) -> None:
        body = f'<!doctype html><title>Muualla</title><iframe src="{self.path_of_ours}" title="Kalenteri"></iframe>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def elsewhere(whole: Whole) -> Iterator[Callable[[str], str]]:
    """The address of another site whose page frames the given page of ours."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), ElsewhereHandler)
    Thread(target=server.serve_forever, daemon=True).start()

    def framing(path: str) -> str:
        ElsewhereHandler.path_of_ours = f"{whole.base_url}{path}"
        return f"http://localhost:{server.server_port}/"

    yield framing
    server.shutdown()
    server.server_close()


def test_A6_another_site_frames_the_public_calendar_and_no_other_page(browser, whole, elsewhere, public_event):
    context = browser.new_context()
    page = context.new_page()
    page.goto(elsewhere(f"/calendar/embed?month={MARCH}"))
    link = page.frame_locator("iframe").get_by_role("link", name=public_event["title"]).first
    expect(link).to_be_visible()
    assert link.get_attribute("target") == "_blank"
    page.goto(elsewhere("/calendar"))
    expect(page.frame_locator("iframe").locator(".site-head")).to_have_count(0)
    context.close()
    headers = {path: whole.visitor().ask("GET", path).headers for path in ("/calendar", "/calendar/embed")}
    assert "frame-ancestors 'none'" in headers["/calendar"]["Content-Security-Policy"]
    assert headers["/calendar"]["X-Frame-Options"] == "DENY"
    assert "frame-ancestors *" in headers["/calendar/embed"]["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers["/calendar/embed"]


def test_A6_the_frame_shows_nothing_of_the_office_even_to_who_is_signed_in(visit, whole):
    title = f"Salainen {str(new_id())[-6:]}"
    made = whole.api.post(f"/calendars/{OFFICE_CALENDAR}/events", {"title": title, "starts_on": "2027-03-20"})
    page = visit(f"/calendar/embed?month={MARCH}", as_user="toimisto")
    expect(page.get_by_text(title)).to_have_count(0)
    answer = page.goto(f"/calendar/{OFFICE_CALENDAR}/{made['id']}")
    assert answer is not None
    assert answer.status == 404
