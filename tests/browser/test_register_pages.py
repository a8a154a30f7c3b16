"""The register's own pages: basic data, additional fields, own columns and cards, tags."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from chassis.ids import new_id
from tests.browser.soundness import check_page

Visit = Callable[..., Page]


def a_name() -> str:
    """A family name that nobody else has, and that is like no other."""
    return f"R{new_id().hex[-11:]}"


def test_C5_numbers_by_kind_gender_and_terms_are_typed_and_shown(visit: Visit, whole: Any) -> None:
    page, name = visit("/office/contacts/new", as_user="toimisto"), a_name()
    page.locator("#given_name").fill("Aino")
    page.locator("#family_name").fill(name)
    page.locator("#title").fill("Johtaja 131052-308T")
    page.get_by_text("Lisää puhelinnumero").click()
    page.locator("#other_phones_0_number").fill("0401")
    page.locator("#other_phones_0_kind").select_option(label="Työ")
    page.locator("#gender").select_option(label="Muunsukupuolinen")
    page.locator("#payment_method").select_option(label="Verkkolasku")
    page.locator("#credit_limit").fill("1 234,50")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#title-error")).to_contain_text("henkilötunnus")
    page.locator("#title").fill("Johtaja")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#other_phones_0_number-error")).to_be_visible()
    check_page(page)
    page.locator("#other_phones_0_number").fill("09 765 4321")
    page.get_by_role("button", name="Tallenna").click()
    facts = page.locator("dl.facts")
    for text in ("+358 9 765 4321", "Puhelin (Työ)", "Muunsukupuolinen", "Verkkolasku", "1 234,50 €", "Johtaja"):
        expect(facts).to_contain_text(text)
    check_page(page)
    person = whole.api.get(f"/persons/{page.url.rpartition('/')[2]}")
    assert person["family_name"] == name
    assert person["credit_limit"] == {"amount": "1234.50", "currency": "EUR"}
    assert person["other_phones"] == [{"kind": "work", "number": "+35897654321"}]


def test_C6_C7_fields_are_defined_ordered_by_keyboard_retired_and_brought_back(visit: Visit, whole: Any) -> None:
    page, name = visit("/office/settings/fields", as_user="admin"), a_name()
    for label, of_type, choices in (("Koko", "Yksi vaihtoehto", "Pieni | Liten\nSuuri"), ("Ikä", "Luku", "")):
        page.get_by_role("link", name="Uusi tieto").click()
        page.locator("#label_fi").fill(f"{name} {label}")
        page.locator("#type").select_option(label=of_type)
        if label == "Koko":
            page.get_by_role("button", name="Tallenna").last.click()
            expect(page.locator("#more_choices-error")).to_be_visible()
            page.locator("#classification").check()
        page.locator("#more_choices").fill(choices)
        page.get_by_role("button", name="Tallenna").last.click()
        expect(page.get_by_text("Tallennettu.")).to_be_visible()
    rows = page.locator("table.list").first.locator("tbody tr")
    expect(rows.last).to_contain_text("Ikä")
    rows.last.get_by_role("button", name="Siirrä ylös").press("Enter")
    expect(rows.last).to_contain_text("Koko")
    expect(rows.nth(-2).get_by_role("button", name="Siirrä ylös")).to_be_focused()
    rows.last.get_by_role("link").click()
    page.locator("#choices_0_retired").check()
    page.get_by_role("button", name="Siirrä alas: Pieni").click()
    expect(page.locator("#choices_1_fi")).to_have_value("Pieni")
    page.get_by_role("button", name="Tallenna").last.click()
    rows.last.get_by_role("button", name="Poista käytöstä").click()
    page.locator("#retired tr", has_text=f"{name} Koko").get_by_role("button", name="Ota käyttöön").click()
    expect(page.get_by_text(f"{name} Koko on taas käytössä.")).to_be_visible()
    check_page(page)
    field = next(each for each in whole.api.get("/fields", limit=1000)["data"] if each["label"]["fi"] == f"{name} Koko")
    assert [(each["label"]["fi"], each["label"]["sv"], each["retired"]) for each in field["choices"]] == [
        ("Suuri", "", False), ("Pieni", "Liten", True),
    ]  # fmt: skip
    check_a_segment_by(page, whole, field, name)


def check_a_segment_by(page: Page, whole: Any, field: dict[str, Any], name: str) -> None:
    """The choices are offered in the contact's form and in the builder of segments."""
    page.goto("/office/contacts/new")
    page.locator("#family_name").fill(name)
    page.get_by_label(f"{name} Koko").select_option(label="Suuri")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("dl.facts")).to_contain_text("Suuri")
    page.goto("/office/segments/new")
    page.locator("#field_0").select_option(label=f"{name} Koko")
    page.locator("select#value_0").select_option(label="Suuri")
    page.get_by_role("button", name="Laske").last.click()
    expect(page.get_by_text("Se löytää nyt 1 henkilön.")).to_be_visible()
    check_page(page)
    page.locator("#name").fill(name)
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_text(f"{name} Koko on Suuri")).to_be_visible()


