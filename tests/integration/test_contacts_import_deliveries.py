"""Delivered products in files of accounting (C12, E5): from the file to the purchase history and the segments."""

import random
import signal
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from chassis import amqp_client, files, redirects, telling
from chassis.database import database_of
from chassis.ids import new_id
from chassis.settings import settings
from chassis.worker import Worker
from contracts.base import ById, Nothing
from contracts.commerce.deliveries import (
    DeliveredLine,
    DeliveriesChanged,
    ListPurchases,
    TakeBackDeliveries,
    TakeDeliveries,
)
from contracts.contacts.erasures import ErasePerson, ErasureReason
from contracts.contacts.imports import ImportProfile, StartImport
from contracts.contacts.masters import SetMasters
from contracts.contacts.merges import MergePersons, PersonMerged
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson
from contracts.contacts.segments import PreviewSegment, SegmentFilter, SegmentKind
from contracts.errors import Conflict, NotAllowed, Unavailable
from tests.integration import lone_worker
from tests.integration.conftest import member, staff
from tests.integration.importing import counts

PURCHASES = ImportProfile.PURCHASES
EXPORT = Path(__file__).resolve().parents[1] / "data" / "imports" / "toimitetut-tuotteet-2026-09.csv"
HEADINGS = "Asiakasnumero;Y-tunnus;Laskunumero;Rivi;Tuotekoodi;Tuote;Määrä;Yks;Veroton summa;ALV %;Toimituspvm\n"
LATER = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture
def call(call_service, clean_contacts, clean_database):
    clean_database("commerce")
    return lambda method, request, service="contacts", principal=None: call_service(
        service, method, request, principal=principal or staff()
    )


@pytest.fixture
def lumi(call):
    wanted = CreateOrganisation(name="Lumi Oy", business_id="0201256-6", customer_number="1001")
    return call("create_organisation", wanted)


@pytest.fixture
def aino(call):
    return call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", customer_number="1002"))


def line(customer="1001;", document="5001", number=1, code="K-10", name="Kahvi", quantity="2", net="10,00"):
    return f"{customer};{document};{number};{code};{name};{quantity};kpl;{net};25,5;15.9.2026\n"


def run(imports, *lines, **more):
    return imports.run(HEADINGS + "".join(lines), "myynti.csv", profile=PURCHASES, **more)


def bought(call, who):
    found = call("list_purchases", ListPurchases(customer_id=who.id), "commerce").data
    return sorted((each.document, each.product_code, f"{each.quantity:f}", f"{each.gross:f}") for each in found)


def all_said():
    query = text(
        "SELECT document_number, document_line, customer_id, product_code, quantity, net, gross FROM deliveries"
        " WHERE stands ORDER BY 1, 2"
    )
    with database_of("commerce").reader() as reader:
        return [tuple(row) for row in reader.execute(query)]


def reasons(imports, made, state="rejected"):
    return [(each.number, each.code, each.column) for each in imports.rows(made, state)]


def tell(handle_event, recorded):
    """Let contacts hear what commerce has to tell."""
    worker = Worker("commerce")
    while telling.tell_next(worker):
        pass
    worker.database.dispose()
    for envelope in recorded("commerce", DeliveriesChanged):
        handle_event("contacts", DeliveriesChanged.model_validate(envelope["data"]))


def found(call, kind=SegmentKind.PERSONS, **test):
    return call("preview_segment", PreviewSegment(of=kind, filter=SegmentFilter(**test))).count


def test_C12_E5_an_export_of_accounting_fills_the_purchase_history_and_again_changes_nothing(call, imports, lumi, aino):
    content = EXPORT.read_bytes()
    assert b"\xe4" in content, "Windows-1252"
    foreseen = imports.run(content, EXPORT.name, profile=PURCHASES, dry_run=True)
    assert (counts(foreseen), all_said()) == ({"created": 5, "rejected": 2}, [])
    made = imports.run(content, EXPORT.name, profile=PURCHASES)
    assert counts(made) == counts(foreseen)
    assert reasons(imports, made) == [(7, "unknown_customer", "Asiakasnro"), (8, "no_such_day", "Toimituspvm")]
    assert bought(call, lumi) == [
        ("20260917", "K-10", "12.000", "89.10"), ("20260917", "T-2", "0.500", "6.28"),
        ("20260930", "K-10", "-2.000", "-14.85"),
    ]  # fmt: skip
    assert [each[1:] for each in bought(call, aino)] == [("A-1", "1.000", "1254.99"), ("A-1", "1.000", "1254.99")]
    before = all_said()
    again = imports.run(content, EXPORT.name, profile=PURCHASES)
    assert (counts(again), all_said()) == ({"unchanged": 5, "rejected": 2}, before)


