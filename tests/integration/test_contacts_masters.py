"""Where values come from, and the master of record (C12), on a real database."""

import importlib
import itertools
import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from chassis.database import database_of
from chassis.ids import new_id
from contracts.access import Permission, Principal, PrincipalKind
from contracts.base import ById, Nothing, Translated
from contracts.contacts.addresses import Address
from contracts.contacts.affiliations import CreateAffiliation, EndAffiliation, ListAffiliations, UpdateAffiliation
from contracts.contacts.basics import CustomerStatus
from contracts.contacts.fields import ContactKind, DefineField, FieldType
from contracts.contacts.masters import DecidedBy, SetMasters, ValueSource
from contracts.contacts.merges import MergePersons, Side
from contracts.contacts.organisations import CreateOrganisation, UpdateOrganisation
from contracts.contacts.persons import CreatePerson, DeleteContact, ListPersons, UpdatePerson
from contracts.contacts.proposals import AcceptPerson, ProposePerson
from contracts.contacts.tags import ChangeTag
from contracts.errors import Invalid, NotAllowed, NotFound, Stale
from tests.integration.conftest import SYSTEM, staff
from tests.integration.importing import counts

OFFICE = staff(
    Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.CONTACTS_ERASE, Permission.SETTINGS_WRITE,
)  # fmt: skip
PROGRAM = Principal(kind=PrincipalKind.API_KEY, id=str(new_id()), permissions=OFFICE.permissions)
ACCOUNTING, SELF, IMPORT = ValueSource.ACCOUNTING, ValueSource.SELF_SERVICE, ValueSource.IMPORT
TOWN = Address(street="Rantatie 1", postal_code="00100", city="Helsinki")
LONG_AGO = UUID("01900000-0000-7000-8000-000000000000")
"""The id of an affiliation that was made in June 2024."""
BEGUN = text("SELECT subject_id, source, observed_at FROM value_sources WHERE field = '*' ORDER BY subject_id")
AWAY = Address(street="Kotikatu 2", postal_code="33100", city="Tampere")


@pytest.fixture
def call(call_service, clean_contacts):
    return lambda method, request, principal=OFFICE: call_service("contacts", method, request, principal=principal)


def set_masters(call, *, link=True, **masters):
    version = call("get_masters", Nothing()).version
    return call("set_masters", SetMasters(version=version, accounting_link=link, **masters))


def company(call, **more):
    return call("create_organisation", CreateOrganisation(**{"name": "Lumi Oy", "customer_number": "77", **more}))


def move(call, who, principal=OFFICE):
    return call("update_organisation", UpdateOrganisation(id=who.id, version=who.version, addresses=[AWAY]), principal)


def sources(call, who):
    return {each.field: each for each in call("list_sources", ById(id=getattr(who, "id", who))).data}


def test_C12_every_value_knows_its_source_time_and_rule(call):
    made = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", email="aino@example.org"))
    before = sources(call, made)
    assert {field: each.source for field, each in before.items()} == {
        "given_name": "office", "family_name": "office", "email": "office", "language": "office"
    }  # fmt: skip
    assert {each.rule for each in before.values()} == {DecidedBy.FIRST}
    change = UpdatePerson(id=made.id, version=1, email="new@example.org", phone="040 1234567", tags=["board"])
    call("update_person", change, PROGRAM)
    after = sources(call, made)
    assert after["given_name"] == before["given_name"]
    assert (after["email"].source, after["email"].rule) == ("api", DecidedBy.LATEST)
    assert (after["phone"].source, after["phone"].rule) == ("api", DecidedBy.FIRST)
    assert after["email"].observed_at > before["email"].observed_at
    assert after["tags"].source == "api"


@pytest.mark.parametrize("principal", [OFFICE, PROGRAM])
def test_C12_a_mastered_field_refuses_everybody_else_and_says_which_and_whose(call, principal):
    set_masters(call, organisations={"addresses": ACCOUNTING})
    lumi = company(call, addresses=[TOWN])
    with pytest.raises(Invalid) as caught:
        move(call, lumi, principal)
    assert caught.value.error_code == "mastered"
    assert caught.value.params == {"field": "addresses", "master": "accounting"}
    assert [(each.pointer, each.code) for each in caught.value.errors] == [("/addresses", "mastered_by_accounting")]
    assert call("get_organisation", ById(id=lumi.id)) == lumi
    other = call("update_organisation", UpdateOrganisation(id=lumi.id, version=1, addresses=[TOWN], phone="09 123456"))
    assert other.phone == "+3589123456"


