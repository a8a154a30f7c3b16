"""Duplicates and merges in Chromium: a scan with its progress, pairs judged, merged and parted again (C13)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from playwright.sync_api import Page, expect

from chassis.ids import new_id
from ops.simulators.clients import wait_until
from tests import members
from tests.browser.soundness import check_page
from tests.whole_suite import Whole

Visit = Callable[..., Page]


def word() -> str:
    """A family name that nobody else has."""
    return "".join(chr(ord("a") + int(digit, 16)) for digit in new_id().hex[-9:]).capitalize()


def two_cards(whole: Whole, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two cards of one person; the second knows a phone and has one more given name."""
    family, email = word(), f"{word()}@example.org"
    first = whole.api.post("/persons", {"given_name": "Aino", "family_name": family, "email": email, **more})
    second = {"given_name": "Aino Maria", "family_name": family, "email": email, "phone": "040 7654321", "title": "FM"}
    return first, whole.api.post("/persons", second)


def scan(whole: Whole) -> None:
    job = whole.api.post("/duplicates/scan", {})
    wait_until(lambda: whole.api.get(f"/jobs/{job['id']}")["state"] == "succeeded" or None, 180, "the scan is done")


def pair_of(whole: Whole, first: dict[str, Any]) -> dict[str, Any]:
    found = whole.api.get("/duplicates", limit=200)["data"]
    return next(each for each in found if first["id"] in {each["first"]["id"], each["second"]["id"]})


def both_widths(page: Page) -> None:
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        check_page(page)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_C13_a_scan_shows_its_progress_and_then_the_pairs(visit: Visit, whole: Whole) -> None:
    _first, second = two_cards(whole)
    page = visit("/office/contacts", as_user="toimisto")
    page.get_by_role("link", name="Kaksoiskappaleet", exact=True).first.click()
    page.get_by_role("button", name="Etsi kaksoiskappaleita").click()
    row = page.get_by_role("row").filter(has_text=second["family_name"])
    expect(row).to_be_visible(timeout=120_000)
    expect(row).to_contain_text("samankaltainen nimi, sama sähköposti")
    expect(page.get_by_text("Rekisteri on käyty läpi viimeksi")).to_be_visible()
    both_widths(page)
    row.get_by_role("link").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ovatko nämä sama henkilö?")).to_be_visible()


def test_C13_two_contacts_are_merged_field_by_field_and_parted_again(visit: Visit, whole: Whole) -> None:
    first, second = two_cards(whole, phone="09 1234567")
    scan(whole)
    page = visit(f"/office/duplicates/{pair_of(whole, first)['id']}", as_user="toimisto")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Puhelin"))
    expect(row.get_by_role("radio").first).to_be_checked()
    row.get_by_role("radio").nth(1).check()
    expect(page.get_by_role("row").filter(has_text="Titteli").get_by_role("radio").nth(1)).to_be_checked()
    both_widths(page)
    page.locator("#merge").get_by_role("button", name="Yhdistä").click()
    name = f"Aino Maria {second['family_name']}"
    expect(page.get_by_text(f"{name} yhdistettiin tähän kontaktiin.")).to_be_visible()
    expect(page).to_have_url(f"{whole.base_url}/office/contacts/{first['id']}")
    expect(page.locator("#history")).to_contain_text(f"{name} yhdistettiin tähän kontaktiin")
    check_page(page)
    now = whole.api.get(f"/persons/{second['id']}")
    assert (now["id"], now["given_name"], now["phone"], now["title"]) == (first["id"], "Aino", "+358407654321", "FM")
    page.get_by_role("button", name="Kumoa").click()
    expect(page.get_by_text(f"{name} on taas oma kontaktinsa.")).to_be_visible()
    expect(page).to_have_url(f"{whole.base_url}/office/contacts/{second['id']}")
    assert whole.api.get(f"/persons/{first['id']}")["phone"] == "+35891234567"


def test_C13_an_old_address_leads_to_the_card_and_says_so(visit: Visit, whole: Whole) -> None:
    first, second = two_cards(whole)
    made = whole.api.post("/merges", {"survivor_id": first["id"], "merged_id": second["id"]})
    page = visit(f"/office/contacts/{second['id']}", as_user="toimisto")
    expect(page).to_have_url(f"{whole.base_url}/office/contacts/{first['id']}")
    expect(page.get_by_role("status").get_by_text(made["merged_name"])).to_be_visible()
    page.locator("#history").get_by_role("link", name=made["merged_name"]).click()
    expect(page.get_by_role("heading", name="Yhdistetyt kontaktit")).to_be_visible()
    both_widths(page)
    page.get_by_role("button", name="Kumoa").click()
    expect(page).to_have_url(f"{whole.base_url}/office/contacts/{second['id']}")
    page.goto(f"/office/merges?person_id={first['id']}")
    expect(page.get_by_text("Peruttu")).to_be_visible()


