"""Surveys: written and published by the office, answered by a link on a phone, counted and exported (C16)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from chassis.ids import new_id
from ops.demo.stage import link_in
from tests.browser.soundness import check_page
from tests.browser.things import QUESTIONS
from tests.whole_suite import Whole

Visit = Callable[..., Page]


@pytest.fixture
def survey(whole: Whole) -> str:
    """A published survey of one's own with every kind of question."""
    title = {"fi": f"Kurssipalaute {str(new_id())[-6:]}"}
    made = whole.api.post("/surveys", {"title": title, "questions": QUESTIONS})
    whole.api.post(f"/surveys/{made['id']}/publish", {"version": 1})
    return str(made["id"])


@pytest.fixture
def person(whole: Whole) -> dict[str, str]:
    email = f"{new_id()}@example.org"
    name = {"given_name": "Helmi", "family_name": f"Aalto{str(new_id())[-6:]}"}
    made = whole.api.post("/persons", {**name, "email": email})
    return {"id": made["id"], "email": email, "family_name": name["family_name"]}


def answered(whole: Whole, survey: str, person: dict[str, str], **answers: object) -> None:
    whole.api.post(f"/surveys/{survey}/answers", {"person_id": person["id"], "number": 1, "answers": answers})


def test_C16_the_office_writes_publishes_and_changes_a_survey(visit):
    page = visit("/office/surveys", as_user="toimisto")
    page.get_by_role("link", name="Uusi kysely").first.click()
    page.get_by_role("button", name="Jatka kysymyksiin").click()
    expect(page.locator("#title_fi-error")).to_be_visible()
    name = f"Osaaminen {str(new_id())[-6:]}"
    page.locator("#title_fi").fill(name)
    page.get_by_role("button", name="Jatka kysymyksiin").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_text("Luonnos, kukaan ei voi vielä vastata")).to_be_visible()
    page.get_by_role("link", name="Lisää kysymys").first.click()
    page.locator("#kind").select_option("choice")
    expect(page.locator("#more_choices")).to_be_visible()
    page.locator("#text_fi").fill("Osaatko ensiapua?")
    page.get_by_role("button", name="Tallenna").last.click()
    expect(page.locator("#more_choices-error")).to_be_visible()
    page.locator("#more_choices").fill("Kyllä | Ja | Yes\nEn")
    page.get_by_role("button", name="Tallenna").last.click()
    expect(page.locator("#questions")).to_contain_text("Osaatko ensiapua?")
    page.get_by_role("link", name="Lisää kysymys").first.click()
    page.locator("#text_fi").fill("Minkä kurssin kävit?")
    page.get_by_text("Kysy vain tiettyjen vastausten jälkeen").click()
    page.get_by_role("checkbox", name="Osaatko ensiapua?: Kyllä").check()
    page.get_by_role("button", name="Tallenna").last.click()
    expect(page.locator("#questions")).to_contain_text("Vain jos vastaus kysymykseen ”Osaatko ensiapua?”")
    page.get_by_role("button", name="Siirrä ylös: Minkä kurssin kävit?").click()
    expect(page.get_by_text("Jokin kysymys riippuu tästä.")).to_be_visible()
    page.locator("#publish button").click()
    expect(page.get_by_text("Kysely on julkaistu.")).to_be_visible()
    expect(page.get_by_text("Avoinna vastauksille")).to_be_visible()
    page.get_by_role("link", name="Minkä kurssin kävit?").click()
    page.get_by_role("button", name="Poista").click()
    page.get_by_role("dialog").get_by_role("button", name="Poista").click()
    expect(page.get_by_text("Muutoksia ei ole vielä julkaistu")).to_be_visible()
    page.locator("#close button").click()
    expect(page.get_by_text("Suljettu", exact=True)).to_be_visible()
    page.get_by_role("button", name="Poista kysely vastauksineen").click()
    expect(page.get_by_text("Kysely on poistettu vastauksineen.")).to_be_visible()
    page.get_by_role("button", name="Kumoa").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def mailed_link(whole: Whole, survey: str, person: dict[str, str]) -> str:
    """The personal link that a mailing to a segment brings the person."""
    wanted = {"field": "family_name", "op": "eq", "value": person["family_name"]}
    segment = whole.api.post("/segments", {"name": f"Kysely {new_id()}", "filter": wanted})
    texts = {"subject": f"Kysely {survey}", "body": "Hei!\n\n[[Vastaa|{{link}}]]"}
    mailing = {"name": "Kysely", "segment_id": segment["id"], "survey_id": survey, **texts}
    made = whole.api.post("/mailings", mailing)
    for _ in range(2):  # a second press sends nothing more
        headers = {"Idempotency-Key": str(new_id())}
        whole.api.ask("POST", f"/api/v1/mailings/{made['id']}/launch", headers=headers)
    mail = whole.mailbox.wait_for(person["email"], containing="Kysely")
    shown = whole.api.get(f"/messages/{whole.api.get('/messages', person_id=person['id'])['data'][0]['id']}")
    assert "/survey/" not in shown["body"]
    assert len(whole.mailbox.messages(person["email"])) == 1
    return link_in(mail, "/survey")


