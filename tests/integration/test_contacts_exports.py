"""Exports of segments and lists (C10): complete, in order, safe in a spreadsheet, for one's own eyes, gone in time."""

import csv
import io
import zipfile
from datetime import date, timedelta
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from chassis import clock, files, worker
from chassis.database import database_of
from chassis.ids import new_id
from chassis.worker import Worker
from contracts.access import Permission
from contracts.base import ById, JobById, Translated
from contracts.contacts.erasures import ErasePerson, ErasureReason
from contracts.contacts.exports import ExportFormat, ExportLogged, StartExport
from contracts.contacts.fields import DefineField, FieldType
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson
from contracts.contacts.segments import CreateSegment, SegmentFilter, SegmentKind
from contracts.contacts.views import SaveView, ViewName
from contracts.errors import Conflict, Invalid, NotFound
from services.contacts.commands import exports
from tests.integration.conftest import staff
from tests.integration.importing import Importing

OFFICE, OTHER = staff(), staff()


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=OFFICE: call_service("contacts", method, request, principal=principal)


@pytest.fixture
def contacts_worker(call):
    import services.contacts.jobs  # noqa: F401  (its jobs)

    found = Worker("contacts")
    yield found
    found.database.dispose()


def export(call, contacts_worker, principal=OFFICE, **asked):
    job = call("start_export", StartExport(**asked), principal)
    while worker.run_job_chunk(contacts_worker):
        pass
    done = call("get_job", JobById(id=job.id), principal)
    assert done.state == "succeeded", done
    return done.result["export_id"], done


def content(call, export_id, principal=OFFICE):
    return files.load(call("fetch_export_file", ById(id=export_id), principal).file_key)


def rows(data, delimiter=";"):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_C10_a_list_is_exported_in_finnish_order_with_the_columns_of_ones_own_list(call, contacts_worker):
    for name, city in (
        ("Öhman", "Åbo"),
        ("Aho", "Espoo"),
        ("Åberg", ""),
        ("Äijälä", "Lahti"),
        ("Vester", ""),
        ("Wahl", ""),
    ):
        call("create_person", CreatePerson(family_name=name, addresses=[{"city": city}] if city else [], tags=["a"]))
    call("create_person", CreatePerson(family_name="Muu"))
    call("save_view", SaveView(name=ViewName.CONTACTS, shown=["customer_status", "city", "birth_date"]))
    export_id, job = export(
        call, contacts_worker, tags_all="a", headings={"family_name": "Sukunimi", "city": "Paikkakunta"}
    )
    data = content(call, export_id)
    assert data.startswith(b"\xef\xbb\xbf")
    found = rows(data)
    assert found[0] == ["Sukunimi", "given_name", "customer_status", "Paikkakunta", "birth_date"]
    assert [row[0] for row in found[1:]] == ["Aho", "Vester", "Wahl", "Åberg", "Äijälä", "Öhman"]
    assert found[1][3] == "Espoo"
    assert (job.done, job.total) == (6, 6)


DANGEROUS = ["=1+1", "@SUM(A1)", "-2+3", "+cmd|' /C calc'!A0", "\u0009=1", "\n=1", "＝1+1", "＋1+1", "－1+1", "＠x"]


@pytest.mark.parametrize("form", [ExportFormat.CSV, ExportFormat.XLSX])
def test_C10_no_cell_is_a_formula_and_values_are_of_their_kind(call, contacts_worker, form):
    call("define_field", DefineField(code="size", label=Translated(fi="Koko"), type=FieldType.NUMBER))
    call(
        "create_person",
        CreatePerson(
            family_name="=HYPERLINK(1)",
            title="@x",
            birth_date="1980-02-01",
            phone="040 1234567",
            fields={"size": 1.5},
            customer_status="customer",
        ),
    )
    export_id, _job = export(
        call,
        contacts_worker,
        format=form,
        language="fi",
        columns=["title", "birth_date", "phone", "fields.size", "customer_status"],
        headings={"title": "=evil()"},
        words={"customer_status": {"customer": "Asiakas"}},
    )
    data = content(call, export_id)
    if form is ExportFormat.CSV:
        assert rows(data) == [
            ["family_name", "given_name", "'=evil()", "birth_date", "phone", "fields.size", "customer_status"],
            ["'=HYPERLINK(1)", "", "'@x", "1.2.1980", "+358401234567", "1,5", "Asiakas"],
        ]
        return
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    heading, row = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert heading[2] == "'=evil()"
    assert row == ["=HYPERLINK(1)", "", "@x", date(1980, 2, 1), "+358401234567", 1.5, "Asiakas"]


