"""Activities and tasks: recorded on a card, done with one click, undone, private, by keyboard and on a phone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from chassis.ids import new_id
from tests import statements
from tests.browser.soundness import check_page
from tests.whole_suite import Whole

Visit = Callable[..., Page]


@pytest.fixture
def card(whole: Whole) -> str:
    """The card of a person of one's own."""
    made = whole.api.post("/persons", {"given_name": "Helmi", "family_name": f"Aalto {str(new_id())[-6:]}"})
    return f"/office/contacts/{made['id']}"


def test_A1_a_call_is_recorded_on_the_card_in_two_fields_by_keyboard_and_stands_on_the_time_line(visit, card):
    page = visit(card, as_user="toimisto")
    page.locator("#text").focus()
    page.keyboard.type("Kysyi ensiapukurssista.")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Kirjaa")).to_be_focused()
    page.keyboard.press("Enter")
    line = page.locator("#time-line")
    expect(line).to_contain_text("Kysyi ensiapukurssista.")
    expect(line).to_contain_text("Puhelu")
    expect(line).to_contain_text("toimisto")
    page.get_by_role("button", name="Kirjaa").click()
    expect(page.locator("#text-error")).to_be_visible()
    check_page(page)


def test_A2_the_time_line_loads_by_itself_and_more_on_demand(visit, whole, card):
    person_id = card.rpartition("/")[2]
    for number in range(23):
        whole.api.post("/activities", {"kind": "note", "text": f"Merkintä {number}.", "person_id": person_id})
    page = visit(card, as_user="toimisto")
    entries = page.locator("#time-line ol > li")
    expect(entries).to_have_count(20)
    expect(entries.first).to_contain_text("Merkintä 22.")
    page.locator("#time-line-foot a").click()
    expect(entries).to_have_count(23)
    expect(page.locator("#time-line-foot a")).to_have_count(0)


def test_A2_a_private_note_is_not_shown_to_the_administrator_and_can_be_deleted_and_brought_back(visit, card):
    page = visit(card, as_user="toimisto")
    page.get_by_role("link", name="Tarkemmin").click()
    page.locator("#kind").select_option("note")
    page.locator("#text").fill("Vain minulle.")
    page.locator("#private").check()
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#time-line")).to_contain_text("Vain minulle.")
    expect(page.locator("#time-line")).to_contain_text("Yksityinen")
    other = visit(card, as_user="admin")
    expect(other.locator("#time-line")).to_contain_text("Mitään ei ole vielä kirjattu")
    address = page.locator("#time-line a", has_text="Muokkaa").get_attribute("href")
    answer = other.goto(address)
    assert answer is not None
    assert answer.status == 404
    page.goto(address)
    page.get_by_role("button", name="Poista").click()
    expect(page.get_by_text("Toimenpide on poistettu.")).to_be_visible()
    expect(page.locator("#time-line")).to_contain_text("Mitään ei ole vielä kirjattu")
    page.get_by_role("button", name="Kumoa").click()
    expect(page.locator("#time-line")).to_contain_text("Vain minulle.")


def test_A1_whom_an_activity_is_about_is_found_and_ticked_without_losing_what_was_typed(visit, whole):
    name = f"Mylly {str(new_id())[-6:]}"
    made = whole.api.post("/organisations", {"name": name})
    page = visit("/office/activities/new", as_user="toimisto")
    now = page.locator("#time").input_value()
    page.locator("#text").fill("Sovittiin tapaamisesta.")
    page.locator("#contact").fill(name)
    page.locator("#contact").press("Enter")
    expect(page.locator("#text")).to_have_value("Sovittiin tapaamisesta.")
    page.get_by_role("checkbox", name=name).check()
    page.locator("#time").fill("kohta")
    page.locator("#time").press("Enter")
    expect(page.locator("#time-error")).to_be_visible()
    expect(page.get_by_role("checkbox", name=name)).to_be_checked()
    page.locator("#time").fill(now)
    page.locator("#time").press("Enter")
    expect(page.get_by_text("Kirjattu.")).to_be_visible()
    found = whole.api.get(f"/organisations/{made['id']}/activities")["data"]
    assert [each["text"] for each in found] == ["Sovittiin tapaamisesta."]


