"""C17 on a whole suite: whoever is erased is found nowhere any more but in the documents that the report lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pika
import pytest

from chassis import topology
from chassis.ids import new_id
from ops.demo.papers import camt_054
from ops.simulators.clients import wait_until
from tests import members
from tests.e2e import mentioned, remains
from tests.e2e.copies import Copy, opened
from tests.e2e.records import settled

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
MARK = "qzx"
"""Stands in every identifier, so that nothing else of the suite can be taken for one."""


def words(*names: str) -> dict[str, str]:
    return {name: f"{MARK}{name}" for name in names}


TOLD = words(
    "given", "family", "street", "city", "title", "role", "evidence", "activity", "task", "hours", "answer", "message",
    "note", "account", "field", "email", "secondmail", "workmail", "earlier", "cell", "oldname", "importmail",
    "paper", "opinion", "moved",
)  # fmt: skip
PHONE, SECOND_PHONE, ACCOUNT_PHONE = "+358401928374", "+358501928374", "+358441928374"
NUMBERS = ("401928374", "501928374", "441928374", "451928374", "1931-03-29", "QZX-4711")
IDENTIFIERS = (*TOLD.values(), *NUMBERS)


def mail(name: str) -> str:
    return f"{TOLD[name]}@example.org"


@dataclass
class Life:
    """Somebody with something in every service; with what they got to see of it."""

    person_id: str
    invoice_ids: list[str]
    bank_file_id: str
    others_invoices: list[str]
    signed_in: object
    files: set[str]
    """Names of stored files that named the person, and of the pictures."""
    copy: Copy
    own_copy: Copy


@pytest.fixture(scope="module")
def erased(whole):
    life = lived(whole)
    before = found_in_databases(whole)
    person = whole.api.get(f"/persons/{life.person_id}")
    preview = whole.api.get(f"/persons/{life.person_id}/erasure-preview")
    with remains.waiting_event(whole, life.person_id):
        whole.api.post(f"/persons/{life.person_id}/erase", {"version": person["version"], "reason": "requested"})
        address = f"/persons/{life.person_id}/erasure"
        wait_until(lambda: whole.api.get(address)["complete"] or None, 180, "the erasure")
        settled(whole)
        yield life, before, preview, whole.api.get(address)


def lived(whole) -> Life:
    office = whole.api
    person = in_contacts(office)
    account = {"username": TOLD["account"], "password": members.PASSWORD, "person_id": person, "roles": ["member"],
               "email": f"x{mail('account')}", "phone": ACCOUNT_PHONE}  # fmt: skip
    office.post("/accounts", account)
    member = members.Member(person, TOLD["account"], whole.visitor(), {"persons": person})
    member.visitor.sign_in(TOLD["account"], members.PASSWORD, whole.sms, "")
    apply(whole, person)
    session = members.new_session(whole)
    wanted = {"session_id": session["id"], "person_id": person, "payment": "invoice", "note": TOLD["note"]}
    enrolment = member.visitor.post("/enrolments", wanted)
    soon(lambda: office.get(f"/enrolments/{enrolment['id']}")["ticket_key"], "the ticket")
    first = soon(lambda: office.get("/invoices", customer_id=person)["data"], "an invoice")[0]
    soon(lambda: office.get(f"/invoices/{first['id']}")["document_key"], "its PDF")
    payer = f"{TOLD['given']} {TOLD['family']}"
    others = mentioned.everywhere(whole, f"{payer}, {mail('email')}, 0401928374")
    payments = [("1.00", first["reference"], payer), ("2.00", "", payer)]
    content = camt_054(first["iban"], datetime.now(UTC).date(), f"T{new_id().hex[-10:]}", payments)
    file = office.upload("/bank-files", "tapahtumat.xml", content)
    sheet = {"name": TOLD["city"], "filter": {"field": "city", "op": "eq", "value": "Rovaniemi"}}
    label_sheet(office, office.post("/segments", sheet | {"name": "Arkit"})["id"])
    remains.mark(office, person, TOLD["moved"])
    export = office.post("/exports", {"q": TOLD["family"], "format": "xlsx"})
    soon(lambda: office.get(f"/jobs/{export['id']}")["state"] == "succeeded" or None, "the export")
    soon(lambda: sent(office, person, 3), "mail to the person")
    settled(whole)
    invoices = [each["id"] for each in office.get("/invoices", customer_id=person)["data"]]
    copy = opened(office.ask("POST", f"/api/v1/persons/{person}/data-copy", headers={"Idempotency-Key": str(new_id())}))
    return Life(
        person,
        invoices,
        file["id"],
        soon(lambda: mentioned.papers_of(office, others), "another's invoices"),
        member.visitor,
        files_about(whole, person),
        copy,
        opened(member.send("/my/data-copy")),
    )


def sent(office, person, least):
    found = office.get("/messages", person_id=person, state="delivered")["data"]
    return found if len(found) >= least else None


def label_sheet(office, segment_id):
    made = office.post("/label-sheets", {"segment_id": segment_id})
    soon(lambda: office.get(f"/jobs/{made['job_id']}")["state"] == "succeeded" or None, "the labels")


def in_contacts(office) -> str:
    imported(office)
    office.post("/fields", {"applies_to": "person", "code": "qlue", "label": {"fi": "Lisä"}, "type": "text"})
    address = {"street": TOLD["street"], "postal_code": "96100", "city": TOLD["city"]}
    details = {
        "given_name": TOLD["given"], "family_name": TOLD["family"], "email": mail("email"), "phone": PHONE,
        "title": TOLD["title"], "birth_date": "1931-03-29", "customer_number": "QZX-4711",
        "addresses": [{"purpose": "postal", **address}], "fields": {"qlue": TOLD["field"]},
        "other_emails": [{"kind": "work", "address": mail("secondmail")}],
        "other_phones": remains.full_of_phones(SECOND_PHONE),
    }  # fmt: skip
    person = office.post("/persons", details)["id"]
    remains.left_out(office, details, "+358451928374")
    twice = {"given_name": TOLD["oldname"], "family_name": TOLD["family"], "email": mail("earlier")}
    other = office.post("/persons", twice)["id"]
    merge = {"survivor_id": person, "merged_id": other, "choices": {"given_name": "survivor"}}
    office.post("/merges", merge)
    office.get("/persons", q=TOLD["family"])
    consent = {"channel": "email", "allowed": False, "evidence": TOLD["evidence"]}
    office.post(f"/persons/{person}/consents", consent)
    organisation = office.post("/organisations", {"name": "Poisto Oy"})["id"]
    belongs = {"title": TOLD["role"], "email": mail("workmail"), "organisation_id": organisation}
    office.post("/affiliations", {"person_id": person, **belongs})
    about = {"person_ids": [person]}
    office.post("/activities", {"kind": "call", "text": TOLD["activity"], **about})
    office.post("/tasks", {"title": TOLD["task"], **about})
    named = f"{TOLD['given']} {TOLD['family']}, {mail('email')}, 040 1928374"
    remains.texts_about_others_too(office, person, organisation, named, mail("email"))
    remains.files_about(office, person, TOLD["paper"], TOLD["given"])
    remains.answer(office, person, TOLD["opinion"])
    project = office.post("/projects", {"name": "Poistot"})["id"]
    worked = {"worked_on": "2026-01-02", "hours": "1.00", "note": TOLD["hours"], "person_id": person}
    office.post(f"/projects/{project}/hours", worked)
    return str(person)


def imported(office):
    """A file whose rows were refused: one is the person's, one tells of the person, and both became nobody."""
    named = f"{TOLD['family']} {TOLD['given']} ({mail('email')})"
    rows = (
        "Etunimi;Sukunimi;Sähköposti;Muu\n"
        f"{TOLD['given']};{TOLD['family']};not an address;{TOLD['cell']}\n"
        f"Eino;Elo;not an address;Kysy: {named}\n"
    )
    remains.imported(office, rows)


