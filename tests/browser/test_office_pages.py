"""The office in Chromium: signing in, the inbox, contacts, imports; by keyboard, on a phone, accessible."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, FilePayload, Page, expect

from chassis.ids import new_id
from ops.simulators.clients import wait_until
from tests.browser.soundness import HEIGHT, WIDTHS, check_page
from tests.whole_suite import Whole

Visit = Callable[..., Page]
MESSY = (
    "Etunimi;Sukunimi;Sähköposti;Puhelin;Syntymäaika\r\n"
    "{given};Åkerlund;{given}@example.org;040 7654321;1.2.1980\r\n"
    "=cmd;Öhman;oehman@example.org;;31.2.1980\r\n"
)


def accessible(page: Page) -> None:
    """No violations at both widths, and nothing wider than the window."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        check_page(page, colours=width == WIDTHS[0])


def word() -> str:
    """A family name that nobody else has."""
    return "".join(chr(ord("a") + int(digit, 16)) for digit in new_id().hex[-9:]).capitalize()


def apply(whole: Whole, given_name: str, family_name: str, email: str) -> dict[str, Any]:
    """Somebody applies for membership on the web."""
    type_id = whole.api.get("/membership-types")["data"][0]["id"]
    person = {"given_name": given_name, "family_name": family_name, "email": email}
    return dict(whole.visitor().post("/applications", {"membership_type_id": type_id, "accepts_terms": True, **person}))


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(60):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def test_I2_signing_in_takes_the_password_and_the_code_of_the_text_message(whole: Whole, visit: Visit) -> None:
    account = whole.account("rahasto")
    before = {each["sid"] for each in whole.sms.messages(account["phone"])}
    page = visit("/office")
    page.locator("#username").fill("rahasto")
    page.locator("#password").fill(account["password"])
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_visible()
    accessible(page)
    message = wait_until(lambda: _new_message(whole, account["phone"], before), 180, "SMS code")
    page.locator("#code").fill(re.findall(r"\b[0-9]{6}\b", message["body"])[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Tänään", exact=True)).to_be_visible()


def _new_message(whole: Whole, phone: str, before: set[str]) -> dict[str, Any] | None:
    return next((each for each in whole.sms.messages(phone) if each["sid"] not in before), None)


def test_M7_an_application_is_approved_as_the_contact_it_is_and_the_next_one_is_offered(
    whole: Whole, visit: Visit
) -> None:
    name, email = word(), f"{word()}@example.org"
    contact = whole.api.post("/persons", {"given_name": "Kerttu", "family_name": name, "email": email})
    applied, other = apply(whole, "Kerttu", name, email), apply(whole, "Olavi", word(), f"{word()}@example.org")
    page = visit("/office", as_user="toimisto")
    page.get_by_role("link", name=f"Kerttu {name}").click()
    expect(page.get_by_text("sama sähköposti")).to_be_visible()
    expect(page.get_by_label(f"Kerttu {name}", exact=True)).to_be_checked()
    accessible(page)
    page.get_by_role("button", name="Hyväksy").click()
    expect(page.get_by_text(f"Hakemus {applied['number']} on hyväksytty.")).to_be_visible()
    opened = wait_until(lambda: _opened(whole, applied["id"]), 180, "opened application")
    assert opened["person_id"] == contact["id"]
    page.reload()
    expect(page.get_by_role("main").get_by_role("link", name=f"Kerttu {name}", exact=True)).to_be_visible()
    page.goto(f"/office/applications/{other['id']}")
    page.get_by_role("button", name="Hylkää").click()
    expect(page.locator("#reason-error")).to_be_visible()
    page.get_by_label("Syy").fill("Asut toisen yhdistyksen alueella.")
    page.get_by_role("button", name="Hylkää").click()
    expect(page.get_by_text("Asut toisen yhdistyksen alueella.")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^Seuraava: "))).to_be_visible()
    assert whole.api.get(f"/applications/{other['id']}")["state"] == "rejected"


def _opened(whole: Whole, application_id: str) -> dict[str, Any] | None:
    found = dict(whole.api.get(f"/applications/{application_id}"))
    return found if found["state"] == "opened" else None


def test_C8_a_contact_is_found_in_spite_of_a_typing_error(whole: Whole, visit: Visit) -> None:
    family = word()
    whole.api.post("/persons", {"given_name": "Tuulikki", "family_name": family, "tags": ["talkoot"]})
    mistyped = family[:3] + family[4:]
    page = visit("/office/contacts", as_user="toimisto")
    page.locator("#list-q").press_sequentially(f"Tuulikki {mistyped}")
    row = page.get_by_role("link", name=f"Tuulikki {family}")
    expect(row).to_be_visible()
    expect(page).to_have_url(re.compile("q=Tuulikki"))
    row.click()
    expect(page.get_by_role("heading", name=f"Tuulikki {family}")).to_be_visible()
    expect(page.get_by_text("Ei jäsen")).to_be_visible()
    accessible(page)
    page.keyboard.press("/")
    page.keyboard.type(mistyped)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=f"Tuulikki {family}")).to_be_visible()


def test_C9_contacts_are_sieved_by_a_known_tag_and_tags_are_suggested_one_by_one(whole: Whole, visit: Visit) -> None:
    family, tag = word(), word().lower()
    for given_name, tags in (("Kantaja", [tag]), ("Toinen", [])):
        whole.api.post("/persons", {"given_name": given_name, "family_name": family, "tags": tags})
    page = visit("/office/contacts?q=" + family, as_user="toimisto")
    expect(page.get_by_role("link", name=f"Toinen {family}")).to_be_visible()
    page.locator("summary").get_by_text("Tunniste", exact=True).click()
    page.locator("details[open]").get_by_role("link", name=re.compile(rf"^{tag}( 1)?$")).click()
    expect(page).to_have_url(re.compile(f"tag={tag}"))
    expect(page.get_by_role("link", name=f"Toinen {family}")).to_have_count(0)
    expect(page.locator("summary", has_text=f"Tunniste: {tag}")).to_be_visible()
    page.get_by_role("link", name=f"Kantaja {family}").click()
    page.get_by_role("link", name="Muokkaa").click()
    known = page.locator("#tags-known option")
    code = known.first.get_attribute("value") or ""
    page.locator("#tags").fill(f"{tag}, {code[:3]}")
    assert f"{tag}, {code}" in known.evaluate_all("options => options.map(option => option.value)")
    accessible(page)


def test_C13_a_contact_is_entered_by_keyboard_alone_and_once(whole: Whole, visit: Visit) -> None:
    family = word()
    page = visit("/office", as_user="toimisto")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="Kontaktit", exact=True)).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Uusi kontakti")).to_be_visible()
    tab_to(page, "#given_name")
    page.keyboard.type("Åsa")
    page.keyboard.press("Tab")
    page.keyboard.type(family)
    tab_to(page, "#birth_date")
    page.keyboard.type("31.2.1980")
    page.keyboard.press("Enter")
    expect(page.locator("#birth_date-error")).to_be_visible()
    page.locator("#birth_date").fill("")
    page.locator("#birth_date").press("Enter")
    expect(page.get_by_role("heading", name=f"Åsa {family}")).to_be_visible()
    page.goto("/office/contacts/new")
    page.locator("#given_name").fill("Asa")
    page.locator("#family_name").fill(family)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Onko henkilö jo rekisterissä?")).to_be_visible()
    found = [each["name"] for each in whole.api.get("/persons", q=f"Asa {family}")["data"]]
    assert [name for name in found if name.endswith(family)] == [f"Åsa {family}"]
    page.get_by_role("button", name="Tallenna uutena kontaktina").click()
    expect(page.get_by_role("heading", name=f"Asa {family}")).to_be_visible()