def test_C3_C7_what_a_person_does_in_an_organisation_is_changed(visit: Visit, whole: Any) -> None:
    name, code = a_name(), a_name().lower()
    whole.api.post("/fields", {"code": code, "label": {"fi": code}, "type": "multi_choice", "applies_to": "affiliation",
                               "choices": [{"code": "it", "label": {"fi": "Tietotekniikka"}}]})  # fmt: skip
    person = whole.api.post("/persons", {"family_name": name})
    organisation = whole.api.post("/organisations", {"name": f"{name} Oy"})
    whole.api.post("/affiliations", {"person_id": person["id"], "organisation_id": organisation["id"]})
    page = visit(f"/office/contacts/{person['id']}", as_user="toimisto")
    page.locator("#affiliations").get_by_role("link", name="Muokkaa").click()
    page.locator("#title").fill("Johtaja")
    page.get_by_label("Tietotekniikka").check()
    page.locator("#ends_on").fill("31.2.2026")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#ends_on-error")).to_be_visible()
    check_page(page)
    page.locator("#ends_on").fill("")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#affiliations")).to_contain_text(f"{code}: Tietotekniikka")
    expect(page.locator("#history")).to_contain_text(f"Titteli organisaatiossa ({name} Oy): Johtaja")


def test_C8_columns_and_cards_are_arranged_and_remembered_on_another_device(visit: Visit, whole: Any) -> None:
    name = a_name()
    person = whole.api.post("/persons", {"family_name": name, "title": "Johtaja", "email": f"{name}@example.org"})
    page = visit(f"/office/contacts?q={name}", as_user="kurssit")
    page.get_by_text("Sarakkeet", exact=True).click()
    page.get_by_role("button", name="Titteli näytä").click()
    expect(page.get_by_role("cell", name="Johtaja")).to_be_visible()
    page.get_by_text("Sarakkeet", exact=True).click()
    page.get_by_role("button", name="Sähköposti piilota").click()
    expect(page.get_by_text(f"{name}@example.org")).to_have_count(0)
    check_page(page)
    other = visit(f"/office/contacts?q={name}", as_user="kurssit", width=390)
    expect(other.get_by_text("Johtaja")).to_be_visible()
    other.goto(f"/office/contacts/{person['id']}")
    other.get_by_role("link", name="Järjestä").click()
    other.get_by_role("button", name="Piilota Viestit").click()
    other.get_by_role("button", name="Siirrä ylös: Historia").press("Enter")
    expect(other.get_by_role("button", name="Siirrä ylös: Historia")).to_be_focused()
    other.keyboard.press("Enter")
    expect(other.locator("#shown tbody tr").nth(-3)).to_contain_text("Historia")
    check_page(other)
    page.goto(f"/office/contacts/{person['id']}")
    titles = [each.partition(" ")[0] for each in page.locator("section.section h2").all_inner_texts()]
    assert "Viestit" not in titles
    assert titles.index("Historia") < titles.index("Asiakirjat")
    page.goto("/office/views/contacts")
    page.get_by_role("button", name="Kuten muille").click()
    page.goto(f"/office/contacts?q={name}")
    expect(page.get_by_text(f"{name}@example.org")).to_be_visible()
    expect(page.get_by_text("Johtaja")).to_have_count(0)


def test_C9_lists_by_an_expression_and_a_tag_merged_everywhere(visit: Visit, whole: Any) -> None:
    first, second = a_name().lower(), a_name().lower()
    names = [a_name() for _ in range(3)]
    for name, borne in zip(names, ([first], [first, second], [second]), strict=True):
        whole.api.post("/persons", {"family_name": name, "tags": borne})
    page = visit("/office/contacts", as_user="toimisto")
    page.get_by_text("Tunnisteiden yhdistelmä").click()
    page.get_by_label("Kaikki nämä").fill(first)
    page.get_by_label("Ei mitään näistä").fill(second)
    page.get_by_role("button", name="Suodata").click()
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    expect(page.locator("table.list")).to_contain_text(names[0])
    check_page(page)
    page.goto(f"/office/tags/{second}")
    page.locator("#to").fill(first)
    page.get_by_role("button", name="Nimeä uudelleen tai yhdistä").click()
    expect(page.get_by_text(f"Tunnisteen {first} saavat: 2 henkilöä")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Yhdistä").click()
    expect(page.get_by_text("Valmis: 2")).to_be_visible(timeout=120_000)
    check_page(page)
    assert [each["tags"] for each in whole.api.get("/persons", tags_all=first)["data"]] == [[first]] * 3
    assert whole.api.get("/persons", tags_any=second)["data"] == []


def test_C2_C3_who_is_not_found_is_entered_with_the_words_searched_for_and_joined(visit: Visit) -> None:
    name = a_name()
    page = visit(f"/office/search?q=Aino+{name}", as_user="toimisto")
    page.get_by_role("link", name="Uusi kontakti").click()
    expect(page.locator("#given_name")).to_have_value("Aino")
    expect(page.locator("#family_name")).to_have_value(name)
    page.get_by_role("button", name="Tallenna").click()
    page.locator("#affiliations").get_by_role("link", name="Lisää").click()
    page.locator("#q").fill(f"{name} Oy")
    page.locator("#q").press("Enter")
    page.get_by_role("link", name="Uusi organisaatio").click()
    expect(page.locator("#name")).to_have_value(f"{name} Oy")
    page.get_by_role("button", name="Tallenna").click()
    page.get_by_label(f"{name} Oy").check()
    page.locator("#title").fill("Johtaja")
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#affiliations")).to_contain_text(f"{name} Oy")
    expect(page.get_by_role("heading", name=f"Aino {name}")).to_be_visible()
    page.goto(f"/office/search?q=040+{new_id().int % 10**6:06d}")
    page.get_by_role("link", name="Uusi kontakti").click()
    expect(page.locator("#phone")).to_have_value(re.compile("^040 "))
    page.goto(f"/office/organisations?tags_all={name.lower()}")
    expect(page.get_by_role("heading", name="Mitään ei löytynyt")).to_be_visible()
