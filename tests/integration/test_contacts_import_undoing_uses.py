"""Undoing an import keeps whom other services use, whatever contacts knows of it (C11)."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from chassis import amqp_client
from chassis.clock import local_date, now
from chassis.database import database_of
from chassis.ids import new_id
from chassis.service import SERVICES
from contracts.access import Permission
from contracts.base import ById, ByIds
from contracts.commerce.prices import CreatePriceAgreement
from contracts.contacts.imports import ListImportRows
from contracts.contacts.organisations import ListOrganisations
from contracts.contacts.persons import ListPersons
from contracts.errors import NotAllowed, Unavailable
from contracts.identity import CreateAccount
from contracts.membership import ApplicationState, MemberLevel, PeriodRule
from contracts.notify import Channel
from services.membership import models as membership
from services.notify.models import Message
from tests.integration.conftest import staff

PEOPLE = "Etunimi;Sukunimi;Asiakasnumero;Organisaatio\n"
WORKING = {"queued", "running"}


@pytest.fixture
def call(call_service, clean_contacts, clean_database):
    for service in SERVICES:
        clean_database(service, keep=("roles",))
    return lambda method, request, service="contacts": call_service(service, method, request, principal=staff())


def names(call):
    return {each.name for each in call("list_persons", ListPersons()).data}


def kept(call, made):
    rows = call("list_import_rows", ListImportRows(id=made.id, undone="kept")).data
    return {each.number: each.kept for each in rows}


def with_rows(service, *rows):
    with database_of(service).transaction() as session:
        for row in rows:
            session.add(row)
            session.flush()


def membership_type():
    return membership.MembershipType(
        id=new_id(), code="member", name={}, description={}, level=MemberLevel.PERSON, period=PeriodRule.CALENDAR_YEAR,
        fee_product_id=new_id(), grace_days=0, open_for_applications=True,
    )  # fmt: skip


def test_C11_whom_any_other_service_holds_is_kept_and_listed(call, imports):
    rows = ["Aino;Aalto;1;", "Eino;Eskola;2;", "Paula;Payer;3;", "Kaisa;Kallio;4;", "Meri;Meri;5;", "Nelli;Nurmi;6;"]
    made = imports.run(PEOPLE + "\n".join([*rows, ";;;Lumi Oy", ";;;Tuuli ry"]) + "\n")
    aino, eino, paula, kaisa, meri, _ = (row.person_id for row in imports.rows(made) if row.person_id)
    lumi = call("list_organisations", ListOrganisations(q="Lumi")).data[0].id
    account = CreateAccount(username="aino", password="kolme erilaista sanaa", person_id=aino)
    call("create_account", account, "identity")
    kind, today = membership_type(), local_date(now())
    with_rows(
        "membership",
        kind,
        membership.Application(id=new_id(), membership_type_id=kind.id, proposed_id=eino, person_id=eino,
                               state=ApplicationState.SUBMITTED, answers={}, submitted_at=now()),
        membership.Agreement(id=new_id(), person_id=new_id(), payer_id=paula, membership_type_id=kind.id,
                             opened_on=today, opened_by="x"),
    )  # fmt: skip
    for customer in (kaisa, lumi):
        price = CreatePriceAgreement(customer_id=customer, category="courses", percent=10, valid_from=today)
        call("create_price_agreement", price, "commerce")
    with_rows("notify", Message(id=new_id(), channel=Channel.EMAIL, template="x", person_id=meri,
                                created_at=now(), next_at=now() + timedelta(1)))  # fmt: skip
    done = imports.finish(imports.call("undo_import", ById(id=made.id)))
    assert done.state == "succeeded"
    assert names(call) == {"Aino Aalto", "Eino Eskola", "Paula Payer", "Kaisa Kallio", "Meri Meri"}
    assert [each.name for each in call("list_organisations", ListOrganisations()).data] == ["Lumi Oy"]
    assert kept(call, made) == {number: ["*"] for number in (2, 3, 4, 5, 6, 8)}


def test_C11_while_a_service_is_away_nothing_is_removed_and_then_it_goes_on(call, imports, monkeypatch):
    made = imports.run(f"{PEOPLE}Aino;Aalto;1;\n")
    there = amqp_client.AmqpRpcClient.call

    def away(client, request):
        if request.service == "courses":
            raise Unavailable("courses does not answer.", service="courses")
        return there(client, request)

    with monkeypatch.context() as patch:
        patch.setattr(amqp_client.AmqpRpcClient, "call", away)
        job = imports.finish(imports.call("undo_import", ById(id=made.id)))
    assert job.state in WORKING
    assert names(call) == {"Aino Aalto"}
    with database_of("contacts").transaction() as session:
        session.execute(text("UPDATE jobs SET not_before = now() WHERE id = :id"), {"id": job.id})
    assert imports.finish(job).state == "succeeded"
    assert names(call) == set()


def test_C11_only_services_may_ask_which_ids_are_held(call, call_service):
    nobody = ByIds(ids=[new_id(), new_id()])
    for service in SERVICES:
        assert call_service(service, "find_held", nobody).ids == []
    with pytest.raises(NotAllowed):
        call_service("commerce", "find_held", nobody, principal=staff(Permission.CONTACTS_READ))