def test_C18_two_who_change_one_contact_lose_nothing(whole: Whole, visit: Visit) -> None:
    made = whole.api.post("/persons", {"given_name": "Aino", "family_name": word(), "phone": "040 1234567"})
    page = visit(f"/office/contacts/{made['id']}/edit", as_user="toimisto")
    changed = {"phone": "040 7654321", "title": "Rehtori"}
    answer = whole.api.ask("PATCH", f"/api/v1/persons/{made['id']}", json=changed, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    page.locator("#given_name").fill("Aina")
    page.locator("#title").fill("Opettaja")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_text("Joku muu muutti tätä kontaktia")).to_be_visible()
    expect(page.locator("#phone")).to_have_value("+358407654321")
    expect(page.get_by_text("toinen kirjoitti Rehtori")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_text("Tallennettu.")).to_be_visible()
    now = whole.api.get(f"/persons/{made['id']}")
    assert (now["given_name"], now["title"], now["phone"]) == ("Aina", "Opettaja", "+358407654321")


def test_C3_a_person_joins_an_organisation_and_leaves_it(whole: Whole, visit: Visit) -> None:
    name, family = word(), word()
    whole.api.post("/persons", {"given_name": "Eila", "family_name": family})
    page = visit("/office/organisations/new", as_user="toimisto")
    page.locator("#name").fill(f"{name} Oy")
    page.locator("#business_id").fill("1234567-8")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#business_id-error")).to_be_visible()
    accessible(page)
    page.locator("#business_id").fill("")
    page.get_by_role("button", name="Tallenna").click()
    page.get_by_role("link", name="Lisää", exact=True).click()
    page.locator("#q").fill(family)
    page.keyboard.press("Enter")
    page.get_by_label(f"Eila {family}").check()
    page.get_by_label("Titteli siellä").fill("Toimitusjohtaja")
    accessible(page)
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_role("heading", name=f"{name} Oy")).to_be_visible()
    page.get_by_role("link", name=f"Päätä Eila {family}").click()
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_role("cell", name=re.compile(r"–\d+\.\d+\.\d{4}"))).to_be_visible()
    page.get_by_role("button", name="Poista").click()
    expect(page.get_by_text(f"{name} Oy on poistettu.")).to_be_visible()
    page.get_by_role("button", name="Kumoa").click()
    expect(page.get_by_role("heading", name=f"{name} Oy")).to_be_visible()


