"""What was stored with decomposed letters is composed by a migration, and is then as though it had been all along."""

import importlib

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from chassis.database import database_of
from contracts.base import ById, Translated
from contracts.contacts.affiliations import CreateAffiliation
from contracts.contacts.contact_points import MarkPoint
from contracts.contacts.fields import ContactKind, DefineField, FieldType
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson, UpdatePerson
from contracts.contacts.segments import PreviewSegment, SegmentFilter
from tests.integration.conftest import staff
from tests.integration.merging import merge

TEXTS = {
    "persons": ("addresses", "fields", "city"),
    "organisations": ("addresses", "fields", "city"),
    "affiliations": ("fields",),
    "changes": ("old", "new"),
    "merges": ("before", "after"),
}
STREET = [{"street": "Äijälänkatu 1", "postal_code": "15100", "city": "Åbo"}]
ABOUT = {"about": "Hän puhuu:\nåländska ja käsi"}


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request: call_service("contacts", method, request, principal=staff())


@pytest.fixture
def aino(call):
    """Of an organisation, changed, and merged with somebody."""
    for kind in ContactKind:
        call("define_field", DefineField(code="about", label=Translated(fi="Tietoja"), type=FieldType.TEXT,
                                         applies_to=kind))  # fmt: skip
    aino = call("create_person", CreatePerson(family_name="Aalto", fields=ABOUT, addresses=STREET))
    aina = call("create_person", CreatePerson(family_name="Aalto", addresses=[{"city": "Äänekoski"}]))
    lumi = call("create_organisation", CreateOrganisation(name="Lumi Oy", fields=ABOUT, addresses=STREET))
    call("create_affiliation", CreateAffiliation(person_id=aino.id, organisation_id=lumi.id, fields=ABOUT))
    call("update_person", UpdatePerson(id=aino.id, version=1, fields={"about": "ö"}))
    call("update_person", UpdatePerson(id=aino.id, version=2, fields=ABOUT))
    merge(call, aino, aina, {"addresses": "merged"})
    return aino


def stored(session):
    found = {table: session.execute(text(f"SELECT to_jsonb(t) FROM {table} t ORDER BY id")).all() for table in TEXTS}
    points = session.execute(text("SELECT * FROM kept_points ORDER BY contact_id, kind, place")).all()
    return found, points, session.scalar(text("SELECT count(*) FROM outbox"))


def decompose(session):
    for table, columns in TEXTS.items():
        for column in columns:
            value = f"normalize({column}::text, NFD)" + ("" if column == "city" else "::jsonb")
            session.execute(text(f"UPDATE {table} SET {column} = {value}"))


def compose(session):
    migration = importlib.import_module("services.contacts.migrations.versions.0057_compose_letters")
    with Operations.context(MigrationContext.configure(session.connection())):
        migration.upgrade()


def test_C5_C7_what_was_stored_with_decomposed_letters_is_as_though_it_had_been_composed(call, aino):
    with database_of("contacts").transaction() as session:
        as_saved = stored(session)
        decompose(session)
        assert stored(session) != as_saved
    test = SegmentFilter(field="address.city", op="eq", value="Äänekoski")
    assert call("preview_segment", PreviewSegment(filter=test)).count == 0
    with database_of("contacts").transaction() as session:
        compose(session)
        assert stored(session) == as_saved
    assert call("preview_segment", PreviewSegment(filter=test)).count == 1


def test_C19_what_was_said_of_an_address_stays_said_of_it(call, aino):
    with database_of("contacts").transaction() as session:
        decompose(session)
    (point,) = call("get_contact_points", ById(id=aino.id)).data
    call("mark_contact_point", MarkPoint(id=aino.id, key=point.key, reason="Muuttanut"))
    with database_of("contacts").transaction() as session:
        compose(session)
    (now,) = call("get_contact_points", ById(id=aino.id)).data
    assert now.key != point.key
    assert (now.problem, now.problem_reason) == ("returned", "Muuttanut")