def apply(whole, person):
    """An application in the person's own name, accepted as the person who is known already."""
    kinds = whole.api.get("/membership-types")["data"]
    kind = next(each for each in kinds if each["code"] == "member")
    wanted = {
        "membership_type_id": kind["id"], "given_name": TOLD["given"], "family_name": TOLD["family"],
        "email": mail("importmail"), "accepts_terms": True, "answers": {"why": TOLD["answer"]},
        "message": TOLD["message"],
    }  # fmt: skip
    made = whole.visitor().post("/applications", wanted)
    whole.api.post(f"/applications/{made['id']}/decision", {"decision": "approve", "link_to": person})
    soon(lambda: whole.api.get("/memberships", person_id=person)["data"], "the membership")


def soon(find, what):
    return wait_until(find, 180, what)


def rows_of(whole, service):
    """Every row of every table of a service, as text."""
    with remains.connected(whole, service) as connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" AS t')
            for (row,) in cursor.fetchall():
                yield table, row


def named(text: str) -> set[str]:
    folded = text.lower()
    return {each for each in IDENTIFIERS if each.lower() in folded}


def found_in_databases(whole) -> dict[str, set[str]]:
    """Identifiers by service and table."""
    found: dict[str, set[str]] = {}
    for service in whole.suite.wiring.database_urls:
        for table, row in rows_of(whole, service):
            if here := named(row):
                found.setdefault(f"{service}.{table}", set()).update(here)
    return found


