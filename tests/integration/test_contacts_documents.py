"""Documents of contacts: rows, rights, files that come and go with them, on a real database and a real folder (C15)."""

import os
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from chassis import clock, files
from chassis.database import database_of
from chassis.ids import new_id
from chassis.settings import settings
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts.documents import AddDocument, DeleteDocument, ListDocuments, UpdateDocument
from contracts.contacts.erasures import ErasePerson
from contracts.contacts.merges import MergePersons
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson, DeleteContact
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from services.contacts.commands import documents, stored_files
from tests.integration.conftest import SYSTEM, staff

RIGHTS = (
    Permission.CONTACTS_READ,
    Permission.CONTACTS_WRITE,
    Permission.CONTACTS_ERASE,
    Permission.ACTIVITIES_READ,
    Permission.ACTIVITIES_WRITE,
)
AINO, EINO, ADMINISTRATOR = staff(*RIGHTS), staff(*RIGHTS), staff()
PDF = b"%PDF-1.7\nTarjous\n"


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    shutil.rmtree(Path(settings().talkoo_files) / "contacts", ignore_errors=True)
    return lambda method, request, principal=AINO: call_service("contacts", method, request, principal=principal)


@pytest.fixture
def person(call):
    return call("create_person", CreatePerson(given_name="Helmi", family_name="Aalto")).id


@pytest.fixture
def organisation(call):
    return call("create_organisation", CreateOrganisation(name="Metsä ja Mylly Oy")).id


def stored(content=PDF, suffix=""):
    key = files.new_key("contacts", suffix)
    files.store(key, content)
    return key


def add(call, principal=AINO, content=PDF, name="tarjous.pdf", **more):
    request = AddDocument(file_key=stored(content), file_name=name, **more)
    return call("add_document", request, principal)


def titles(call, principal=AINO, **asked):
    return [each.title for each in call("list_documents", ListDocuments(**asked), principal).data]


def key_of(call, document, principal=AINO):
    return call("get_document_file", ById(id=document.id), principal).file_key


def is_there(key):
    return (Path(settings().talkoo_files) / key).is_file()


def made_old(*keys):
    for key in keys:
        when = (clock.now() - stored_files.GRACE - timedelta(minutes=1)).timestamp()
        os.utime(Path(settings().talkoo_files) / key, (when, when))


def swept():
    with database_of("contacts").transaction() as session:
        return stored_files.sweep(session, clock.now())


def forgotten(now):
    with database_of("contacts").transaction() as session:
        return documents.forget_deleted(session, now, 100)


def test_C15_a_document_of_a_person_and_of_an_organisation(call, person, organisation):
    made = add(call, person_id=person, type="offer", dated_on=date(2026, 3, 1), author="Eino Laine")
    assert (made.title, made.file_name, made.content_type) == ("tarjous.pdf", "tarjous.pdf", "application/pdf")
    assert (made.size, made.type, made.author) == (len(PDF), "offer", "Eino Laine")
    assert (made.own, made.has_preview) == (True, False)
    add(call, organisation_id=organisation, title="Tarjouspyyntö", type="quotation_request")
    assert titles(call, person_id=person) == ["tarjous.pdf"]
    assert titles(call, organisation_id=organisation) == ["Tarjouspyyntö"]
    assert titles(call, organisation_id=organisation, type="offer") == []
    assert files.load(key_of(call, made)) == PDF