@pytest.mark.parametrize("form", [ExportFormat.CSV, ExportFormat.XLSX])
def test_C10_no_digit_of_a_number_is_lost_and_days_are_days_also_before_sheets_begin(call, contacts_worker, form):
    for code, of_type in (("ean", FieldType.NUMBER), ("founded", FieldType.DATE), ("part", FieldType.NUMBER)):
        call("define_field", DefineField(code=code, label=Translated(fi=code), type=of_type))
    fields = {"ean": 6411401015090, "founded": "1865-03-01", "part": 0.00001}
    call("create_person", CreatePerson(family_name="Aho", birth_date="1899-12-31", fields=fields))
    call("create_person", CreatePerson(family_name="Boman", fields={"founded": "1900-03-01"}))
    columns = ["fields.ean", "fields.founded", "fields.part", "birth_date"]
    export_id, _job = export(call, contacts_worker, format=form, columns=columns)
    data = content(call, export_id)
    if form is ExportFormat.CSV:
        found = [row[2:] for row in rows(data)[1:]]
        assert found == [["6411401015090", "1.3.1865", "0,00001", "31.12.1899"], ["", "1.3.1900", "", ""]]
        return
    found = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert found[1][2:] == [6411401015090, "1.3.1865", 0.00001, "31.12.1899"]
    assert found[2][3] == date(1900, 3, 1)


def test_C8_C10_who_has_chosen_no_columns_exports_names_alone(call, contacts_worker):
    call("create_person", CreatePerson(family_name="Aho", given_name="Aino", email="aino@example.org"))
    call("save_view", SaveView(name=ViewName.CONTACTS, shown=[]))
    export_id, _job = export(call, contacts_worker)
    assert rows(content(call, export_id)) == [["family_name", "given_name"], ["Aho", "Aino"]]


def test_C10_kinds_of_further_numbers_are_named(call, contacts_worker):
    more = [{"kind": "work", "number": "0401234567"}, {"kind": "home", "number": "0501234567"}]
    call("create_person", CreatePerson(family_name="Aho", other_phones=more))
    words = {"other_phones": {"work": "Työ", "home": "Koti"}}
    export_id, _job = export(call, contacts_worker, columns=["other_phones"], words=words)
    assert rows(content(call, export_id))[1][2] == "Työ +358401234567, Koti +358501234567"


def test_C10_a_time_is_shown_as_the_day_it_is_where_the_association_is(call, contacts_worker):
    call("create_person", CreatePerson(family_name="Aho"))
    with database_of("contacts").transaction() as session:
        session.execute(text("UPDATE persons SET created_at = '2026-01-31T22:30:00Z'"))
    export_id, _job = export(call, contacts_worker, columns=["created_at"])
    assert rows(content(call, export_id))[1][2] == "1.2.2026"


def test_C10_choices_whose_codes_begin_with_a_digit_are_named(call, contacts_worker):
    sizes = [{"code": f"{n}", "label": {"fi": f"{n} hlö"}} for n in range(1, 301)]
    call("define_field", DefineField(code="size", label=Translated(fi="Koko"), type=FieldType.CHOICE, choices=sizes))
    call("create_person", CreatePerson(family_name="Aho", fields={"size": "300"}))
    words = {"fields.size": {each["code"]: each["label"]["fi"] for each in sizes}}
    export_id, _job = export(call, contacts_worker, columns=["fields.size"], words=words)
    assert rows(content(call, export_id))[1][2] == "300 hlö"


