"""Cards of contacts: each section of another service loads by itself, and nothing of it is out of reach."""

import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from chassis.ids import new_id
from tests import members
from tests.browser.soundness import LOADING, check_page
from tests.members import Member
from tests.whole_suite import Whole

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def member(whole: Whole) -> Member:
    """Somebody with a membership, an enrolment with its invoice or order, and messages."""
    return members.seated_member(whole, "Kortti")


def test_X6_a_frozen_service_holds_up_its_own_section_of_a_card_and_nothing_else(
    visit: Visit, whole: Whole, member: Member
) -> None:
    page = visit("/sign-in", as_user="admin")
    page.set_viewport_size({"width": 390, "height": 900})
    whole.suite.kill("notify", signal.SIGSTOP)
    try:
        page.goto(f"/office/contacts/{member.person_id}")
        away = page.locator("#messages-part", has_text="Tämä osa ei vastaa juuri nyt.")
        expect(page.locator(f"#messages {LOADING}").or_(away)).to_have_count(1)  # a slow browser comes too late for it
        expect(page.locator("#memberships-part")).to_contain_text("Varsinainen jäsen")
        expect(page.locator("#standing")).to_contain_text("Jäsenyys odottaa")
        expect(page.locator("#enrolments-part")).to_contain_text("Puunhoito")
        expect(page.locator("#invoices-part tbody tr")).not_to_have_count(0)
        expect(page.locator("#purchases-part tbody tr")).not_to_have_count(0)
        expect(away).to_have_count(1, timeout=120_000)
        check_page(page)
    finally:
        whole.suite.kill("notify", signal.SIGCONT)
    members.wait_until(lambda: whole.staff("admin").ask("GET", "/readyz").status_code == 200 or None, 180, "notify")
    page.locator("#messages-part").get_by_role("link", name="Yritä uudelleen").click()
    expect(page.locator("#messages-part tbody tr")).not_to_have_count(0)
    check_page(page)


def test_X6_without_javascript_each_section_of_a_card_is_a_link_to_its_list(whole: Whole, member: Member) -> None:
    office = whole.staff("admin")
    card = f"/office/contacts/{member.person_id}"
    places = office.page(card).xpath("//div[@class='part'][p/a]")
    links = {each.get("id"): each.xpath("string(p/a/@href)").removeprefix(whole.base_url) for each in places}
    assert links == {
        "memberships-part": f"/office/memberships?person_id={member.person_id}",
        "invoices-part": f"/office/invoices?customer_id={member.person_id}",
        "purchases-part": f"{card}/purchases",
        "enrolments-part": f"{card}/sections/enrolments",
        "messages-part": f"/office/messages?person_id={member.person_id}",
    }
    standing = office.page(card).xpath("string(//*[@id='standing']/a/@href)").removeprefix(whole.base_url)
    assert standing == f"{card}/sections/memberships"
    for address in links.values():
        assert office.page(address).xpath("//main//tbody/tr"), address


def test_C3_all_affiliations_of_a_person_are_within_reach_of_the_card(visit: Visit, whole: Whole) -> None:
    person = whole.api.post("/persons", {"given_name": "Monta", "family_name": "Paikkaa"})
    for number in range(21):
        organisation = whole.api.post("/organisations", {"name": f"Paikka {number} Oy"})
        whole.api.post("/affiliations", {"person_id": person["id"], "organisation_id": organisation["id"]})
    page = visit(f"/office/contacts/{person['id']}", as_user="toimisto")
    rows = page.locator("#affiliations-part tbody tr")
    expect(rows).to_have_count(20)
    more = page.locator("#affiliations-foot a")
    rest = whole.staff("toimisto").page(str(more.get_attribute("href"))).xpath("//main//tbody/tr")
    assert len(rest) == 1
    more.click()
    expect(rows).to_have_count(21)
    expect(more).to_have_count(0)


def test_C3_the_card_of_an_organisation_has_its_invoices_and_its_people_by_name(visit: Visit, whole: Whole) -> None:
    organisation = whole.api.post("/organisations", {"name": "Aakkoset Oy"})
    for name in ("Öhman", "Aalto", "Ääri"):
        person = whole.api.post("/persons", {"family_name": name})
        whole.api.post("/affiliations", {"person_id": person["id"], "organisation_id": organisation["id"]})
    number = billed(whole, person["id"], organisation["id"])
    page = visit(f"/office/organisations/{organisation['id']}", as_user="admin")
    expect(page.locator("#people-part td.main")).to_have_text(["Aalto", "Ääri", "Öhman"])
    expect(page.locator("#invoices-part tbody td.main")).to_have_text([number])
    check_page(page)


def test_C4_a_deleted_organisation_is_brought_back_by_one_click(visit: Visit, whole: Whole) -> None:
    organisation = whole.api.post("/organisations", {"name": "Palaava Oy"})
    person = whole.api.post("/persons", {"family_name": "Palaava"})
    whole.api.post("/affiliations", {"person_id": person["id"], "organisation_id": organisation["id"]})
    address = f"/office/organisations/{organisation['id']}"
    page = visit(address, as_user="toimisto")
    page.locator("#delete").get_by_role("button", name="Poista").click()
    expect(page.get_by_text("Palaava Oy on poistettu.")).to_be_visible()
    assert whole.api.ask("GET", f"/api/v1/organisations/{organisation['id']}").status_code == 404
    page.get_by_role("button", name="Kumoa").click()
    expect(page.locator("#people-part td.main")).to_have_text(["Palaava"])
    assert whole.api.post(f"/organisations/{organisation['id']}/restore", {})["id"] == organisation["id"]