def test_C16_a_link_in_a_mail_is_answered_on_a_phone_and_changed_until_it_closes(visit, whole, survey, person):
    address = mailed_link(whole, survey, person)
    for _ in range(3):  # a mail scanner follows links
        assert whole.visitor().ask("GET", address).status_code == 200
    assert whole.api.get(f"/surveys/{survey}/answers")["data"] == []
    page = visit(address, width=390)
    check_page(page)
    why = page.get_by_role("textbox", name="Miksi et?")
    expect(why).to_be_hidden()
    page.get_by_role("button", name="Lähetä vastaukset").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.get_by_role("radio", name="Ei", exact=True).first.check()
    expect(why).to_be_visible()
    page.get_by_role("textbox", name="Montako tuntia?").fill("kaksi")
    page.get_by_role("button", name="Lähetä vastaukset").click()
    expect(page.get_by_text("Tämä ei ole luku.").first).to_be_visible()
    expect(page.get_by_role("radio", name="Ei", exact=True).first).to_be_checked()
    check_page(page)
    page.get_by_role("textbox", name="Montako tuntia?").fill("2,5")
    why.fill("Satoi.")
    page.get_by_role("radio", name="5 – hyvä").check()
    page.get_by_role("group", name="Ruoka").get_by_role("radio", name="Kyllä").check()
    page.get_by_role("button", name="Lähetä vastaukset").click()
    expect(page.get_by_role("heading", name="Kiitos vastauksistasi")).to_be_visible()
    check_page(page)
    (kept,) = whole.api.get(f"/surveys/{survey}/answers")["data"]
    assert kept["answers"] == {"came": "no", "why": "Satoi.", "mark": 5, "hours": 2.5, "pages": {"food": "yes"}}
    page.get_by_role("link", name="Muuta vastauksia").click()
    expect(page.get_by_role("textbox", name="Montako tuntia?")).to_have_value("2,5")
    page.get_by_role("radio", name="Kyllä", exact=True).first.check()
    expect(why).to_be_hidden()
    page.get_by_role("button", name="Lähetä vastaukset").click()
    expect(page.get_by_role("heading", name="Kiitos vastauksistasi")).to_be_visible()
    (changed,) = whole.api.get(f"/surveys/{survey}/answers")["data"]
    assert (changed["id"], "why" in changed["answers"]) == (kept["id"], False)
    whole.api.post(f"/surveys/{survey}/close", {"version": whole.api.get(f"/surveys/{survey}")["version"]})
    page.goto(address)
    expect(page.get_by_text("Vastausaika on päättynyt")).to_be_visible()
    expect(page.get_by_role("button", name="Lähetä vastaukset")).to_have_count(0)


