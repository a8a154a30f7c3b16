"""Every page there is, read off the gateway's table of addresses: axe-core finds nothing, it fits desktop and phone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from importlib import import_module

import pytest

from contracts.contacts.calendars import PUBLIC_CALENDAR
from gateway.pages import SECTIONS
from ops.demo.papers import camt_054
from ops.simulators.clients import wait_until
from tests import members
from tests.browser.soundness import check_pages

pytestmark = pytest.mark.timeout(600)
FILES = (".pdf", ".csv", ".ics", ".xlsx", ".svg", ".vcf", ".jpg", "/content")
BY_LINK = "<token>"
"""Pages behind a personal link are checked where a message brings the link."""
A_CODE = "pages"
LONG_NAME = "pitkakayttajatunnus" * 6
"""One word that no column has room for."""
A_PHONE = "+358401112223"
A_KEY = sha256(f"phone {A_PHONE}".encode()).hexdigest()[:32]
WORDS = {"<code>": A_CODE, "<kind>": "person", "<name>": "contacts", "<key>": A_KEY}
"""What words in addresses are; a role, a field and a tag have the code, a contact point its key."""
ASKED = {
    "/office/affiliations/new": "?organisation=<uuid:organisation_id>",
    "/office/merges/new": "?survivor=<uuid:person_id>&merged=<uuid:twice_id>",
}
"""What an address has to ask to be a page."""
LEAD_ELSEWHERE = {"/welcome", "/payments/paytrail/return"}
A_DAY = {"title": "Sivut", "starts_on": "2027-01-01"}
VARIATIONS = (
    "/office/memberships?state=pending",
    "/office/sessions?when=all",
    "/office/invoices?state=overdue&q=1",
    "/office/price-agreements/new?q=a",
    "/office/contacts?q=xyzzy",
    "/courses?view=month",
    "/courses?q=xyzzy",
    "/unsubscribe/abc",
    "/office/merges/new?survivor=<uuid:organisation_id>&merged=<uuid:same_organisation_id>&kind=organisation",
)


def addresses() -> Iterator[str]:
    """The addresses of all pages to read."""
    for section in SECTIONS:
        for rule, methods in import_module(f"gateway.pages.{section}").pages.addresses:
            if "GET" in methods and not rule.endswith(FILES) and BY_LINK not in rule and rule not in LEAD_ELSEWHERE:
                yield rule


@pytest.fixture(scope="module")
def member(whole):
    """Somebody with a paid membership, a seat with its ticket, and messages."""
    found = members.new_member(whole, "Sivu")
    whole.signed_in[found.username] = found.visitor
    members.join(whole, found)
    members.enrol(whole, found, members.new_session(whole))
    members.pay_by_card(whole, found)
    members.first_message(whole, found)
    return found


@pytest.fixture(scope="module")
def ids(whole, member) -> dict[str, str]:
    """One thing of each kind, by its name in addresses."""
    office = whole.api
    in_lahti = {"field": "city", "op": "eq", "value": "Lahti"}
    bought = {
        "has": "purchase",
        "at_least": 2,
        "all": [{"field": "purchase.bought_on", "op": "gte", "value": "today-9"}],
    }
    segment = office.post("/segments", {"name": "Sivut", "filter": {"any": [in_lahti, {"none": [bought]}]}})
    texts = {"name": "Sivut", "subject": "Hei {{given_name}}", "body": "Hei", "segment_id": segment["id"]}
    organisation = office.post("/organisations", {"name": "Sivu Oy"})
    belongs = {"person_id": member.person_id, "organisation_id": organisation["id"]}
    office.upload("/imports", f"{LONG_NAME}.csv", b"Etunimi;Sukunimi\nAino;Sivunen\n", profile="contacts")
    about = {"person_ids": [member.person_id]}
    twice = [office.post("/persons", {"given_name": "Kaksi", "family_name": "Sivunen", "phone": A_PHONE})["id"]
             for _ in range(2)]  # fmt: skip
    scan = office.post("/duplicates/scan", {})["id"]
    wait_until(lambda: office.get(f"/jobs/{scan}")["finished_at"], 60, "the scan is done")
    kind = first(whole, "/membership-types")
    session = members.new_session(whole)
    who = {"given_name": "Hakija", "family_name": "Sivunen", "email": "hakija.sivunen@example.org"}
    office.post("/accounts", {"username": LONG_NAME, "roles": ["office"]})
    office.post("/roles", {"code": A_CODE, "name": "Sivut", "permissions": []})
    office.post("/fields", {"code": A_CODE, "label": {"fi": "Sivut"}, "type": "text"})
    office.post("/persons", {"family_name": "Sivunen", "tags": [A_CODE]})
    question = {"code": A_CODE, "kind": "scale", "text": {"fi": "Arvosana"}, "lowest": 1, "highest": 5}
    survey = office.post("/surveys", {"title": {"fi": "Sivut"}, "questions": [question]})
    survey = office.post(f"/surveys/{survey['id']}/publish", {"version": survey["version"]})
    answer = {"person_id": member.person_id, "number": 1, "answers": {A_CODE: 4}}
    office.post(f"/surveys/{survey['id']}/answers", answer)
    wanted = {"membership_type_id": kind, **who, "accepts_terms": True}
    return {
        "person_id": member.person_id,
        "survey_id": survey["id"],
        "twice_id": twice[0],
        "contact_id": twice[0],
        "pair_id": first(whole, "/duplicates"),
        "erased_id": somebody_erased(whole),
        "membership_id": member.facts["memberships"],
        "invoice_id": member.facts["invoices"],
        "enrolment_id": member.facts["enrolments"],
        "message_id": member.facts["messages"],
        "organisation_id": organisation["id"],
        "same_organisation_id": office.post("/organisations", {"name": "Sivu Ab", "parent_id": organisation["id"]})[
            "id"
        ],
        "activity_id": office.post("/activities", {"kind": "call", "text": "Soitto", **about})["id"],
        "document_id": office.upload(f"/persons/{member.person_id}/documents", "a.pdf", b"%PDF-1.7")["id"],
        "task_id": office.post("/tasks", {"title": "Soita", **about})["id"],
        "project_id": office.post("/projects", {"name": "Sivut"})["id"],
        "calendar_id": str(PUBLIC_CALENDAR),
        "event_id": office.post(f"/calendars/{PUBLIC_CALENDAR}/events", {"title": "S", "starts_on": "2027-01-01"})[
            "id"
        ],
        "affiliation_id": office.post("/affiliations", belongs)["id"],
        "segment_id": segment["id"],
        "export_id": an_export(whole, segment["id"]),
        "mailing_id": office.post("/mailings", texts)["id"],
        "import_id": first(whole, "/imports"),
        "file_id": office.upload("/bank-files", "a.xml", a_bank_file(whole, member))["id"],
        "application_id": office.post("/applications", wanted)["id"],
        "session_id": session["id"],
        "course_id": session["course"]["id"],
        "order_id": member.facts["orders"],
        "sheet_id": office.post("/label-sheets", {"segment_id": segment["id"]})["id"],
        "account_id": first(whole, "/accounts"),
        "type_id": kind,
    }


def an_export(whole, segment_id: str) -> str:
    """One of the administrator, who alone sees it."""
    return str(whole.staff("admin").post("/exports", {"segment_id": segment_id})["id"]).partition("-")[2]


def somebody_erased(whole) -> str:
    person = whole.api.post("/persons", {"given_name": "Poistuva", "family_name": "Sivunen"})
    whole.api.post(f"/persons/{person['id']}/erase", {"version": person["version"], "reason": "requested"})
    return str(person["id"])


def first(whole, path: str) -> str:
    return str(whole.api.get(path)["data"][0]["id"])


def a_bank_file(whole, member) -> bytes:
    invoice = whole.api.get(f"/invoices/{member.facts['invoices']}")
    return camt_054(invoice["iban"], datetime.now(UTC).date(), "SIVUT1", [("1.00", invoice["reference"], "Sivunen")])


def filled(rule: str, ids: dict[str, str]) -> str:
    """The address with ids in it; a new kind of id has to be made in `ids` above."""
    rule += ASKED.get(rule, "")
    for placeholder, value in (WORDS | {f"<uuid:{name}>": value for name, value in ids.items()}).items():
        rule = rule.replace(placeholder, value)
    assert "<" not in rule, f"{rule}: say in `ids` what it is about"
    return rule


@pytest.mark.parametrize("side", ["/office", "/my", "/"])
def test_every_page_is_accessible_and_fits(visit, member, ids, side):
    user = {"/office": "admin", "/my": member.username, "/": ""}[side]
    paths = [filled(each, ids) for each in (*addresses(), *VARIATIONS) if side_of(each) == side]
    assert len(paths) > 5
    check_pages(visit, paths, user)


def side_of(rule: str) -> str:
    return next(side for side in ("/office", "/my", "/") if rule == side or rule.startswith(f"{side.rstrip('/')}/"))
