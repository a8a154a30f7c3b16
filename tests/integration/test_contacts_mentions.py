"""Texts that name an erased person besides others stay, without the name (C17)."""

import pytest
from sqlalchemy import text

from chassis import erased_texts, files, rpc
from chassis.database import database_of
from chassis.ids import new_id
from chassis.worker import Worker
from contracts.access import Permission
from contracts.base import ById, Nothing
from contracts.contacts.activities import RecordActivity
from contracts.contacts.affiliations import CreateAffiliation
from contracts.contacts.calendars import CreateEvent
from contracts.contacts.documents import AddDocument
from contracts.contacts.erasures import ErasePerson, ErasureReason
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson, UpdatePerson
from contracts.contacts.projects import CreateProject
from contracts.contacts.segments import CreateSegment, SegmentFilter
from contracts.contacts.surveys import AnswerSurvey, CreateSurvey, SurveyByVersion
from contracts.contacts.tasks import CreateTask
from tests.integration.conftest import staff
from tests.integration.importing import Importing

OFFICE = staff()
NAMED = "Aino Virtanen, aino.v@example.org, 040 192 8374"
LEFT = "[poistettu], [poistettu], [poistettu]"


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request: call_service("contacts", method, request, principal=OFFICE)


@pytest.fixture
def aino(call):
    details = {"email": "Aino.V@example.org", "phone": "+358401928374"}
    return call("create_person", CreatePerson(given_name="Aino", family_name="Virtanen", **details))


@pytest.fixture
def mylly(call):
    return call("create_organisation", CreateOrganisation(name="Mylly Oy")).id


def erase(call, person):
    version = call("get_person", ById(id=person.id)).version
    call("erase_person", ErasePerson(id=person.id, version=version, reason=ErasureReason.REQUESTED))
    search()


def search():
    worker = Worker("contacts")
    with rpc.calling(rpc.system_caller("contacts")):
        assert erased_texts.search_next(worker)
    worker.database.dispose()


def column(query):
    with database_of("contacts").reader() as reader:
        return list(reader.scalars(text(query)))


def note(call, said, **about):
    return call("record_activity", RecordActivity(kind="note", text=said, **about))


def test_C17_shared_texts_lose_the_name_and_nothing_else(call, aino, mylly):
    call("create_affiliation", CreateAffiliation(person_id=aino.id, organisation_id=mylly))
    shared = {"person_ids": [aino.id], "organisation_ids": [mylly]}
    call("record_activity", RecordActivity(kind="call", text=f"Soitti {NAMED}. Kaino Virtanen kuunteli.", **shared))
    note(call, "Virtanen Ainolle kortti; Aino Virtaselta kysyttiin.")
    call("create_task", CreateTask(title=f"Vastaa: {NAMED}", text="Aino Virtasta etsi Matti Virtanen.", **shared))
    key = files.new_key("contacts", ".pdf")
    files.store(key, b"%PDF-1.7\n")
    title = "Tarjous (Aino Virtanen)"
    named = {"file_key": key, "file_name": "tarjous_Aino_Virtanen.pdf", "title": title}
    call("add_document", AddDocument(organisation_id=mylly, **named))
    calendar = call("open_own_calendar", Nothing()).id
    call("create_event", CreateEvent(calendar_id=calendar, title="Tapaaminen: Aino Virtanen", starts_on="2026-11-30"))
    erase(call, aino)
    assert column("SELECT text FROM activities ORDER BY kind") == [
        f"Soitti {LEFT}. Kaino Virtanen kuunteli.", "[poistettu] kortti; [poistettu] kysyttiin."
    ]  # fmt: skip
    assert column("SELECT title || '|' || text FROM tasks") == [f"Vastaa: {LEFT}|[poistettu] etsi Matti Virtanen."]
    assert column("SELECT title || '|' || file_name FROM documents") == [
        "Tarjous ([poistettu])|tarjous_[poistettu].pdf"
    ]
    assert column("SELECT title || version FROM calendar_events") == ["Tapaaminen: [poistettu]2"]


def test_C17_answers_of_others_and_names_of_files_lose_the_name(call, call_service, aino):
    Importing(call_service).run("Nimi\nEero Elo\n", "tiedot Aino Virtanen.csv")
    eero = column("SELECT id FROM persons WHERE given_name = 'Eero'")[0]
    question = {"code": "why", "kind": "text", "text": {"fi": "Miksi?"}}
    made = call("create_survey", CreateSurvey.model_validate({"title": {"fi": "Palaute"}, "questions": [question]}))
    call("publish_survey", SurveyByVersion(id=made.id, version=made.version))
    said = {"why": f"Kouluttaja {NAMED}: kiitos"}
    call("answer_survey", AnswerSurvey(id=made.id, number=1, person_id=eero, answers=said))
    erase(call, aino)
    assert column("SELECT answers ->> 'why' FROM survey_answers") == [f"Kouluttaja {LEFT}: kiitos"]
    assert column("SELECT file_name FROM imports") == ["tiedot [poistettu].csv"]