def test_C17_before_the_erasure_every_identifier_is_somewhere(erased):
    _life, before, _preview, _report = erased
    assert set().union(*before.values()) == set(IDENTIFIERS)
    assert {each.partition(".")[0] for each in before} == {
        "contacts", "membership", "courses", "commerce", "notify", "identity",
    }  # fmt: skip


def test_C17_the_copy_holds_all_that_was_found_about_the_person(erased):
    life, *_ = erased
    of_nobody = {TOLD["cell"]}
    assert named(life.copy.raw) == set(IDENTIFIERS) - of_nobody
    for beginning in (remains.PACKED, b"\xff\xd8"):  # the document and the photo
        assert [name for name, content in life.copy.files.items() if content.startswith(beginning)]
    assert set(life.copy.data) == {"contacts", "membership", "courses", "commerce", "notify", "identity"}
    assert set(TOLD.values()) - of_nobody <= named(life.copy.page)
    assert "29.3.1931" in life.copy.page
    assert "Etunimi" in life.copy.page
    assert len([name for name in life.copy.files if "invoice_documents" in name]) == len(life.invoice_ids)
    assert {TOLD["given"], TOLD["street"]} <= named(life.copy.papers)
    assert all(f'href="{name}"' in life.copy.page for name in life.copy.files)


def test_C17_the_own_copy_leaves_out_the_notes_of_the_office(erased):
    life, *_ = erased
    missing = {TOLD["cell"], TOLD["activity"], TOLD["task"], TOLD["paper"]}
    assert named(life.own_copy.raw) == set(IDENTIFIERS) - missing
    assert not missing & named(life.own_copy.page)


def test_C17_no_copy_holds_a_secret(erased):
    life, *_ = erased
    for copy in (life.copy, life.own_copy):
        assert "$argon2" not in copy.raw
        assert not re.search(r'"\w*(hash|secret|token)"', copy.raw)


def test_C17_no_database_names_an_erased_person_but_in_retained_documents(whole, erased):
    papers = {"commerce.invoices", "commerce.invoice_lines", "commerce.invoice_documents", "commerce.bank_entries"}
    assert set(found_in_databases(whole)) <= papers