@pytest.mark.parametrize("cell", DANGEROUS)
def test_C10_what_begins_like_a_formula_is_made_inert(cell):
    assert exports.inert(cell) == f"'{cell}"


def test_C10_segments_searches_and_organisations_are_exported(call, contacts_worker):
    for name in ("Korhonen", "Korhoinen", "Virtanen"):
        call("create_person", CreatePerson(given_name="Aino", family_name=name))
    call("create_organisation", CreateOrganisation(name="Lumi Oy", business_id="0201256-6"))
    segment = call(
        "create_segment", CreateSegment(name="x", filter=SegmentFilter(field="family_name", op="starts", value="V"))
    )
    by_segment, _ = export(call, contacts_worker, segment_id=segment.id, language="en")
    assert [row[:2] for row in rows(content(call, by_segment), ",")[1:]] == [["Virtanen", "Aino"]]
    searched, _ = export(call, contacts_worker, q="korhonen")
    assert {row[0] for row in rows(content(call, searched))[1:]} == {"Korhonen", "Korhoinen"}
    companies, _ = export(call, contacts_worker, of=SegmentKind.ORGANISATIONS)
    assert rows(content(call, companies))[1][:2] == ["Lumi Oy", "0201256-6"]
    with pytest.raises(Conflict):
        call("start_export", StartExport(of=SegmentKind.ORGANISATIONS, segment_id=segment.id))
    with pytest.raises(NotFound):
        call("start_export", StartExport(segment_id=new_id()))
    with pytest.raises(Invalid):
        call("start_export", StartExport(columns=["password"]))


def test_C10_C11_names_stand_apart_and_a_file_that_went_out_comes_in_again(call, contacts_worker, call_service):
    made = call("create_person", CreatePerson(given_name="Anna Maija", family_name="af Forselles", email="a@b.example"))
    headings = {"family_name": "Sukunimi", "given_name": "Etunimi", "email": "Sähköposti"}
    out, _ = export(call, contacts_worker, columns=["email", "name"], headings=headings)
    data = content(call, out)
    assert rows(data) == [
        ["Sukunimi", "Etunimi", "Sähköposti", "name"],
        ["af Forselles", "Anna Maija", "a@b.example", "Anna Maija af Forselles"],
    ]
    importer = Importing(call_service)
    again = importer.run(data.decode("utf-8-sig").replace(";name", ";Muu"))
    importer.close()
    assert [row.state for row in importer.rows(again)] == ["unchanged"]
    assert call("get_person", ById(id=made.id)).version == made.version


def test_C10_a_file_is_for_who_asked_for_it_and_logged(call, contacts_worker, recorded):
    call("create_person", CreatePerson(family_name="Aho"))
    export_id, job = export(call, contacts_worker)
    for method in ("get_export", "fetch_export_file"):
        with pytest.raises(NotFound):
            call(method, ById(id=export_id), OTHER)
    content(call, export_id)
    logged = [event["data"] for event in recorded("contacts", ExportLogged)]
    assert [(each["actor"], each["fetched"]) for each in logged] == [(OFFICE.label, False), (OFFICE.label, True)]
    assert {each["export_id"] for each in logged} == {export_id} == {job.id.partition("-")[2]}


def test_I6_the_audit_log_tells_of_exports(call_service, clean_database, handle_event):
    clean_database("identity")
    export_id = new_id()
    for fetched in (False, True):
        event = ExportLogged(export_id=export_id, actor=OFFICE.label, fetched=fetched, at=clock.now())
        handle_event("identity", event)
    with database_of("identity").reader() as connection:
        found = connection.execute(text("SELECT action, actor, subject FROM audit_entries ORDER BY id")).all()
    assert [tuple(each) for each in found] == [
        ("export.started", OFFICE.label, str(export_id)),
        ("export.fetched", OFFICE.label, str(export_id)),
    ]


