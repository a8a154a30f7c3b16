"""Operators' commands on a whole running suite: imports, jobs, parked and unreadable messages."""

import csv
import json
import re

import pika
import pytest
from sqlalchemy import text

from chassis import outbox
from chassis.database import Database
from chassis.ids import new_id
from contracts.commerce.invoices import InvoiceIssued, InvoiceKind
from ops import people
from ops.demo.papers import csv_file
from ops.operator.__main__ import main
from ops.simulators.clients import wait_until

QUEUE = "evt-commerce-invoice.issued.v1--membership.record_invoice"
REJECTED = "Tyhjä;;ei-osoite;;;;;;\r\n;;;;;;;;\r\n"


@pytest.fixture(scope="module")
def run_path(whole, tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "run.json"
    path.write_text(json.dumps({"base_url": whole.base_url, "api_key": whole.run["api_key"]}))
    return path


@pytest.fixture
def command(run_path, monkeypatch, capsys):
    """Runs a command; its exit code and what it said."""
    monkeypatch.setenv("TALKOO_RUN_FILE", str(run_path))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words):
        capsys.readouterr()
        code = main(list(words))
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


@pytest.fixture
def membership(whole):
    """The database of membership; what a test has parked there is gone afterwards."""
    database = Database(whole.suite.infrastructure.database_urls["membership"], "test")
    yield database
    with database.transaction() as session:
        session.execute(text("DELETE FROM parked"))
    database.dispose()


@pytest.fixture
def broker(whole):
    """A channel; what a test has made unreadable is gone afterwards."""
    connection = pika.BlockingConnection(pika.URLParameters(whole.suite.infrastructure.amqp_urls["talkoo"]))
    channel = connection.channel()
    yield channel
    channel.queue_purge(f"dlq.{QUEUE}")
    connection.close()


def test_C11_a_file_is_tried_imported_and_its_rejected_rows_are_told(command, tmp_path):
    file = tmp_path / "register.csv"
    file.write_bytes(csv_file(list(people.persons(40, seed=21)), delimiter=";", extra=REJECTED))
    code, said = command("import", str(file), "--dry-run")
    assert code == 0
    assert "Dry run, nothing was changed: 40 created" in said
    code, said = command("import", str(file), "--report", str(tmp_path / "rejected.csv"))
    assert code == 0
    assert "Imported: 40 created" in said
    with (tmp_path / "rejected.csv").open(encoding="utf-8-sig", newline="") as report:
        rows = list(csv.DictReader(report, delimiter=";"))
    assert f"Rejected rows ({len(rows)})" in said
    assert all(row["reason"] in said for row in rows)
    assert "ei-osoite" in rows[0].values()
    code, said = command("import", str(file))
    assert "40 unchanged" in said


def test_C11_what_cannot_be_imported_is_refused_with_a_sentence(command, tmp_path):
    empty = tmp_path / "empty.csv"
    empty.touch()
    code, said = command("import", str(empty))
    assert (code, said.count("The file is empty.")) == (1, 1)
    nameless = tmp_path / "nameless.csv"
    nameless.write_text("colour;size\nred;4\n")
    code, said = command("import", str(nameless))
    assert code == 1
    assert "The import failed: No column holds names" in said
    code, said = command("import", str(nameless), "--profile", "purchases")
    assert code == 1
    assert "The import failed: No column tells whose purchases these are" in said


def test_jobs_are_listed_and_one_that_has_ended_cannot_be_cancelled(command, tmp_path):
    file = tmp_path / "one.csv"
    file.write_text("Etunimi;Sukunimi\nAino;Aho\n")
    command("import", str(file))
    none_is_open = (0, "No job is open. (All: ./talkoo jobs --all)\n")
    wait_until(lambda: command("jobs") == none_is_open or None, 180, "the end of all jobs")
    code, said = command("jobs", "--all")
    assert code == 0
    job_id = re.search(r"contacts-[0-9a-f-]{36}", said)[0]
    assert "succeeded" in said
    assert command("jobs", "cancel", job_id) == (0, f"{job_id} had ended already: succeeded.\n")
    for unknown in (f"contacts-{new_id()}", f"kitchen-{new_id()}", "x"):
        code, said = command("jobs", "cancel", unknown)
        assert (code, "There is no such thing" in said) == (1, True)
    code, said = command("jobs", "cancel", "../system/services")
    assert (code, "was not found" in said) == (1, True)


def test_a_parked_event_is_listed_shown_and_put_back_in_line(whole, membership, command):
    unknown = new_id()
    _bill_a_membership(whole, unknown)
    number = wait_until(lambda: _number_of(unknown, command), 180, "parked event")
    nothing = (0, "No event is parked or dead.\n")
    wait_until(lambda: command("dead-letters", "list", "contacts") == nothing or None, 180, "contacts without any")
    code, said = command("dead-letters", "replay", "membership", number)
    assert (code, "1 put back in line in membership" in said) == (0, True)
    code, said = command("dead-letters", "show", "membership", "999999")
    assert (code, "membership has no parked event 999999" in said) == (1, True)
    code, said = command("dead-letters", "replay", "membership", "999999")
    assert (code, "There is no such thing" in said) == (1, True)
    code, said = command("dead-letters", "replay", "kitchen", "--all")
    assert (code, "There is no service kitchen. There are: contacts" in said) == (1, True)


def test_dead_events_are_put_back_in_line_together(whole, membership, command):
    for _ in range(3):
        _bill_a_membership(whole, new_id())
    with membership.reader() as connection:
        count = "SELECT count(*) FROM parked WHERE NOT dead"
        wait_until(lambda: connection.exec_driver_sql(count).scalar_one() >= 3 or None, 180, "parked events")
        dead = connection.exec_driver_sql("UPDATE parked SET dead = true").rowcount
        assert command("dead-letters", "list")[1].count("dead") == dead
        code, said = command("dead-letters", "replay", "membership", "--all")
        assert (code, f"{dead} put back in line" in said) == (0, True)
        assert connection.exec_driver_sql("SELECT count(*) FROM parked WHERE dead").scalar_one() == 0


def test_messages_that_cannot_be_read_are_counted_by_their_queue(broker, command):
    for _ in range(2):
        broker.basic_publish("", QUEUE, b"{", pika.BasicProperties(content_type="application/json"))
    told = f"2 unreadable in the queue dlq.{QUEUE}"
    wait_until(lambda: _if_holds(command("dead-letters", "list", "membership"), told), 180, "unreadable messages")
    assert told not in command("dead-letters", "list", "contacts")[1]


def _bill_a_membership(whole, membership_id):
    """An invoice for a membership that nobody knows: membership parks the event."""
    commerce = Database(whole.suite.infrastructure.database_urls["commerce"], "test")
    with commerce.transaction() as session:
        about = {"about_kind": "membership", "about_id": membership_id}
        outbox.record(
            session, InvoiceIssued(invoice_id=new_id(), customer_id=new_id(), kind=InvoiceKind.INVOICE, **about)
        )
    commerce.dispose()


def _number_of(membership_id, command):
    """The number of the parked event about this membership, as list and show tell it."""
    _, listed = command("dead-letters", "list")
    for number in re.findall(r"membership +(\d+) +invoice\.issued\.v1 +record_invoice", listed):
        if str(membership_id) in command("dead-letters", "show", "membership", number)[1]:
            return number
    return None


def _if_holds(answer, text):
    return answer[1] if text in answer[1] else None
