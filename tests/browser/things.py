"""One thing of each kind for the pages to show, with words and texts as long as people write them."""

from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from PIL import Image

from contracts.contacts.calendars import PUBLIC_CALENDAR
from ops.demo.papers import camt_054
from ops.simulators.clients import wait_until
from tests import members
from tests.whole_suite import Whole

A_CODE = "pages"
LONG_NAME = "pitkakayttajatunnus" * 6
"""One word that no column has room for."""
LONG_TEXT = "Keskustelimme jäsenyydestä ja kursseista. " * 20
LONG_TITLE = "Tarjous ensiapukurssista ja jatkokurssista " * 4
A_PHONE = "+358401112223"
A_KEY = sha256(f"phone {A_PHONE}".encode()).hexdigest()[:32]
MONTH = "2027-03"
"""In which the event begins."""
CHOICES = [{"code": "yes", "label": {"fi": "Kyllä"}}, {"code": "no", "label": {"fi": "Ei"}}]
QUESTIONS = [
    {"code": "came", "kind": "choice", "text": {"fi": "Tulitko kurssille?"}, "choices": CHOICES, "required": True},
    {"code": "why", "kind": "long_text", "text": {"fi": "Miksi et?"}, "required": True,
     "shown_when": {"question": "came", "values": ["no"]}},
    {"code": "mark", "kind": "scale", "text": {"fi": "Arvosana"}, "lowest": 1, "highest": 5,
     "lowest_label": {"fi": "huono"}, "highest_label": {"fi": "hyvä"}},
    {"code": "hours", "kind": "number", "text": {"fi": "Montako tuntia?"}},
    {"code": "many", "kind": "multiple_choice", "text": {"fi": "Mitä toivot?"}, "choices": CHOICES},
    {"code": A_CODE, "kind": "matrix", "text": {"fi": "Miten onnistui?"}, "choices": CHOICES,
     "rows": [{"code": "food", "label": {"fi": "Ruoka"}}, {"code": "place", "label": {"fi": "Paikka"}}]},
]  # fmt: skip
"""Of every kind."""
ANSWERS = {"came": "no", "why": "Satoi. " * 60, "mark": 2, "hours": 2.5, "many": ["no"], A_CODE: {"food": "no"}}


def a_member(whole: Whole) -> members.Member:
    """Somebody signed in with a paid membership, a seat with its ticket, and messages."""
    found = members.seated_member(whole, "Sivu", paid=True)
    whole.signed_in[found.username] = found.visitor
    return found


def ids_of_things(whole: Whole, member: members.Member) -> dict[str, str]:
    """One thing of each kind, by the name of its id in addresses."""
    settings(whole)
    found = {"person_id": member.person_id, **{f"{name}_id": member.facts[f"{name}s"] for name in OF_A_MEMBER}}
    for makers in (register, work, messages, surveys, money, courses, accounts):
        found |= makers(whole, member)
    return found


OF_A_MEMBER = ("membership", "invoice", "enrolment", "message", "order")


def settings(whole: Whole) -> None:
    """A role, a field and a tag that have the code as their name."""
    whole.api.post("/roles", {"code": A_CODE, "name": "Sivut", "permissions": []})
    whole.api.post("/fields", {"code": A_CODE, "label": {"fi": "Sivut"}, "type": "text"})
    whole.api.post("/persons", {"family_name": "Sivunen", "tags": [A_CODE]})


def register(whole: Whole, member: members.Member) -> dict[str, str]:
    """Organisations, doubles, somebody erased, a document, a file."""
    office = whole.api
    organisation = office.post("/organisations", {"name": "Sivu Oy"})["id"]
    same = office.post("/organisations", {"name": "Sivu Ab", "parent_id": organisation})["id"]
    belongs = {"person_id": member.person_id, "organisation_id": organisation}
    office.upload("/imports", f"{LONG_NAME}.csv", b"Etunimi;Sukunimi\nAino;Sivunen\n", profile="contacts")
    twin = {"given_name": "Kaksi", "family_name": "Sivunen", "phone": A_PHONE}
    twins = [office.post("/persons", twin)["id"] for _ in range(2)]
    office.post(f"/persons/{twins[0]}/contact-points/{A_KEY}/mark", {"reason": "Muuttanut"})
    scan = office.post("/duplicates/scan", {})["id"]
    wait_until(lambda: office.get(f"/jobs/{scan}")["finished_at"], 180, "the scan is done")
    told = {"title": LONG_TITLE, "author": "Eino Laine", "type": "offer"}
    document = office.upload(f"/persons/{member.person_id}/documents", "a" * 150 + ".jpg", a_photo(), **told)
    return {
        "organisation_id": organisation,
        "same_organisation_id": same,
        "affiliation_id": office.post("/affiliations", belongs)["id"],
        "twice_id": twins[0],
        "contact_id": twins[0],
        "pair_id": first(whole, "/duplicates"),
        "erased_id": somebody_erased(whole),
        "document_id": document["id"],
        "import_id": first(whole, "/imports"),
    }


def a_photo() -> bytes:
    """A JPEG."""
    out = BytesIO()
    Image.new("RGB", (1600, 900), (30, 90, 160)).save(out, "JPEG")
    return out.getvalue()


