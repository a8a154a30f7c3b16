"""Texts about others lose the name of an erased person, whichever service has them (C17, ADR 8)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Boolean, Computed, Date, DateTime, Enum, Integer, LargeBinary, Numeric, Table, Uuid, insert, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis import erased_texts, personal_data, rpc, sealing, striking
from chassis.clock import now
from chassis.database import database_of
from chassis.ids import new_id
from chassis.mentions import MARK
from chassis.service import SERVICES
from chassis.striking import Written
from contracts import membership, notify
from contracts.base import ById
from contracts.contacts.activities import RecordActivity
from contracts.contacts.affiliations import CreateAffiliation
from contracts.contacts.erasures import ErasePerson, ErasureReason, PersonErased
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson
from contracts.errors import KeyReused, NotAllowed, NotFound
from contracts.identity import CreateApiKey
from services.contacts import worker as contacts_worker
from tests.integration.conftest import staff
from tests.integration.town import opened_town

EMAIL, PHONE, NUMBER = "asa.o@example.org", "+358401928374", "040 192 8374"
NOW = datetime.now(UTC)
TODAY, TOMORROW = NOW.date(), NOW + timedelta(days=1)
SAID = f"Kysy: Åsa-Maija Öhmanilta, ÅSA-MAIJA ÖHMAN, Öhman Åsa-Maija, Asa.O@example.org, {NUMBER}."
LEFT = f"Kysy: {MARK}, {MARK}, {MARK}, {MARK}, {MARK}."
TRACES = ("öhman", "asa.o@", "192 8374", "1928374")
FITTING: dict[str, dict[str, Any]] = {
    "calendar_events": {"starts_on": TODAY, "ends_on": TODAY, "over_at": TOMORROW},
    "documents": {"organisation_id": new_id()},
    "project_members": {"account_id": new_id()},
    "project_hours": {"account_id": new_id()},
    "persons": {"state": "active", "family_name": "Elo", "addresses": [{"purpose": "postal", "street": SAID}]},
    "organisations": {"addresses": [{"purpose": "postal", "street": SAID}]},
    "segments": {"filter": {"field": "name", "op": "eq", "value": SAID}},
    "imports": {"file_key": ""},
    "import_rows": {"state": "created", "person_id": new_id()},
    "jobs": {"state": "succeeded"},
    "applications": {"state": "approved", "decided_at": NOW},
    "sessions": {"ends_at": TOMORROW},
    "session_items": {"required": True},
    "enrolments": {"state": "cancelled"},
    "messages": {"state": "delivered"},
    "invoices": {"net": 1, "vat": 0, "gross": 1, "open_amount": 0, "kind": "invoice", "number": "2026-1"},
    "bank_entries": {"state": "matched"},
    "refunds": {"state": "completed"},
    "deliveries": {"net": 1, "stands": True},
    "merges": {"kind": "organisation"},
}  # fmt: skip
"""What the checks of a table want, or who reads a column."""


@pytest.fixture
def town(call_service, clean_database, monkeypatch):
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


@pytest.fixture
def asa(town):
    named = {"given_name": "Åsa-Maija", "family_name": "Öhman", "email": EMAIL, "phone": PHONE}
    return town.call("contacts", "create_person", CreatePerson(**named))


def erase(town, person):
    version = town.call("contacts", "get_person", ById(id=person.id)).version
    wanted = ErasePerson(id=person.id, version=version, reason=ErasureReason.REQUESTED)
    return town.call("contacts", "erase_person", wanted)


def search(town, *services):
    """Let the workers of these services look for whom they have to look for."""
    for service in services or SERVICES:
        with rpc.calling(rpc.system_caller(service)):
            while erased_texts.search_next(town.workers[service]):
                pass


def report(town, person):
    return town.call("contacts", "get_erasure", ById(id=person.id))


def part(town, service, person):
    with town.workers[service].database.reader() as connection:
        return personal_data.part_of(connection, service, person.id)


def sought(town):
    return len(town.rows("contacts", "SELECT person_id FROM sought"))


def value_of(column: Any, said: bool) -> Any:
    kind = column.type
    if isinstance(kind, JSONB):
        return {"fi": SAID, "many": [{"x": SAID}]} if said else {}
    plain = {
        Uuid: new_id(),
        Boolean: False,
        DateTime: NOW,
        Date: TODAY,
        Integer: 1,
        Numeric: Decimal(1),
        LargeBinary: b"x",
    }
    if isinstance(kind, Enum):
        return kind.enum_class and next(iter(kind.enum_class))
    return next((value for known, value in plain.items() if isinstance(kind, known)), SAID if said else "x")


def row_for(table: Table, columns: set[str]) -> dict[str, Any]:
    """A row that says it in these columns, of somebody or something else."""
    given = {
        column.name: value_of(column, column.name in columns)
        for column in table.c
        if column.name in columns or not (column.nullable or column.server_default is not None)
        if not isinstance(column.server_default, Computed) and column.identity is None
    }
    return given | FITTING.get(table.name, {})


def tables_of(service: str) -> Iterator[tuple[Table, set[str], list[Written]]]:
    """Each searched table with all its columns that are."""
    declared = striking.written(service)
    for table in {each.table.name: each.table for each in declared}.values():
        of_it = [each for each in declared if each.table is table]
        yield table, {name for each in of_it for name in each.columns}, of_it


def say_it_everywhere() -> None:
    for service in SERVICES:
        with database_of(service).transaction() as session:
            session.execute(text("SET LOCAL session_replication_role = replica"))
            for table, columns, _ in tables_of(service):
                session.execute(insert(table).values(**row_for(table, columns)))


def everything(service: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row of a service by table."""
    with database_of(service).reader() as connection:
        names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        for name in names:
            for (row,) in connection.execute(text(f'SELECT to_jsonb(t) FROM "{name}" AS t')):
                yield name, row


