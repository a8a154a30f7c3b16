"""Pages with what registers really hold: long names, other alphabets, many of everything; nothing spills."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from chassis.ids import new_id
from tests.browser.soundness import check_page, check_pages
from tests.whole_suite import Whole

Visit = Callable[..., Page]
LONG = {
    "given_name": "Maximiliana-Wilhelmiina Annamaria Josefiina Charlotta Eufemia",
    "family_name": "Uudenkaupunginseudunpohjoispuolenkallionkärjenmäkeläinen",
}
RIGHT_TO_LEFT = {"given_name": "محمد", "family_name": "الحسيني عبد الرحمن"}
E_MAIL = "maximiliana.wilhelmiina.uudenkaupunginseudunpohjoispuolen@pitkahko-verkkotunnus.example.org"


@pytest.fixture(scope="module")
def hard(whole: Whole) -> dict[str, str]:
    """Ids of a person and an organisation who have much of everything, and of who is merged into the person."""
    office = whole.api
    mark = str(new_id())[-6:]
    tags = [f"tunniste-{number}-{mark}" for number in range(40)]
    person = office.post("/persons", {**LONG, "email": E_MAIL, "phone": "+358401112299", "tags": tags})["id"]
    other = office.post("/persons", {**LONG, "email": f"x{E_MAIL}", "phone": "+358401112299"})["id"]
    arab = office.post("/persons", RIGHT_TO_LEFT)["id"]
    name = f"Pohjois-Suomen Vapaaehtoisen Talkootyönkeskusliitonvaltuuskunnanjäsenjärjestö {mark} ry"
    organisation = office.post("/organisations", {"name": name})["id"]
    both = {"person_ids": [person, arab], "organisation_ids": [organisation]}
    for number in range(15):
        part = office.post("/organisations", {"name": f"Toimipiste {mark} {number}", "parent_id": organisation})["id"]
        belongs = {"person_id": person, "organisation_id": part, "email": f"m{number}.{mark}@example.org"}
        office.post("/affiliations", {**belongs, "title": "hallituksen varajäsen"})
        office.post("/activities", {"kind": "call", "text": "Soitettiin. " * 20, **both})
    for who in (person, arab):
        office.post("/affiliations", {"person_id": who, "organisation_id": organisation, "title": "sihteeri"})
    office.post("/tasks", {"title": "Soita " * 20, "due_on": "2020-01-01", **both})
    return {"person": person, "other": other, "arab": arab, "organisation": organisation, "name": name}


def test_C3_C9_long_names_and_many_of_everything_fit_both_screens(visit: Visit, hard: dict[str, str]) -> None:
    person, organisation = f"/office/contacts/{hard['person']}", f"/office/organisations/{hard['organisation']}"
    check_pages(
        visit,
        [
            person,
            f"{person}/edit",
            f"{person}/history",
            f"{person}/activities",
            f"{person}/merge",
            f"/office/contacts/{hard['arab']}",
            organisation,
            f"{organisation}/activities",
            f"{organisation}/history",
            f"/office/merges/new?survivor={hard['person']}&merged={hard['arab']}",
            "/office/contacts?q=maximiliana",
            "/office/tasks?who=all",
            "/office/activities",
        ],
        "toimisto",
    )


def test_C13_who_may_be_there_already_is_shown_on_a_phone_and_empty_rows_do_not_grow(
    visit: Visit, hard: dict[str, str]
) -> None:
    page = visit("/office/contacts/new", as_user="toimisto", width=390)
    for name, value in {**LONG, "phone": "040 111 2299", "email": "ei osoite", "birth_date": "31.2.1999"}.items():
        page.locator(f"#{name}").fill(value)
    page.locator("#tags").fill("Ä")
    page.get_by_role("button", name="Tallenna").click()
    wrong = page.locator(".error-summary a")
    expect(wrong).to_have_count(3)
    assert [each.get_attribute("href") for each in wrong.all()] == ["#email", "#birth_date", "#tags"]
    page.locator("#email").fill("")
    page.locator("#birth_date").fill("1.2.1999")
    page.locator("#tags").fill("")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator(".notice.warn")).to_contain_text(LONG["family_name"])
    expect(page.locator("input[name^=other_phones]")).to_have_count(1)
    expect(page.locator("input[name^=other_emails]")).to_have_count(1)
    expect(page.locator("#other_phones_0_number")).to_be_hidden()
    expect(page.locator("#addresses_0_street")).to_be_visible()
    check_page(page)


def test_C19_a_card_shows_the_first_of_many_contact_points_and_all_on_demand(
    visit: Visit, hard: dict[str, str]
) -> None:
    page = visit(f"/office/contacts/{hard['person']}", as_user="toimisto")
    rows = page.locator("#contact-points tbody tr")
    expect(rows).to_have_count(10)
    page.get_by_role("link", name="Näytä kaikki 17").click()
    expect(rows).to_have_count(17)
    rows.last.get_by_role("button", name="Pitää paikkansa").click()
    expect(page.get_by_text("Vahvistettu.")).to_be_visible()
    expect(rows).to_have_count(17)


def test_C9_numbers_of_a_tag_are_written_in_the_local_way(visit: Visit, whole: Whole) -> None:
    rows = "".join(f"Aino;Tuhat{number};tuhat\n" for number in range(1_001))
    content = f"Etunimi;Sukunimi;Tunnisteet\n{rows}".encode()
    whole.api.upload("/imports", "tuhat.csv", content, profile="contacts", dry_run="false")
    page = visit("/office/tags/tuhat", as_user="toimisto")
    for _ in range(60):
        if page.get_by_text("1\xa0001 henkilöä").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator(".standing")).to_have_text("1\xa0001 henkilöä, 0 organisaatiota")


def test_C16_a_question_is_not_told_twice_and_more_texts_are_told_of(visit: Visit, whole: Whole) -> None:
    choices = [{"code": "yes", "label": {"fi": "Kyllä"}}, {"code": "no", "label": {"fi": "Ei"}}]
    questions = [
        {"code": "came", "kind": "choice", "text": {"fi": "Tulitko viime vuoden kevätkokoukseen?"}, "choices": choices},
        {"code": "said", "kind": "text", "text": {"fi": "Mitä sanot?"}},
    ]
    made = whole.api.post("/surveys", {"title": {"fi": "Kysely"}, "questions": questions})
    whole.api.post(f"/surveys/{made['id']}/publish", {"version": 1})
    for number in range(22):
        person = whole.api.post("/persons", {"family_name": f"Vastaaja {number}"})["id"]
        answers = {"came": "yes", "said": f"Hyvin {number}"}
        whole.api.post(f"/surveys/{made['id']}/answers", {"person_id": person, "number": 1, "answers": answers})
    page = visit(f"/office/surveys/{made['id']}/summary", as_user="toimisto", width=390)
    expect(page.locator("main").get_by_text("Uusimmat; taulukossa (CSV) on vielä 2.")).to_be_visible()
    expect(page.locator("caption:not(.unseen)")).to_have_count(0)
    check_page(page)


def test_A6_today_is_marked_days_have_names_and_a_step_leads_back(visit: Visit, whole: Whole) -> None:
    today = datetime.now(ZoneInfo("Europe/Helsinki")).date()
    calendar = whole.api.get("/calendars")["data"][0]["id"]
    whole.api.post(f"/calendars/{calendar}/events", {"title": "Tänään", "starts_on": f"{today}"})
    page = visit("/office/calendar", as_user="toimisto", width=390)
    marked = page.locator(".month [aria-current=date]")
    weekday = ("ma", "ti", "ke", "to", "pe", "la", "su")[today.weekday()]
    expect(marked).to_have_text(f"{weekday} {today.day}.{today.month}.")
    expect(page.get_by_role("link", name="Kuluva kuukausi")).to_have_count(0)
    check_page(page)
    later = today.replace(day=1) + timedelta(days=70)
    page.goto(f"/office/calendar?month={later:%Y-%m}&show=office")
    expect(page.locator(".month [aria-current=date]")).to_have_count(0)
    page.get_by_role("link", name="Kuluva kuukausi").click()
    assert page.url.endswith("/office/calendar?show=office")
    page.goto("/office/calendar?view=list")
    expect(page.locator(".agenda .when").first).to_contain_text(weekday)
    page.goto("/office/search?q=T%C3%A4n%C3%A4%C3%A4n")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Tänään", exact=True))
    expect(row.first).to_contain_text(f"{today.day}.{today.month}.{today.year}")
    expect(row.first).not_to_contain_text("klo")


def test_A1_each_day_of_a_period_stands_beside_its_word_on_a_phone(visit: Visit) -> None:
    page = visit("/office/activities", as_user="toimisto", width=390)
    for name in ("from_on", "to_on"):
        word, field = (page.locator(each).bounding_box() for each in (f"label[for={name}]", f"#{name}"))
        assert word is not None
        assert field is not None
        assert field["y"] < word["y"] + word["height"] / 2 < field["y"] + field["height"]
    check_page(page)