def test_C10_a_deleted_segment_is_brought_back_by_one_click(visit: Visit, whole: Whole) -> None:
    tree = {"field": "city", "op": "eq", "value": "Palaavala"}
    segment = whole.api.post("/segments", {"name": "Palaavat", "filter": tree})
    page = visit(f"/office/segments/{segment['id']}", as_user="toimisto")
    page.get_by_role("button", name="Poista").click()
    expect(page.get_by_text("Kohderyhmä on poistettu.")).to_be_visible()
    page.get_by_role("button", name="Kumoa").click()
    expect(page.get_by_role("heading", name="Palaavat")).to_be_visible()
    assert whole.api.get(f"/segments/{segment['id']}")["filter"]["value"] == "Palaavala"


def billed(whole: Whole, person_id: str, payer_id: str) -> str:
    """The number of the invoice for a membership that somebody else pays."""
    kind = whole.api.get("/membership-types")["data"][0]["id"]
    whole.api.post("/memberships", {"person_id": person_id, "payer_id": payer_id, "membership_type_id": kind})
    found = members.wait_until(lambda: whole.api.get("/invoices", customer_id=payer_id)["data"] or None, 180, "invoice")
    return str(found[0]["number"])


def test_C3_the_card_of_an_organisation_shows_what_its_people_have_and_nobody_elses(
    visit: Visit, whole: Whole, member: Member
) -> None:
    organisation = whole.api.post("/organisations", {"name": "Jäsenten Oy"})
    left = members.seated_member(whole, "Eronnut")
    for person_id, ends_on in ((member.person_id, None), (left.person_id, "2026-01-31")):
        sides = {"person_id": person_id, "organisation_id": organisation["id"]}
        whole.api.post("/affiliations", sides | ({"ends_on": ends_on} if ends_on else {}))
    page = visit(f"/office/organisations/{organisation['id']}", as_user="admin")
    for section in ("memberships", "enrolments", "messages"):
        whose = page.locator(f"#{section}-part tbody td:nth-child(2) a")
        expect(whose).not_to_have_count(0)
        assert {each.get_attribute("href") for each in whose.all()} == {f"/office/contacts/{member.person_id}"}
    check_page(page)
    page.set_viewport_size({"width": 390, "height": 900})
    check_page(page)


def test_C3_programs_read_what_the_people_of_an_organisation_have(whole: Whole, member: Member) -> None:
    organisation = whole.api.post("/organisations", {"name": "Ohjelman Oy"})
    address = f"/organisations/{organisation['id']}"
    assert whole.api.get(f"{address}/memberships") == {"data": [], "next_cursor": None, "has_more": False}
    whole.api.post("/affiliations", {"person_id": member.person_id, "organisation_id": organisation["id"]})
    for what in ("memberships", "enrolments", "messages"):
        found = whole.api.get(f"{address}/{what}")["data"]
        assert found == whole.api.get(f"/persons/{member.person_id}/{what}")["data"] != []
    assert len(whole.api.get(f"{address}/messages", limit=1)["data"]) == 1
    reader = whole.visitor(whole.api.post("/api-keys", {"name": "x", "permissions": ["contacts.read"]})["secret"])
    assert reader.ask("GET", f"/api/v1{address}/memberships").status_code == 403
    assert whole.api.ask("GET", f"/api/v1/organisations/{new_id()}/messages").status_code == 404
    assert whole.api.ask("GET", f"/api/v1{address}/messages?color=red").status_code == 400


def test_C3_what_the_people_of_a_big_organisation_have_comes_in_pages(whole: Whole) -> None:
    organisation = whole.api.post("/organisations", {"name": "Suuri Oy"})
    kind, made = whole.api.get("/membership-types")["data"][0]["id"], set()
    for number in range(105):
        person = whole.api.post("/persons", {"family_name": f"Monta {number}"})
        for _place in range(1 + (number == 49)):  # the fiftieth twice, so that a group ends between both places
            whole.api.post("/affiliations", {"person_id": person["id"], "organisation_id": organisation["id"]})
        if number in {0, 48, 49, 104}:
            whole.api.post("/memberships", {"person_id": person["id"], "membership_type_id": kind})
            made.add(person["id"])
    found, cursor = [], {}
    while cursor is not None:
        page = whole.api.get(f"/organisations/{organisation['id']}/memberships", limit=2, **cursor)
        found += [each["person_id"] for each in page["data"]]
        cursor = {"cursor": page["next_cursor"]} if page["has_more"] else None
    assert (len(found), {*found}) == (4, made)
    wrong = whole.api.ask("GET", f"/api/v1/organisations/{organisation['id']}/memberships?cursor=WyJ4IiwieSJd")
    assert wrong.status_code in {400, 422}


def test_C3_lists_refuse_ids_that_are_none(whole: Whole) -> None:
    refused = whole.api.ask("GET", "/api/v1/memberships?person_ids=everybody")
    assert (refused.status_code, "person_ids" in refused.text) == (400, True)