def test_C16_nothing_answered_is_told_and_the_link_still_works(visit, whole, person):
    rows = {"rows": [{"code": "food", "label": {"fi": "Ruoka"}}], "choices": [{"code": "ok", "label": {"fi": "Hyvä"}}]}
    questions = [
        {"code": "why", "kind": "text", "text": {"fi": "Miksi tulit?"}},
        {"code": "how", "kind": "matrix", "text": {"fi": "Miten meni?"}, **rows},
    ]
    made = whole.api.post("/surveys", {"title": {"fi": "Vapaa kysely"}, "questions": questions})
    whole.api.post(f"/surveys/{made['id']}/publish", {"version": 1})
    page = visit(mailed_link(whole, made["id"], person), width=390)
    page.get_by_role("textbox", name="Miksi tulit?").fill("   ")
    page.get_by_role("button", name="Lähetä vastaukset").click()
    expect(page.locator(".error-summary")).to_contain_text("Vastaa ainakin yhteen kysymykseen")
    check_page(page)
    office = visit(f"/office/surveys/{made['id']}/persons/{person['id']}", as_user="toimisto")
    office.get_by_role("button", name="Tallenna vastaukset").click()
    expect(office.locator(".error-summary")).to_contain_text("Mihinkään ei vastattu")
    assert whole.api.get(f"/surveys/{made['id']}/answers")["data"] == []
    page.get_by_role("textbox", name="Miksi tulit?").fill("Oppimaan.")
    page.get_by_role("button", name="Lähetä vastaukset").click()
    expect(page.get_by_role("heading", name="Kiitos vastauksistasi")).to_be_visible()
    page.get_by_role("link", name="Muuta vastauksia").click()
    page.get_by_role("textbox", name="Miksi tulit?").fill("")
    page.get_by_role("button", name="Lähetä vastaukset").click()
    expect(page.locator(".error-summary")).to_contain_text("Mihinkään ei vastattu")
    (kept,) = whole.api.get(f"/surveys/{made['id']}/answers")["data"]
    assert kept["answers"] == {"why": "Oppimaan."}


def test_C16_the_office_answers_for_a_person_and_sees_the_summary_and_the_table(visit, whole, survey, person):
    answered(whole, survey, {"id": whole.api.post("/persons", {"given_name": "=1+1"})["id"]}, came="yes", mark=3)
    page = visit(f"/office/contacts/{person['id']}", as_user="toimisto")
    expect(page.locator("#surveys")).to_contain_text("Yhteenkään kyselyyn ei ole vielä vastattu")
    page.goto(f"/office/surveys/{survey}/persons/{person['id']}")
    page.get_by_role("radio", name="Ei", exact=True).first.check()
    page.get_by_role("textbox", name="Miksi et?").fill("Satoi.")
    page.get_by_role("radio", name="5 – hyvä").check()
    page.get_by_role("button", name="Tallenna vastaukset").click()
    expect(page.locator("#surveys")).to_contain_text("Kurssipalaute")
    page.goto(f"/office/surveys/{survey}/summary")
    expect(page.get_by_text("2 henkilöä on vastannut")).to_be_visible()
    expect(page.get_by_role("row", name="Ei 1 50 %")).to_be_visible()
    expect(page.get_by_text("keskiarvo 4")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Satoi.")
    page.get_by_role("button", name="Tee kohderyhmä Tulitko kurssille? Ei").click()
    expect(page.get_by_text("1 henkilö nyt")).to_be_visible()
    expect(page.locator("main")).to_contain_text(person["family_name"])
    check_page(page)
    table = page.request.get(f"/office/surveys/{survey}/answers.csv")
    assert table.headers["content-disposition"].startswith("attachment")
    rows = table.body().decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Nimi;Vastattu;Tulitko kurssille?;Miksi et?;Arvosana")
    assert [row.split(";")[0] for row in rows[1:]] == [f"Helmi {person['family_name']}", "'=1+1"]
    assert ";Ei;Satoi.;5;" in rows[1]


def test_C16_the_office_takes_answers_back_once_it_has_confirmed(visit, whole, survey, person):
    answered(whole, survey, person, came="yes", mark=3)
    page = visit(f"/office/surveys/{survey}/persons/{person['id']}", as_user="toimisto")
    check_page(page)
    page.locator("#take-back").get_by_role("button", name="Poista vastaukset").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Ne katoavat lopullisesti")
    dialog.get_by_role("button", name="Poista vastaukset").click()
    expect(page.locator("main")).to_contain_text("Ei vielä vastattu")
    expect(page.locator("#take-back")).to_have_count(0)
    assert whole.api.get(f"/surveys/{survey}/answers")["data"] == []


def test_C16_answers_that_were_changed_meanwhile_stay(visit, whole, survey, person):
    answered(whole, survey, person, came="yes", mark=3)
    page = visit(f"/office/surveys/{survey}/persons/{person['id']}", as_user="toimisto")
    answered(whole, survey, person, came="yes", mark=5)
    page.locator("#take-back").get_by_role("button", name="Poista vastaukset").click()
    page.locator("dialog[open]").get_by_role("button", name="Poista vastaukset").click()
    expect(page.locator("main")).to_contain_text("Tämä ei ole enää mahdollista")
    (kept,) = whole.api.get(f"/surveys/{survey}/answers")["data"]
    assert kept["answers"]["mark"] == 5
