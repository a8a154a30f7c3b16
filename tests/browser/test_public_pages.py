"""The public side in Chromium: joining, the course calendar, enrolling and paying by card, offers, personal links."""

import re
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect

from chassis.ids import new_id
from ops.demo.stage import link_in
from ops.simulators.clients import wait_until
from tests.browser.soundness import check_page
from tests.whole_suite import Whole

Visit = Callable[..., Page]
PATIENCE = 120_000
NOBODYS = "0190b0c0-0000-7000-8000-000000000000"
"""An id that nothing has; test processes must collect the same names."""


def address() -> str:
    return f"uusi{str(new_id())[-12:]}@example.org"


def kind_of_membership(whole: Whole, code: str = "member") -> str:
    return str(next(each["id"] for each in whole.api.get("/membership-types")["data"] if each["code"] == code))


def new_session(whole: Whole, seats: int = 5, **changes: Any) -> dict[str, Any]:
    """A session of a course of its own, in the middle of a month."""
    product = next(each for each in whole.api.get("/products", limit=200)["data"] if each["code"] == "course-day")
    code = f"public-{str(new_id())[-12:]}"
    course = whole.api.post("/courses", {"code": code, "name": {"fi": f"Talkookurssi {code}"}, "topic": "board"})
    starts_at = (datetime.now(UTC) + timedelta(days=60)).replace(day=15, hour=8, minute=0)
    times = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=6)).isoformat()}
    body = {
        "course_id": course["id"],
        "place": "Sali 1",
        "city": "Kajaani",
        "seats": seats,
        "product_id": product["id"],
    }
    session: dict[str, Any] = whole.api.post("/sessions", body | times | changes)
    return session


def enrolled(whole: Whole, session: dict[str, Any], email: str, payment: str = "card") -> dict[str, Any]:
    new_person = {"given_name": "Ulla", "family_name": "Uusi", "email": email, "phone": "+358401234567"}
    body = {"session_id": session["id"], "new_person": new_person, "payment": payment}
    enrolment: dict[str, Any] = whole.api.post("/enrolments", body)
    return enrolment


def path_in(mail: dict[str, Any], path: str) -> str:
    return urlsplit(link_in(mail, path)).path


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)


def test_M7_an_application_keeps_what_was_typed_is_acknowledged_and_followed(visit, whole):
    email = address()
    page = visit("/join", width=390)
    page.get_by_role("link", name=re.compile("Hae jäseneksi.*Varsinainen jäsen")).click()
    fill(page, given_name="Äänis", family_name="Öhman", email="ei ole osoite", birth_date="31.2.1980", city="Närpiö")
    page.get_by_role("button", name="Lähetä hakemus").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("2 korjattavaa kohtaa")
    check_page(page)
    expect(page.locator("[name=birth_date]")).to_have_value("31.2.1980")
    expect(page.locator("[name=city]")).to_have_value("Närpiö")
    fill(page, birth_date="29.2.1980")
    page.locator("[name=accepts_terms]").check()
    page.get_by_role("button", name="Lähetä hakemus").click()
    expect(summary).to_contain_text("Yksi korjattava kohta")
    fill(page, email=email)
    page.get_by_role("button", name="Lähetä hakemus").click()
    expect(page.get_by_role("heading", name="Kiitos hakemuksestasi")).to_be_visible()
    expect(page.get_by_text(email)).to_be_visible()
    check_page(page)
    mail = whole.mailbox.wait_for(email, "vastaanotettu")
    page.goto(path_in(mail, "/join/follow"))
    expect(page.get_by_text("Odottaa päätöstä")).to_be_visible()
    check_page(page)
    application = whole.api.get("/applications", state="submitted", limit=200)["data"][-1]
    whole.api.post(f"/applications/{application['id']}/decision", {"decision": "reject", "reason": "Kahteen kertaan."})
    page.reload()
    expect(page.locator("main")).to_contain_text(re.compile("Ei hyväksytty.*Kahteen kertaan", re.DOTALL))


def test_a_robot_that_fills_the_hidden_field_is_asked_again_and_a_person_just_sends_again(visit, whole):
    page = visit(f"/join/{kind_of_membership(whole, 'student')}")
    fill(page, given_name="Roope", family_name="Robotti", email=address())
    page.locator("[name=accepts_terms]").check()
    page.evaluate("document.querySelector('[name=homepage]').value = 'https://example.org'")
    page.get_by_role("button", name="Lähetä hakemus").click()
    expect(page.get_by_role("alert")).to_contain_text("robotista")
    page.get_by_role("button", name="Lähetä hakemus").click()
    expect(page.get_by_role("heading", name="Kiitos hakemuksestasi")).to_be_visible()