def test_E5_the_history_tells_name_unit_day_and_source(call, imports, lumi):
    run(imports, line(quantity="1,5", net="10,00"))
    (one,) = call("list_purchases", ListPurchases(customer_id=lumi.id), "commerce").data
    assert (one.name.fi, one.unit, one.quantity, one.bought_on) == ("Kahvi", "kpl", Decimal("1.5"), date(2026, 9, 15))
    assert (one.source, one.document, one.gross, one.vat_included) == ("accounting", "5001", Decimal("12.55"), True)


def test_C12_a_correction_replaces_and_says_what(call, imports, lumi):
    run(imports, line(), line(number=2))
    made = run(imports, line(quantity="3"), line(number=2))
    assert counts(made) == {"updated": 1, "unchanged": 1}
    (corrected,) = imports.rows(made, "updated")
    assert (corrected.code, corrected.params) == ("corrects", {"fields": "quantity"})
    assert [each[2] for each in bought(call, lumi)] == ["2.000", "3.000"]


def test_C12_the_older_batch_again_does_not_take_a_correction_back(call, imports, lumi):
    run(imports, line())
    run(imports, line(net="20,00"))
    again = run(imports, line())
    assert (counts(again), imports.rows(again)[0].code) == ({"unchanged": 1}, "corrected_since")
    assert bought(call, lumi) == [("5001", "K-10", "2.000", "25.10")]


def test_C12_a_batch_of_an_earlier_day_that_comes_late_corrects_nothing(call, imports, lumi):
    run(imports, line(net="20,00"))
    key = files.new_key("contacts", ".csv")
    files.store(key, (HEADINGS + line()).encode())
    said = StartImport(file_key=key, file_name="a.csv", profile=PURCHASES, dry_run=False, observed_at=LATER)
    done = imports.finish(imports.call("start_import", said))
    assert done.result["counts"]["unchanged"] == 1
    assert bought(call, lumi) == [("5001", "K-10", "2.000", "25.10")]


def test_C12_batches_twice_and_in_any_order_end_the_same(call, call_service, lumi):
    """Commerce alone: dated batches of four lines with corrections, shuffled and repeated."""
    chance = random.Random(12)
    batches = []
    for day in range(1, 6):
        numbers = chance.sample(range(1, 5), 3)
        said = [delivered(lumi.id, each, f"{chance.choice((1, 2))}") for each in numbers]
        batches.append(
            TakeDeliveries(batch_id=new_id(), begun_at=LATER, observed_at=LATER.replace(day=day), lines=said)
        )
    ends = []
    for _ in range(4):
        with database_of("commerce").transaction() as session:
            session.execute(text("TRUNCATE deliveries"))
        order = [each for each in batches for _ in range(2)]
        chance.shuffle(order)
        for each in order:
            again = each if chance.random() < 0.5 else each.model_copy(update={"batch_id": new_id()})
            call_service("commerce", "take_deliveries", again)
        ends.append(all_said())
    assert len(ends[0]) == 4
    assert ends.count(ends[0]) == len(ends)


@pytest.mark.parametrize("seed", range(4))
def test_C12_batches_undone_in_any_order_are_as_though_they_had_never_come(call, call_service, lumi, seed):
    """Commerce alone: lines live while one batch that is not undone says them; batches come again in between."""
    chance = random.Random(seed)
    batches = [drawn_batch(chance, lumi, hour) for hour in range(6)]
    steps = [(take, each) for each in batches]
    steps += [(chance.choice((take, take_back)), each) for each in chance.choices(batches, k=8)]
    gone = set()
    for step, each in steps:
        told = [step(call_service, each) for _ in range(chance.randint(1, 2))]
        assert told.count(told[0]) == len(told), "again says the same"
        gone |= {each.batch_id} if step is take_back else set()
    after = all_said()
    with database_of("commerce").transaction() as session:
        session.execute(text("TRUNCATE deliveries"))
    for each in batches:
        if each.batch_id not in gone:
            take(call_service, each)
    assert after == all_said()


def drawn_batch(chance, customer, hour):
    said = [delivered(customer.id, each, chance.choice("123")) for each in chance.sample(range(1, 5), 3)]
    day = chance.choice((None, LATER.replace(day=chance.randint(1, 3))))
    return TakeDeliveries(batch_id=new_id(), begun_at=LATER.replace(hour=hour), observed_at=day, lines=said)


def take(call_service, batch):
    return call_service("commerce", "take_deliveries", batch)


def take_back(call_service, batch):
    wanted = TakeBackDeliveries(batch_id=batch.batch_id, first=1, last=9)
    return call_service("commerce", "take_back_deliveries", wanted)