def named_in(service: str) -> dict[str, list[str]]:
    """By table the columns that name the person."""
    found: dict[str, list[str]] = {}
    for name, row in everything(service):
        for column, value in row.items():
            if any(each in json.dumps(value, ensure_ascii=False).lower() for each in TRACES):
                found.setdefault(name, []).append(column)
    return found


def test_C17_no_text_that_is_declared_names_the_erased_but_in_documents_that_the_report_lists(town, asa):
    say_it_everywhere()
    kept = {each.table.name for each in striking.written("commerce") if each.kept}
    before = {f"{service}.{table}" for service in SERVICES for table in named_in(service)}
    assert before >= {f"{service}.{table.name}" for service in SERVICES for table, *_ in tables_of(service)}
    erase(town, asa)
    town.deliver()
    search(town)
    assert {service: set(named_in(service)) for service in SERVICES} == {
        service: kept if service == "commerce" else set() for service in SERVICES
    }
    for service in SERVICES:
        for name, said_in, of_it in tables_of(service):
            columns = said_in - {"url"}  # nothing stays of it
            rows = [row for table, row in everything(service) if table == name.name]
            if not any(each.kept for each in of_it):
                assert {column for column in columns if any(MARK in str(row[column]) for row in rows)} == columns, name
    parts = {each.service: each for each in report(town, asa).parts}
    assert {each.kind for each in parts["commerce"].retained} == {"invoice", "bank_entry", "delivery"}
    assert all(parts[service].rows[erased_texts.TEXTS] >= 2 for service in SERVICES)


def test_C17_what_stays_of_a_text_is_all_but_the_name(town, asa):
    town.call("identity", "create_api_key", CreateApiKey(name=SAID, permissions=[]))
    fee = town.product("60.00", "fees")
    kind = {"code": "t1", "name": {"fi": "Jäsen"}, "description": {"fi": SAID, "sv": "Fråga"}, "fee_product_id": fee}
    town.call("membership", "create_membership_type", membership.CreateMembershipType.model_validate(kind))
    wanted = {"name": "Kesä", "segment_id": town.crowd(1), "subject": "Hei {{name}}", "body": f"Terve!\n\n{SAID}"}
    mailing = town.call("notify", "create_mailing", notify.CreateMailing(**wanted))
    erase(town, asa)
    town.settle()
    assert [row.name for row in town.rows("identity", "SELECT name FROM api_keys")] == [LEFT]
    told = town.rows("membership", "SELECT description FROM membership_types")[0].description
    assert (told["fi"], told["sv"]) == (LEFT, "Fråga")
    left = town.mailing(mailing)
    assert (left.name, left.subject, left.body) == ("Kesä", "Hei {{name}}", f"Terve!\n\n{LEFT}")


def test_C17_a_service_that_comes_late_still_knows_whom_to_look_for(town, asa):
    say_it_everywhere()
    erase(town, asa)
    late = [each for each in town.subscriptions if each.service == "notify"]
    town.subscriptions = [each for each in town.subscriptions if each.service != "notify"]
    town.deliver()
    town.subscriptions += late
    search(town)
    for service in SERVICES:
        town.alter(service, "UPDATE erasures SET settled = true")
    search(town)
    contacts_worker.forget_sought(town.workers["contacts"])
    assert not report(town, asa).complete
    assert sought(town) == 1
    assert "messages" in named_in("notify")
    town.hear("notify", PersonErased(person_id=asa.id, person_ids=[asa.id]))
    search(town)
    assert report(town, asa).complete
    assert named_in("notify") == {}
    assert part(town, "notify", asa).searched == 1
    contacts_worker.forget_sought(town.workers["contacts"])
    assert sought(town) == 1, "notify looks once more"


def test_C17_what_was_just_being_written_goes_with_the_second_search_and_then_nobody_knows_the_name(town, asa):
    erase(town, asa)
    town.settle()
    town.call("identity", "create_api_key", CreateApiKey(name=SAID, permissions=[]))
    for service in SERVICES:
        town.alter(service, "UPDATE erasures SET erased_at = now() - interval '11 minutes'")
        with town.workers[service].transaction() as session:
            personal_data.settle(session, service, now())
    contacts_worker.forget_sought(town.workers["contacts"])
    assert sought(town) == 1
    search(town)
    assert named_in("identity") == {}
    contacts_worker.forget_sought(town.workers["contacts"])
    assert sought(town) == 0
    assert report(town, asa).complete
    with pytest.raises(NotFound):
        town.call_service("contacts", "get_sought", ById(id=asa.id))


