"""The photo on a person's card: square, small, without metadata; replaced and removed (C5)."""

from io import BytesIO

import pytest
from PIL import Image
from PIL.Image import Exif
from playwright.sync_api import expect

from chassis.ids import new_id
from tests.browser.soundness import check_page


@pytest.fixture
def card(whole):
    made = whole.api.post("/persons", {"given_name": "Helmi", "family_name": f"Aalto {str(new_id())[-6:]}"})
    return f"/office/contacts/{made['id']}"


def picture():
    exif, out = Exif(), BytesIO()
    exif[0x010E] = "Kotiosoite 1"
    Image.new("RGB", (1600, 900), (30, 90, 160)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def choose(page, content):
    page.locator("#file").set_input_files({"name": "kuva.jpg", "mimeType": "image/jpeg", "buffer": content})


def test_C5_a_photo_is_set_shown_and_removed(visit, card):
    page = visit(card, as_user="toimisto")
    page.get_by_role("link", name="Valokuva").click()
    choose(page, b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    page.get_by_role("button", name="Tallenna valokuva").click()
    expect(page.locator("#file-error")).to_contain_text("Tämä ei ole kuva")
    check_page(page)
    choose(page, picture())
    page.get_by_role("button", name="Tallenna valokuva").click()
    shown = page.locator("img.photo")
    expect(shown).to_be_visible()
    content = page.request.get(shown.get_attribute("src")).body()
    assert Image.open(BytesIO(content)).size == (512, 512)
    assert b"Kotiosoite" not in content
    expect(page.locator("#history")).to_contain_text("Valokuva lisättiin")
    check_page(page)
    page.goto(f"{card}/photo")
    page.get_by_role("button", name="Poista").click()
    page.get_by_role("dialog").get_by_role("button", name="Poista").click()
    expect(page.get_by_text("Valokuva on poistettu.")).to_be_visible()
    expect(page.locator("img.photo")).to_have_count(0)


def test_C5_by_the_api_a_photo_is_put_read_and_deleted(whole, card):
    address = f"/api/v1/persons/{card.rpartition('/')[2]}/photo"
    headers = {"Idempotency-Key": str(new_id())}
    assert whole.api.ask("GET", address).status_code == 404
    put = whole.api.ask("PUT", address, files={"file": ("a.jpg", picture())}, headers=headers)
    assert (put.status_code, put.json()["has_photo"]) == (200, True)
    read = whole.api.ask("GET", address)
    assert (read.headers["Content-Type"], read.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    refused = whole.api.ask("PUT", address, files={"file": ("a.jpg", b"%PDF-1.7")})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/file")
    assert whole.api.ask("DELETE", address).status_code == 204
    assert whole.api.ask("GET", address).status_code == 404
