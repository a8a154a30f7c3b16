"""The scan for duplicates and the judging of pairs, on a real database (C13)."""

import time
from datetime import date, timedelta

import pytest
from sqlalchemy import text

import services.contacts.jobs  # noqa: F401  (registers the job)
from chassis import clock
from chassis.database import database_of
from chassis.ids import new_id
from chassis.worker import Worker, run_job_chunk
from contracts.access import Permission
from contracts.base import ById, JobById, Nothing
from contracts.contacts.addresses import Address
from contracts.contacts.duplicates import ListDuplicates
from contracts.contacts.persons import CreatePerson, DeleteContact, UpdatePerson
from contracts.errors import Invalid, NotAllowed, NotFound
from ops.duplicates.quality import measure
from services.contacts import worker as tasks
from services.contacts.commands import duplicate_keys, duplicate_scans
from tests.integration.conftest import staff

OFFICE = staff(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.CONTACTS_ERASE)
BORN = date(1961, 3, 14)
HOME = [Address(street="Koulukatu 5 A 12", postal_code="33100", city="Tampere")]


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=OFFICE, **more: call_service(
        "contacts", method, request, principal=principal, **more
    )


@pytest.fixture
def worker(call):
    worker = Worker("contacts")
    yield worker
    worker.database.dispose()


@pytest.fixture
def scan(call, worker):
    """Scan the register to the end; the job."""

    def run():
        job = call("scan_duplicates", Nothing())
        while run_job_chunk(worker):
            pass
        return call("get_job", JobById(id=job.id))

    return run


def person(call, given="Matti", family="Virtanen", **more):
    return call("create_person", CreatePerson(given_name=given, family_name=family, **more))


def pairs(call, **asked):
    return call("list_duplicates", ListDuplicates(**asked)).data


def names(found):
    return [{each.first.name, each.second.name} for each in found]


def change(call, who, **changes):
    version = call("get_person", ById(id=who.id)).version
    return call("update_person", UpdatePerson(id=who.id, version=version, **changes))


def test_C13_the_scan_finds_pairs_the_most_alike_first(call, scan):
    person(call, email="matti@example.org", birth_date=BORN, addresses=HOME)
    person(call, "M.", email="matti@example.org")
    person(call, "Anna", email="matti@example.org", birth_date=BORN, addresses=HOME)
    person(call, "Mati", birth_date=BORN, addresses=HOME)
    done = scan()
    assert (done.state, done.done, done.total, done.result["open"]) == ("succeeded", 4, 4, 2)
    found = pairs(call)
    assert names(found) == [{"Matti Virtanen", "Mati Virtanen"}, {"Matti Virtanen", "M. Virtanen"}]
    assert found[0].reasons == ["similar_name", "same_birth_date", "same_address"]
    assert found[0].score > found[1].score
    assert call("get_duplicate", ById(id=found[0].id)) == found[0]


@pytest.mark.parametrize(
    "shared",
    [
        {"email": "a.b@example.org"},
        {"phone": "040 1234567"},
        {"birth_date": BORN},
        {"addresses": HOME},
    ],
)
def test_C13_each_thing_in_common_leads_to_the_pair(call, scan, shared):
    person(call, **shared)
    person(call, "Virtanen", "Matti", **shared)
    scan()
    assert [each.reasons[0] for each in pairs(call)] == ["swapped_name"]


def test_C13_a_street_is_known_in_another_spelling(call, scan):
    person(call, "Åke", "Öhman", addresses=[Address(street="Ängsvägen 5 a12", postal_code="33100")])
    person(call, "Ake", "Ohman", addresses=[Address(street="Angsvagen 5 A 12", postal_code="33100")])
    scan()
    assert len(pairs(call)) == 1


def test_C13_pages_do_not_overlap(call, scan):
    for number in range(5):
        for _ in range(2):
            person(call, "Aino", f"Aalto{'abcde'[number]}", phone=f"04012345{number:02d}")
    scan()
    seen, cursor = [], None
    while True:
        page = call("list_duplicates", ListDuplicates(limit=2, cursor=cursor))
        seen += [each.id for each in page.data]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert (len(seen), len(set(seen))) == (5, 5)


@pytest.mark.parametrize("cursor", ["Pw", "W10", "WyJ4Il0", "WyJ4IiwieCJd", "W251bGwsIngiXQ", "bnVsbA"])
def test_C13_a_forged_cursor_is_refused(call, cursor):
    with pytest.raises(Invalid):
        call("list_duplicates", ListDuplicates(cursor=cursor))


def test_C13_what_many_share_tells_nothing(call, scan):
    for number in range(duplicate_keys.MOST_SHARING + 1):
        person(call, "Aino", f"Aalto{number}", phone="09 1234567")
    scan()
    assert pairs(call) == []


def test_C13_a_scan_again_changes_nothing_and_forgets_what_is_no_more(call, scan):
    one = person(call, phone="0401234567")
    person(call, phone="0401234567")
    scan()
    first = pairs(call)
    scan()
    assert pairs(call) == first
    change(call, one, phone="0509876543")
    scan()
    assert pairs(call) == []


def test_C13_a_dismissed_pair_stays_so_until_one_changes_materially(call, scan):
    one = person(call, phone="0401234567")
    person(call, phone="0401234567")
    scan()
    found = pairs(call)[0]
    for _ in range(2):
        dismissed = call("dismiss_duplicate", ById(id=found.id))
    assert (dismissed.state, pairs(call)) == ("dismissed", [])
    scan()
    assert pairs(call) == []
    change(call, one, tags=["board"], language="sv")
    scan()
    assert pairs(call) == []
    assert [each.id for each in pairs(call, state="dismissed")] == [found.id]
    change(call, one, birth_date=BORN)
    scan()
    assert [(each.id, each.decided_at) for each in pairs(call)] == [(found.id, None)]


