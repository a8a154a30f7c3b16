"""Masters of fields (C12), as the office meets them."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from chassis.ids import new_id
from ops.simulators.clients import wait_until
from tests.browser.soundness import check_page

Visit = Callable[..., Page]


def test_C12_a_master_locks_its_field_on_forms_and_the_card_says_where_values_come_from(
    visit: Visit, whole: Any
) -> None:
    code, name = f"own{new_id().hex[-8:]}", f"Lukko {new_id().hex[-8:]} Oy"
    field = {"code": code, "label": {"fi": f"Oma {code}"}, "type": "text", "applies_to": "organisation"}
    whole.api.post("/fields", field)
    made = whole.api.post("/organisations", {
        "name": name, "customer_number": code, "fields": {code: "Alku"},
        "addresses": [{"street": "Rantatie 1", "postal_code": "00100", "city": "Helsinki"}],
    })  # fmt: skip
    page = visit("/office/settings/masters", as_user="admin")
    page.locator(f"#organisations_fields_{code}").select_option(label="Kirjanpito")
    page.locator("#organisations_addresses").select_option(label="Kirjanpito")
    check_page(page)
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_text("Tallennettu.")).to_be_visible()
    try:
        refused(whole, made, {"fields": {code: "Loppu"}})
        page.goto(f"/office/organisations/{made['id']}/edit")
        expect(page.locator(f"#fields_{code}")).not_to_be_editable()
        expect(page.locator(f"#fields_{code}-hint")).to_contain_text("Kirjanpito")
        expect(page.locator("#addresses_0_street")).not_to_be_editable()
        expect(page.locator("#addresses_0_country")).to_be_disabled()
        check_page(page)
        told_of_by_an_import(whole, page, name, code)
        page.goto(f"/office/organisations/{made['id']}/edit")
        page.locator("#phone").fill("09 765 4321")
        page.get_by_role("button", name="Tallenna").click()
        expect(page.locator("dl.facts").first).to_contain_text("+358 9 765 4321")
        page.get_by_text("Mistä tiedot tulevat").click()
        expect(page.locator("#sources")).to_contain_text("Toimisto")
        expect(page.locator("#sources")).to_contain_text("Toinen ohjelma")
        check_page(page)
    finally:
        page.goto("/office/settings/masters")
        for each in (f"#organisations_fields_{code}", "#organisations_addresses"):
            page.locator(each).select_option(value="")
        page.get_by_role("button", name="Tallenna").click()
    page.goto(f"/office/organisations/{made['id']}/edit")
    expect(page.locator(f"#fields_{code}")).to_be_editable()
    expect(page.locator("#addresses_0_street")).to_have_value("Rantatie 1")


def told_of_by_an_import(whole: Any, page: Page, name: str, code: str) -> None:
    """A file that says another address leaves it, and the report says whose it is; and which tag found no room."""
    many = ",".join(f"tunniste-{number}" for number in range(100))
    told_once = f"Organisaatio;Asiakasnumero;Tunnisteet\n{name};{code};{many}\n".encode()
    job = whole.api.upload("/imports", "tunnisteet.csv", told_once, dry_run="false")
    wait_until(lambda: whole.api.get(f"/jobs/{job['id']}")["state"] == "succeeded" or None, 180, "the first import")
    content = f"Organisaatio;Asiakasnumero;Katuosoite;Tunnisteet\n{name};{code};Kotikatu 2;uusi\n".encode()
    job = whole.api.upload("/imports", "yritykset.csv", content, dry_run="false")
    address = f"/imports/{job['id'].partition('-')[2]}"
    wait_until(lambda: whole.api.get(f"/jobs/{job['id']}")["state"] == "succeeded" or None, 180, "the import")
    assert whole.api.get(address)["counts"]["mastered"] == 1
    page.goto(f"/office{address}?state=mastered")
    expect(page.locator("#list")).to_contain_text("Katuosoite: Kirjanpito")
    check_page(page)
    page.goto(f"/office{address}?state=full")
    expect(page.locator("#list")).to_contain_text("Tunnisteet: uusi")
    check_page(page)


def refused(whole: Any, made: dict[str, Any], change: dict[str, Any]) -> None:
    address = f"/api/v1/organisations/{made['id']}"
    answer = whole.api.ask(
        "PATCH", address, json=change, headers={"If-Match": whole.api.ask("GET", address).headers["ETag"]}
    )
    assert answer.status_code == 422
    assert answer.json()["code"] == "mastered"
    assert re.search(r"fields/own\w+", answer.json()["errors"][0]["pointer"])