def test_C10_C17_files_go_after_a_day_and_when_somebody_is_erased(call, contacts_worker):
    person = call("create_person", CreatePerson(family_name="Aho"))
    first, _job = export(call, contacts_worker)
    key = call("fetch_export_file", ById(id=first)).file_key
    with contacts_worker.transaction() as session:
        assert exports.forget_files(session, clock.now()) == 0
        assert exports.forget_files(session, clock.now() + timedelta(hours=25)) == 1
    with pytest.raises(NotFound):
        files.load(key)
    second, _job = export(call, contacts_worker)
    key = call("fetch_export_file", ById(id=second)).file_key
    call("erase_person", ErasePerson(id=person.id, version=1, reason=ErasureReason.REQUESTED))
    with pytest.raises(NotFound):
        files.load(key)
    with pytest.raises(NotFound):
        call("fetch_export_file", ById(id=second))
    assert not call("get_export", ById(id=second)).ready


def test_C10_C17_an_erasure_before_the_end_lets_a_search_be_exported_anew_and_nobody_else(call, contacts_worker):
    made = [call("create_person", CreatePerson(family_name=name)) for name in ("Virtanen", "Aho", "Poistuva")]
    job = call("start_export", StartExport(q="Virtanen"))
    export_id = UUID(job.id.partition("-")[2])
    while not call("get_export", ById(id=export_id)).ready:
        worker.run_job_chunk(contacts_worker)
    call("erase_person", ErasePerson(id=made[2].id, version=1, reason=ErasureReason.REQUESTED))
    while worker.run_job_chunk(contacts_worker):
        pass
    assert [row[0] for row in rows(content(call, export_id))[1:]] == ["Virtanen"]


def test_C10_many_rows_are_read_in_parts_and_none_is_left_out_or_doubled(call, contacts_worker, monkeypatch):
    monkeypatch.setattr(exports, "ROWS_AT_ONCE", 50)
    with database_of("contacts").transaction() as session:
        session.execute(
            text(
                """INSERT INTO persons (id, state, family_name, language, sort_key, search, created_at, updated_at)
                   SELECT gen_random_uuid(), 'active', 'Nro' || n, 'fi', 'same', '', now(), now()
                     FROM generate_series(1, 520) AS n"""
            )
        )
    job = call("start_export", StartExport())
    seen = set()
    while worker.run_job_chunk(contacts_worker):
        seen.add(call("get_job", JobById(id=job.id)).done)
    assert len(seen) > 5
    names = [row[0] for row in rows(content(call, job.id.partition("-")[2]))[1:]]
    assert len(names) == len(set(names)) == 520


def test_C10_C17_an_erasure_in_the_middle_lets_the_export_begin_again(call, contacts_worker, monkeypatch):
    monkeypatch.setattr(exports, "ROWS_AT_ONCE", 2)
    people = [call("create_person", CreatePerson(family_name=f"Aho {number}")) for number in range(6)]
    job = call("start_export", StartExport())
    for _ in range(3):
        worker.run_job_chunk(contacts_worker)
    call("erase_person", ErasePerson(id=people[0].id, version=1, reason=ErasureReason.REQUESTED))
    while worker.run_job_chunk(contacts_worker):
        pass
    told = rows(content(call, job.id.partition("-")[2]))[1:]
    assert len(told) == 5
    assert not any("Aho 0" in row[0] for row in told)
    assert call("get_export", ById(id=job.id.partition("-")[2])).rows == 5


def test_C10_a_sheet_that_is_full_is_told_of(call, contacts_worker, monkeypatch):
    monkeypatch.setitem(exports.MOST_ROWS, ExportFormat.XLSX, 1)
    for number in range(2):
        call("create_person", CreatePerson(family_name=f"Aho {number}"))
    job = call("start_export", StartExport(format="xlsx"))
    while worker.run_job_chunk(contacts_worker):
        pass
    failed = call("get_job", JobById(id=job.id))
    assert failed.state == "failed"
    assert failed.result["code"] == "sheet_full"


def test_C10_only_who_may_read_contacts_exports_them(call):
    with pytest.raises(Exception, match="right"):
        call("start_export", StartExport(), staff(Permission.COURSES_READ))