def test_C13_what_changed_before_the_dismissal_was_seen_by_who_dismissed(call, scan):
    one = person(call, phone="0401234567")
    person(call, phone="0401234567")
    scan()
    change(call, one, birth_date=BORN)
    call("dismiss_duplicate", ById(id=pairs(call)[0].id))
    scan()
    assert pairs(call) == []


def test_C13_a_dismissal_is_undone(call, scan):
    person(call, phone="0401234567")
    person(call, phone="0401234567")
    scan()
    found = pairs(call)[0]
    call("dismiss_duplicate", ById(id=found.id))
    assert call("reopen_duplicate", ById(id=found.id)) == found
    assert pairs(call) == [found]


def test_C13_an_erased_person_stands_in_no_pair(call, scan):
    one = person(call, phone="0401234567")
    person(call, phone="0401234567")
    scan()
    found = pairs(call)[0]
    call("delete_person", DeleteContact(id=one.id, version=one.version))
    assert pairs(call) == []
    with pytest.raises(NotFound):
        call("get_duplicate", ById(id=found.id))


def test_C13_only_who_may_write_scans_and_judges(call, scan):
    reader = staff(Permission.CONTACTS_READ)
    for method, request in (
        ("scan_duplicates", Nothing()),
        ("dismiss_duplicate", ById(id=new_id())),
        ("reopen_duplicate", ById(id=new_id())),
    ):
        with pytest.raises(NotAllowed):
            call(method, request, reader)
    with pytest.raises(NotFound):
        call("get_latest_scan", Nothing(), reader)
    for method in ("get_duplicate", "dismiss_duplicate", "reopen_duplicate"):
        with pytest.raises(NotFound):
            call(method, ById(id=new_id()))


def test_C13_scans_take_their_turns(call, worker):
    job = call("scan_duplicates", Nothing())
    colleague = staff(Permission.CONTACTS_WRITE)
    assert call("scan_duplicates", Nothing(), colleague).id == job.id
    assert call("get_job", JobById(id=job.id), colleague).state == "queued"
    run_job_chunk(worker)
    person(call, phone="0401234567")
    person(call, phone="0401234567")
    then = call("scan_duplicates", Nothing())
    assert then.id != job.id
    assert call("scan_duplicates", Nothing()).id == call("get_latest_scan", Nothing()).id == then.id
    while call("get_job", JobById(id=then.id)).state in {"queued", "running"}:
        if not run_job_chunk(worker):
            time.sleep(0.05)
    assert call("get_job", JobById(id=job.id)).finished_at < call("get_job", JobById(id=then.id)).finished_at
    assert len(pairs(call)) == 1


def test_C13_a_scan_is_cancelled(call, worker):
    person(call, phone="0401234567")
    person(call, phone="0401234567")
    job = call("scan_duplicates", Nothing())
    run_job_chunk(worker)
    call("cancel_job", JobById(id=job.id))
    while run_job_chunk(worker):
        pass
    assert call("get_job", JobById(id=job.id)).state == "cancelled"
    assert pairs(call) == []


def test_C13_a_scan_goes_on_where_it_was_and_begins_anew_after_a_crash_of_the_database(call, worker, monkeypatch):
    for number in range(30):
        person(call, "Aino", f"Aalto{number % 15}", phone=f"04012345{number % 15:02d}")
    monkeypatch.setattr(duplicate_scans, "CONTACTS_AT_ONCE", 7)
    monkeypatch.setattr(duplicate_scans, "KEYS_AT_ONCE", 5)
    job = call("scan_duplicates", Nothing())
    for _ in range(8):
        run_job_chunk(worker)
    half = call("get_job", JobById(id=job.id))
    assert (half.state, half.total) == ("running", 30)
    assert 15 < half.done < 30
    with database_of("contacts").transaction() as session:
        session.execute(text("TRUNCATE duplicate_keys"))  # what a crash does to an unlogged table
    while run_job_chunk(worker):
        pass
    done = call("get_job", JobById(id=job.id))
    assert (done.state, done.done, done.result["open"]) == ("succeeded", 30, 15)


def test_C13_a_scan_begins_by_itself_once_a_night(call, worker, monkeypatch):
    def begun():
        tasks.scan_duplicates_nightly(worker)
        with database_of("contacts").reader() as reader:
            return reader.execute(text("SELECT count(*) FROM jobs")).scalar_one()

    noon = clock.now().replace(hour=12)
    monkeypatch.setattr(clock, "now", lambda: noon)
    assert begun() == 0
    monkeypatch.setattr(clock, "now", lambda: noon.replace(hour=0, minute=30))
    assert (begun(), begun()) == (1, 1)
    with database_of("contacts").transaction() as session:
        session.execute(text("UPDATE jobs SET state = 'succeeded', created_at = now() - interval '3 days'"))
    monkeypatch.setattr(clock, "now", lambda: noon.replace(hour=1) + timedelta(days=1))
    assert begun() == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_C13_the_scan_is_precise_and_finds_most(call, database_urls, seed):
    found = measure(database_urls["contacts"], 2_500, seed)
    assert found.true > 150
    assert found.precision >= 0.98
    assert found.recall >= 0.90
