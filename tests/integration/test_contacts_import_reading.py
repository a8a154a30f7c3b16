"""Large files are read by a process of their own, and mean what they would mean here (C11)."""

import os
import re
import signal
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

import chassis.jobs
from chassis import database
from chassis.worker import Worker
from contracts.access import Permission
from contracts.contacts.fields import ContactKind, DefineField, FieldType, ListFields
from contracts.contacts.imports import ImportProfile
from ops import people
from ops.bench.processes import tree
from ops.demo import papers
from services.contacts.rules.fields import PlainField
from services.contacts.spreadsheets.limits import Unreadable
from services.contacts.staging import Asked, opened, opening
from services.contacts.staging.reading import reading
from tests.integration.conftest import staff
from tests.integration.importing import counts

PEOPLE = list(people.persons(3_000, seed=11, domain="example.org"))
EMPLOYERS = list(people.organisations(20, seed=11))
CARDS = "".join(
    f"BEGIN:VCARD\nVERSION:3.0\nN:{each.family_name};{each.given_name}\nEMAIL:{each.email}\nEND:VCARD\n"
    for each in PEOPLE
).encode()
SHOE_SIZE = PlainField("shoe_size", {"fi": "Kengännumero"}, FieldType.NUMBER, [], retired=False)
SIZES = "Etunimi;Sukunimi;Kengännumero;Näin\nAino;Aho;38;x\nEero;Aho;suuri;x\n\nAino;Aho;38;x\n".encode("cp1252")
CLASSES = "Yritys;Toimiala\nLumi Oy;Lumityöt\nTalvi Oy;Lumityöt\nJää Oy;Jäätelö\n".encode()
NEW_IDS = re.compile(
    rb'(?<="id":")[0-9a-f-]{36}|[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{4}(?=[0-9a-f]{8}\b)'
)
"""Of contacts the last digits stay, which tell their row."""


@pytest.fixture
def always_apart(monkeypatch):
    monkeypatch.setattr(opening, "LARGE", 0)


def asked(tmp_path, content, **other):
    path = tmp_path / "people"
    path.write_bytes(content)
    usual = Asked(path, str(uuid4()), ImportProfile.CONTACTS, date(2026, 11, 28), {}, by_heading=True, fields=[])
    return replace(usual, **other)


@pytest.mark.parametrize(
    ("content", "other"),
    [
        (papers.csv_file(PEOPLE), {}),
        (papers.xlsx_file(PEOPLE, EMPLOYERS, "jäsen"), {}),
        (CARDS, {}),
        (SIZES, {"fields": [SHOE_SIZE], "columns": {"Näin": "title"}}),
        (SIZES, {"columns": {"Sukunimi": "family_name", "Etunimi": ""}, "by_heading": False}),
        (CLASSES, {"profile": ImportProfile.ADDRESS_PROVIDER}),
    ],
    ids=["CSV", "XLSX", "vCards", "fields", "said columns", "classes"],
)
def test_C11_a_file_read_apart_means_what_it_means_here(tmp_path, always_apart, content, other):
    wanted = asked(tmp_path, content, **other)
    heading, parts = reading(wanted)
    with opened(wanted) as (heading_apart, parts_apart):
        assert heading_apart == heading
        assert [without_new_ids(each) for each in parts_apart] == [without_new_ids(each) for each in parts]


def without_new_ids(part):
    return replace(part, lines=NEW_IDS.sub(b"", part.lines))


@pytest.mark.parametrize(
    "content",
    [
        b"Osoite;Kunta\nKuja 1;Turku\n",
        b"Nimi\n" + b"Aino Aho\n" * 5_000 + b'"Eero Aho\n',
        b"Nimi\n" + b"x;" * 300 + b"\n",
        b"PK\x03\x04",
        b"BEGIN:VCARD\nFN:Aino Aho\nEND:VCARD\nhello\n",
    ],
    ids=["the heading", "far below", "too wide", "no workbook", "no card"],
)
def test_C11_a_file_that_cannot_be_read_apart_is_told_of_as_here(tmp_path, always_apart, content):
    wanted = asked(tmp_path, content)
    with pytest.raises(Unreadable) as here:
        list(reading(wanted)[1])
    with pytest.raises(Unreadable) as apart, opened(wanted) as (_heading, parts):
        list(parts)
    said = [(each.value.code, each.value.reason, each.value.row, each.value.params) for each in (here, apart)]
    assert said[0] == said[1]


def test_a_reading_that_is_left_ends_its_process(tmp_path, always_apart):
    with opened(asked(tmp_path, papers.csv_file(PEOPLE))) as (_heading, parts):
        next(parts)
        process = the_reader()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def the_reader():
    """The only process that this one has started for reading."""
    started = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in tree(os.getpid())}
    (found,) = [pid for pid, command in started.items() if opening.MODULE.encode() in command]
    return found