def somebody_erased(whole: Whole) -> str:
    """Their id."""
    person = whole.api.post("/persons", {"given_name": "Poistuva", "family_name": "Sivunen"})
    whole.api.post(f"/persons/{person['id']}/erase", {"version": person["version"], "reason": "requested"})
    return str(person["id"])


def work(whole: Whole, member: members.Member) -> dict[str, str]:
    """An activity, a late task, a project, an event over three days."""
    office, about = whole.api, {"person_ids": [member.person_id]}
    event = {"title": "Kevätleiri", "starts_on": f"{MONTH}-30", "ends_on": "2027-04-01", "place": "Leirikeskus",
             "url": "https://www.example.org/leiri"}  # fmt: skip
    return {
        "activity_id": office.post("/activities", {"kind": "meeting", "text": LONG_TEXT, **about})["id"],
        "task_id": office.post("/tasks", {"title": "Lähetä tarjous " * 10, "due_on": "2020-01-01", **about})["id"],
        "project_id": a_project(whole),
        "calendar_id": str(PUBLIC_CALENDAR),
        "event_id": office.post(f"/calendars/{PUBLIC_CALENDAR}/events", event)["id"],
    }


def a_project(whole: Whole) -> str:
    """One with tasks, people and hours."""
    wanted = {"name": "Sivut", "hours_planned": "10", "starts_on": "2026-11-02", "ends_on": "2027-02-26"}
    made = whole.api.post("/projects", wanted)["id"]
    colleague = next(each for each in whole.api.get("/colleagues")["data"] if each["name"] == "toimisto")["id"]
    own = f"/projects/{made}"
    whole.api.post(f"{own}/members", {"account_id": colleague, "role": "Vetäjä", "hours_planned": "6"})
    for title, begins, ends in (
        ("Varaa sali", "2026-11-02", "2026-11-13"),
        ("Kutsu puhujat ja sovi aikataulusta heidän kanssaan hyvissä ajoin", "2026-11-23", "2027-01-15"),
        ("Messupäivä", "2027-02-06", "2027-02-06"),
    ):
        whole.api.post(f"{own}/tasks", {"title": title, "starts_on": begins, "due_on": ends})
    worked = {"account_id": colleague, "worked_on": "2026-11-24", "hours": "3.50", "note": "Suunnittelu"}
    whole.api.post(f"{own}/hours", worked)
    return str(made)


def messages(whole: Whole, _member: members.Member) -> dict[str, str]:
    """A segment, and what is made of it."""
    office = whole.api
    in_lahti = {"field": "city", "op": "eq", "value": "Lahti"}
    lately = {"field": "purchase.bought_on", "op": "gte", "value": "today-9"}
    bought = {"has": "purchase", "at_least": 2, "all": [lately]}
    segment = office.post("/segments", {"name": "Sivut", "filter": {"any": [in_lahti, {"none": [bought]}]}})["id"]
    texts = {"name": "Sivut", "subject": "Hei {{given_name}}", "body": "Hei", "segment_id": segment}
    export = whole.staff("admin").post(
        "/exports", {"segment_id": segment}
    )  # one of the administrator, who alone sees it
    return {
        "segment_id": segment,
        "export_id": str(export["id"]).partition("-")[2],
        "mailing_id": office.post("/mailings", texts)["id"],
        "sheet_id": office.post("/label-sheets", {"segment_id": segment})["id"],
    }


def surveys(whole: Whole, member: members.Member) -> dict[str, str]:
    """A published survey, answered."""
    made = whole.api.post("/surveys", {"title": {"fi": "Sivut"}, "questions": QUESTIONS})
    whole.api.post(f"/surveys/{made['id']}/publish", {"version": made["version"]})
    answer = {"person_id": member.person_id, "number": 1, "answers": ANSWERS}
    whole.api.post(f"/surveys/{made['id']}/answers", answer)
    return {"survey_id": made["id"]}


def money(whole: Whole, member: members.Member) -> dict[str, str]:
    """A bank file, and an application for membership."""
    kind = first(whole, "/membership-types")
    invoice = whole.api.get(f"/invoices/{member.facts['invoices']}")
    booked = [("1.00", invoice["reference"], "Sivunen")]
    content = camt_054(invoice["iban"], datetime.now(UTC).date(), "SIVUT1", booked)
    who = {"given_name": "Hakija", "family_name": "Sivunen", "email": "hakija.sivunen@example.org"}
    wanted = {"membership_type_id": kind, **who, "accepts_terms": True}
    return {
        "file_id": whole.api.upload("/bank-files", "a.xml", content)["id"],
        "application_id": whole.api.post("/applications", wanted)["id"],
        "type_id": kind,
    }


def courses(whole: Whole, _member: members.Member) -> dict[str, str]:
    """A session and its course."""
    session: dict[str, Any] = members.new_session(whole)
    return {"session_id": session["id"], "course_id": session["course"]["id"]}


def accounts(whole: Whole, _member: members.Member) -> dict[str, str]:
    """A user with a long name; any of them."""
    whole.api.post("/accounts", {"username": LONG_NAME, "roles": ["office"]})
    return {"account_id": first(whole, "/accounts")}


def first(whole: Whole, path: str) -> str:
    """The id of the first of a list."""
    return str(whole.api.get(path)["data"][0]["id"])