def test_C12_a_batch_that_only_repeated_keeps_lines_alive_until_it_is_undone_too(call, imports, lumi):
    first = run(imports, line(), line(number=2))
    second = run(imports, line())
    assert imports.finish(imports.call("undo_import", ById(id=first.id))).result["kept"] == 1
    assert [each[1] for each in all_said()] == ["1"]
    assert imports.finish(imports.call("undo_import", ById(id=second.id))).result["taken_back"] == 1
    assert all_said() == []


def delivered(customer_id, number, quantity):
    return DeliveredLine(
        number=number, customer_id=customer_id, document="1", line=str(number), product_name="Kahvi",
        quantity=quantity, net="1.00", delivered_on=date(2026, 9, 1),
    )  # fmt: skip


def test_C13_a_delivery_told_of_a_merged_customer_goes_back_when_the_two_are_parted(call, call_service):
    merged, survivor = new_id(), new_id()
    for version, leads_to in enumerate((survivor, merged), start=1):
        with database_of("commerce").transaction() as session:
            redirects.take(session, "commerce", merged, leads_to, version, LATER)
        if leads_to == survivor:
            take(call_service, TakeDeliveries(batch_id=new_id(), begun_at=LATER, lines=[delivered(merged, 1, "1")]))
            assert len(call("list_purchases", ListPurchases(customer_id=survivor), "commerce").data) == 1
    assert call("list_purchases", ListPurchases(customer_id=survivor), "commerce").data == []
    assert len(call("list_purchases", ListPurchases(customer_id=merged), "commerce").data) == 1


def test_C12_rows_say_by_column_what_is_wrong_with_them(call, imports, lumi, aino):
    call("create_organisation", CreateOrganisation(name="Sama Oy", customer_number="1002"))
    made = run(
        imports,
        line("9999;"), line(";1234567-2"), line(";"), line("1002;"), line("1001;0112038-9", document="6"),
        line(quantity="kaksi"), line(net="1,005"), line(document=""), line(name="", code="", document="7"),
        line(quantity="1"), line(quantity="2"), line(quantity="1"), line(document="8", net=""),
    )  # fmt: skip
    assert reasons(imports, made) == [
        (2, "unknown_customer", "Asiakasnumero"), (3, "bad_business_id", "Y-tunnus"),
        (4, "customer_missing", "Asiakasnumero"), (5, "customer_of_two", "Asiakasnumero"),
        (7, "not_a_number", "Määrä"), (8, "number_too_exact", "Veroton summa"), (9, "cell_missing", "Laskunumero"),
        (10, "cell_missing", "Tuote"), (12, "line_twice", "Rivi"), (14, "cell_missing", ""),
    ]  # fmt: skip
    assert reasons(imports, made, "duplicate") == [(13, "same_as", "")]
    assert "import the customers first" in imports.rows(made, "rejected")[0].reason
    assert counts(made) == {"rejected": 10, "duplicate": 1, "created": 2}


def test_C12_a_file_that_lacks_columns_says_which(imports):
    told = imports.failure(b"Asiakasnumero;Tuote;M\xc3\xa4\xc3\xa4r\xc3\xa4\n1;Kahvi;2\n", profile=PURCHASES)
    assert (told["code"], told["params"]) == ("columns_missing", {"columns": "Tositenumero, Rivi, Toimituspäivä"})
    assert imports.failure(b"Tosite;Tuote\n1;Kahvi\n", profile=PURCHASES)["code"] == "no_customer_column"


def test_C12_a_batch_is_taken_back_and_what_it_corrected_stands_again(call, imports, lumi):
    run(imports, line(), line(number=2))
    before = all_said()
    second = run(imports, line(net="20,00"), line(number=3))
    run(imports, line(number=3, net="30,00"))
    job = imports.call("undo_import", ById(id=second.id))
    assert imports.finish(job).result == {"import_id": str(second.id), "taken_back": 1, "kept": 1}
    undone = imports.call("get_import", ById(id=second.id))
    assert (undone.undone["taken_back"], undone.undone["kept"]) == (1, 1)
    (kept,) = [each for each in imports.rows(undone) if each.undone == "kept"]
    assert (kept.number, kept.kept) == (3, ["purchase"])
    assert all_said()[:2] == before
    with pytest.raises(Conflict):
        imports.call("undo_import", ById(id=second.id))
    checked = run(imports, line(number=9), dry_run=True)
    with pytest.raises(Conflict):
        imports.call("undo_import", ById(id=checked.id))


def test_C12_a_worker_killed_between_commerce_and_its_own_commit_doubles_nothing(call, imports, lumi):
    job = imports.start((HEADINGS + "".join(line(number=each) for each in range(1, 40))).encode(), profile=PURCHASES)
    while imports.phase(job) != "deliver":
        imports.chunks(1)
    addresses = {f"{name}_DATABASE_URL": settings().database_url(name.lower()) for name in ("CONTACTS", "COMMERCE")}
    worker = lone_worker.start("contacts", "jobs", TALKOO_CRASH_AT="contacts.import_chunk", **addresses)
    assert worker.wait(timeout=180) == -signal.SIGKILL
    assert (len(all_said()), imports.job(job.id).state) == (39, "running")
    assert imports.finish(job).result["counts"]["created"] == 39
    assert len(all_said()) == 39