def test_a_part_that_comes_in_pieces_is_none(tmp_path, always_apart):
    """The process is killed while it waits for somebody to read the second part."""
    with opened(asked(tmp_path, papers.csv_file(PEOPLE * 2))) as (_heading, parts):
        found = [next(parts)]
        process = the_reader()
        while waits_for(process) != "S":
            time.sleep(0.01)
        os.kill(process, signal.SIGKILL)
        with pytest.raises(opening.ReaderEnded):
            found.extend(parts)
    assert [each.lines.count(b"\n") for each in found] == [each.count for each in found]


def waits_for(process):
    """The state of a process: S when it waits."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_process_that_has_ended_before_it_was_asked_leaves_nothing(tmp_path, always_apart, monkeypatch):
    monkeypatch.setattr(opening, "MODULE", "services.contacts.staging.nobody")
    more_than_a_pipe_holds = {f"c{number}": "x" * 1_000 for number in range(200)}
    wanted, before = asked(tmp_path, SIZES, columns=more_than_a_pipe_holds), set(tree(os.getpid()))
    with pytest.raises(opening.ReaderEnded), opened(wanted):
        pass
    assert set(tree(os.getpid())) <= before


def test_a_signal_that_is_meant_for_whoever_started_the_reading_does_not_end_it(tmp_path, always_apart):
    """At a terminal all processes get it, and the worker finishes the chunk at hand."""
    with opened(asked(tmp_path, papers.csv_file(PEOPLE * 2))) as (_heading, parts):
        os.kill(the_reader(), signal.SIGINT)
        assert sum(each.count for each in parts) == 2 * len(PEOPLE)


def test_a_file_is_found_from_wherever_the_worker_runs(tmp_path, always_apart, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with opened(replace(asked(tmp_path, SIZES), path=Path("people"))) as (_heading, parts):
        assert [each.count for each in parts] == [3]


def test_C11_a_file_that_takes_too_long_is_told_of(tmp_path, always_apart):
    with opened(asked(tmp_path, papers.csv_file(PEOPLE * 10))) as (_heading, parts):
        os.kill(the_reader(), signal.SIGXCPU)
        with pytest.raises(Unreadable) as error:
            list(parts)
    assert error.value.code == "takes_too_long"


def test_C11_an_import_whose_reader_was_killed_is_read_again_and_leaves_no_row_twice(
    imports, monkeypatch, always_apart
):
    opened_once, killed = opening._Reader.heading, []

    def kill_first(reader):
        heading = opened_once(reader)
        if not killed:
            killed.append(the_reader())
            os.kill(killed[0], signal.SIGKILL)
        return heading

    monkeypatch.setattr(opening._Reader, "heading", kill_first)
    done = imports.finish_patiently(imports.start(papers.csv_file(PEOPLE * 10)))
    assert (done.state, len(killed)) == ("succeeded", 1)
    assert done.result["counts"]["created"] == len(PEOPLE), done.result


def test_C11_a_file_whose_reading_takes_its_time_is_imported(imports, monkeypatch, always_apart):
    """The transaction that its rows go into waits meanwhile; PostgreSQL ends others that do nothing for so long."""
    monkeypatch.setattr(database, "IDLE_IN_TRANSACTION_TIMEOUT_MS", 1_000)
    monkeypatch.setattr(imports, "worker", Worker("contacts"))
    at_once = opening._Reader.heading
    monkeypatch.setattr(opening._Reader, "heading", lambda reader: time.sleep(2) or at_once(reader))
    assert counts(imports.run("Nimi\nAino Aho\n")) == {"created": 1}


def test_C11_C12_an_import_read_apart_knows_fields_and_brings_classes(imports, call_service, monkeypatch, always_apart):
    monkeypatch.setattr(chassis.jobs, "record_failure", None)  # none fails
    shoe_size = DefineField(code="shoe_size", label={"fi": "Kengännumero"}, type=FieldType.NUMBER)
    call_service("contacts", "define_field", shoe_size, principal=staff(Permission.SETTINGS_WRITE))
    made = imports.run(SIZES)
    assert counts(made) == {"created": 1, "rejected": 1, "duplicate": 1}
    assert imports.rows(made, "rejected")[0].column == "Kengännumero"
    made = imports.run(CLASSES, profile=ImportProfile.ADDRESS_PROVIDER)
    assert counts(made) == {"created": 3}
    fields = imports.call("list_fields", ListFields(applies_to=ContactKind.ORGANISATION)).data
    assert [[each.label.fi for each in field.choices] for field in fields] == [["Lumityöt", "Jäätelö"]]


def test_small_files_are_read_here(tmp_path):
    before = set(tree(os.getpid()))
    with opened(asked(tmp_path, b"Nimi\nAino Aho\n")) as (_heading, parts):
        assert set(tree(os.getpid())) <= before
        assert [each.count for each in parts] == [1]