def test_K1_the_calendar_is_found_by_words_topic_town_time_and_month(visit, whole):
    session = new_session(whole)
    name = session["course"]["name"]["fi"]
    page = visit("/courses")
    page.locator("#list-q").press_sequentially(name.rpartition("-")[2])
    expect(page.locator("#list .agenda > li")).to_have_count(1)
    expect(page.locator("#list")).to_contain_text("120,00 €")
    expect(page.locator("#list")).to_contain_text("5 paikkaa jäljellä")
    page.locator("summary", has_text="Paikkakunta").click()
    page.get_by_role("link", name="Kajaani").click()
    expect(page).to_have_url(re.compile("city=Kajaani"))
    page.locator("summary", has_text="Aika").click()
    page.get_by_role("link", name="kuukauden sisällä", exact=True).click()
    expect(page.get_by_role("heading", name="Kursseja ei löytynyt")).to_be_visible()
    page.goto(f"/courses?view=month&month={session['starts_at'][:7]}&topic=board")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.locator("#price")).to_contain_text("Listahinta")
    answer = page.request.get(page.get_by_role("link", name="Lisää omaan kalenteriin").get_attribute("href") or "")
    event = Calendar.from_ical(answer.text()).walk("VEVENT")[0]
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert (event["SUMMARY"], event["LOCATION"]) == (name, "Sali 1, Kajaani")
    assert event["DTSTART"].dt == datetime.fromisoformat(session["starts_at"]).replace(microsecond=0)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/courses?view=month&month=2026-13", 422), ("/courses?cursor=x", 422), ("/courses?topic=A%00B", 422),
     ("/courses?q=%00", 422), ("/courses?time=99", 200), ("/courses/1", 404), (f"/courses/{NOBODYS}", 404),
     (f"/courses/{NOBODYS}/enrol", 404), (f"/join/{NOBODYS}", 404), ("/offer/abc", 410), ("/pay/abc", 410),
     ("/join/follow/abc", 410), ("/payments/paytrail/return?checkout-stamp=x&signature=y", 422), ("/nothing", 404)],
)  # fmt: skip
def test_bad_addresses_get_a_kind_page(whole, path, status):
    answer = httpx.get(whole.base_url + path, trust_env=False)
    assert answer.status_code == status, answer.text[:500]
    assert "</html>" in answer.text


