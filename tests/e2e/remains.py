"""What else somebody leaves behind: files of every kind, answers, marks, texts about others too, a waiting event."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pika
import psycopg2
import pymupdf
from PIL import Image
from sqlalchemy.engine import make_url

from chassis import topology
from chassis.ids import new_id
from contracts.contacts.basics import MOST_OTHERS
from ops.simulators.clients import wait_until

CONTENT_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
PACKED = b"PK\x03\x04"
LATEST = "SELECT event_id::text, envelope FROM outbox WHERE strpos(envelope::text, %s) > 0 ORDER BY id DESC LIMIT 1"
PARK = (
    "INSERT INTO parked (handler, event_id, envelope, error, next_at, dead)"
    " VALUES ('notify.test', %s, %s, 'ValueError', now() + interval '1 hour', true)"
)


def connected(whole: Any, service: str) -> Any:
    url = make_url(whole.suite.wiring.database_urls[service])
    return closing(psycopg2.connect(
        host=url.host, port=url.port, user=url.username, password=url.password, dbname=url.database
    ))  # fmt: skip


def letter(said: str) -> bytes:
    """A text document of an office program."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("word/document.xml", f"<w:t>{said}</w:t>")
    return content.getvalue()


def picture() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (60, 60), (30, 90, 160)).save(content, "JPEG")
    return content.getvalue()


def files_about(office: Any, person: str, title: str, said: str) -> None:
    office.upload(f"/persons/{person}/documents", f"{title}.docx", letter(said), title=title)
    headers = {"Idempotency-Key": str(new_id())}
    put = office.ask("PUT", f"/api/v1/persons/{person}/photo", files={"file": ("a.jpg", picture())}, headers=headers)
    assert put.status_code == 200, put.text


def full_of_phones(number: str) -> list[dict[str, str]]:
    """The number with as many others as a contact can have."""
    others = (f"+3584000000{each:02}" for each in range(1, MOST_OTHERS))
    return [{"kind": "work", "number": each} for each in (number, *others)]


def left_out(office: Any, known: dict[str, Any], number: str) -> None:
    """A file says one more number of somebody who has as many as there can be."""
    said = [known[name] for name in ("given_name", "family_name", "email", "phone")]
    made = imported(office, f"Etunimi;Sukunimi;Sähköposti;Puhelin;Matkapuhelin\n{';'.join([*said, number])}\n")
    (row,) = office.get(f"/imports/{made}/rows", full="true")["data"]
    assert [each["values"] for each in row["remarks"]] == [[number]]


def imported(office: Any, rows: str, name: str = "a.csv") -> str:
    """The id of an import that is through."""
    job = office.upload("/imports", name, rows.encode(), profile="contacts", dry_run="false")
    address = f"/jobs/{job['id']}"
    wait_until(lambda: office.get(address)["state"] == "succeeded" or None, 180, "the import")
    return str(office.get(address)["result"]["import_id"])


def answer(office: Any, person: str, said: str) -> None:
    question = {"code": "why", "kind": "text", "text": {"fi": "Miksi?"}}
    survey = office.post("/surveys", {"title": {"fi": "Kysely"}, "questions": [question]})
    office.post(f"/surveys/{survey['id']}/publish", {"version": survey["version"]})
    answers = {"person_id": person, "number": 1, "answers": {"why": said}}
    office.post(f"/surveys/{survey['id']}/answers", answers)


def mark(office: Any, person: str, reason: str) -> None:
    """A letter came back."""
    points = office.get(f"/persons/{person}/contact-points")["data"]
    address = next(each for each in points if each["kind"] == "address")
    office.post(f"/persons/{person}/contact-points/{address['key']}/mark", {"reason": reason})


def texts_about_others_too(office: Any, person: str, organisation: str, named: str, email: str) -> None:
    """`named`: how the texts say who is meant; they are about the organisation as well, or about nobody."""
    both = {"person_ids": [person], "organisation_ids": [organisation]}
    office.post("/activities", {"kind": "call", "text": f"Soitti {named}.", **both})
    office.post("/activities", {"kind": "note", "text": f"Muista {named}."})
    office.post("/tasks", {"title": f"Vastaa: {named}", "text": named, **both})
    office.upload(f"/organisations/{organisation}/documents", "a.pdf", b"%PDF-1.7\n", title=f"Tarjous: {named}")
    calendars = office.get("/calendars")["data"]
    shared = next(each["id"] for each in calendars if each["level"] != "private")
    event = {"title": f"Tapaaminen: {named}", "text": named, "starts_on": "2026-12-01"}
    office.post(f"/calendars/{shared}/events", event)
    office.post("/segments", {"name": named, "filter": {"field": "email", "op": "eq", "value": email}})


@contextmanager
def waiting_event(whole: Any, person: str) -> Iterator[None]:
    """The last event about the person is parked in a service, and lies unreadable in a dead-letter queue."""
    with connected(whole, "contacts") as connection, connection.cursor() as cursor:
        cursor.execute(LATEST, (person,))
        event_id, envelope = cursor.fetchone()
    said = json.dumps(envelope)
    _write(whole, PARK, (event_id, said))
    connection = pika.BlockingConnection(pika.URLParameters(whole.suite.wiring.amqp_urls["talkoo"]))
    channel = connection.channel()
    queue = next(each for each in topology.queues() if "notify" in each.name).dead_letters
    channel.basic_publish("", queue, said.encode())
    try:
        yield
    finally:
        while (got := channel.basic_get(queue))[0] is not None:
            if person in got[2].decode():
                channel.basic_ack(got[0].delivery_tag)
        connection.close()
        _write(whole, "DELETE FROM parked WHERE event_id = %s", (event_id,))


def _write(whole: Any, statement: str, values: tuple[str, ...]) -> None:
    with connected(whole, "notify") as connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
        connection.commit()


def texts_of_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every stored file as it is, and what a PDF or a packed file says."""
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            if path.suffix == ".pdf" and len(content) > 100:
                with pymupdf.open(stream=content, filetype="pdf") as document:
                    yield path, "".join(page.get_text() for page in document)
            if content.startswith(PACKED) and zipfile.is_zipfile(io.BytesIO(content)):  # hostile ones only look packed
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    for name in archive.namelist():
                        yield path, archive.read(name).decode(errors="replace")
            yield path, content.decode(errors="replace")
