"""Texts about others, in every service, that name somebody: how it is `said`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.ids import new_id
from ops.simulators.clients import wait_until
from tests.e2e import remains

QUESTION = {"code": "why", "kind": "choice", "choices": [{"code": "a"}]}


def everywhere(whole: Any, said: str) -> str:
    """Another person's things, which name whom it is about; the id of that person."""
    other = in_contacts(whole.api, said)
    in_membership(whole, other, said)
    in_commerce_and_courses(whole.api, other, said)
    whole.api.post("/api-keys", {"name": said, "permissions": []})
    whole.api.post("/roles", {"code": f"r-{new_id().hex[-8:]}", "name": said, "permissions": []})
    in_notify(whole.api, other, said)
    return other


def soon(find: Any, what: str) -> Any:
    return wait_until(find, 180, what)


def in_contacts(office: Any, said: str) -> str:
    office.post("/fields", {"applies_to": "organisation", "code": "qcare", "label": {"fi": said}, "type": "text"})
    address = {"purpose": "postal", "street": f"c/o {said}", "postal_code": "96100", "city": "Rovaniemi"}
    details = {"email": f"eino-{new_id().hex[-8:]}@example.org", "title": said, "addresses": [address]}
    other = office.post("/persons", {"given_name": "Eino", "family_name": "Elo", **details, "fields": {"qlue": said}})
    changed = {"json": {"title": f"Ennen {said}"}, "headers": {"If-Match": f'"{other["version"]}"'}}
    assert office.ask("PATCH", f"/api/v1/persons/{other['id']}", **changed).status_code == 200
    remains.mark(office, other["id"], said)
    office.post(f"/persons/{other['id']}/consents", {"channel": "sms", "allowed": True, "evidence": said})
    visiting = {**address, "purpose": "visiting"}
    company = {"name": "Naapuri Oy", "addresses": [visiting], "fields": {"qcare": said}}
    organisation = office.post("/organisations", company)["id"]
    place = {"person_id": other["id"], "organisation_id": organisation, "title": said, "role": said}
    office.post("/affiliations", place)
    twice = office.post("/persons", {"given_name": "Eino", "family_name": "Eelo", "title": f"Sijainen: {said}"})["id"]
    office.post("/merges", {"survivor_id": other["id"], "merged_id": twice, "choices": {"title": "merged"}})
    project = office.post("/projects", {"name": said, "text": said})["id"]
    office.post(f"/projects/{project}/members", {"person_id": other["id"], "role": said})
    worked = {"worked_on": "2026-01-02", "hours": "1.00", "note": said, "person_id": other["id"]}
    office.post(f"/projects/{project}/hours", worked)
    calendar = office.post("/calendars", {"name": said, "level": "office"})["id"]
    office.post(f"/calendars/{calendar}/events", {"title": "Ilta", "place": said, "starts_on": "2026-12-01"})
    survey(office, other["id"], said)
    office.post("/import-mappings", {"name": said, "columns": {said: "title"}})
    office.post("/import-mappings", {"name": f"{said} ", "columns": {said: "title"}})
    rows = f"Etunimi;Sukunimi;Titteli;{said}\nEero;Elo;{said};{said}\n"
    remains.imported(office, rows, f"{said.partition(',')[0]}.csv")
    return str(other["id"])


def survey(office: Any, other: str, said: str) -> None:
    text = {"fi": said}
    question = {**QUESTION, "text": text, "hint": text, "choices": [{"code": "a", "label": text}]}
    open_one = {"code": "more", "kind": "text", "text": {"fi": "Muuta?"}}
    made = office.post("/surveys", {"title": text, "intro": text, "questions": [question, open_one]})
    office.post(f"/surveys/{made['id']}/publish", {"version": made["version"]})
    answers = {"person_id": other, "number": 1, "answers": {"why": "a", "more": said}}
    office.post(f"/surveys/{made['id']}/answers", answers)


def in_membership(whole: Any, other: str, said: str) -> None:
    """Another's application, with what it asks and why it was refused; another's membership that ended."""
    kind = next(each for each in whole.api.get("/membership-types")["data"] if each["code"] == "member")
    new = {"code": f"k-{new_id().hex[-8:]}", "name": {"fi": said}, "description": {"fi": said}}
    whole.api.post("/membership-types", {**new, "fee_product_id": kind["fee_product_id"]})
    wanted = {
        "membership_type_id": kind["id"], "given_name": "Eeva", "family_name": "Elo", "accepts_terms": True,
        "email": f"eeva-{new_id().hex[-8:]}@example.org", "answers": {"why": said}, "message": said,
    }  # fmt: skip
    made = whole.visitor().post("/applications", wanted)
    whole.api.post(f"/applications/{made['id']}/decision", {"decision": "reject", "reason": said})
    opened = whole.api.post("/memberships", {"person_id": other, "membership_type_id": kind["id"]})
    joined = {"ended_on": opened["joined_on"], "reason": said}
    whole.api.post(f"/memberships/{opened['id']}/end", joined)


def in_commerce_and_courses(office: Any, other: str, said: str) -> None:
    """A day at which the named one teaches, sold to somebody else: their invoice is kept as it is."""
    product = {"code": f"p-{new_id().hex[-8:]}", "name": {"fi": said}, "category": "courses", "price": "10.00"}
    product_id = office.post("/products", product)["id"]
    course = {"code": f"c-{new_id().hex[-8:]}", "name": {"fi": said}, "description": {"fi": said}}
    starts_at = datetime.now(UTC) + timedelta(days=33)
    session = {
        "course_id": office.post("/courses", course)["id"], "place": said, "city": said, "seats": 5,
        "starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=6)).isoformat(),
        "items": [{"product_id": product_id, "required": True, "name": {"fi": said}}],
    }  # fmt: skip
    session_id = office.post("/sessions", session)["id"]
    wanted = {"session_id": session_id, "person_id": other, "payment": "invoice", "note": said}
    enrolled = office.post("/enrolments", wanted)
    soon(lambda: papers_of(office, other), "another's invoice")
    soon(lambda: office.get(f"/enrolments/{enrolled['id']}")["ticket_key"], "another's ticket")
    office.post(f"/enrolments/{enrolled['id']}/cancel", {"reason": said})
    office.post("/prices/quote", {"lines": [{"product_id": product_id, "quantity": 1}]})


def papers_of(office: Any, other: str) -> list[str]:
    """Papers of somebody else, when all are made into PDFs: the buyer's address, or a line, names whom it is about."""
    found = [office.get(f"/invoices/{each['id']}") for each in office.get("/invoices", customer_id=other)["data"]]
    return [each["id"] for each in found] if all(each["document_key"] for each in found) else []


def in_notify(office: Any, other: str, said: str) -> None:
    email = office.get(f"/persons/{other}")["email"]
    named = {"name": "Eino", "filter": {"field": "email", "op": "eq", "value": email}}
    segment = office.post("/segments", named)["id"]
    wanted = {"name": said, "segment_id": segment, "subject": said, "body": f"Hei!\n\n{said}", "marketing": False}
    mailing = office.post("/mailings", wanted)["id"]
    office.post(f"/mailings/{mailing}/launch", {})
    soon(lambda: office.get(f"/mailings/{mailing}")["state"] == "sent" or None, "the mailing")
    office.post("/mailings", wanted)
