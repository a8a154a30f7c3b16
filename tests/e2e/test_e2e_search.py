"""The search of the office's pages and of the API: one box over all services (A7)."""

import pytest

from ops.demo.stage import text_of

pytestmark = pytest.mark.timeout(300)
WORD = "hakusanakoe"


@pytest.fixture(scope="module")
def things(whole):
    """One thing of every kind that has the word, by kind."""
    api = whole.api
    person = api.post("/persons", {"given_name": "Haku", "family_name": WORD.title()})
    segment = {"name": f"{WORD} ryhmä", "filter": {"field": "city", "op": "eq", "value": "Turku"}}
    texts = {"name": f"{WORD} kirje", "subject": "Aihe", "body": "Teksti"}
    chosen = api.post("/segments", segment)
    return {
        "persons": person["id"],
        "organisations": api.post("/organisations", {"name": f"{WORD.title()} Oy"})["id"],
        "activities": api.post("/activities", {"kind": "note", "text": f"{WORD} muistio"})["id"],
        "tasks": api.post("/tasks", {"title": f"{WORD} tehtävä"})["id"],
        "projects": api.post("/projects", {"name": f"{WORD} projekti"})["id"],
        "segments": chosen["id"],
        "mailings": api.post("/mailings", texts | {"segment_id": chosen["id"]})["id"],
        "products": api.post(
            "/products", {"code": "hakukoe", "name": {"fi": f"{WORD} tuote"}, "category": "goods", "price": "5.00"}
        )["id"],
        "accounts": api.post("/accounts", {"username": f"{WORD}-1", "roles": ["office"]})["id"],
    }


def test_A7_the_api_finds_everything_of_all_services(whole, things):
    found = whole.api.get("/search", q=WORD[:9])
    assert {each["kind"]: each["id"] for each in found["data"]} == things


def test_A7_the_page_leads_to_what_it_finds(whole, things):
    office = whole.staff("admin")
    page = office.page(f"/office/search?lang=fi&q={WORD}")
    for shown in ("muistio", "tehtävä", "projekti", "ryhmä", "kirje", "tuote"):
        assert f"{WORD} {shown}" in text_of(page)
    page.make_links_absolute(whole.base_url)
    addresses = page.xpath("//main//td[contains(@class, 'main')]/a/@href")
    assert len(addresses) >= len(things)
    assert {office.ask("GET", each).status_code for each in addresses} == {200}


def test_A7_nobody_finds_what_they_may_not_see(whole, things):
    treasurer = whole.staff("rahasto")
    kinds = {each["kind"] for each in treasurer.get("/search", q=WORD)["data"]}
    assert "products" in kinds
    assert "accounts" not in kinds
    assert whole.visitor().ask("GET", f"/api/v1/search?q={WORD}").status_code == 401