def test_C15_the_latest_date_stands_first_and_pages_do_not_overlap(call, person):
    for number in range(7):
        add(call, person_id=person, title=str(number), dated_on=date(2026, 1, 1 + number // 2))
    seen, cursor = [], None
    while True:
        page = call("list_documents", ListDocuments(person_id=person, limit=3, cursor=cursor))
        seen += page.data
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(each.title for each in seen) == [str(number) for number in range(7)]
    assert [each.dated_on for each in seen] == sorted((each.dated_on for each in seen), reverse=True)


def test_C15_what_a_file_is_counts_and_not_its_name(call, person):
    assert add(call, person_id=person, content=b"\xff\xd8\xff\xe0", name="laskuri.exe").file_name == "laskuri.exe.jpg"
    for content in (b"MZ\x90\0", b"#!/bin/sh", b"<script>alert(1)</script>", b"PK\x03\x04", b"\0"):
        with pytest.raises(Invalid) as error:
            add(call, person_id=person, content=content)
        assert [(each.pointer, each.code) for each in error.value.errors] == [("/file", "file_type_not_taken")]
    assert len(titles(call, person_id=person)) == 1


def test_C15_only_stored_files_of_contacts_become_documents(call, person):
    foreign = files.new_key("commerce")
    files.store(foreign, PDF)
    for key in (foreign, files.new_key("contacts"), "../../etc/passwd", "contacts/..", ""):
        with pytest.raises(Invalid) as error:
            call("add_document", AddDocument(person_id=person, file_key=key, file_name="a.pdf"))
        assert [each.code for each in error.value.errors] == ["bad_key"]
    document = add(call, person_id=person)
    again = AddDocument(person_id=person, file_key=key_of(call, document), file_name="a.pdf")
    with pytest.raises(Conflict):
        call("add_document", again)


def test_C15_a_document_belongs_to_exactly_one_contact_that_exists(call, person, organisation):
    for given, expected in (
        ({}, ("/person_id", "side_missing")),
        ({"person_id": person, "organisation_id": organisation}, ("/person_id", "side_missing")),
        ({"person_id": new_id()}, ("/person_id", "no_such_person")),
        ({"organisation_id": new_id()}, ("/organisation_id", "no_such_organisation")),
    ):
        with pytest.raises(Invalid) as error:
            add(call, **given)
        assert [(each.pointer, each.code) for each in error.value.errors] == [expected]


def test_C15_a_change_keeps_what_is_not_given_and_refuses_a_lost_update(call, person):
    made = add(call, person_id=person, author="Aino")
    changed = call("update_document", UpdateDocument(id=made.id, version=1, title="Tarjous 12", type="offer"))
    assert (changed.version, changed.title, changed.author) == (2, "Tarjous 12", "Aino")
    assert changed.dated_on == made.dated_on
    with pytest.raises(Stale):
        call("update_document", UpdateDocument(id=made.id, version=1, title="Liian myöhään"))
    assert call("update_document", UpdateDocument(id=made.id, version=2, title="Tarjous 12")).version == 2


def test_C15_a_private_document_is_seen_by_who_brought_it_in_alone(call, person):
    secret = add(call, person_id=person, private=True)
    assert titles(call, person_id=person) == ["tarjous.pdf"]
    for other in (EINO, ADMINISTRATOR, SYSTEM):
        assert titles(call, other, person_id=person) == []
        for method, request in (
            ("get_document", ById(id=secret.id)),
            ("get_document_file", ById(id=secret.id)),
            ("update_document", UpdateDocument(id=secret.id, version=1, title="Luin tämän")),
            ("delete_document", DeleteDocument(id=secret.id, version=1)),
            ("restore_document", ById(id=secret.id)),
        ):
            with pytest.raises(NotFound):
                call(method, request, other)
    shared = add(call, person_id=person)
    with pytest.raises(NotAllowed):
        call("update_document", UpdateDocument(id=shared.id, version=1, private=True), EINO)


def test_C15_without_the_right_nothing_is_seen_or_stored(call, person):
    made = add(call, person_id=person)
    register = staff(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE)
    for method, request in (
        ("list_documents", ListDocuments(person_id=person)),
        ("get_document", ById(id=made.id)),
        ("get_document_file", ById(id=made.id)),
    ):
        with pytest.raises(NotAllowed):
            call(method, request, register)
    with pytest.raises(NotAllowed):
        add(call, staff(Permission.ACTIVITIES_READ), person_id=person)


def test_C15_what_is_deleted_can_be_brought_back_for_thirty_days_with_its_file(call, person):
    made = add(call, person_id=person)
    key = key_of(call, made)
    call("delete_document", DeleteDocument(id=made.id, version=1))
    made_old(key)
    assert (titles(call, person_id=person), swept(), is_there(key)) == ([], 0, True)
    with pytest.raises(NotFound):
        call("get_document_file", ById(id=made.id))
    assert forgotten(clock.now() + timedelta(days=29)) == 0
    assert call("restore_document", ById(id=made.id)).version == 3
    call("delete_document", DeleteDocument(id=made.id, version=3))
    assert forgotten(clock.now() + timedelta(days=31)) == 1
    with pytest.raises(NotFound):
        call("restore_document", ById(id=made.id))
    assert (swept(), is_there(key)) == (1, False)


def test_C15_an_upload_whose_command_never_came_is_swept_and_no_other_file(call, person):
    preview = stored(b"\xff\xd8\xff", ".jpg")
    request = AddDocument(person_id=person, file_key=stored(), file_name="a.pdf", preview_key=preview)
    kept = key_of(call, call("add_document", request))
    orphan, fresh, foreign = stored(), stored(), files.new_key("commerce")
    files.store(foreign, PDF)
    cut_short = Path(settings().talkoo_files) / "contacts" / ".half.1.abc"
    cut_short.write_bytes(b"%PDF")
    made_old(kept, preview, orphan, foreign, "contacts/.half.1.abc")
    assert swept() == 1
    assert [is_there(key) for key in (kept, preview, fresh, foreign, orphan)] == [True, True, True, True, False]
    assert not cut_short.exists()


def test_C15_documents_follow_a_merge_and_its_undoing_exactly(call, person):
    other = call("create_person", CreatePerson(given_name="Helmi", family_name="Aallto")).id
    add(call, person_id=person, title="jäävän")
    theirs = add(call, person_id=other, title="yhdistetyn", private=True)
    merged = call("merge_persons", MergePersons(survivor_id=person, merged_id=other))
    add(call, person_id=other, title="jälkeen")
    assert set(titles(call, person_id=person)) == {"jäävän", "jälkeen", "yhdistetyn"}
    assert set(titles(call, person_id=other)) == {"jäävän", "jälkeen", "yhdistetyn"}
    assert call("get_document", ById(id=theirs.id)).person_id == person
    call("undo_merge", ById(id=merged.id))
    assert set(titles(call, person_id=person)) == {"jäävän", "jälkeen"}
    assert titles(call, person_id=other) == ["yhdistetyn"]


def test_C15_erasing_a_person_takes_rows_and_files_also_private_and_deleted_ones(call, person, organisation):
    preview = stored(b"\xff\xd8\xff", ".jpg")
    request = AddDocument(person_id=person, file_key=stored(), file_name="a.pdf", preview_key=preview, private=True)
    made = call("add_document", request, EINO)
    keys = [preview, key_of(call, made, EINO)]
    deleted = add(call, person_id=person)
    keys.append(key_of(call, deleted))
    call("delete_document", DeleteDocument(id=deleted.id, version=1))
    others = key_of(call, add(call, organisation_id=organisation))
    call("erase_person", ErasePerson(id=person, version=1, reason="requested"))
    assert [is_there(key) for key in (*keys, others)] == [False, False, False, True]
    with database_of("contacts").reader() as reader:
        assert reader.exec_driver_sql("SELECT count(*) FROM documents").scalar_one() == 1
    with pytest.raises(Invalid):
        add(call, person_id=person)


def test_C15_documents_of_a_deleted_organisation_stay_readable(call, organisation):
    made = add(call, organisation_id=organisation)
    call("delete_organisation", DeleteContact(id=organisation, version=1))
    assert call("get_document", ById(id=made.id)).title == "tarjous.pdf"
    with pytest.raises(Invalid):
        add(call, organisation_id=organisation)