def test_A3_A4_a_task_is_made_reminded_of_done_with_one_click_and_undone(visit, whole, card):
    title = f"Soita {str(new_id())[-6:]}"
    page = visit(card, as_user="toimisto")
    page.locator("#tasks").get_by_role("link", name="Uusi tehtävä").click()
    page.locator("#title").fill(title)
    page.locator("#due_on").fill("31.2.2030")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#due_on-error")).to_be_visible()
    page.locator("#due_on").fill("30.3.2030")
    page.locator("#due_time").fill("16.00")
    page.locator("#remind_day").fill("31.3.2030")
    page.locator("#remind_time").fill("3.30")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#remind_time-error")).to_be_visible()
    page.locator("#remind_time").fill("9.00")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#tasks")).to_contain_text(title)
    expect(page.locator("#tasks")).to_contain_text("30.3.2030 klo 16.00")
    person_id = card.rpartition("/")[2]
    (task,) = whole.api.get(f"/persons/{person_id}/tasks")["data"]
    assert (task["remind_at"], task["due_time"]) == ("2030-03-31T06:00:00Z", "16:00:00")
    page.goto("/office/tasks")
    row = page.get_by_role("row", name=title)
    row.get_by_role("button", name="Tehty").click()
    expect(page.get_by_text(f"Tehty: {title}").first).to_be_visible()
    expect(page.locator("#done")).to_contain_text(title)
    page.get_by_role("button", name="Kumoa").click()
    expect(page.locator("#coming")).to_contain_text(title)
    check_page(page)


def test_A3_a_late_task_of_a_colleague_is_on_that_colleagues_first_page(visit, whole):
    title = f"Maksa {str(new_id())[-6:]}"
    page = visit("/office/tasks/new", as_user="toimisto")
    page.locator("#title").fill(title)
    page.locator("#due_on").fill("1.1.2020")
    page.locator("#assignee_id").select_option(label="rahasto")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_text("Tehtävä on kirjattu.")).to_be_visible()
    expect(page.get_by_text(title)).to_have_count(0)
    other = visit("/office", as_user="rahasto")
    expect(other.locator("#tasks")).to_contain_text(title)
    expect(other.locator("#tasks")).to_contain_text("Myöhässä")
    page.goto("/office/tasks?who=all&due=overdue")
    expect(page.locator("#overdue")).to_contain_text(title)
    check_page(page)


def test_A4_a_due_reminder_comes_by_mail(whole):
    toimisto = next(each for each in whole.api.get("/colleagues")["data"] if each["name"] == "toimisto")
    title = f"Muista {str(new_id())[-6:]}"
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    task = whole.api.post("/tasks", {"title": title, "assignee_id": toimisto["id"], "remind_at": tomorrow})
    address = whole.suite.wiring.database_urls["contacts"]
    statements.run(address, f"UPDATE tasks SET remind_at = now() WHERE id = '{task['id']}'")
    mail = whole.mailbox.wait_for(toimisto["email"], title)
    assert "Avaa tehtävä" in mail["text"]


@pytest.fixture
def project(whole: Whole) -> str:
    """The card of a project with tasks, people and hours."""
    made = whole.api.post("/projects", {"name": f"Messut {str(new_id())[-6:]}", "hours_planned": "10",
                                        "starts_on": "2026-11-02", "ends_on": "2027-02-26"})  # fmt: skip
    colleague = next(each for each in whole.api.get("/colleagues")["data"] if each["name"] == "toimisto")
    own = f"/projects/{made['id']}"
    whole.api.post(f"{own}/members", {"account_id": colleague["id"], "role": "Vetäjä", "hours_planned": "6"})
    for title, first, last in (
        ("Varaa sali", "2026-11-02", "2026-11-13"),
        ("Kutsu puhujat ja sovi aikataulusta heidän kanssaan hyvissä ajoin", "2026-11-23", "2027-01-15"),
        ("Messupäivä", "2027-02-06", "2027-02-06"),
    ):
        whole.api.post(f"{own}/tasks", {"title": title, "starts_on": first, "due_on": last})
    worked = {"account_id": colleague["id"], "worked_on": "2026-11-24", "hours": "3.50", "note": "Suunnittelu"}
    whole.api.post(f"{own}/hours", worked)
    return f"/office{own}"