def test_C17_an_erasure_does_not_wait_for_an_import_at_work_whose_file_names_the_person(call, call_service, aino):
    Importing(call_service).run("Nimi\nEero Elo\n", "Aino Virtanen.csv")
    with database_of("contacts").transaction() as session:
        session.execute(text("SELECT FROM imports FOR KEY SHARE"))  # as rows that are being stored lock it
        erase(call, aino)
    assert column("SELECT file_name FROM imports") == ["[poistettu].csv"]


@pytest.mark.parametrize("said", ["Projekti Aino Virtanen", "Aino Virtasen projekti", "Virtanen Aino: projekti"])
def test_C17_remembered_replies_that_name_the_person_in_a_text_are_emptied(call, call_service, aino, said):
    office = staff(Permission.ACTIVITIES_READ, Permission.ACTIVITIES_WRITE)
    for name in (said, "Muu projekti"):
        call_service("contacts", "create_project", CreateProject(name=name), principal=office, key=str(new_id()))
    erase(call, aino)
    made = "SELECT reply ->> 'name' FROM handled_commands WHERE method = 'create_project'"
    replies = column(f"{made} ORDER BY handled_at")
    assert replies == [None, "Muu projekti"]


def test_C17_saved_filters_lose_the_values_that_name_the_person(call, aino):
    tree = {"any": [
        {"field": "email", "op": "in", "value": ["aino.v@example.org", "eino@example.org"]},
        {"all": [{"field": "given_name", "op": "eq", "value": "aino"},
                 {"field": "family_name", "op": "eq", "value": "Virtanen"}]},
    ]}  # fmt: skip
    call("create_segment", CreateSegment(name="Aino Virtanen", filter=SegmentFilter.model_validate(tree)))
    others = SegmentFilter(field="family_name", op="eq", value="Virtanen")
    kept = call("create_segment", CreateSegment(name="Virtaset", filter=others))
    erase(call, aino)
    first, second = column("SELECT filter FROM segments ORDER BY id")
    assert first["any"][0]["value"] == ["[poistettu]", "eino@example.org"]
    assert [each["value"] for each in first["any"][1]["all"]] == ["[poistettu]", "[poistettu]"]
    assert second["value"] == "Virtanen"
    assert call("get_segment", ById(id=kept.id)).version == 1


def test_C17_what_somebody_else_bears_too_goes_only_where_the_erased_is_meant(call, aino, mylly):
    same = {"family_name": "Virtanen", "phone": "+358401928374"}
    call("create_person", CreatePerson(given_name="Aino", **same))
    note(call, f"Toinen: {NAMED}", organisation_ids=[mylly])
    note(call, f"Tämä: {NAMED}", person_ids=[aino.id], organisation_ids=[mylly])
    erase(call, aino)
    assert column("SELECT text FROM activities ORDER BY id") == [
        "Toinen: Aino Virtanen, [poistettu], 040 192 8374", f"Tämä: {LEFT}"
    ]  # fmt: skip


def test_C17_whoever_is_called_so_by_the_first_given_name_is_a_namesake(call, aino, mylly):
    call("create_person", CreatePerson(given_name="Aino Kaarina", family_name="Virtanen"))
    note(call, f"Kumpi: {NAMED}", organisation_ids=[mylly])
    erase(call, aino)
    assert column("SELECT text FROM activities") == ["Kumpi: Aino Virtanen, [poistettu], [poistettu]"]


def test_C17_earlier_names_and_addresses_are_struck_too(call, aino):
    changed = {"family_name": "Aalto", "email": "aino.aalto@example.org"}
    call("update_person", UpdatePerson(id=aino.id, version=1, **changed))
    note(call, "Aino Virtanen (aino.v@example.org), nyt Aino Aalto.")
    erase(call, aino)
    assert column("SELECT text FROM activities") == ["[poistettu] ([poistettu]), nyt [poistettu]."]


def test_C17_cells_that_tell_of_the_person_lose_the_name(call, call_service, aino):
    importing = Importing(call_service)
    importing.run(f"Etunimi;Sukunimi;Sähköposti;Muu\nEino;Elo;ei osoite;Kysy: {NAMED}\n")
    importing.close()
    erase(call, aino)
    (raw,) = column("SELECT raw FROM import_rows")
    assert raw["Muu"] == f"Kysy: {LEFT}"
    assert raw["Etunimi"] == "Eino"
    assert column("SELECT file_key FROM imports") == [""]