def test_C12_while_commerce_is_away_a_batch_waits(call, imports, lumi, monkeypatch):
    job = imports.start((HEADINGS + line()).encode(), profile=PURCHASES)
    answering = amqp_client.AmqpRpcClient.call

    def away(client, request):
        raise Unavailable("commerce does not answer.")

    monkeypatch.setattr(amqp_client.AmqpRpcClient, "call", away)
    assert imports.finish(job).state == "running"
    monkeypatch.setattr(amqp_client.AmqpRpcClient, "call", answering)
    with imports.worker.database.transaction() as session:
        session.execute(text("UPDATE jobs SET not_before = now() WHERE id = :id"), {"id": job.id})
    assert imports.finish(job).result["counts"]["created"] == 1


def test_C10_delivered_products_are_found_by_segments(call, imports, lumi, aino, handle_event, recorded):
    run(imports, line("1002;"), line(document="7", net="500,00"))
    tell(handle_event, recorded)
    assert found(call, field="purchase.product", op="eq", value="k-10") == 1
    assert found(call, field="purchase.product_name", op="contains", value="kahv") == 1
    assert found(call, field="purchase.source", op="eq", value="accounting") == 1
    assert found(call, field="purchase.bought_on", op="gte", value="2026-09-15") == 1
    organisations = SegmentKind.ORGANISATIONS
    assert found(call, organisations, field="purchase.amount", op="gte", value=627.5) == 1
    run(imports, line(document="7", net="400,00"))
    tell(handle_event, recorded)
    assert found(call, organisations, field="purchase.amount", op="gte", value=627.5) == 0
    assert found(call, organisations, field="purchase.amount", op="lte", value=502) == 1


def test_C13_deliveries_follow_a_merge_and_its_number_leads_there(call, imports, aino, handle_event, recorded):
    eino = call("create_person", CreatePerson(given_name="Eino", family_name="Aalto", customer_number="1003"))
    run(imports, line("1003;"))
    call("merge_persons", MergePersons(survivor_id=aino.id, merged_id=eino.id, survivor_version=1, merged_version=1))
    for envelope in recorded("contacts", PersonMerged):
        handle_event("commerce", PersonMerged.model_validate(envelope["data"]))
    assert len(bought(call, aino)) == 1
    again = run(imports, line("1003;"), line("1003;", number=2))
    assert counts(again) == {"unchanged": 1, "created": 1}
    assert bought(call, aino) == bought(call, eino)
    assert len(bought(call, aino)) == 2


def test_C17_the_books_keep_deliveries_of_the_erased_and_their_rows_of_files_are_emptied(
    call, call_service, imports, aino, handle_event, recorded
):
    run(imports, line("1002;"))
    tell(handle_event, recorded)
    held = call_service("commerce", "get_erasure_part", ById(id=aino.id))
    assert [(each.kind, each.name, each.until) for each in held.retained] == [("delivery", "5001", date(2032, 12, 31))]
    call("erase_person", ErasePerson(id=aino.id, version=1, reason=ErasureReason.REQUESTED))
    assert len(all_said()) == 1
    with database_of("contacts").reader() as reader:
        rows = reader.execute(text("SELECT raw, purchase FROM import_rows WHERE purchase IS NOT NULL OR raw <> '{}'"))
        known = reader.execute(text("SELECT id FROM known_purchases"))
        assert (rows.all(), known.all()) == ([], [])


def test_C12_who_may_not_may_not(call, call_service, imports, lumi, aino):
    request = TakeDeliveries(batch_id=new_id(), begun_at=LATER, lines=[delivered(lumi.id, 1, "1")])
    with pytest.raises(NotAllowed):
        call("take_deliveries", request, "commerce")
    with pytest.raises(NotAllowed):
        call("take_back_deliveries", TakeBackDeliveries(batch_id=new_id(), first=1, last=2), "commerce")
    run(imports, line(), line("1002;", document="7"))
    mine = call("list_purchases", ListPurchases(customer_id=aino.id), "commerce", member(aino.id)).data
    assert [each.document for each in mine] == ["7"]
    assert not call("list_purchases", ListPurchases(customer_id=lumi.id), "commerce", member(aino.id)).data


def test_C12_without_the_link_no_batch_comes(call, imports):
    version = call("get_masters", Nothing()).version
    call("set_masters", SetMasters(version=version, accounting_link=False))
    with pytest.raises(Conflict):
        imports.start((HEADINGS + line()).encode(), profile=PURCHASES)