def test_A8_a_project_is_made_with_people_tasks_and_hours_and_says_how_far_it_is(visit, whole):
    name = f"Kevätmessut {str(new_id())[-6:]}"
    page = visit("/office/projects/new", as_user="toimisto")
    page.locator("#name").fill(name)
    page.locator("#starts_on").fill("11.1.2027")
    page.locator("#ends_on").fill("10.1.2027")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#ends_on-error")).to_be_visible()
    page.locator("#ends_on").fill("12.2.2027")
    page.locator("#hours_planned").fill("7,5")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.locator("#people").get_by_role("link", name="Lisää").click()
    person = f"Aalto {str(new_id())[-6:]}"
    whole.api.post("/persons", {"given_name": "Helmi", "family_name": person})
    page.locator("#contact").fill(person)
    page.locator("#contact").press("Enter")
    page.get_by_role("checkbox", name=person).check()
    page.locator("#account_id").select_option(label="rahasto")
    page.locator("#role").fill("Taloudenhoitaja")
    page.locator("#role").press("Enter")
    expect(page.locator("#people")).to_contain_text("rahasto")
    expect(page.locator("#people")).to_contain_text(person)
    page.locator("#tasks").get_by_role("link", name="Uusi tehtävä").click()
    page.locator("#title").fill("Varaa sali")
    page.locator("#starts_on").fill("11.1.2027")
    page.locator("#due_on").fill("20.1.2027")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#schedule rect")).to_have_count(1)
    page.locator("#hours").fill("25")
    page.get_by_role("button", name="Kirjaa tunnit").click()
    expect(page.locator("#hours-error")).to_be_visible()
    page.locator("#hours").fill("2,5")
    page.locator("#note").fill("Puhelut")
    page.get_by_role("button", name="Kirjaa tunnit").click()
    expect(page.locator("#worked")).to_contain_text("Puhelut")
    expect(page.get_by_text("2,5/7,5 käytetty")).to_be_visible()
    page.locator("#tasks").get_by_role("button", name="Tehty").click()
    expect(page.get_by_text("1/1 tehty")).to_be_visible()
    expect(page.locator("#tasks")).to_contain_text("Kaikki on tehty.")
    expect(page.locator("#tasks").get_by_role("link", name="Varaa sali")).to_be_hidden()
    page.locator("#tasks").get_by_text("Yksi tehty").click()
    expect(page.locator("#tasks").get_by_role("link", name="Varaa sali")).to_be_visible()
    page.locator("#worked").get_by_role("button", name="Poista").click()
    expect(page.get_by_text("0/7,5 käytetty")).to_be_visible()
    page.get_by_role("button", name="Kumoa").click()
    expect(page.get_by_text("2,5/7,5 käytetty")).to_be_visible()
    check_page(page)


def test_A5_a_project_with_hours_is_closed_instead_of_deleted(visit, project):
    page = visit(project, as_user="toimisto", width=390)
    page.locator("#text").fill("Sovittu ohjelmasta.")
    page.get_by_role("button", name="Kirjaa", exact=True).click()
    expect(page.locator("#time-line")).to_contain_text("Sovittu ohjelmasta.")
    page.get_by_role("button", name="Poista", exact=True).last.click()
    expect(page.get_by_text("Projektille on kirjattu tunteja.")).to_be_visible()
    page.get_by_role("button", name="Sulje projekti").click()
    expect(page.locator(".standing")).to_contain_text("Suljettu")
    expect(page.get_by_role("button", name="Kirjaa tunnit")).to_have_count(0)
    check_page(page)