def test_C12_an_emptied_mastered_field_and_an_additional_one_are_refused_too(call):
    call("define_field", DefineField(code="size", label=Translated(fi="Koko"), type=FieldType.TEXT,
                                     applies_to=ContactKind.ORGANISATION))  # fmt: skip
    set_masters(call, organisations={"fields.size": ACCOUNTING, "email": ACCOUNTING})
    lumi = company(call, email="lumi@example.org", fields={"size": "10"})
    with pytest.raises(Invalid) as caught:
        call("update_organisation", UpdateOrganisation(id=lumi.id, version=1, clear=["email"], fields={"size": "11"}))
    assert {each.pointer for each in caught.value.errors} == {"/email", "/fields/size"}


def test_C12_prospects_and_everybody_without_the_link_stay_editable(call):
    set_masters(call, organisations={"addresses": ACCOUNTING})
    prospect = company(call, customer_status=CustomerStatus.PROSPECT)
    unknown = call("create_organisation", CreateOrganisation(name="Uusi Oy"))
    assert move(call, prospect).addresses == move(call, unknown).addresses == [AWAY]
    customer = company(call, customer_number="78")
    assert call("list_sources", ById(id=customer.id)).locked == {"addresses": ACCOUNTING}
    set_masters(call, link=False, organisations={"addresses": ACCOUNTING})
    assert call("list_sources", ById(id=customer.id)).locked == {}
    assert move(call, customer).addresses == [AWAY]


def test_C12_masters_are_set_with_right_version_and_known_fields(call):
    known = call("get_masters", Nothing())
    assert (known.version, known.persons, known.organisations, known.accounting_link) == (1, {}, {}, True)
    set_masters(call, persons={"email": SELF})
    with pytest.raises(Stale):
        call("set_masters", SetMasters(version=known.version))
    with pytest.raises(Invalid) as caught:
        set_masters(call, persons={"tags": SELF, "fields.nothing": SELF}, organisations={"birth_date": SELF})
    pointers = ["/persons/tags", "/persons/fields.nothing", "/organisations/birth_date"]
    assert [each.pointer for each in caught.value.errors] == pointers
    assert call("get_masters", Nothing()).persons == {"email": SELF}
    with pytest.raises(NotAllowed):
        call("set_masters", SetMasters(version=2), staff(Permission.CONTACTS_WRITE))
    with pytest.raises(NotFound):
        call("list_sources", ById(id=new_id()))


def test_C12_other_imports_leave_a_mastered_value_and_say_so_but_take_the_rest_of_the_row(call, imports):
    set_masters(call, organisations={"addresses": ACCOUNTING})
    lumi = company(call, addresses=[TOWN])
    content = "Organisaatio;Asiakasnumero;Katuosoite;Puhelin\nLumi Oy;77;Kotikatu 2;09 123456\nMuu Oy;;Tie 3;\n"
    foreseen = imports.run(content, dry_run=True)
    made = imports.run(content)
    assert counts(made) == counts(foreseen) == {"created": 1, "updated": 1, "mastered": 1}
    now = call("get_organisation", ById(id=lumi.id))
    assert (now.addresses, now.phone) == ([TOWN], "+3589123456")
    for each in (foreseen, made):
        (row,) = imports.rows(each, mastered=True)
        assert (row.number, row.state, row.code) == (2, "updated", "")
        assert [(said.field, said.master, said.column) for said in row.remarks] == [
            ("addresses", ACCOUNTING, "Katuosoite")
        ]  # fmt: skip
    assert counts(imports.run(content)) == {"unchanged": 2, "mastered": 1}


