"""One search over everything that a service holds and the caller may see (A7), on real databases."""

from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, text

from chassis import searching
from chassis.database import database_of
from chassis.service import SERVICES
from contracts.access import Permission
from contracts.base import ById, Translated
from contracts.commerce.products import CreateProduct
from contracts.contacts.activities import DeleteActivity, RecordActivity
from contracts.contacts.calendars import CreateCalendar, CreateEvent
from contracts.contacts.projects import CreateProject
from contracts.contacts.segments import CreateSegment
from contracts.contacts.tasks import CreateTask
from contracts.identity import CreateAccount
from contracts.search import SearchWords
from tests.integration.conftest import member, staff

AINO, EINO = (staff(*Permission) for _ in range(2))


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=AINO: call_service("contacts", method, request, principal=principal)


def found(call, q, principal=AINO, **more):
    hits = call("search", SearchWords(q=q, **more), principal)
    return {(each.kind, each.title) for each in hits.data}


def test_A7_words_and_beginnings_of_words_are_found_in_every_kind(call):
    call("record_activity", RecordActivity(kind="note", text="Sadonkorjuun suunnittelu"))
    call("create_task", CreateTask(title="Tilaa talikot", text="Sadonkorjuuseen", due_on="2026-12-01"))
    call("create_project", CreateProject(name="Sadonkorjuu 2027"))
    filter_ = {"field": "city", "op": "eq", "value": "Turku"}
    call("create_segment", CreateSegment(name="Sadonkorjuuväki", filter=filter_))
    calendar = call("create_calendar", CreateCalendar(name="Omat", level="private"))
    event = call("create_event", CreateEvent(calendar_id=calendar.id, title="SADONKORJUU", starts_on="2027-08-20"))
    wanted = {
        ("activities", "Sadonkorjuun suunnittelu"), ("tasks", "Tilaa talikot"), ("projects", "Sadonkorjuu 2027"),
        ("segments", "Sadonkorjuuväki"), ("calendar_events", "SADONKORJUU"),
    }  # fmt: skip
    assert found(call, "sadonkor") == wanted
    assert found(call, "2027 sadon") == {("projects", "Sadonkorjuu 2027")}
    hits = call("search", SearchWords(q="sadonkorjuu")).data
    assert {each.within_id for each in hits if each.id == event.id} == {calendar.id}
    assert found(call, "sadonkor", EINO) == wanted - {("calendar_events", "SADONKORJUU")}


def test_A7_an_event_of_whole_days_is_found_with_its_day_and_one_of_hours_with_its_time(call):
    calendar = call("create_calendar", CreateCalendar(name="Omat", level="private"))
    call("create_event", CreateEvent(calendar_id=calendar.id, title="Talkoot", starts_on="2027-08-20"))
    hours = {"starts_at": "2027-08-21T09:00:00+03:00", "ends_at": "2027-08-21T10:00:00+03:00"}
    call("create_event", CreateEvent(calendar_id=calendar.id, title="Talkookokous", **hours))
    hours_later, whole_day = call("search", SearchWords(q="talkoo")).data
    assert (whole_day.on, whole_day.at) == (date(2027, 8, 20), None)
    assert (hours_later.on, hours_later.at) == (None, datetime(2027, 8, 21, 6, tzinfo=UTC))


def test_A7_what_is_private_deleted_or_without_the_right_is_not_found(call):
    call("record_activity", RecordActivity(kind="note", text="Salainen suunnitelma", private=True))
    gone = call("record_activity", RecordActivity(kind="note", text="Salainen virhe"))
    call("delete_activity", DeleteActivity(id=gone.id, version=gone.version))
    assert found(call, "salainen") == {("activities", "Salainen suunnitelma")}
    assert found(call, "salainen", EINO) == set()
    assert found(call, "salainen", staff(Permission.CONTACTS_READ)) == set()
    assert {each.may for each in searching.searched("contacts") if each.kind in {"activities", "documents"}} == {
        Permission.ACTIVITIES_READ
    }
    assert found(call, "salainen", member(gone.id)) == set()


@pytest.mark.parametrize("q", ["", " ", "'", "a'b:*|!(", "\\", "& | !", "\u2028", "x" * 100, "%", "<->"])
def test_A7_no_words_break_the_search(call, q):
    assert call("search", SearchWords(q=q)).data == []


