"""Documents on cards: stored with their preview, saved as attachments, renamed, deleted and brought back (C15)."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from chassis.ids import new_id
from tests.browser.soundness import check_page
from tests.whole_suite import Whole

Visit = Callable[..., Page]


@pytest.fixture
def card(whole: Whole) -> str:
    """The card of a person of one's own."""
    made = whole.api.post("/persons", {"given_name": "Helmi", "family_name": f"Aalto {str(new_id())[-6:]}"})
    return f"/office/contacts/{made['id']}"


@pytest.fixture
def organisation(whole: Whole) -> str:
    return f"/office/organisations/{whole.api.post('/organisations', {'name': 'Mylly Oy'})['id']}"


def photo(size: tuple[int, int] = (1600, 900)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (30, 90, 160)).save(out, "JPEG")
    return out.getvalue()


def choose(page: Page, name: str, content: bytes) -> None:
    page.locator("#file").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})


def test_C15_a_file_is_stored_from_the_card_shown_small_and_saved_as_an_attachment(visit, whole, card):
    page = visit(card, as_user="toimisto")
    expect(page.locator("#documents")).to_contain_text("Ei vielä asiakirjoja")
    page.locator("#documents").get_by_role("link", name="Lisää asiakirja").click()
    expect(page.locator("#author")).to_have_value("toimisto")
    choose(page, "../kuva.exe", photo())
    page.locator("#type").select_option("picture")
    page.get_by_role("button", name="Tallenna asiakirja").click()
    expect(page.get_by_text("Asiakirja on tallennettu.")).to_be_visible()
    assert page.url.endswith(f"{card}#documents") or page.url.endswith(card)
    row = page.locator("#documents-list tbody tr")
    expect(row).to_contain_text("kuva.exe.jpg")
    expect(row).to_contain_text("Kuva")
    small = page.request.get(row.locator("img").get_attribute("src"))
    assert (small.headers["content-type"], Image.open(BytesIO(small.body())).size) == ("image/jpeg", (480, 270))
    with page.expect_download() as saving:
        row.get_by_role("link", name="kuva.exe.jpg").first.click()
    assert saving.value.suggested_filename == "kuva.exe.jpg"
    answer = page.request.get(row.locator("td.main a").get_attribute("href"))
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    check_page(page)


def test_C15_what_is_not_taken_says_why_and_keeps_what_was_typed(visit, organisation):
    page = visit(f"{organisation}/documents", as_user="toimisto")
    page.locator("#title").fill("Tarjous 12")
    choose(page, "tarjous.pdf", b"<html><script>alert(1)</script></html>")
    page.get_by_role("button", name="Tallenna asiakirja").click()
    expect(page.locator("#file-error")).to_contain_text("Tällaista tiedostoa ei oteta vastaan")
    expect(page.locator("#title")).to_have_value("Tarjous 12")
    choose(page, "tarjous.pdf", b"%PDF-1.7")
    page.locator("#dated_on").fill("31.2.2026")
    page.get_by_role("button", name="Tallenna asiakirja").click()
    expect(page.locator("#dated_on-error")).to_be_visible()
    check_page(page)
    choose(page, "tarjous.pdf", b"%PDF-1.7")
    page.locator("#dated_on").fill("28.2.2026")
    page.get_by_role("button", name="Tallenna asiakirja").click()
    expect(page.locator("#documents-list")).to_contain_text("Tarjous 12")
    expect(page.locator("#documents-list")).to_contain_text("28.2.2026")


def test_C15_a_document_is_renamed_deleted_and_brought_back(visit, whole, card):
    whole.api.upload(f"/persons/{card.rpartition('/')[2]}/documents", "kirje.txt", b"Hei!")
    page = visit(card, as_user="toimisto")
    page.locator("#documents-list").get_by_role("link", name="Muokkaa").click()
    page.locator("#title").fill("")
    page.get_by_role("button", name="Tallenna", exact=True).click()
    expect(page.locator("#title-error")).to_be_visible()
    page.locator("#title").fill("Kiitoskirje")
    page.locator("#type").select_option("letter")
    page.get_by_role("button", name="Tallenna", exact=True).click()
    expect(page.locator("#documents-list")).to_contain_text("Kiitoskirje")
    page.locator("#documents-list").get_by_role("link", name="Muokkaa").click()
    page.get_by_role("button", name="Poista").click()
    expect(page.get_by_text("Asiakirja on poistettu.")).to_be_visible()
    expect(page.locator("#documents")).to_contain_text("Ei vielä asiakirjoja")
    page.get_by_role("button", name="Kumoa").click()
    expect(page.locator("#documents-list")).to_contain_text("Kiitoskirje")


def test_C15_it_works_without_scripts_and_a_form_sent_twice_stores_one(whole, card):
    staff = whole.staff()
    page = staff.page(f"{card}/documents")
    hidden = page.xpath("//form[@id='document']//input[@type='hidden']")
    fields = {each.get("name"): each.get("value") for each in hidden}
    sent = {"data": fields | {"type": "letter"}, "files": {"file": ("a.txt", b"Hei!")}}
    assert [staff.ask("POST", f"{card}/documents", **sent).status_code for _ in range(2)] == [302, 302]
    found = whole.api.get(f"/persons/{card.rpartition('/')[2]}/documents")["data"]
    assert [each["title"] for each in found] == ["a.txt"]