def test_C12_proposals_of_the_persons_own_do_not_touch_what_another_is_master_of(call):
    set_masters(call, persons={"phone": ACCOUNTING})
    known = call("create_person", CreatePerson(family_name="Aho", customer_number="5"))
    proposed = ProposePerson(id=new_id(), family_name="Aho", phone="040 1234567", email="aho@example.org")
    call("propose_person", proposed, SYSTEM)
    call("accept_person", AcceptPerson(id=proposed.id, link_to=known.id), SYSTEM)
    now = call("get_person", ById(id=known.id))
    assert (now.phone, now.email) == (None, "aho@example.org")


def a_file(street, phone):
    return f"Etunimi;Sukunimi;Asiakasnumero;Katuosoite;Puhelin;Kieli\nAino;Aalto;9;{street};{phone};fi\n"


def outcome_of(call, imports, files):
    for content, at in files:
        imports.run_said(content, at)
    (found,) = call("list_persons", ListPersons(q="Aalto")).data
    person = call("get_person", ById(id=found.id))
    known = {field: (each.source, each.observed_at) for field, each in sources(call, person).items()}
    known.pop("given_name")
    return person.addresses, person.phone, person.language, known


def test_C12_files_end_the_same_in_whatever_order_they_come_and_on_replay(call, imports, clean_database):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    said = [("Tie 1", "040 1111111"), ("Tie 2", ""), ("Tie 1", "040 3333333"), ("", "040 1111111")]
    files = [(a_file(*each), start + timedelta(days=day)) for day, each in enumerate(said)]
    orders = random.Random(7).sample(list(itertools.permutations(files)), 5)
    outcomes = []
    for order in (files, *orders, [*files, *reversed(files)]):
        clean_database("contacts")
        outcomes.append(outcome_of(call, imports, order))
    assert all(each == outcomes[0] for each in outcomes), outcomes
    assert outcomes[0][0][0].street == "Tie 1"
    assert outcomes[0][1] == "+358401111111"


def test_C12_an_older_file_does_not_undo_what_was_said_since(call, imports):
    made = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", customer_number="9",
                                              phone="040 5555555"))  # fmt: skip
    old = imports.run_said(a_file("Tie 1", "040 1111111"), datetime(2020, 1, 1, tzinfo=UTC))
    now = call("get_person", ById(id=made.id))
    assert (now.phone, now.addresses[0].street) == ("+358405555555", "Tie 1")
    assert counts(old) == {"updated": 1}
    known = sources(call, made)
    assert (known["phone"].source, known["addresses"].source) == ("office", "import")
    assert known["addresses"].observed_at.date() == date(2020, 1, 1)
    with pytest.raises(Invalid) as caught:
        imports.start_said(a_file("Tie 1", ""), datetime(2099, 1, 1, tzinfo=UTC))
    assert caught.value.errors[0].pointer == "/observed_at"


def test_C12_C13_values_take_their_source_along_when_persons_are_merged_and_back(call):
    aino = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", email="a@example.org"))
    twice = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", phone="040 1234567",
                                               email="b@example.org"), PROGRAM)  # fmt: skip
    before = sources(call, aino)
    made = call("merge_persons", MergePersons(survivor_id=aino.id, merged_id=twice.id, choices={"email": Side.MERGED}))
    after = sources(call, aino)
    assert {field for field, each in after.items() if each.source == "api"} >= {"email", "phone"}
    assert after["given_name"] == before["given_name"]
    call("undo_merge", ById(id=made.id))
    assert sources(call, aino) == before


@pytest.mark.parametrize("order", [*itertools.permutations(range(2)), *itertools.permutations(range(3))])
def test_C12_C13_merges_undone_in_any_order_leave_every_source_and_moment_as_it_was(call, order):
    aino = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", **reached(1)))
    twice = [
        call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", **reached(number)), PROGRAM)
        for number in range(2, 2 + len(order))
    ]
    seen = lambda: (sources(call, aino), call("get_contact_points", ById(id=aino.id)))  # noqa: E731
    before = seen()
    made = [call("merge_persons", MergePersons(survivor_id=aino.id, merged_id=each.id)) for each in twice]
    with database_of("contacts").transaction() as session:  # their rows are not read in the order they were made in
        session.execute(text("UPDATE merges SET undone_by = undone_by WHERE id = :id"), {"id": made[1].id})
    for number in order:
        call("undo_merge", ById(id=made[number].id))
    assert seen() == before