def test_K2_E4_a_visitor_enrols_pays_by_card_and_gets_the_ticket(visit, whole):
    session, email = new_session(whole), address()
    page = visit(f"/courses/{session['id']}", width=390)
    page.get_by_role("link", name="Ilmoittaudu").click()
    page.get_by_role("button", name="Ilmoittaudu").click()
    expect(page.get_by_role("alert")).to_contain_text("3 korjattavaa kohtaa")
    fill(page, given_name="Ulla", family_name="Uusi", email=email)
    page.get_by_role("button", name="Ilmoittaudu").click()
    page.wait_for_url("**/offer/**")
    expect(page.get_by_text("Paikka varattu, odottaa maksua")).to_be_visible()
    pay = page.get_by_role("button", name="Maksa 120,00 € kortilla")
    expect(pay).to_be_visible(timeout=PATIENCE)
    check_page(page)
    pay.click()
    page.get_by_role("button", name="Keskeytä ja palaa myyjälle").click()
    expect(page.get_by_role("heading", name="Maksua ei tehty")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Yritä uudelleen").click()
    page.get_by_role("button", name="Maksa 120,00 € kortilla").click()
    page.get_by_role("button", name="Maksa kortilla").click()
    expect(page.get_by_role("heading", name="Kiitos, maksu on saapunut")).to_be_visible()
    page.get_by_role("link", name="Jatka").click()
    confirmed = page.get_by_text("Paikka vahvistettu")
    wait_until(lambda: (page.reload() and confirmed.is_visible()) or None, 180, "the confirmed seat")
    expect(page.get_by_role("button", name="Maksa")).to_have_count(0)
    check_page(page)
    assert whole.mailbox.wait_for(email, "Lippusi")["attachments"]


def test_K2_K4_what_is_chosen_beside_the_course_is_paid_with_it(visit, whole):
    email, code = address(), f"dinner-{str(new_id())[-12:]}"
    dinner = whole.api.post(
        "/products", {"code": code, "name": {"fi": "Iltajuhla"}, "category": "food", "price": "45.00"}
    )
    course = next(each for each in whole.api.get("/products", limit=200)["data"] if each["code"] == "course-day")
    talk = {"fi": "Talous"}, {"fi": "Viestintä"}
    times = {"starts_at": "2030-05-02T09:00:00+03:00", "ends_at": "2030-05-02T11:00:00+03:00"}
    talks = [{"product_id": dinner["id"], "name": name} | times for name in talk]
    items = [{"product_id": course["id"], "required": True}, {"product_id": dinner["id"]}, *talks]
    session = new_session(whole, product_id=None, items=items)
    page = visit(f"/courses/{session['id']}", width=390)
    expect(page.locator("#items-title")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Ilmoittaudu").click()
    expect(page.locator(".error")).to_have_count(0)
    fill(page, given_name="Ulla", family_name="Uusi", email=email)
    for name in ("Talous", "Viestintä"):
        page.get_by_label(name).check()
    page.get_by_role("button", name="Ilmoittaudu").click()
    expect(page.get_by_role("alert")).to_contain_text("Kaksi näistä on samaan aikaan")
    check_page(page)
    expect(page.get_by_label("Talous")).to_be_checked()
    for name in ("Talous", "Viestintä"):
        page.get_by_label(name).uncheck()
    page.get_by_label("Iltajuhla").check()
    page.get_by_role("button", name="Ilmoittaudu").click()
    page.wait_for_url("**/offer/**")
    expect(page.get_by_role("button", name="Maksa 165,00 € kortilla")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#about")).to_contain_text("Iltajuhla")
    check_page(page)
    office = visit(f"/office/sessions/{session['id']}", as_user="kurssit")
    expect(office.locator("#participants")).to_contain_text("Iltajuhla")
    check_page(office)


def test_the_mail_of_a_held_seat_leads_to_paying_it(visit, whole):
    session, email = new_session(whole), address()
    enrolled(whole, session, email)
    mail = whole.mailbox.wait_for(email, "Paikka on varattu sinulle")
    page = visit(path_in(mail, "/offer"))
    expect(page.get_by_role("button", name="Maksa 120,00 € kortilla")).to_be_visible(timeout=PATIENCE)


def test_K2_a_full_course_takes_into_the_waiting_list_and_an_offer_is_taken_once(visit, whole):
    session, first = new_session(whole, seats=1), address()
    seated = enrolled(whole, session, address(), payment="invoice")
    page = visit(f"/courses/{session['id']}")
    page.get_by_role("link", name="Liity jonoon").click()
    expect(page.get_by_text("Kurssi on täynnä.")).to_be_visible()
    fill(page, given_name="Jonna", family_name="Jonottaja", email=first)
    page.get_by_role("button", name="Liity jonoon").click()
    expect(page.get_by_text("Jonossa, numero 1")).to_be_visible()
    check_page(page)
    wait_until(lambda: whole.api.get(f"/enrolments/{seated['id']}")["state"] == "confirmed" or None, 180, "the invoice")
    whole.api.post(f"/enrolments/{seated['id']}/cancel", {"reason": "Este"})
    offer = path_in(whole.mailbox.wait_for(first, "Paikka vapautui"), "/offer")
    for _ in range(2):  # opening the link uses nothing up
        page = visit(offer, width=390)
        expect(page.get_by_text("Sinulle on tarjolla paikka")).to_be_visible()
        expect(page.locator("#about")).to_contain_text("120,00 €")
    check_page(page)
    page.get_by_role("button", name="Ota paikka").click()
    expect(page.get_by_role("button", name="Maksa 120,00 € kortilla")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Ota paikka")).to_have_count(0)
    [mine] = [
        each for each in whole.api.get("/enrolments", session_id=session["id"])["data"] if each["state"] == "held"
    ]
    whole.api.post(f"/enrolments/{mine['id']}/cancel", {"reason": "Este"})
    page.reload()
    expect(page.get_by_text("Peruttu", exact=True)).to_be_visible()
    check_page(page)


def test_E6_an_invoice_is_seen_and_paid_by_its_link(visit, whole):
    session, email = new_session(whole), address()
    enrolled(whole, session, email, payment="invoice")
    link = path_in(whole.mailbox.wait_for(email, "Lasku"), "/pay")
    page = visit(link, width=390)
    expect(page.locator("main")).to_contain_text(re.compile(r"Viite\s*[\d\s]{5,}"))
    expect(page.get_by_role("img", name="QR")).to_be_visible()
    check_page(page)
    assert page.request.get(f"{link}/invoice.pdf").body().startswith(b"%PDF")
    page.get_by_role("button", name="Maksa 120,00 € kortilla").click()
    page.get_by_role("button", name="Maksa kortilla").click()
    page.get_by_role("link", name="Jatka").click()
    expect(page.get_by_text("Maksettavaa ei ole jäljellä. Kiitos.")).to_be_visible()
    check_page(page)


def test_a_link_opens_only_what_it_was_made_for(whole):
    session, email = new_session(whole), address()
    enrolled(whole, session, email)
    offer = path_in(whole.mailbox.wait_for(email, "Paikka on varattu sinulle"), "/offer")
    token = offer.rpartition("/")[2]
    for path in (f"/pay/{token}", f"/pay/{token}/invoice.pdf", f"/join/follow/{token}", f"/my/password/{token}"):
        assert httpx.get(whole.base_url + path, trust_env=False).status_code in {403, 410}, path


def test_N8_one_click_takes_an_address_off_newsletters_but_opening_the_link_does_not(visit, whole):
    domain = f"kirje{str(new_id())[-12:]}.example.org"
    link = newsletter_link(whole, domain)
    page = visit(link)
    check_page(page)
    assert not suppressed(whole, domain)
    clicked = httpx.post(whole.base_url + link, data={"List-Unsubscribe": "One-Click"}, trust_env=False)
    assert clicked.status_code == 200
    assert suppressed(whole, domain) == ["unsubscribed"]
    page.get_by_role("button", name="Peru uutiskirjeet").click()
    expect(page.get_by_role("heading", name="Et saa enää uutiskirjeitä")).to_be_visible()
    check_page(page)
    httpx.get(f"{whole.base_url}{link}/undo", trust_env=False)
    assert httpx.post(f"{whole.base_url}{link}/undo", trust_env=False).status_code == 403
    assert suppressed(whole, domain) == ["unsubscribed"]
    page.get_by_role("button", name="Kumoa").click()
    expect(page.get_by_role("heading", name="Uutiskirjeiden peruminen on kumottu")).to_be_visible()
    check_page(page)
    assert suppressed(whole, domain) == []
    page.get_by_role("link", name="Peru uutiskirjeet").click()
    page.get_by_role("button", name="Peru uutiskirjeet").press("Enter")
    expect(page.get_by_role("button", name="Kumoa")).to_be_visible()
    assert suppressed(whole, domain) == ["unsubscribed"]
    assert httpx.post(f"{whole.base_url}/unsubscribe/{'0' * 32}.{'0' * 40}", trust_env=False).status_code == 410


def test_N8_what_else_keeps_an_address_away_is_not_undone_by_the_link(visit, whole):
    domain = f"pois{str(new_id())[-12:]}.example.org"
    link = newsletter_link(whole, domain)
    whole.api.post("/suppressions", {"channel": "email", "address": f"kirsi@{domain}", "reason": "unsubscribed"})
    page = visit(link, width=390)
    page.get_by_role("button", name="Peru uutiskirjeet").click()
    expect(page.get_by_role("heading", name="Et saa enää uutiskirjeitä")).to_be_visible()
    expect(page.get_by_role("button", name="Kumoa")).to_have_count(0)
    check_page(page)


def newsletter_link(whole: Whole, domain: str) -> str:
    """The path of the unsubscribe link in a mailing to somebody at this domain."""
    whole.api.post("/persons", {"given_name": "Kirsi", "family_name": "Kirje", "email": f"kirsi@{domain}"})
    condition = {"field": "email", "op": "contains", "value": domain}
    segment = whole.api.post("/segments", {"name": domain, "filter": condition})
    body = {"name": "Kirje", "segment_id": segment["id"], "subject": "Kirje", "body": "Hei!"}
    whole.api.post(f"/mailings/{whole.api.post('/mailings', body)['id']}/launch")
    mail = whole.mailbox.wait_for(f"kirsi@{domain}", "Kirje")
    headers = {name.lower(): value for name, value in dict(mail["headers"]).items()}
    return urlsplit(re.findall(r"https?://[^>]+", headers["list-unsubscribe"])[0]).path


def suppressed(whole: Whole, domain: str) -> list[str]:
    found = whole.api.get("/suppressions", limit=200)["data"]
    return [each["reason"] for each in found if domain in each["address"]]


def test_X6_a_service_that_is_away_shows_a_kind_page_and_leaves_the_rest_standing(visit, whole):
    page = visit("/nothing-is-here")
    expect(page.get_by_role("heading", name="Täällä ei ole mitään")).to_be_visible()
    check_page(page)
    whole.suite.kill("courses", signal.SIGSTOP)
    try:
        answer = page.goto("/courses")
        assert answer is not None
        assert (answer.status, answer.headers["retry-after"]) == (503, "2")
        expect(page.get_by_role("heading", name="Tämä osa on hetken poissa käytöstä")).to_be_visible()
        check_page(page)
        page.goto("/")
        expect(page.get_by_text("Kursseja ei voi juuri nyt näyttää.")).to_be_visible()
        expect(page.locator("#membership")).to_contain_text("Varsinainen jäsen")
        check_page(page)
    finally:
        whole.suite.kill("courses", signal.SIGCONT)
    wait_until(lambda: page.goto("/courses").status == 200 or None, 180, "the courses again")