def test_C17_of_several_persons_each_goes_from_texts_that_name_them_all(town, asa):
    eino = town.person("Eino", phone="+358509876543")
    said = f"{SAID} Eino Aallolta myös, 050 987 6543; ei Aino Aallolta."
    town.call("identity", "create_api_key", CreateApiKey(name=said, permissions=[]))
    for each in (asa, eino):
        erase(town, each)
    town.settle()
    left = f"{LEFT} {MARK} myös, {MARK}; ei Aino Aallolta."
    assert [row.name for row in town.rows("identity", "SELECT name FROM api_keys")] == [left]
    assert [part(town, "identity", each).rows[erased_texts.TEXTS] for each in (asa, eino)] == [1, 1]


def test_C17_a_search_that_is_cut_short_anywhere_begins_again_and_counts_nothing_twice(town, asa, monkeypatch):
    say_it_everywhere()
    erase(town, asa)
    town.deliver()
    left, deaths = [0], 0

    def dies(_name: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise RuntimeError("killed")

    with monkeypatch.context() as dying:
        dying.setattr(erased_texts.crash, "point", dies)
        while part(town, "contacts", asa).searched == 0:
            left[0] = deaths
            try:
                search(town, "contacts")
            except RuntimeError:
                deaths += 1
    assert deaths > len(striking.written("contacts"))
    assert named_in("contacts") == {}
    search(town, "membership")
    counted = [part(town, service, asa).rows[erased_texts.TEXTS] for service in ("contacts", "membership")]
    assert counted == [len(striking.written("contacts")) - 4, 4]


def test_C17_hearing_of_an_erasure_again_begins_no_search(town, asa):
    erase(town, asa)
    town.settle()
    for service in set(SERVICES) - {"contacts"}:
        town.hear(service, PersonErased(person_id=asa.id, person_ids=[asa.id]))
    assert {part(town, service, asa).searched for service in SERVICES} == {1}


def test_C17_somebody_of_whom_the_register_knows_nothing_is_not_looked_for_for_ever(town):
    nobody = new_id()
    town.hear("notify", PersonErased(person_id=nobody, person_ids=[nobody]))
    search(town, "notify")
    assert town.rows("notify", "SELECT searched FROM erasures")[0].searched == erased_texts.NEVER


def test_C17_how_an_erased_person_was_named_is_told_to_services_alone_and_stored_sealed(town, asa):
    erase(town, asa)
    with pytest.raises(NotAllowed):
        town.call("contacts", "get_sought", ById(id=asa.id))
    told = town.call_service("contacts", "get_sought", ById(id=asa.id))
    assert (told.everything.emails, told.free.phones) == ([EMAIL], [PHONE])
    (stored,) = town.rows("contacts", "SELECT sealed FROM sought")
    assert not any(each.encode() in bytes(stored.sealed).lower() for each in TRACES)
    with pytest.raises(sealing.Unreadable):
        sealing.open_sealed("something else", stored.sealed)


def test_C17_a_namesake_who_came_afterwards_keeps_the_name_in_texts(town, asa):
    erase(town, asa)
    town.call("identity", "create_api_key", CreateApiKey(name=SAID, permissions=[]))
    again = {"given_name": "Åsa-Maija", "family_name": "Öhman", "email": EMAIL}
    town.call("contacts", "create_person", CreatePerson(**again))
    town.settle()
    said = [row.name for row in town.rows("identity", "SELECT name FROM api_keys")]
    assert said == [SAID.replace(NUMBER, MARK)]


def test_C17_the_address_of_an_office_that_colleagues_share_stays(town, asa):
    colleague = town.person("Eino")
    mylly = town.call("contacts", "create_organisation", CreateOrganisation(name="Mylly Oy")).id
    for each in (asa, colleague):
        belongs = CreateAffiliation(person_id=each.id, organisation_id=mylly, email="Mylly@example.org")
        town.call("contacts", "create_affiliation", belongs)
    said = "Åsa-Maija Öhman, mylly@example.org"
    town.call("contacts", "record_activity", RecordActivity(kind="note", text=said))
    erase(town, asa)
    assert [row.text for row in town.rows("contacts", "SELECT text FROM activities")] == [f"{MARK}, mylly@example.org"]


def test_C17_replies_that_other_services_remember_name_nobody(town, asa):
    office, key = staff(), str(new_id())
    wanted = membership.CreateMembershipType.model_validate(
        {"code": "t1", "name": {"fi": "Åsa-Maija Öhmanin jäsenyys"}, "fee_product_id": town.product("60.00", "fees")}
    )
    town.call_service("membership", "create_membership_type", wanted, principal=office, key=key)
    erase(town, asa)
    town.settle()
    assert named_in("membership") == {}
    with pytest.raises(KeyReused):
        town.call_service("membership", "create_membership_type", wanted, principal=office, key=key)