def test_C12_C13_of_three_merges_the_last_keeps_its_sources_when_the_first_is_undone(call):
    aino = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", **reached(1)))
    further = [
        call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", **reached(number)), PROGRAM)
        for number in (2, 3, 4)
    ]
    made = [call("merge_persons", MergePersons(survivor_id=aino.id, merged_id=each.id)) for each in further]
    before = sources(call, aino)
    with database_of("contacts").transaction() as session:  # the later ones are read the last first
        session.execute(text("UPDATE merges SET undone_by = undone_by WHERE id = :id"), {"id": made[1].id})
    call("undo_merge", ById(id=made[0].id))
    assert sources(call, aino) == before


def reached(number):
    """Further addresses and a tag, besides the first ones."""
    return {
        "email": f"a{number}@example.org", "phone": f"040 111111{number}", "tags": [f"t{number}"],
        "other_emails": [{"kind": "home", "address": f"b{number}@example.org"}],
        "other_phones": [{"kind": "home", "number": f"040 222222{number}"}],
    }  # fmt: skip


def test_C12_C13_what_was_said_since_a_merge_keeps_its_source_when_it_is_undone(call):
    aino = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto"))
    twice = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", phone="040 1234567"), PROGRAM)
    made = call("merge_persons", MergePersons(survivor_id=aino.id, merged_id=twice.id))
    version = call("get_person", ById(id=aino.id)).version
    call("update_person", UpdatePerson(id=aino.id, version=version, phone="040 7654321"))
    call("undo_merge", ById(id=made.id))
    assert sources(call, aino)["phone"].source == "office"


def test_C12_C13_a_merge_leaves_what_another_is_master_of(call):
    set_masters(call, persons={"phone": ACCOUNTING, "other_phones": ACCOUNTING})
    aino = call("create_person", CreatePerson(family_name="Aalto", customer_number="5", phone="040 1111111"))
    twice = call("create_person", CreatePerson(family_name="Aalto", phone="040 2222222"))
    with pytest.raises(Invalid) as caught:
        call("merge_persons", MergePersons(survivor_id=aino.id, merged_id=twice.id, choices={"phone": Side.MERGED}))
    assert caught.value.error_code == "mastered"
    call("merge_persons", MergePersons(survivor_id=aino.id, merged_id=twice.id))
    now = call("get_person", ById(id=aino.id))
    assert (now.phone, now.other_phones) == ("+358401111111", [])


def test_C12_C17_an_erased_person_leaves_no_sources(call):
    made = call("create_person", CreatePerson(family_name="Aho", email="aho@example.org"))
    call("delete_person", DeleteContact(id=made.id, version=1))
    with pytest.raises(NotFound):
        call("list_sources", ById(id=made.id))


def test_C12_a_tag_changed_everywhere_comes_from_who_changed_it(call, imports):
    made = call("create_person", CreatePerson(family_name="Aho", tags=["old"]))
    call("change_tag", ChangeTag(code="old", to="new"), PROGRAM)
    imports.chunks(10)
    assert sources(call, made)["tags"].source == "api"


def at_work(call, who):
    """Source and rule by field of the person's only place."""
    told = call("list_sources", ById(id=who.id)).data
    return {each.field[12:]: (each.source, each.rule) for each in told if each.affiliation_id}


def test_C12_values_of_affiliations_know_their_source_time_and_rule(call):
    aino = call("create_person", CreatePerson(family_name="Aalto"))
    lumi = company(call)
    made = call("create_affiliation", CreateAffiliation(person_id=aino.id, organisation_id=lumi.id, title="Chair",
                                                        email="aino@lumi.example"))  # fmt: skip
    assert at_work(call, aino) == dict.fromkeys(("title", "email"), ("office", DecidedBy.FIRST))
    call("update_affiliation", UpdateAffiliation(id=made.id, version=1, title="CEO", phone="09 123456"), PROGRAM)
    call("end_affiliation", EndAffiliation(id=made.id, ends_on=date(2030, 1, 1)), PROGRAM)
    assert at_work(call, aino) == {
        "title": ("api", DecidedBy.LATEST), "email": ("office", DecidedBy.FIRST), "phone": ("api", DecidedBy.FIRST),
        "ends_on": ("api", DecidedBy.FIRST),
    }  # fmt: skip
    named = {each.organisation_name for each in call("list_sources", ById(id=aino.id)).data if each.affiliation_id}
    assert named == {"Lumi Oy"}


