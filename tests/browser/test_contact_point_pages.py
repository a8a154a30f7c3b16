"""Contact points in Chromium: marked and confirmed on the card, listed when they age, checked by their owners (C19)."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chassis.ids import new_id
from ops.demo.stage import link_in
from tests.browser.soundness import check_page
from tests.whole_suite import Whole

Visit = Callable[..., Page]
HOME = {"street": "Pitkäkatu 12 A 4", "postal_code": "33100", "city": "Tampere"}


@pytest.fixture
def person(whole: Whole) -> dict[str, Any]:
    """Somebody with an e-mail address, a phone and a postal address, whose letters are returned."""
    details = {"given_name": "Helmi", "family_name": f"Koivu{str(new_id())[-6:]}", "phone": "0401234567"}
    made = whole.api.post("/persons", {**details, "email": f"{new_id()}@example.org", "addresses": [HOME]})
    found = whole.api.get(f"/persons/{made['id']}/contact-points")["data"]
    key = next(each["key"] for each in found if each["kind"] == "address")
    whole.api.post(f"/persons/{made['id']}/contact-points/{key}/mark", {"reason": "Muuttanut"})
    return {**made, "key": key}


def test_C19_the_office_confirms_and_marks_on_the_card_and_takes_it_back(visit: Visit, person: dict[str, Any]) -> None:
    page = visit(f"/office/contacts/{person['id']}", as_user="toimisto")
    section = page.locator("#contact-points")
    expect(page.get_by_text("Pitkäkatu 12 A 4, 33100 Tampere: Kirjeet palautuvat")).to_be_visible()
    row = section.get_by_role("row").filter(has_text="Pitkäkatu")
    row.get_by_role("button", name="Pitää paikkansa").click()
    expect(row).to_contain_text("Vahvistettu")
    page.get_by_role("button", name="Kumoa").click()
    expect(row).to_contain_text("Kirjeet palautuvat")
    row.get_by_role("button", name="Poista merkintä").click()
    expect(row).to_contain_text("Merkitty")
    section.get_by_role("row").filter(has_text="@example.org").get_by_role("link", name="Merkitse palautuvaksi").click()
    page.locator("#happened_on").fill("31.12.2099")
    page.get_by_role("button", name="Merkitse").click()
    expect(page.locator("#happened_on-error")).to_contain_text("ei ole vielä tullut")
    page.locator("#happened_on").fill("")
    page.locator("#reason").fill("Ei työssä enää")
    page.get_by_role("button", name="Merkitse").click()
    expect(section).to_contain_text("Viestit palautuvat")
    expect(page.locator("#history")).to_contain_text("Ei työssä enää")


def test_C19_the_list_leads_to_a_mailing_that_the_owner_answers_with_one_press(
    visit: Visit, whole: Whole, person: dict[str, Any]
) -> None:
    page = visit("/office/stale-addresses?state=returned", as_user="toimisto")
    expect(page.get_by_role("row").filter(has_text=person["family_name"])).to_contain_text("Muuttanut")
    page.get_by_role("button", name="Pyydä omistajia tarkistamaan").click()
    page.get_by_role("button", name="Tallenna luonnos").click()
    expect(page.get_by_text("Luonnos on tallennettu.")).to_be_visible()
    page.locator("#launch button").click()
    page.get_by_role("button", name="Lähetä nyt").click()
    mail = whole.mailbox.wait_for(person["email"], containing="Tarkistathan")
    address = link_in(mail, "/details")
    scanner = whole.visitor()
    assert [scanner.ask("GET", address).status_code for _ in range(2)] == [200, 200]
    points = f"/persons/{person['id']}/contact-points"
    assert not any(each["confirmed"] for each in whole.api.get(points)["data"])
    phone = visit(address, width=390)
    check_page(phone)
    expect(phone.locator("#details")).to_contain_text("Pitkäkatu 12 A 4")
    phone.get_by_role("link", name="Korjaa jotakin").click()
    check_page(phone)
    phone.locator("#email").fill("ei osoite")
    phone.get_by_role("button", name="Tallenna ja vahvista muut").click()
    expect(phone.locator("#email-error")).to_be_visible()
    check_page(phone)
    phone.goto(address)
    phone.get_by_role("button", name="Kaikki pitää paikkansa").click()
    expect(phone.get_by_role("heading", name="Kiitos tarkistuksesta")).to_be_visible()
    check_page(phone)
    assert all(each["confirmed"] and not each["problem"] for each in whole.api.get(points)["data"])
    assert scanner.ask("GET", address).status_code == 410
    page.reload()
    expect(page.get_by_text("Tarkistanut tietonsa")).to_be_visible()


def test_C19_corrections_by_the_link_are_in_the_register(visit: Visit, whole: Whole, person: dict[str, Any]) -> None:
    wanted = {"field": "family_name", "op": "eq", "value": person["family_name"]}
    segment = whole.api.post("/segments", {"name": f"Yksi {new_id()}", "filter": wanted})
    texts = {"name": "Tiedot", "subject": f"Tiedot {new_id()}", "body": "[[Tarkista|{{link}}]]", "marketing": False}
    made = whole.api.post("/mailings", {**texts, "segment_id": segment["id"], "check_details": True})
    whole.api.ask("POST", f"/api/v1/mailings/{made['id']}/launch", headers={"Idempotency-Key": str(new_id())})
    mail = whole.mailbox.wait_for(person["email"], containing="Tiedot")
    page = visit(f"{link_in(mail, '/details')}/correct", width=390)
    page.locator("#addresses_0_street").fill("Uusikatu 5")
    page.locator("#phone").fill("")
    page.get_by_role("button", name="Tallenna ja vahvista muut").click()
    expect(page.get_by_role("heading", name="Kiitos tarkistuksesta")).to_be_visible()
    kept = whole.api.get(f"/persons/{person['id']}")
    assert (kept["addresses"][0]["street"], kept["phone"], kept["email"]) == ("Uusikatu 5", None, person["email"])
    changes = whole.api.get(f"/persons/{person['id']}/history")["data"]
    assert {each["channel"] for each in changes if each["field"] in {"addresses", "phone"}} == {"link"}
