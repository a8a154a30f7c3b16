"""Looking at the columns of a file before it is imported (C11), in Chromium."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import FilePayload, Page, expect

from chassis.ids import new_id
from ops.simulators.clients import wait_until
from tests.browser.soundness import check_page

Visit = Callable[..., Page]


def a_name() -> str:
    """A family name that nobody else has."""
    return f"T{new_id().hex[-11:]}"


def upload(page: Page, content: str) -> None:
    file: FilePayload = {"name": "vanha.csv", "mimeType": "text/csv", "buffer": content.encode()}
    page.locator("#file").set_input_files(files=[file])


def test_C11_columns_are_shown_with_samples_changed_saved_and_used_again(visit: Visit, whole: Any) -> None:
    name, saved = a_name(), a_name()
    content = f"Kuka;Luuri;Posti\n{name}, Aino;040 1234567;aino.{name}@example.org\n"
    page = visit("/office/imports", as_user="admin")
    upload(page, content)
    page.get_by_role("button", name="Lue tiedosto").click()
    expect(page.locator("#column_2")).to_have_value("email", timeout=120_000)
    expect(page.locator("#column_1")).to_have_value("phone")
    expect(page.locator("#column_0")).to_have_value("")
    expect(page.locator("#column_0-hint")).to_contain_text(name)
    check_page(page)
    page.locator("#column_0").select_option(label="Puhelin")
    page.get_by_role("button", name="Jatka").click()
    expect(page.locator(".error-summary")).to_be_visible()
    check_page(page)
    page.locator("#column_0").select_option("name")
    page.locator("#save_as").fill(saved)
    page.get_by_role("button", name="Jatka").click()
    page.get_by_role("button", name="Tuo rekisteriin").wait_for(timeout=120_000)
    page.get_by_role("button", name="Tuo rekisteriin").click()
    expect(page.get_by_role("link", name=re.compile("^Uusi 1$"))).to_be_visible(timeout=120_000)
    (made,) = whole.api.get("/persons", q=name)["data"]
    assert (made["name"], made["phone"]) == (f"Aino {name}", "+358401234567")
    page.goto("/office/imports")
    upload(page, content)
    page.locator("#mapping_id").select_option(label=saved)
    page.get_by_role("button", name="Lue tiedosto").click()
    expect(page.locator("#column_0")).to_have_value("name", timeout=120_000)


def test_C11_the_report_has_the_cells_in_the_order_of_the_file(visit: Visit, whole: Any) -> None:
    name = a_name()
    page = visit("/office/imports", as_user="admin")
    upload(page, f"Sukunimi;Puhelin;Etunimi;Nro\n{name};040 1234567;Aino;17\n")
    page.get_by_label("Tarkista ensin").check()
    page.get_by_role("button", name="Lue tiedosto").click()
    page.get_by_role("button", name="Tuo rekisteriin").wait_for(timeout=120_000)
    expect(page.locator("table.list")).to_contain_text(f"{name} · 040 1234567 · Aino · 17")
    import_id = re.findall(r"imports/([0-9a-f-]{36})", page.url)[0]
    (row,) = whole.api.get(f"/imports/{import_id}/rows")["data"]
    assert list(row["raw"]) == ["Sukunimi", "Puhelin", "Etunimi", "Nro"]


def test_C11_a_file_that_cannot_be_read_is_told_when_it_is_looked_at(visit: Visit) -> None:
    page = visit("/office/imports", as_user="admin", width=390)
    upload(page, 'Etunimi;Sukunimi\nAino;"Aalto\n')
    page.get_by_role("button", name="Lue tiedosto").click()
    expect(page.get_by_text("Rivillä alkaa lainausmerkki")).to_be_visible(timeout=120_000)
    check_page(page)


def test_C11_C17_a_file_that_an_erasure_has_taken_is_asked_for_again(visit: Visit, whole: Any) -> None:
    page = visit("/office/imports", as_user="admin")
    upload(page, f"Etunimi;Sukunimi\nAino;{a_name()}\n")
    page.get_by_label("Tarkista ensin").check()
    page.get_by_role("button", name="Lue tiedosto").click()
    page.get_by_role("button", name="Tuo rekisteriin").wait_for(timeout=120_000)
    import_id = re.findall(r"imports/([0-9a-f-]{36})", page.url)[0]
    (Path(whole.suite.wiring.files) / whole.api.get(f"/imports/{import_id}")["file_key"]).unlink()
    page.get_by_role("button", name="Tuo rekisteriin").click()
    expect(page.get_by_text("Lähetä se uudelleen")).to_be_visible(timeout=120_000)


def test_C11_an_import_is_undone_and_what_was_changed_since_is_kept_and_listed(visit: Visit, whole: Any) -> None:
    name = a_name()
    rows = f"Etunimi;Sukunimi\nAino;{name}\nEino;{name}\n".encode()
    job = whole.api.upload("/imports", "kumottava.csv", rows, dry_run="false")
    import_id = job["id"].partition("-")[2]
    page = visit(f"/office/imports/{import_id}", as_user="admin")
    undo = page.get_by_role("button", name="Kumoa")
    expect(undo).to_be_visible(timeout=60_000)
    eino = next(each for each in whole.api.get("/persons", q=name)["data"] if "Eino" in each["name"])
    address = f"/api/v1/persons/{eino['id']}"
    version = {"If-Match": whole.api.ask("GET", address).headers["ETag"]}
    assert whole.api.ask("PATCH", address, json={"title": "Johtaja"}, headers=version).status_code == 200
    undo.click()
    check_page(page)
    page.get_by_role("dialog").get_by_role("button", name="Kumoa").click()
    expect(page.get_by_text("Peruttuja rivejä: 1")).to_be_visible(timeout=120_000)
    expect(page.get_by_role("link", name=re.compile("^Kumottaessa jääneet 1$"))).to_be_visible()
    expect(page.get_by_text("Kontakti itse")).to_be_visible()
    check_page(page)
    assert [each["name"] for each in whole.api.get("/persons", q=name)["data"]] == [f"Eino {name}"]
    again = whole.api.ask("POST", f"/api/v1/imports/{import_id}/undo", headers={"Idempotency-Key": name})
    assert (again.status_code, again.json()["code"]) == (409, "import_undone")


def test_C11_R6_who_may_import_is_told_that_a_colleagues_import_is_theirs_alone(visit: Visit, whole: Any) -> None:
    job = whole.api.upload("/imports", "toisen.csv", f"Sukunimi\n{a_name()}\n".encode(), dry_run="false")
    address = f"/office/imports/{job['id'].partition('-')[2]}"
    page = visit(address, as_user="toimisto")
    expect(page.get_by_text("Työtoveri aloitti tämän tuonnin.")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Kumoa")).to_have_count(0)
    check_page(page)
    staff = whole.staff("toimisto")
    for sent in (f"{address}/undo", f"/office/jobs/{job['id']}/cancel"):
        data = {"csrf_token": staff.csrf, "form_key": a_name(), "confirmed": "1"}
        refused = staff.ask("POST", sent, data=data)
        assert (refused.status_code, "järjestelmän ylläpitäjä" in refused.text) == (403, True)


def test_C12_E5_a_batch_of_accounting_shows_on_cards_and_says_what_it_corrects(visit: Visit, whole: Any) -> None:
    number = a_name()
    organisation = whole.api.post("/organisations", {"name": number, "customer_number": number})
    headings = "Asiakasnro;Laskunro;Rivi;Tuotekoodi;Tuote;Määrä;Yks;Yhteensä;Toimituspvm\n"
    rows = f"{number};{number};1;K-10;Kahvi;2;kpl;1 234,50;1.9.2026\nx{number};{number};2;K-10;Kahvi;2;kpl;1;1.9.2026\n"
    page = visit("/office/imports", as_user="admin")
    for content, told in ((headings + rows, "Uusi 1"), (headings + rows.replace(";2;kpl", ";3;kpl"), "Muuttunut 1")):
        page.goto("/office/imports")
        upload(page, content)
        page.get_by_label("Toimitetut tuotteet").check()
        page.get_by_role("button", name="Lue tiedosto").click()
        expect(page.locator("#column_7")).to_have_value("gross", timeout=120_000)
        page.get_by_role("button", name="Jatka").click()
        page.get_by_role("button", name="Tuo rekisteriin").click(timeout=120_000)
        expect(page.get_by_role("link", name=re.compile(f"^{told}$"))).to_be_visible(timeout=120_000)
        expect(page.locator("main")).to_contain_text(f"Kenelläkään asiakkaalla ei ole numeroa x{number}")
    page.get_by_role("link", name="Muuttunut 1").click()
    expect(page.locator("main")).to_contain_text("Korvaa sen, mitä aiempi erä sanoi: Määrä.")
    check_page(page)
    page.goto(f"/office/organisations/{organisation['id']}")
    bought = page.locator("#purchases")
    expect(bought).to_contain_text(re.compile(r"Kahvi K-10\s*Kirjanpito, tosite"))
    expect(bought).to_contain_text("3 kpl")
    page.goto(f"/office/organisations/{organisation['id']}/purchases")
    expect(page.locator("main")).to_contain_text("1 234,50 €")
    check_page(page)


def test_C11_a_card_goes_out_and_comes_in_again(visit: Visit, whole: Any) -> None:
    name = a_name()
    person = whole.api.post("/persons", {"given_name": "Åke", "family_name": name, "email": f"{name}@example.org"})
    page = visit(f"/office/contacts/{person['id']}", as_user="admin")
    with page.expect_download() as saving:
        page.get_by_role("link", name="Tallenna vCard").click()
    assert saving.value.suggested_filename == f"Åke {name}.vcf"
    card = saving.value.path().read_text()
    answer = whole.api.ask("GET", f"/api/v1/persons/{person['id']}.vcf")
    assert (answer.text.replace("\r\n", "\n"), answer.headers["Content-Type"]) == (card, "text/vcard; charset=utf-8")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    whole.api.ask("DELETE", f"/api/v1/persons/{person['id']}", headers={"If-Match": '"1"'})
    erasure = f"/persons/{person['id']}/erasure"
    wait_until(lambda: whole.api.get(erasure)["complete"] or None, 180, "erasure, which looks for the name everywhere")
    page.goto("/office/imports")
    upload(page, card)
    page.get_by_role("button", name="Lue tiedosto").click()
    expect(page.get_by_label("EMAIL")).to_have_value("email", timeout=120_000)
    check_page(page)
    page.get_by_role("button", name="Jatka").click()
    page.get_by_role("button", name="Tuo rekisteriin").click(timeout=120_000)
    expect(page.get_by_role("link", name=re.compile("^Uusi 1$"))).to_be_visible(timeout=120_000)


def test_C11_rejected_rows_come_back_with_all_columns_of_the_file_in_its_order(visit: Visit, whole: Any) -> None:
    content = f"Sähköposti;Sukunimi;Syntymäaika;Etunimi\n;{a_name()};31.2.1999;Aino\n"
    job = whole.api.upload("/imports", "a.csv", content.encode(), profile="contacts", dry_run="false")
    page = visit(f"/office/imports/{job['id'].partition('-')[2]}", as_user="admin")
    expect(page.get_by_role("link", name=re.compile("^Hylätty 1$"))).to_be_visible(timeout=60_000)
    file = page.request.get(page.url.partition("?")[0] + "/rejected.csv")
    assert file.body().decode("utf-8-sig").startswith("Sähköposti;Sukunimi;Syntymäaika;Etunimi;Rivi;")
