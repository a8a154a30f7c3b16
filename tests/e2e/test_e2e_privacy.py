"""What a person allows, with its evidence, and the whole history of a contact, on the office's pages (C17, C18)."""

import pytest

from ops.demo.stage import text_of


@pytest.fixture(scope="module")
def office(whole):
    return whole.staff("admin")


@pytest.fixture
def person(whole):
    return whole.api.post("/persons", {"given_name": "Lupa", "family_name": "Kysytty", "email": "lupa@example.org"})


def test_C17_a_consent_is_recorded_with_how_the_office_knows(whole, office, person):
    address = f"/office/contacts/{person['id']}/privacy"
    page = office.page(f"{address}?lang=fi")
    assert "Ei ole kysytty" in text_of(page)
    hidden = {"csrf_token": office.csrf, "form_key": person["id"]}
    for missing in ({"phone": "false"}, {"evidence": "Sanoi puhelimessa"}, {"phone": "ehkä", "evidence": "Sanoi"}):
        assert office.ask("POST", address, data=hidden | missing).status_code == 422
    assert not any(each["recorded_at"] for each in whole.api.get(f"/persons/{person['id']}/consents")["data"])
    said = {"phone": "false", "email": "true", "evidence": "Sanoi puhelimessa"}
    assert office.ask("POST", address, data=hidden | said).status_code == 302
    found = {each["channel"]: each for each in whole.api.get(f"/persons/{person['id']}/consents")["data"]}
    assert {channel: (each["allowed"], each["evidence"]) for channel, each in found.items()} == {
        "email": (True, "Sanoi puhelimessa"), "phone": (False, "Sanoi puhelimessa"),
        "sms": (True, ""), "post": (True, ""),
    }  # fmt: skip
    shown = text_of(office.page(f"{address}?lang=fi"))
    assert "Kielletty" in shown
    assert "Sanoi puhelimessa" in shown


def test_C18_the_history_tells_who_changed_what_through_which_channel(whole, office, person):
    path = f"/persons/{person['id']}"
    whole.api.ask("PATCH", f"/api/v1{path}", json={"phone": "+358401112223"}, headers={"If-Match": '"1"'})
    office.ask("PATCH", f"/api/v1{path}", json={"title": "Kuraattori"}, headers={"If-Match": '"2"'})
    rows = rows_of(office.page(f"/office/contacts/{person['id']}/history?lang=fi"))
    assert rows[0][:3] == ["Titteli", "", "Kuraattori"]
    assert "admin" in rows[0][4]
    assert "Toimisto" in rows[0][4]
    assert rows[1][:3] == ["Puhelin", "", "+358 40 111 2223"]
    assert "Toinen ohjelma" in rows[1][4]


def test_C18_the_history_is_narrowed_to_a_channel_and_to_days(whole, office, person):
    address = f"/office/contacts/{person['id']}/history"
    office.ask("PATCH", f"/api/v1/persons/{person['id']}", json={"title": "Kuraattori"}, headers={"If-Match": '"1"'})
    assert [row[2] for row in rows_of(office.page(f"{address}?lang=fi&channel=office"))] == ["Kuraattori"]
    assert "Silloin ei muutettu mitään" in text_of(office.page(f"{address}?lang=fi&to_on=1.1.2020"))
    assert office.ask("GET", f"{address}?from_on=31.2.2026").status_code == 422
    told = whole.api.get(f"/persons/{person['id']}/history", channel="office", from_on="2026-01-01")["data"]
    assert [each["field"] for each in told] == ["title"]


def rows_of(page):
    """The cells of the list, row by row."""
    return [[text_of(cell) for cell in row.xpath("td")] for row in page.xpath("//table//tbody/tr")]