def test_C12_affiliations_end_the_same_in_whatever_order_files_come_and_are_as_before_when_undone(call, imports):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    told = [("Chair", "Board", 1), ("CEO", "", 2), ("Chair", "Staff", 3)]
    orders = list(itertools.permutations(told))
    lines = {title_role_day: [] for title_role_day in told}
    for turn in range(len(told)):
        for each in told:
            numbers = [number for number, order in enumerate(orders) if order[turn] == each]
            rows = [f"Aino;Aalto{number};{number + 1};Lumi Oy;{each[0]};{each[1]}" for number in numbers]
            lines[each] += rows
            content = "Etunimi;Sukunimi;Asiakasnumero;Organisaatio;Nimike;Rooli\n" + "\n".join(rows) + "\n"
            last = imports.run_said(content, start + timedelta(days=each[2]))
    persons = [call("get_person", ById(id=each.id)) for each in call("list_persons", ListPersons(q="Aino")).data]
    ends = [
        sorted((each.field, each.source, each.rule, each.observed_at) for each in told.data if each.affiliation_id)
        for told in (call("list_sources", ById(id=person.id)) for person in persons)
    ]
    assert len(ends) == len(orders)
    assert all(each == ends[0] for each in ends)
    places = [call("list_affiliations", ListAffiliations(person_id=each.id)).data for each in persons]
    assert {(each.title, each.role) for (each,) in places} == {("Chair", "Staff")}
    assert counts(imports.run_said(content, start + timedelta(days=3))) == {"unchanged": 2}
    imports.finish(imports.call("undo_import", ById(id=last.id)))
    after = {(each.title, each.role) for (each,) in (
        call("list_affiliations", ListAffiliations(person_id=person.id)).data for person in persons
    )}  # fmt: skip
    assert after == {("Chair", "Staff"), ("CEO", "Board")}
    said = [call("list_sources", ById(id=person.id)).data for person in persons]
    latest = {max(each.observed_at for each in one if each.affiliation_id) for one in said}
    assert latest == {start + timedelta(days=2), start + timedelta(days=3)}


def test_C12_the_migration_gives_who_came_back_the_own_beginning(call):
    aino = call("create_person", CreatePerson(family_name="Aalto"))
    lumi = company(call)
    join = CreateAffiliation(person_id=aino.id, organisation_id=lumi.id, title="Chair")
    first = call("create_affiliation", join)
    with database_of("contacts").transaction() as session:
        session.execute(text("UPDATE changes SET changed_at = changed_at - interval '1 year'"))
        session.execute(text("UPDATE affiliations SET id = :id"), {"id": LONG_AGO})
        session.execute(text("UPDATE value_sources SET subject_id = :id, observed_at = observed_at - interval '1 year'"
                             " WHERE subject_id = :old"), {"id": LONG_AGO, "old": first.id})  # fmt: skip
    call("end_affiliation", EndAffiliation(id=LONG_AGO, ends_on=date(2026, 1, 1)))
    again = call("create_affiliation", join, PROGRAM)
    before = begun()
    migration = importlib.import_module("services.contacts.migrations.versions.0044_know_when_who_came_back_began")
    with database_of("contacts").transaction() as session:
        session.execute(
            text("""UPDATE value_sources v SET observed_at = f.observed_at, source = f.source
                    FROM value_sources f WHERE v.subject_id = :id AND v.field = '*'
                    AND f.subject_id = :first AND f.field = '*'"""),
            {"id": again.id, "first": LONG_AGO},
        )
        assert session.connection().execute(BEGUN).all() != before
        with Operations.context(MigrationContext.configure(session.connection())):
            migration.upgrade()
    assert begun() == before


def begun():
    with database_of("contacts").reader() as reader:
        return reader.execute(BEGUN).all()
