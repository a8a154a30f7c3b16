"""Segments built over what the whole suite knows, counted as they are built, with the keyboard alone (C10)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chassis.ids import new_id
from tests import members
from tests.browser.soundness import check_page

Visit = Callable[..., Page]


def a_word() -> str:
    return f"s{new_id().hex[-11:]}"


@contextmanager
def new_rows(page: Page) -> Iterator[None]:
    """What is done changes the rows; they have come and stand."""
    with page.expect_response(lambda answer: "refresh=1" in (answer.request.post_data or "")):
        yield
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)


def choose(page: Page, place: str, value: str) -> None:
    """Choose what changes the rows."""
    with new_rows(page):
        page.locator(place).select_option(value)


@pytest.fixture(scope="module")
def people(whole: Any) -> str:
    """The tag of three persons, of whom one has enrolled on a course."""
    tag = a_word()
    made = [whole.api.post("/persons", {"family_name": tag, "tags": [tag]}) for _ in range(3)]
    session = members.new_session(whole)
    whole.api.post("/enrolments", {"session_id": session["id"], "person_id": made[0]["id"], "payment": "invoice"})
    enrolled = {"has": "enrolment", "all": [{"field": "enrolment.state", "op": "eq", "value": "confirmed"}]}
    filter_ = {"all": [{"field": "tag", "op": "eq", "value": tag}, enrolled]}
    count = lambda: whole.api.post("/segments/preview", {"filter": filter_})["count"]  # noqa: E731
    members.wait_until(lambda: count() == 1 or None, 180, "the register knows of the enrolment")
    return tag


def test_C10_the_number_follows_what_is_typed_and_groups_nest(visit: Visit, people: str) -> None:
    page = visit("/office/segments/new", as_user="toimisto")
    number = page.locator("#segment-count")
    page.locator("#name").fill(people)
    choose(page, "#field_0", "tag")
    expect(page.locator("label[for=value_0]")).to_have_text("Arvo")
    page.locator("#value_0").fill(people)
    expect(number).to_have_text("Se löytää nyt 3 henkilöä.")
    page.get_by_role("button", name="Lisää ehtoja samasta asiasta").click()
    choose(page, "#has_1", "enrolment")
    choose(page, "#field_1-0", "enrolment.state")
    page.locator("#value_1-0").select_option("confirmed")
    expect(number).to_have_text("Se löytää nyt 1 henkilön.")
    page.get_by_role("button", name="Lisää ryhmä").last.click()
    page.locator("#join_2").select_option("none")
    choose(page, "#field_2-0", "tag")
    expect(number).to_have_text("Määrä näkyy, kun rivit ovat valmiit.")
    page.locator("#value_2-0").fill(people)
    expect(number).to_have_text("Se löytää nyt 0 henkilöä.")
    check_page(page)
    page.locator("button[name=take_away][value='2']").click()
    expect(number).to_have_text("Se löytää nyt 1 henkilön.")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_role("heading", name=people)).to_be_visible()
    expect(page.get_by_text("1 henkilö nyt")).to_be_visible()
    expect(page.get_by_text("Ilmoittautumisen tila on Paikka vahvistettu")).to_be_visible()
    page.get_by_role("link", name="Muokkaa").click()
    choose(page, "#field_1-0", "enrolment.starts_on")
    choose(page, "#op_1-0", "gte")
    page.locator("#value_1-0").fill("31.2.2026")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#value_1-0-error")).to_be_visible()
    check_page(page)
    page.locator("#value_1-0").fill("tänään - 3")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_text("Kurssitilaisuus alkaa on vähintään, tai päivästä alkaen tänään-3")).to_be_visible()
    page.get_by_role("button", name="Poista").click()
    expect(page.get_by_text("Kohderyhmä on poistettu.")).to_be_visible()


def test_C10_a_segment_is_built_with_the_keyboard_alone(visit: Visit, people: str) -> None:
    page = visit("/office/segments/new", as_user="toimisto")
    page.locator("#field_0").focus()
    with new_rows(page):
        page.keyboard.type("Tunniste")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#value_0")).to_be_focused()
    page.keyboard.type(people)
    expect(page.locator("#segment-count")).to_have_text("Se löytää nyt 3 henkilöä.")
    page.locator("#name").focus()
    page.keyboard.type(people)
    page.keyboard.press("Enter")
    expect(page.locator("#segment-count")).to_have_text("Se löytää nyt 3 henkilöä.")
    page.get_by_role("button", name="Tallenna").press("Enter")
    expect(page.get_by_role("heading", name=people)).to_be_visible()


def test_C10_organisations_are_found_too_and_what_one_may_not_read_is_not_offered(visit: Visit, whole: Any) -> None:
    name = a_word()
    whole.api.post("/organisations", {"name": f"{name} Oy"})
    page = visit("/office/segments/new?of=organisations", as_user="toimisto")
    page.locator("#name").fill(name)
    choose(page, "#field_0", "name")
    choose(page, "#op_0", "starts")
    page.locator("#value_0").fill(name)
    expect(page.locator("#segment-count")).to_have_text("Se löytää nyt 1 organisaation.")
    check_page(page)
    page.get_by_role("button", name="Tallenna").click()
    page.get_by_role("link", name=f"{name} Oy").click()
    expect(page.get_by_role("heading", name=f"{name} Oy")).to_be_visible()


def test_C10_a_list_is_exported_with_its_filters_and_fetched(visit: Visit, people: str) -> None:
    page = visit(f"/office/contacts?tags_all={people}", as_user="toimisto")
    page.get_by_role("link", name="Vie tiedostoon").click()
    check_page(page)
    page.get_by_label("Teksti (CSV)").check()
    page.get_by_role("button", name="Vie tiedostoon").click()
    fetch = page.get_by_role("link", name="Hae tiedosto")
    expect(fetch).to_be_visible(timeout=120_000)
    expect(page.get_by_text("3 riviä")).to_be_visible()
    check_page(page)
    with page.expect_download() as download:
        fetch.click()
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("Sukunimi;Etunimi;Paikkakunta;")
    assert [line.partition(";")[0] for line in lines[1:]] == [people] * 3
