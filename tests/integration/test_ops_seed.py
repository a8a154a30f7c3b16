"""Contacts written by `./talkoo seed` are the same as those made through the service."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from chassis.database import database_of
from chassis.ids import new_id
from contracts.base import ById
from contracts.contacts.affiliations import CreateAffiliation
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson, ListPersons, PersonsChanged
from ops.seed import copying
from ops.seed.__main__ import fill
from ops.seed.rows import person_row
from services.contacts import models

OF_THEIR_OWN = {
    "persons": {"id", "created_at", "updated_at", "email", "email_key"},
    "organisations": {"id", "created_at", "updated_at", "business_id"},
    "affiliations": {"id", "person_id", "organisation_id"},
    "changes": {"id", "subject_id", "changed_at"},
}
"""Columns that differ between any two contacts."""


@pytest.fixture
def seeded(clean_database, database_urls):
    clean_database("contacts")
    fill(database_urls["contacts"], persons=40, organisations=3, seed=5)


def rows_of(model, *conditions):
    with database_of("contacts").reader() as connection:
        found = connection.execute(select(model.__table__).where(*conditions)).all()
    return [
        {name: value for name, value in row._asdict().items() if name not in OF_THEIR_OWN[model.__tablename__]}
        for row in found
    ]


def history_of(subject_id):
    told = [
        row | {"new": sorted(row["new"]) if isinstance(row["new"], dict) else row["new"]}
        for row in rows_of(models.Change, models.Change.subject_id == subject_id)
    ]
    return sorted(told, key=lambda row: row["field"])


def test_C5_a_seeded_person_equals_one_made_through_the_service(seeded, call_service):
    with database_of("contacts").reader() as connection:
        persons = connection.execute(select(models.Person.__table__).order_by(models.Person.id)).all()
    for row in (persons[14], persons[16]):
        seen = call_service("contacts", "get_person", ById(id=row.id))
        given = seen.model_dump(include=set(CreatePerson.model_fields)) | {"email": f"x{seen.email}"}
        made = call_service("contacts", "create_person", CreatePerson(**given))
        ours, theirs = (rows_of(models.Person, models.Person.id == each) for each in (row.id, made.id))
        assert ours == theirs
        assert row.email_key == row.email.lower()
    assert persons[14].tags == ["volunteer"]
    assert persons[16].tags == []


def test_C18_seeded_contacts_have_the_history_of_contacts_made_through_the_service(seeded, call_service):
    with database_of("contacts").reader() as connection:
        affiliation = connection.execute(select(models.Affiliation.__table__).order_by(models.Affiliation.id)).first()
        organisation = connection.execute(
            select(models.Organisation.__table__).where(models.Organisation.id == affiliation.organisation_id)
        ).one()
    person = call_service("contacts", "create_person", CreatePerson(family_name="Aho"))
    employer = call_service(
        "contacts", "create_organisation",
        CreateOrganisation(name=organisation.name, addresses=organisation.addresses),
    )  # fmt: skip
    joined = CreateAffiliation(
        person_id=person.id, organisation_id=employer.id, title=affiliation.title,
        decision_maker=affiliation.decision_maker,
    )  # fmt: skip
    made = call_service("contacts", "create_affiliation", joined)
    pairs = ((models.Organisation, organisation.id, employer.id), (models.Affiliation, affiliation.id, made.id))
    for model, ours, theirs in pairs:
        assert rows_of(model, model.id == ours) == rows_of(model, model.id == theirs)
    assert history_of(affiliation.person_id) == history_of(person.id)


def test_C10_seeded_persons_are_found_and_told_to_the_others(seeded, call_service, recorded):
    page = call_service("contacts", "list_persons", ListPersons(limit=200))
    assert len(page.data) == 40
    found = call_service("contacts", "list_persons", ListPersons(q=page.data[7].name))
    assert page.data[7].id in {each.id for each in found.data}
    told = [person_id for event in recorded("contacts", PersonsChanged) for person_id in event["data"]["person_ids"]]
    assert sorted(told) == sorted(str(each.id) for each in page.data)


def test_whatever_a_cell_holds_survives_copy(clean_database, database_urls):
    clean_database("contacts")
    odd = "a\\tb\tc\nd\"e'\\N"
    row = person_row(CreatePerson(family_name="Aho", fields={"note": odd}), new_id(), datetime.now(UTC))
    with database_of("contacts").transaction() as session:
        copying.copy(session, models.Person, [row | {"title": odd, "tags": [odd]}])
    stored = rows_of(models.Person)[0]
    assert (stored["title"], stored["tags"], stored["fields"]) == (odd, [odd], {"note": odd})


def test_seeding_again_with_the_same_seed_is_refused_and_changes_nothing(seeded, database_urls):
    before = rows_of(models.Person)
    with pytest.raises(copying.SeededBefore, match="choose another --seed"):
        fill(database_urls["contacts"], persons=60, organisations=0, seed=5)
    assert rows_of(models.Person) == before
    fill(database_urls["contacts"], persons=10, organisations=0, seed=6)
    assert len(rows_of(models.Person)) == 50
