"""A person moves from one organisation to another, on the office's pages (C3, C14)."""

from chassis.ids import new_id
from ops.demo.stage import text_of


def test_C14_a_person_moves_to_another_employer_and_the_past_stays(whole):
    office, mark = whole.staff("admin"), new_id().hex[-8:]
    old, new = (whole.api.post("/organisations", {"name": f"{name} {mark} Oy"}) for name in ("Entinen", "Uusi"))
    person = whole.api.post("/persons", {"given_name": "Muuttava", "family_name": mark})
    belongs = {"person_id": person["id"], "organisation_id": old["id"], "title": "Kokki", "starts_on": "2020-01-01"}
    affiliation = whole.api.post("/affiliations", belongs)

    def send(path, **values):
        return office.ask("POST", path, data={"csrf_token": office.csrf, "form_key": str(new_id())} | values)

    card = f"/office/contacts/{person['id']}"
    ended = send(
        f"/office/affiliations/{affiliation['id']}/end", ends_on="30.6.2026", moves="yes", back=f"{card}#affiliations"
    )
    assert ended.headers["Location"] == f"/office/affiliations/new?person={person['id']}&starts_on=2026-07-01"
    form = office.page(f"{ended.headers['Location']}&q=Uusi+{mark}&lang=fi")
    assert form.xpath("//input[@name='starts_on'][@id='starts_on']/@value") == ["1.7.2026"]
    begun = send(
        "/office/affiliations/new", person_id=person["id"], organisation_id=new["id"], starts_on="1.7.2026",
        title="Keittiömestari", **{"from": "person"},
    )  # fmt: skip
    assert begun.status_code == 302
    told = text_of(office.page(f"{card}?lang=fi").xpath("//section[@id='affiliations']")[0])
    for shown in (f"Entinen {mark} Oy", f"Uusi {mark} Oy", "Kokki", "Keittiömestari", "30.6.2026", "1.7.2026"):
        assert shown in told
    fields = [each["field"] for each in whole.api.get(f"/persons/{person['id']}/history")["data"]]
    assert fields.count("affiliation.started") == 2
    assert fields.count("affiliation.ended") == 1
    history = text_of(office.page(f"{card}/history?lang=fi").xpath("//table")[0])
    assert f"Yhteys organisaatioon alkaa: Uusi {mark} Oy, Keittiömestari" in history
    assert f"Yhteys organisaatioon päättyy 30.6.2026: Entinen {mark} Oy, Kokki" in history
    of_new = office.page(f"/office/organisations/{new['id']}?lang=fi").xpath("//section[@id='history']//a/@href")
    assert f"{whole.base_url}{card}" in of_new


def test_C14_a_day_that_is_none_is_left_out(whole):
    person = whole.api.post("/persons", {"given_name": "Muuttava", "family_name": "Päivätön"})
    page = whole.staff("admin").page(f"/office/affiliations/new?person={person['id']}&starts_on=2026-02-31")
    assert "starts_on" not in page.xpath("//form[@id='affiliation']//input/@value")