def test_A7_the_latest_come_first_and_more_is_told(call):
    for number in range(4):
        call("record_activity", RecordActivity(kind="note", text=f"Muistio {number}"))
    hits = call("search", SearchWords(q="muistio", limit=3))
    assert [each.title for each in hits.data] == ["Muistio 3", "Muistio 2", "Muistio 1"]
    assert hits.more == ["activities"]


def test_A7_accounts_are_found_by_who_may_see_them(call_service, clean_database):
    clean_database("identity")
    made = call_service("identity", "create_account", CreateAccount(username="satomestari", roles=["office"]))
    assert call_service("identity", "get_account", ById(id=made.id)).username == "satomestari"
    hits = call_service("identity", "search", SearchWords(q="sato"), principal=AINO).data
    assert [(each.kind, each.id) for each in hits] == [("accounts", made.id)]


@pytest.mark.parametrize("service", SERVICES)
def test_A7_every_service_answers(call_service, clean_database, service):
    clean_database(service)
    assert call_service(service, "search", SearchWords(q="sana"), principal=AINO).data == []


@contextmanager
def planning_without(service, *ways):
    """A connection whose plans leave these out if they can; the next who gets it from the pool plans as always."""
    with database_of(service).reader() as reader:
        for way in ways:
            reader.execute(text(f"SET enable_{way} = off"))
        try:
            yield reader
        finally:
            for way in ways:
                reader.execute(text(f"RESET enable_{way}"))


@pytest.mark.parametrize("service", SERVICES)
def test_A7_every_kind_has_an_index_that_its_query_can_use(clean_database, service):
    clean_database(service)
    with planning_without(service, "seqscan") as reader:
        for each in searching.searched(service):
            table = each.model.__tablename__
            plan = reader.execute(
                text(f"EXPLAIN SELECT id FROM {table} WHERE {searching.words(each.model)} @@ to_tsquery('simple', 'a')")
            )
            assert f"ix_{table}_words" in "\n".join(row[0] for row in plan)


class Explaining:
    """A connection that keeps the plans of what it executes."""

    def __init__(self, reader):
        self.reader, self.plans = reader, []

    def execute(self, query, values):
        compiled = query.compile(dialect=self.reader.dialect)
        plan = self.reader.exec_driver_sql(f"EXPLAIN {compiled}", {**compiled.params, **values})
        self.plans.append("\n".join(row[0] for row in plan))
        return self.reader.execute(query, values)


@pytest.mark.parametrize("service", ["commerce", "courses"])
def test_A7_no_search_walks_along_the_ids_beyond_the_newest(clean_database, service):
    clean_database(service)
    tables = {each.model.__tablename__ for each in searching.searched(service) if not each.at}
    with planning_without(service, "seqscan", "sort") as reader:
        explaining = Explaining(reader)
        searching.search(explaining, service, SearchWords(q="usein harvoin"), AINO)
    assert len(explaining.plans) == 2 * len(tables)
    assert all("Subquery Scan on newest" in plan for plan in explaining.plans[::2])
    assert all(any(f"ix_{table}_words" in plan for table in tables) for plan in explaining.plans[1::2])


@pytest.mark.parametrize("service", SERVICES)
def test_A7_only_what_ids_give_the_order_of_is_found_as_a_whole_first(clean_database, service):
    clean_database(service)
    asked = []
    with database_of(service).reader() as reader:
        event.listen(reader, "before_cursor_execute", lambda _reader, _cursor, query, *_: asked.append(query))
        searching.search(reader, service, SearchWords(q="usein"), AINO)
    without_time = [each for each in searching.searched(service) if not each.at]
    assert len([query for query in asked if "MATERIALIZED" in query]) == len(without_time)


def test_A7_what_is_older_than_the_newest_is_found_after_them(call_service, clean_database, monkeypatch):
    clean_database("commerce")
    monkeypatch.setattr(searching, "NEWEST", 2)
    made = []
    for number, word in enumerate(("talikko", "talikko", "lapio", "talikko", "lapio")):
        name = Translated(fi=f"Musta {word} {number}", sv="x", en="x")
        product = CreateProduct(code=f"p{number}", name=name, price="1.00", category="c", vat_code="standard")
        made.append(call_service("commerce", "create_product", product).id)

    def found(q, limit=3):
        hits = call_service("commerce", "search", SearchWords(q=q, limit=limit), principal=AINO)
        return [made.index(each.id) for each in hits.data], hits.more

    assert found("talikko") == ([3, 1, 0], [])
    assert found("talikko musta", 2) == ([3, 1], ["products"])
    assert found("musta", 1) == ([4], ["products"])
    assert found("lapio talikko") == ([], [])