def test_C17_the_report_lists_what_stays_and_until_when(whole, erased):
    life, _before, preview, report = erased
    retained = [each for part in report["parts"] for each in part["retained"]]
    invoices = [*life.invoice_ids, *life.others_invoices]
    assert life.others_invoices
    entries = whole.api.get(f"/bank-files/{life.bank_file_id}/entries")["data"]
    assert {each["id"] for each in retained if each["kind"] == "bank_entry"} == {each["id"] for each in entries}
    papers = {each["id"]: each["kind"] for each in retained if each["kind"] in {"invoice", "credit_note"}}
    more = papers.keys() - set(invoices)
    assert papers.keys() >= set(invoices)
    assert {papers[each] for each in more} <= {"credit_note"}, "the seat was given back"
    dated = {each: whole.api.get(f"/invoices/{each}")["issued_on"] for each in papers}
    dated |= {each["id"]: each["booked_on"] for each in entries}
    years = {key: date.fromisoformat(day).year for key, day in dated.items()}
    assert {each["basis"] for each in retained} == {"accounting_act"}
    assert {each["id"]: each["until"] for each in retained} == {key: f"{year + 6}-12-31" for key, year in years.items()}
    assert {each["service"] for each in report["parts"]} == {each["service"] for each in preview["parts"]}
    assert all(each["erased_at"] for each in report["parts"])
    kept_until = datetime.fromisoformat(report["backups_until"]).date()
    assert kept_until >= (datetime.now(UTC) + timedelta(days=34)).date()


def test_C17_no_queue_and_no_dead_letter_names_an_erased_person(whole, erased):
    connection = pika.BlockingConnection(pika.URLParameters(whole.suite.wiring.amqp_urls["talkoo"]))
    channel = connection.channel()
    told = []
    for queue in topology.queues():
        for name in (queue.name, queue.dead_letters):
            while (got := channel.basic_get(name))[0] is not None:
                told.append((name, got[2].decode(errors="replace")))
    connection.close()
    parked = [row for table, row in rows_of(whole, "notify") if table == "parked"]
    for texts in ([text for _name, text in told], parked):
        assert [text for text in texts if erased[0].person_id in text], "an event about the person waits"
    assert {name for name, text in told if named(text)} == set()
    assert not [row for row in parked if named(row)]


def named_files(whole) -> set[str]:
    return {path.name for path, text in remains.texts_of_files(Path(whole.suite.wiring.files)) if named(text)}


def files_about(whole, person) -> set[str]:
    """Names of all files that name the person, and of the person's documents and photo."""
    own = (row for table, row in rows_of(whole, "contacts") if table in {"persons", "documents"} and person in row)
    keys = re.findall(r'"(?:file_key|photo_key|preview_key)": "([^"]+)"', "".join(own))
    return named_files(whole) | {Path(key).name for key in keys}


def test_C17_no_stored_file_names_an_erased_person_but_the_retained_ones(whole, erased):
    life, *_ = erased
    found = named_files(whole)
    invoices = {f"{each}.pdf" for each in retained_ids(whole, life)}
    bank_files = {Path(row).name for row in keys_of_bank_files(whole)}
    assert found <= invoices | bank_files
    assert found & {f"{each}.pdf" for each in life.invoice_ids}, "the invoices of the books name their buyer"
    assert {Path(name).suffix for name in life.files} >= {".pdf", ".xlsx", ".jpg", ""}
    there = {path.name for path in Path(whole.suite.wiring.files).rglob("*")}
    assert life.files & there <= invoices | bank_files


def retained_ids(whole, life) -> list[str]:
    parts = whole.api.get(f"/persons/{life.person_id}/erasure")["parts"]
    return [each["id"] for part in parts for each in part["retained"]]


def keys_of_bank_files(whole):
    for table, row in rows_of(whole, "commerce"):
        if table == "bank_files" and (key := re.search(r'"file_key": "([^"]+)"', row)):
            yield key[1]


def test_C17_no_log_names_an_erased_person(whole, erased):
    logs = [path for path in whole.suite.state.root.rglob("*.log*") if path.is_file()]
    assert whole.suite.log.path in logs
    for path in logs:
        assert not named(path.read_text(errors="replace")), path


def test_C17_an_erased_person_is_gone_at_every_door(whole, erased):
    life, *_ = erased
    assert whole.api.ask("GET", f"/api/v1/persons/{life.person_id}").status_code == 404
    assert life.signed_in.ask("GET", "/api/v1/me").status_code == 401
    assert whole.api.get("/persons", q=TOLD["family"])["data"] == []
    assert [each["state"] for each in whole.api.get("/memberships", person_id=life.person_id)["data"]] == ["ended"]
    assert whole.api.get("/erasures")["data"][0]["person_id"] == life.person_id
