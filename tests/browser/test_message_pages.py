"""Sent messages, addresses not written to, and labels in Chromium."""

import pymupdf
from playwright.sync_api import expect

from chassis.ids import new_id


def test_N7_a_sent_message_is_found_with_its_text(visit, whole):
    name = f"viesti{new_id().hex[-8:]}"
    kind = whole.api.get("/membership-types")["data"][0]["id"]
    who = {"given_name": "Vilja", "family_name": "Viesti", "email": f"{name}@example.org"}
    whole.api.post("/applications", {"membership_type_id": kind, **who, "accepts_terms": True})
    whole.mailbox.wait_for(f"{name}@example.org")
    page = visit("/office/messages?state=delivered", as_user="toimisto")
    page.locator("#list tbody tr").first.locator("a").first.click()
    expect(page.locator(".standing")).to_have_text("Perillä")
    expect(page.locator("#text")).not_to_be_empty()


def test_N8_an_address_is_never_written_to_again_and_then_is(visit, whole):
    address = f"pois{new_id().hex[-8:]}@example.org"
    page = visit("/office/suppressions", as_user="toimisto")
    page.get_by_role("button", name="Älä enää kirjoita siihen").click()
    expect(page.locator("#address-error")).to_be_visible()
    page.get_by_role("textbox", name="Osoite").fill(address)
    page.get_by_role("button", name="Älä enää kirjoita siihen").click()
    row = page.locator("#list tr", has_text=address)
    expect(row).to_contain_text("Toimiston merkitsemä")
    row.get_by_role("button", name="Ota taas käyttöön").click()
    expect(page.get_by_text("Osoitteeseen voi taas kirjoittaa.")).to_be_visible()
    expect(page.locator("#list tr", has_text=address)).to_have_count(0)


def test_N3_a_mailing_stays_when_its_segment_was_taken_away(visit, whole):
    filter_ = {"field": "city", "op": "eq", "value": "Lahti"}
    segment = whole.api.post("/segments", {"name": f"Pois {new_id().hex[-6:]}", "filter": filter_})
    texts = {"name": "Jäävä viesti", "subject": "Hei", "body": "Hei", "segment_id": segment["id"]}
    mailing = whole.api.post("/mailings", texts)
    page = visit(f"/office/segments/{segment['id']}", as_user="toimisto")
    page.get_by_role("button", name="Poista").click()
    expect(page.get_by_text("Kohderyhmä on poistettu.")).to_be_visible()
    page.goto(f"/office/mailings/{mailing['id']}")
    expect(page.get_by_role("heading", name="Jäävä viesti")).to_be_visible()
    page.get_by_role("button", name="Lähetä", exact=True).click()
    page.get_by_role("button", name="Lähetä nyt").click()
    expect(page.get_by_text("kohderyhmä on poistettu")).to_be_visible()


def test_N2_labels_of_a_segment_are_made_and_opened(visit, whole):
    town = f"Tarrala{new_id().hex[-6:]}"
    for name in ("Aino", "Eino"):
        home = {"street": "Koivukuja 1", "postal_code": "00100", "city": town}
        whole.api.post("/persons", {"given_name": name, "family_name": "Tarra", "addresses": [home]})
    filter_ = {"field": "city", "op": "eq", "value": town}
    segment = whole.api.post("/segments", {"name": town, "filter": filter_})
    page = visit(f"/office/labels?segment_id={segment['id']}", as_user="toimisto")
    page.get_by_label("Ensimmäinen tarra").fill("25")
    page.get_by_role("button", name="Tee tarrat").click()
    expect(page.locator("#start_at-error")).to_be_visible()
    page.get_by_label("Ensimmäinen tarra").fill("3")
    page.get_by_role("button", name="Tee tarrat").click()
    expect(page.get_by_text("Valmis: 2")).to_be_visible(timeout=120_000)
    page.reload()
    address = page.get_by_role("link", name="Avaa PDF").get_attribute("href")
    with pymupdf.open(stream=page.request.get(address).body()) as file:
        assert "Aino Tarra" in file[0].get_text()