def test_C11_a_file_is_checked_and_imported_with_progress_and_a_report(whole: Whole, visit: Visit) -> None:
    given = word()
    page = visit("/office/imports", as_user="admin")
    content = MESSY.format(given=given).encode("cp1252")
    file: FilePayload = {"name": "jäsenet.csv", "mimeType": "text/csv", "buffer": content}
    page.get_by_role("button", name="Lue tiedosto").click()
    expect(page.locator("#file-error")).to_be_visible()
    page.locator("#file").set_input_files(files=[file])
    page.get_by_label("Tarkista ensin").check()
    page.get_by_role("button", name="Lue tiedosto").click()
    page.get_by_role("button", name="Tuo rekisteriin").wait_for(timeout=120_000)
    expect(page.get_by_role("cell", name="Päivää 31.2.1980 ei ole.")).to_be_visible()
    assert whole.api.get("/persons", q=given)["data"] == []
    accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Lataa hylätyt rivit (CSV)").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert next(csv.DictReader(io.StringIO(text), delimiter=";"))["Etunimi"] == "'=cmd"
    page.get_by_role("button", name="Tuo rekisteriin").click()
    expect(page.get_by_role("link", name=re.compile("^Uusi 1$"))).to_be_visible(timeout=120_000)
    page.get_by_role("link", name=re.compile("^Uusi 1$")).click()
    page.get_by_role("link", name=re.compile(given)).click()
    expect(page.get_by_role("heading", name=f"{given} Åkerlund")).to_be_visible()


def test_C10_a_segment_is_built_counted_and_saved_without_scripts(whole: Whole, browser: Browser) -> None:
    tag, name = word().lower(), word()
    for town in ("Espoo", "Turku"):
        whole.api.post("/persons", {"family_name": name, "tags": [tag], "addresses": [{"city": town}]})
    context = browser.new_context(base_url=whole.base_url, java_script_enabled=False, locale="fi-FI")
    context.add_cookies(whole.cookies_of("toimisto"))
    page = context.new_page()
    page.goto("/office/segments/new")
    page.locator("#name").fill(name)
    page.locator("#field_0").select_option("tag")
    page.locator("#value_0").fill(tag)
    page.get_by_role("button", name="Laske").last.click()
    expect(page.get_by_text("Se löytää nyt 2 henkilöä.")).to_be_visible()
    page.get_by_role("button", name="Lisää rivi").click()
    page.locator("#field_1").select_option("city")
    page.locator("#op_1").select_option("gte")
    page.locator("#value_1").fill("Turku")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#op_1-error")).to_be_visible()
    page.locator("#op_1").select_option("eq")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_text("1 henkilö nyt")).to_be_visible()
    context.close()


def test_I4_pages_stay_shut_to_those_without_the_right(visit: Visit) -> None:
    page = visit("/office", as_user="kurssit")
    answer = page.goto("/office/imports")
    assert answer is not None
    assert answer.status == 403
