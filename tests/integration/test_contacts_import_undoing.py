"""Undoing a whole import (C11), on a real database."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.database import database_of
from contracts.access import Permission
from contracts.base import ById, JobById, ListRequest
from contracts.contacts.activities import ActivityKind, RecordActivity
from contracts.contacts.affiliations import CreateAffiliation, ListAffiliations, UpdateAffiliation
from contracts.contacts.history import History
from contracts.contacts.imports import ImportProfile, ListImportRows
from contracts.contacts.merges import MergePersons
from contracts.contacts.organisations import CreateOrganisation, ListOrganisations
from contracts.contacts.persons import CreatePerson, ListPersons, PersonsChanged, UpdatePerson
from contracts.errors import Conflict, NotAllowed, NotFound
from services.contacts import jobs
from tests.integration.conftest import staff
from tests.integration.importing import IMPORTER, counts

OFFICE = staff()
ACCOUNTING = ImportProfile.ACCOUNTING_CUSTOMERS
PEOPLE = "Etunimi;Sukunimi;Asiakasnumero;Puhelin;Organisaatio;Titteli\n"
SIZED = ("persons", "organisations", "affiliations", "value_sources", "changes", "duplicate_candidates")


@pytest.fixture
def call(call_service, clean_contacts):
    return lambda method, request, principal=OFFICE: call_service("contacts", method, request, principal=principal)


def undo(call, imports, made):
    """The import after its undoing, and the rows of which something was kept."""
    job = imports.finish(imports.call("undo_import", ById(id=made.id)))
    assert job.state == "succeeded", job.result
    now = call("get_import", ById(id=made.id))
    kept = call("list_import_rows", ListImportRows(id=made.id, undone="kept")).data
    return now, [(each.number, each.kept) for each in kept]


def sizes():
    with database_of("contacts").reader() as reader:
        return {name: reader.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in SIZED}


def persons(call):
    found = call("list_persons", ListPersons()).data
    return {each.name: call("get_person", ById(id=each.id)) for each in found}


def sources(call, who):
    return call("list_sources", ById(id=who.id)).data


def test_C11_what_an_import_made_is_gone_without_a_trace_and_can_be_imported_again(call, imports, recorded):
    before = sizes()
    content = f"{PEOPLE}Aino;Aalto;1;040 1234567;Lumi Oy;Johtaja\nEino;Eskola;2;;Lumi Oy;\n;;;;Tuuli ry;\n"
    made = imports.run(content)
    ids = [row.person_id for row in imports.rows(made) if row.person_id]
    now, kept = undo(call, imports, made)
    assert (now.undone, kept) == ({"taken_back": 3, "kept": 0}, [])
    assert now.undone_at is not None
    assert sizes() == before
    told = {UUID(each) for event in recorded("contacts", PersonsChanged) for each in event["data"]["person_ids"]}
    assert told == {*ids}
    with pytest.raises(NotFound):
        call("get_person", ById(id=ids[0]))
    assert counts(imports.run(content)) == {"created": 3}


def test_C11_what_it_changed_is_as_before_with_its_source(call, imports):
    aino = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", customer_number="1",
                                              phone="040 1111111", tags=["board"]))  # fmt: skip
    lumi = call("create_organisation", CreateOrganisation(name="Lumi Oy", tags=["x"]))
    before, known = persons(call), sources(call, aino)
    made = imports.run(
        "Etunimi;Sukunimi;Asiakasnumero;Puhelin;Katuosoite;Tunnisteet;Sähköposti\n"
        "Aino;Aalto;1;040 2222222;Tie 1;vip;aino@example.org\n"
    )
    assert counts(made) == {"updated": 1}
    now, kept = undo(call, imports, made)
    assert (now.undone, kept) == ({"taken_back": 1, "kept": 0}, [])
    hidden = {"version", "updated_at"}
    assert persons(call)["Aino Aalto"].model_dump(exclude=hidden) == before["Aino Aalto"].model_dump(exclude=hidden)
    assert sources(call, aino) == known
    assert call("get_organisation", ById(id=lumi.id)) == lumi


def test_C11_what_it_only_confirmed_comes_from_where_it_came_before(call, imports):
    aino = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", customer_number="1",
                                              phone="040 1111111", email="aino@example.org", title="FM"))  # fmt: skip
    call("update_person", UpdatePerson(id=aino.id, version=aino.version, email="aalto@example.org"))
    known = sources(call, aino)
    content = "Etunimi;Sukunimi;Asiakasnumero;Puhelin;Sähköposti\nAino;Aalto;1;040 1111111;aalto@example.org\n"
    made = imports.run(content)
    assert counts(made) == {"unchanged": 1}
    assert {each.field for each in sources(call, aino) if each not in known} >= {"phone", "email"}
    undo(call, imports, made)
    assert sources(call, aino) == known
    again, title = imports.run(content), call("get_person", ById(id=aino.id))
    call("update_person", UpdatePerson(id=aino.id, version=title.version, phone="040 9999999"))
    undo(call, imports, again)
    said = {each.field: each for each in sources(call, aino)}
    assert said["phone"].source == "office"
    assert [each for each in said.values() if each.field != "phone"] == [
        each for each in known if each.field != "phone"
    ]


def test_C11_what_somebody_changed_or_used_since_is_kept_and_listed(call, imports):
    call(
        "create_person", CreatePerson(given_name="Aino", family_name="Aalto", customer_number="1", phone="040 1111111")
    )
    made = imports.run(
        "Etunimi;Sukunimi;Asiakasnumero;Puhelin;Sähköposti\n"
        "Aino;Aalto;1;040 2222222;aino@example.org\n"
        "Eino;Eskola;2;040 3333333;\nUuno;Uusi;3;;\nAku;Arvo;4;;\nMeri;Muu;5;;\n"
    )
    found = persons(call)
    change = UpdatePerson(id=found["Aino Aalto"].id, version=found["Aino Aalto"].version, phone="040 9999999")
    call("update_person", change)
    call("update_person", UpdatePerson(id=found["Eino Eskola"].id, version=1, title="Chair"))
    call("record_activity", RecordActivity(kind=ActivityKind.CALL, text="Asked", person_id=found["Uuno Uusi"].id))
    twin = call("create_person", CreatePerson(given_name="Meri", family_name="Muu"))
    call("merge_persons", MergePersons(survivor_id=twin.id, merged_id=found["Meri Muu"].id))
    now, kept = undo(call, imports, made)
    assert kept == [(2, ["phone"]), (3, ["*"]), (4, ["*"]), (6, ["*"])]
    assert now.undone == {"taken_back": 1, "kept": 4}
    after = persons(call)
    assert {*after} == {"Aino Aalto", "Eino Eskola", "Uuno Uusi", "Meri Muu"}
    assert (after["Aino Aalto"].phone, after["Aino Aalto"].email) == ("+358409999999", None)


def test_C11_affiliations_are_taken_back_or_kept(call, imports):
    made = imports.run(f"{PEOPLE}Aino;Aalto;1;;Lumi Oy;Johtaja\nEino;Eskola;2;;Tuuli ry;\n")
    found = persons(call)
    (one,) = call("list_affiliations", ListAffiliations(person_id=found["Eino Eskola"].id)).data
    call("update_affiliation", UpdateAffiliation(id=one.id, version=1, title="Chair"))
    later = imports.run(f"{PEOPLE}Aino;Aalto;1;;Lumi Oy;Puheenjohtaja\n")
    assert counts(later) == {"updated": 1}
    undo(call, imports, later)
    (two,) = call("list_affiliations", ListAffiliations(person_id=found["Aino Aalto"].id)).data
    assert two.title == "Johtaja"
    _now, kept = undo(call, imports, made)
    assert kept == [(3, ["affiliation", "*", "*"])]
    assert "Eino Eskola" in persons(call)
    assert [each.name for each in call("list_organisations", ListOrganisations(q="Tuuli")).data] == ["Tuuli ry"]


def test_C11_only_the_affiliation_that_it_changed_goes_back_and_the_history_says_so(call, imports):
    aino = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", customer_number="1"))
    lumi, tuuli = (call("create_organisation", CreateOrganisation(name=name)) for name in ("Lumi Oy", "Tuuli ry"))
    told = CreateAffiliation(person_id=aino.id, organisation_id=lumi.id, title="Jäsen")
    ended = CreateAffiliation(**told.model_dump() | {"title": "Johtaja", "ends_on": date(2020, 1, 1)})
    other = CreateAffiliation(**told.model_dump() | {"organisation_id": tuuli.id, "title": "Johtaja"})
    for each in (ended, other, told):
        call("create_affiliation", each)
    asked = ListAffiliations(person_id=aino.id)
    before = {each.id: each for each in call("list_affiliations", asked).data}
    made = imports.run(f"{PEOPLE}Aino;Aalto;1;;Lumi Oy;Johtaja\nAino;Aalto;1;;Tuuli ry;Johtaja\n")
    assert counts(made)["updated"] == 1
    now, kept = undo(call, imports, made)
    assert (now.undone["kept"], kept) == (0, [])
    after = {each.id: each for each in call("list_affiliations", asked).data}
    assert {each.id for each in after.values() if each != before[each.id]} == {
        each.id for each in before.values() if each.title == "Jäsen"
    }
    assert {each.title for each in after.values() if each.organisation_id == lumi.id} == {"Jäsen", "Johtaja"}
    said = call("list_history", History(id=aino.id, field="affiliation.title")).data
    assert [(each.old, each.new) for each in said] == [("Johtaja", "Jäsen"), ("Jäsen", "Johtaja")]


def test_C11_a_cancelled_import_keeps_its_chunks_and_they_can_be_undone(call, imports, monkeypatch):
    monkeypatch.setattr(jobs, "CHUNKS_AT_ONCE", 2)
    rows = "".join(f"N{number};Sukunimi;{number};;;\n" for number in range(1, 4_501))
    job = imports.start(f"{PEOPLE}{rows}".encode())
    import_id = UUID(job.id.partition("-")[2])
    while not persons_there():
        assert imports.chunks(1)
    with pytest.raises(Conflict) as caught:
        call("undo_import", ById(id=import_id))
    assert caught.value.error_code == "import_running"
    imports.call("cancel_job", JobById(id=job.id))
    imports.finish(job)
    there = persons_there()
    assert 0 < there < 4_500
    now, kept = undo(call, imports, call("get_import", ById(id=import_id)))
    assert (persons_there(), kept, now.undone["taken_back"]) == (0, [], there)


def persons_there():
    with database_of("contacts").reader() as reader:
        return reader.execute(text("SELECT count(*) FROM persons")).scalar_one()


def test_C11_R6_a_colleague_sees_an_import_and_neither_stops_nor_undoes_it(call, imports):
    colleague, operator = (
        staff(Permission.CONTACTS_IMPORT),
        staff(Permission.CONTACTS_IMPORT, Permission.SYSTEM_OPERATE),
    )
    job = imports.start(f"{PEOPLE}Aino;Aalto;1;;;\n".encode())
    import_id = UUID(job.id.partition("-")[2])
    assert call("get_job", JobById(id=job.id), colleague).id == job.id

    def refused(method, request, principal=colleague):
        with pytest.raises(NotAllowed) as caught:
            call(method, request, principal)
        assert (caught.value.error_code, caught.value.params["rights"]) == ("not_the_starter", "system.operate")

    refused("cancel_job", JobById(id=job.id))
    refused("cancel_job", JobById(id=job.id), staff(Permission.CONTACTS_IMPORT, Permission.SYSTEM_READ))
    imports.finish(job)
    assert [call("get_import", ById(id=import_id), each).own for each in (colleague, IMPORTER)] == [False, True]
    assert {each.own for each in call("list_imports", ListRequest(), IMPORTER).data} == {True}
    refused("undo_import", ById(id=import_id))
    undoing = call("undo_import", ById(id=import_id), operator)
    refused("cancel_job", JobById(id=undoing.id))
    call("cancel_job", JobById(id=undoing.id), operator)
    assert imports.finish(undoing).state == "cancelled"


def test_C11_only_what_did_something_is_undone_and_once(call, imports):
    checked = imports.run(f"{PEOPLE}Aino;Aalto;1;;;\n", dry_run=True)
    with pytest.raises(Conflict) as caught:
        call("undo_import", ById(id=checked.id))
    assert caught.value.error_code == "nothing_to_undo"
    made = imports.run(f"{PEOPLE}Aino;Aalto;1;;;\n")
    undo(call, imports, made)
    with pytest.raises(Conflict) as caught:
        call("undo_import", ById(id=made.id))
    assert caught.value.error_code == "import_undone"
    with pytest.raises(NotAllowed):
        call("undo_import", ById(id=made.id), staff().model_copy(update={"permissions": frozenset({"contacts.write"})}))


def test_C11_an_undoing_that_was_cancelled_or_failed_is_started_again(call, imports):
    call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", customer_number="1", phone="0401111111"))
    call(
        "create_person", CreatePerson(given_name="Eino", family_name="Eskola", customer_number="2", phone="0401111112")
    )
    made = imports.run(f"{PEOPLE}Aino;Aalto;1;0402222222;;\nEino;Eskola;2;0402222223;;\nUuno;Uusi;3;;Lumi Oy;\n")
    eino = persons(call)["Eino Eskola"]
    call("update_person", UpdatePerson(id=eino.id, version=eino.version, phone="0409999999"))
    job = imports.call("undo_import", ById(id=made.id))
    with pytest.raises(Conflict) as caught:
        call("undo_import", ById(id=made.id))
    assert caught.value.error_code == "import_undone"
    assert imports.chunks(4) == 4
    imports.call("cancel_job", JobById(id=job.id))
    assert imports.finish(job).state == "cancelled"
    assert {*persons(call)} == {"Aino Aalto", "Eino Eskola"}
    now, kept = undo(call, imports, made)
    assert (now.undone, kept) == ({"taken_back": 2, "kept": 1}, [(3, ["phone"])])
    after = persons(call)
    assert (after["Aino Aalto"].phone, after["Eino Eskola"].phone) == ("+358401111111", "+358409999999")
    assert call("list_organisations", ListOrganisations()).data == []
    with pytest.raises(Conflict) as caught:
        call("undo_import", ById(id=made.id))


def test_C11_a_number_that_another_has_by_now_is_kept(call, imports):
    for name, number, business_id in (("Lumi Oy", "7", "0201256-6"), ("Tuuli ry", "9", "1234567-1")):
        wanted = CreateOrganisation(name=name, customer_number=number, business_id=business_id, phone="040 1111111")
        call("create_organisation", wanted)
    made = imports.run(
        "Organisaatio;Asiakasnumero;Y-tunnus;Puhelin\n"
        "Lumi Oy;8;0201256-6;040 2222222\nTuuli ry;9;7654321-2;040 2222222\n"
    )
    assert counts(made) == {"updated": 2}
    call("create_organisation", CreateOrganisation(name="Pilvi", customer_number="7", business_id="1234567-1"))
    _now, kept = undo(call, imports, made)
    assert kept == [(2, ["customer_number"]), (3, ["business_id"])]
    found = {each.name: each.id for each in call("list_organisations", ListOrganisations()).data}
    lumi, tuuli = (call("get_organisation", ById(id=found[name])) for name in ("Lumi Oy", "Tuuli ry"))
    assert (lumi.customer_number, tuuli.business_id) == ("8", "7654321-2")
    assert {lumi.phone, tuuli.phone} == {"+358401111111"}


def test_C12_a_customer_that_accounting_made_of_a_company_is_none_again(call, imports):
    lumi = call("create_organisation", CreateOrganisation(name="Lumi Oy", business_id="0201256-6"))
    made = imports.run(
        "Asiakasnumero;Nimi;Y-tunnus\n77;Lumi Oy;0201256-6\n", profile=ImportProfile.ACCOUNTING_CUSTOMERS
    )
    assert call("get_organisation", ById(id=lumi.id)).customer_number == "77"
    undo(call, imports, made)
    assert call("get_organisation", ById(id=lumi.id)).customer_number is None


def test_C11_undoing_goes_on_after_a_kill_and_ends_the_same(call, imports):
    rows = "".join(f"N{number};Sukunimi;{number};;Y{number} Oy;\n" for number in range(1, 1_301))
    made = imports.run(f"{PEOPLE}{rows}")
    job = imports.call("undo_import", ById(id=made.id))
    assert imports.chunks(4) == 4
    imports.close()
    imports.__init__(imports._call)
    done = imports.finish(job)
    assert (done.state, done.done) == ("succeeded", 1_300)
    assert set(sizes().values()) == {0}
