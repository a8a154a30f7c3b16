"""The pages of erasing a person (C17), as the office uses them."""

import pytest
from playwright.sync_api import expect

from tests import members


@pytest.fixture(scope="module")
def leaver(whole):
    found = members.new_member(whole, "Poistuva")
    members.join(whole, found)
    members.first_message(whole, found)
    return found


def test_C17_a_person_is_erased_from_the_card_and_the_report_tells_all(visit, whole, leaver):
    page = visit(f"/office/contacts/{leaver.person_id}", as_user="toimisto")
    page.get_by_role("main").get_by_role("link", name="Tietosuoja").click()
    page.get_by_role("link", name="Poista henkilön tiedot koko järjestelmästä").click()
    expect(page.locator("#stays").get_by_text("Lasku").first).to_be_visible()
    page.get_by_role("button", name="Poista lopullisesti").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.get_by_label("Henkilö pyysi sitä").check()
    page.get_by_role("button", name="Poista lopullisesti").click()
    page.wait_for_url("**/office/erasures/*")
    everywhere, again = page.get_by_text("Poistettu kaikkialta"), page.get_by_role("link", name="Katso uudelleen")
    expect(everywhere.or_(again).first).to_be_visible()
    address = f"/persons/{leaver.person_id}/erasure"
    members.wait_until(lambda: whole.api.get(address)["complete"] or None, 180, "the erasure")
    page.reload()
    expect(everywhere).to_be_visible()
    expect(page.locator("#stays").get_by_text("Kirjanpitolaki").first).to_be_visible()
    page.goto("/office/erasures")
    expect(page.get_by_text("Henkilö pyysi sitä").first).to_be_visible()


def test_C17_who_may_not_erase_is_not_offered_it(visit, whole):
    person = whole.api.post("/persons", {"given_name": "Jäävä", "family_name": "Sivunen"})
    page = visit(f"/office/contacts/{person['id']}/privacy", as_user="rahasto")
    expect(page.get_by_text("Poista henkilön tiedot koko järjestelmästä")).to_have_count(0)
    answer = page.goto(f"/office/contacts/{person['id']}/erase")
    assert answer.status == 403
