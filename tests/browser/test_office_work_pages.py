"""Course organiser and administrator: sessions, check-in, mailings, own details, system."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from chassis.ids import new_id
from chassis.service import SERVICES
from ops.simulators.clients import wait_until
from tests import members
from tests.browser.soundness import check_page
from tests.whole_suite import Whole

Visit = Callable[..., Page]


def new_segment(whole: Whole) -> dict[str, Any]:
    """Two persons under a tag of their own."""
    tag = f"t{str(new_id())[-8:]}"
    for name in ("Aune", "Eino"):
        email = f"{name.lower()}.{tag}@example.org"
        whole.api.post("/persons", {"given_name": name, "family_name": tag, "email": email, "tags": [tag]})
    rule = {"field": "tag", "op": "eq", "value": tag}
    return dict(whole.api.post("/segments", {"name": tag, "filter": {"all": [rule]}}))


def test_K1_K2_a_new_session_of_20_seats_gets_a_participant_and_a_file_without_formulas(visit, whole):
    page = visit("/office/sessions/new", as_user="kurssit")
    page.get_by_label("Kurssi", exact=True).select_option(index=1)
    for label, text in (("Päivä", "31.3.2030"), ("Alkaa", "9.00"), ("Päättyy", "16.00"), ("Paikka", "Sali 2")):
        page.get_by_label(label, exact=True).fill(text)
    page.locator("#seats").fill("20")
    page.locator("#product_id").select_option(index=1)
    page.locator("#day").fill("31.2.2030")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#day-error")).to_be_visible()
    page.locator("#day").fill("30.3.2030")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_text("20 paikkaa vapaana")).to_be_visible()
    session_id = page.url.rpartition("/")[2]
    assert whole.api.get(f"/sessions/{session_id}")["starts_at"] == "2030-03-30T07:00:00Z"
    name = f"Kaisa {str(new_id())[-6:]}"
    whole.api.post("/persons", {"given_name": "=Ovi", "family_name": name})
    page.get_by_role("link", name="Ilmoita joku").click()
    page.locator("#q").fill(name)
    page.locator("#q").press("Enter")
    page.get_by_role("radio", name=re.compile(name)).check()
    page.locator("#enrol .primary").click()
    expect(page.locator("#participants")).to_contain_text(name)
    check_page(page)
    exported = page.request.get(f"/office/sessions/{session_id}/participants.csv").text()
    assert "'=Ovi" in exported


def test_K4_the_office_adds_an_item_to_a_session_and_takes_it_away(visit, whole):
    session = members.new_session(whole, seats=3)
    path, save = f"/office/sessions/{session['id']}/edit", "Tallenna"
    page = visit(path, as_user="kurssit")
    page.locator("summary", has_text="Lisää osa").click()
    page.locator("#row_0_product_id").select_option(session["product_id"])
    page.locator("#row_0_name_fi").fill("Illallinen")
    page.locator("#row_0_day").fill("30.3.2030")
    page.locator("#row_0_starts").fill("20.00")
    page.get_by_role("button", name=save).click()
    expect(page.locator("#row_0_ends-error")).to_be_visible()
    page.locator("#row_0_ends").fill("19.00")
    page.get_by_role("button", name=save).click()
    expect(page.locator("#row_0_ends-error")).to_contain_text("ennen kuin")
    check_page(page)
    page.locator("#row_0_ends").fill("22.00")
    page.get_by_role("button", name=save).click()
    expect(page.get_by_role("button", name=save)).to_have_count(0)
    first, dinner = whole.api.get(f"/sessions/{session['id']}")["items"]
    assert (first["id"], first["required"]) == (session["items"][0]["id"], True)
    assert (dinner["name"]["fi"], dinner["required"]) == ("Illallinen", False)
    assert dinner["starts_at"] == "2030-03-30T18:00:00Z"
    page.goto(path)
    expect(page.locator("#row_0_ends")).to_have_value("22.00")
    page.locator("#row_0_product_id").select_option("")
    page.get_by_role("button", name=save).click()
    expect(page.get_by_role("button", name=save)).to_have_count(0)
    assert whole.api.get(f"/sessions/{session['id']}")["items"] == [first]


def test_K6_a_session_is_edited_and_what_somebody_else_changed_meanwhile_stays(visit, whole):
    session = members.new_session(whole, seats=3)
    person = whole.api.post("/persons", {"given_name": "Mauri", "family_name": f"Muutos {str(new_id())[-6:]}"})
    whole.api.post("/enrolments", {"session_id": session["id"], "person_id": person["id"], "payment": "invoice"})
    page = visit(f"/office/sessions/{session['id']}", as_user="kurssit")
    page.get_by_role("link", name="Muokkaa").click()
    expect(page.get_by_text("1 henkilö on ilmoittautunut")).to_be_visible()
    page.locator("#seats").fill("0")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#seats-error")).to_be_visible()
    check_page(page)
    headers = {"If-Match": f'"{session["version"]}-x"'}
    changed = whole.api.ask("PATCH", f"/api/v1/sessions/{session['id']}", json={"city": "Espoo"}, headers=headers)
    assert changed.status_code == 200
    page.locator("#seats").fill("7")
    page.locator("#place").fill("Sali 3")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#city")).to_have_value("Espoo")
    expect(page.locator("#place")).to_have_value("Sali 3")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_text("1 henkilö saa viestin")).to_be_visible()
    now = whole.api.get(f"/sessions/{session['id']}")
    assert [now[name] for name in ("place", "city", "seats", "starts_at")] == [
        "Sali 3", "Espoo", 7, session["starts_at"],
    ]  # fmt: skip


def test_N3_a_mailing_is_previewed_and_launched_with_its_number_of_receivers(visit, whole):
    segment = new_segment(whole)
    page = visit(f"/office/mailings/new?segment_id={segment['id']}", as_user="toimisto")
    page.locator("#name").fill("Kevätkirje")
    page.locator("#subject").fill("Hei {{given_name}}")
    page.locator("#body").fill("Tervetuloa, {{surname}}")
    page.get_by_role("button", name="Tallenna luonnos").click()
    expect(page.locator("#body-error")).to_be_visible()
    page.locator("#body").fill("Tervetuloa, {{name}}")
    page.get_by_role("button", name="Tallenna luonnos").click()
    page.get_by_role("link", name="Aune").click()
    expect(page.locator("#preview")).to_contain_text("Hei Aune")
    check_page(page)
    page.get_by_role("button", name="Lähetä").click()
    expect(page.get_by_text("2 vastaanottajaa saa sen")).to_be_visible()
    page.get_by_role("button", name="Lähetä nyt").click()
    mailing_id = page.url.rpartition("/")[2]
    wait_until(lambda: whole.api.get(f"/mailings/{mailing_id}")["state"] == "sent" or None, 180, "the mailing is sent")
    page.reload()
    expect(page.locator(".standing")).to_have_text("Lähetetty")


def test_I5_own_details_are_changed_and_a_lost_update_is_refused(visit, whole):
    before = whole.api.get("/settings/seller")
    first = visit("/office/settings", as_user="admin")
    second = visit("/office/settings", as_user="admin")
    first.locator("#phone").fill("+358 9 555 0199")
    first.get_by_role("button", name="Tallenna").click()
    expect(first.get_by_text("Tallennettu.")).to_be_visible()
    assert whole.api.get("/settings/seller")["version"] == before["version"] + 1
    second.locator("#iban").fill("FI00 1234")
    second.get_by_role("button", name="Tallenna").click()
    expect(second.locator("#iban-error")).to_be_visible()
    second.locator("#iban").fill(before["iban"])
    second.get_by_role("button", name="Tallenna").click()
    expect(second.get_by_role("alert")).to_be_visible()


def test_the_page_of_parked_events_says_that_nothing_waits(visit, whole):
    parked = lambda: [whole.api.get(f"/system/services/{each}/parked")["data"] for each in SERVICES]  # noqa: E731
    wait_until(lambda: not any(parked()) or None, 180, "the end of what came too early")
    page = visit("/office/parked", as_user="admin")
    expect(page.get_by_role("heading", name="Mitään ei ole siirretty sivuun")).to_be_visible()