def test_C13_a_pair_is_dismissed_and_taken_up_again(visit: Visit, whole: Whole) -> None:
    first, second = two_cards(whole)
    scan(whole)
    pair = pair_of(whole, first)
    page = visit(f"/office/duplicates/{pair['id']}", as_user="toimisto")
    page.get_by_role("button", name="Eivät ole sama").click()
    expect(page.get_by_text("pysyvät kahtena kontaktina.")).to_be_visible()
    assert whole.api.get(f"/duplicates/{pair['id']}")["state"] == "dismissed"
    page.get_by_role("button", name="Kumoa").click()
    expect(page).to_have_url(f"{whole.base_url}/office/duplicates/{pair['id']}")
    assert whole.api.get(f"/duplicates/{pair['id']}")["state"] == "open"
    page.get_by_role("button", name="Eivät ole sama").click()
    page.goto("/office/duplicates?state=dismissed")
    expect(page.get_by_role("row").filter(has_text=second["family_name"])).to_be_visible()
    both_widths(page)


def test_C13_the_other_one_may_stay_and_what_both_have_is_told(visit: Visit, whole: Whole) -> None:
    first, second = (members.new_member(whole, name) for name in ("Kaisa", "Kaija"))
    for each in (first, second):
        members.join(whole, each)
    page = visit(f"/office/contacts/{first.person_id}/merge?q=Kaija", as_user="toimisto")
    both_widths(page)
    page.get_by_role("link", name="Kaija Testinen").first.click()
    expect(page.get_by_text("Molemmilla on jäsenyys lajia")).to_be_visible()
    page.get_by_role("link", name="Jätä toinen jäljelle").click()
    expect(page.locator("input[name=survivor]")).to_have_value(second.person_id)
    both_widths(page)
    page.locator("#merge").get_by_role("button", name="Yhdistä").click()
    expect(page.get_by_text("Kaisa Testinen yhdistettiin tähän kontaktiin.")).to_be_visible()
    for each in (first, second):
        wait_until(partial(has_both, whole, each.person_id), 180, "what both had is listed under either id")
        wait_until(partial(is_known_as, each, second.person_id), 180, "both accounts are the same person")


def has_both(whole: Whole, person_id: str) -> bool | None:
    held = whole.api.get("/memberships", person_id=person_id)["data"]
    billed = whole.api.get("/invoices", customer_id=person_id)["data"]
    return len(held) == len(billed) == 2 or None


def is_known_as(member: members.Member, person_id: str) -> bool | None:
    return member.visitor.get("/me")["person_id"] == person_id or None


def test_C13_who_was_slower_is_told_and_nothing_is_lost(visit: Visit, whole: Whole) -> None:
    first, second = two_cards(whole)
    page = visit(f"/office/merges/new?survivor={first['id']}&merged={second['id']}", as_user="toimisto")
    card = f"/api/v1/persons/{second['id']}"
    etag = whole.api.ask("GET", card).headers["ETag"]
    assert whole.api.ask("PATCH", card, json={"title": "TM"}, headers={"If-Match": etag}).status_code == 200
    page.locator("#merge").get_by_role("button", name="Yhdistä").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Titteli")).to_contain_text("TM")
    both_widths(page)
    page.locator("#merge").get_by_role("button", name="Yhdistä").click()
    expect(page).to_have_url(f"{whole.base_url}/office/contacts/{first['id']}")
    assert whole.api.get(f"/persons/{first['id']}")["title"] == "TM"


def test_C13_organisations_are_hinted_at_merged_and_parted_again(visit: Visit, whole: Whole) -> None:
    name = word()
    first = whole.api.post("/organisations", {"name": f"{name} Oy", "email": f"info@{name.lower()}.example"})
    page = visit("/office/organisations/new", as_user="toimisto")
    page.get_by_label("Nimi", exact=True).fill(f"{name} Ab")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_role("link", name=f"{name} Oy")).to_be_visible()
    expect(page.get_by_text("sama nimi")).to_be_visible()
    both_widths(page)
    page.get_by_role("button", name="Tallenna uutena organisaationa").click()
    expect(page.get_by_role("heading", name=f"{name} Ab")).to_be_visible()
    second_url = page.url
    scan(whole)
    page.goto(f"/office/duplicates/{pair_of(whole, first)['id']}")
    expect(page.get_by_role("heading", name="Ovatko nämä sama organisaatio?")).to_be_visible()
    page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Nimi")).get_by_role("radio").nth(1).check()
    both_widths(page)
    page.locator("#merge").get_by_role("button", name="Yhdistä").click()
    expect(page).to_have_url(f"{whole.base_url}/office/organisations/{first['id']}")
    expect(page.locator("#history")).to_contain_text(f"{name} Ab yhdistettiin tähän kontaktiin")
    assert whole.api.get(f"/organisations/{second_url.rsplit('/', 1)[1]}")["id"] == first["id"]
    page.get_by_role("button", name="Kumoa").click()
    expect(page).to_have_url(second_url)
    assert whole.api.get(f"/organisations/{first['id']}")["name"] == f"{name} Oy"
